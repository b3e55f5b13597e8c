// SPDX-License-Identifier: GPL-3.0-or-later
//
// Union, intersection and difference of sorted sets. A plain set takes part with a score of 1 for each member.
#include "core/engine/zset_support.h"

#include <algorithm>
#include <cmath>

namespace keyloupe {
namespace {

enum class Operation { Union, Intersection, Difference };
enum class Aggregate { Sum, Min, Max };

struct Source
{
    const ZSetObject *zset = nullptr;
    const SetObject *set = nullptr;
    double weight = 1;

    qsizetype size() const { return zset ? zset->size() : set ? set->size() : 0; }
    std::optional<double> score(const QByteArray &member) const
    {
        if (zset)
            return zset->score(member);
        return set && set->contains(member) ? std::optional<double>(1) : std::nullopt;
    }
    template <typename Fn>
    void forEach(Fn fn) const
    {
        for (qsizetype i = 0; zset && i < zset->size(); ++i)
            fn((*zset)[i].member, (*zset)[i].score);
        for (qsizetype i = 0; set && i < set->size(); ++i)
            fn((*set)[i], 1.0);
    }
};

struct Request
{
    Operation operation = Operation::Union;
    Aggregate aggregate = Aggregate::Sum;
    std::vector<Source> sources;
    bool withScores = false;
    std::int64_t limit = 0; ///< of ZINTERCARD
};

double orZero(double value)
{
    return std::isnan(value) ? 0 : value;
}

double combineScores(Aggregate aggregate, double a, double b)
{
    switch (aggregate) {
    case Aggregate::Sum: return orZero(a + b); // inf and -inf
    case Aggregate::Min: return b < a ? b : a;
    case Aggregate::Max: break;
    }
    return b > a ? b : a;
}

// What stands behind the keys, from argument `i` on.
std::optional<RespValue> parseOptions(const CommandContext &ctx, int i, bool store, bool countOnly, Request *request)
{
    const bool weighs = request->operation != Operation::Difference && !countOnly;
    const int keys = static_cast<int>(request->sources.size());
    for (; i < ctx.argc(); ++i) {
        const int left = ctx.argc() - i;
        if (weighs && ctx.is(i, "weights") && left >= keys + 1) {
            for (Source &source : request->sources) {
                const std::optional<double> weight = parseDouble(ctx.arg(++i));
                if (!weight)
                    return reply::err("weight value is not a float");
                source.weight = *weight;
            }
        } else if (weighs && ctx.is(i, "aggregate") && left >= 2) {
            ++i;
            if (ctx.is(i, "sum"))
                request->aggregate = Aggregate::Sum;
            else if (ctx.is(i, "min"))
                request->aggregate = Aggregate::Min;
            else if (ctx.is(i, "max"))
                request->aggregate = Aggregate::Max;
            else
                return reply::syntax();
        } else if (!store && !countOnly && ctx.is(i, "withscores")) {
            request->withScores = true;
        } else if (countOnly && ctx.is(i, "limit") && left >= 2) {
            const std::optional<std::int64_t> limit = parseInt64(ctx.arg(++i));
            if (!limit || *limit < 0)
                return reply::err("LIMIT can't be negative");
            request->limit = *limit;
        } else {
            return reply::syntax();
        }
    }
    return std::nullopt;
}

// numkeys, keys and options, numkeys standing at argument `at`.
std::optional<RespValue> parseRequest(const CommandContext &ctx, int at, bool store, bool countOnly, Request *request)
{
    const std::optional<std::int64_t> keys = parseInt64(ctx.arg(at));
    if (!keys)
        return reply::notInteger();
    if (*keys < 1)
        return reply::err("at least 1 input key is needed for '" + QByteArray(ctx.spec.name) + "' command");
    if (*keys > ctx.argc() - at - 1)
        return reply::syntax();
    for (int i = at + 1; i <= at + static_cast<int>(*keys); ++i) {
        const Object *object = ctx.read(ctx.arg(i));
        Source source;
        if (object && object->is<ZSetObject>())
            source.zset = &object->as<ZSetObject>();
        else if (object && object->is<SetObject>())
            source.set = &object->as<SetObject>();
        else if (object)
            return reply::wrongType();
        request->sources.push_back(source);
    }
    if (std::optional<RespValue> error = parseOptions(ctx, at + 1 + static_cast<int>(*keys), store, countOnly, request))
        return error;
    // The smallest first, as Redis does it: the order in which scores are added is part of the result.
    if (request->operation != Operation::Difference) {
        std::stable_sort(request->sources.begin(), request->sources.end(),
                         [](const Source &a, const Source &b) { return a.size() < b.size(); });
    }
    return std::nullopt;
}

using Members = std::vector<ScoredMember>;

Members intersection(const Request &request)
{
    Members result;
    const Source &first = request.sources.front();
    first.forEach([&](const QByteArray &member, double own) {
        if (request.limit > 0 && static_cast<std::int64_t>(result.size()) == request.limit)
            return;
        double score = orZero(first.weight * own);
        for (std::size_t i = 1; i < request.sources.size(); ++i) {
            const std::optional<double> other = request.sources[i].score(member);
            if (!other)
                return;
            score = combineScores(request.aggregate, score, request.sources[i].weight * *other);
        }
        result.push_back({member, score});
    });
    return result;
}

Members unionOf(const Request &request)
{
    QHash<QByteArray, double> scores;
    for (const Source &source : request.sources) {
        source.forEach([&](const QByteArray &member, double own) {
            const double score = orZero(source.weight * own);
            const auto it = scores.find(member);
            if (it == scores.end())
                scores.insert(member, score);
            else
                *it = combineScores(request.aggregate, *it, score);
        });
    }
    Members result;
    result.reserve(static_cast<std::size_t>(scores.size()));
    for (auto it = scores.cbegin(); it != scores.cend(); ++it)
        result.push_back({it.key(), it.value()});
    return result;
}

Members difference(const Request &request)
{
    Members result;
    request.sources.front().forEach([&](const QByteArray &member, double score) {
        const bool elsewhere = std::any_of(request.sources.begin() + 1, request.sources.end(),
                                           [&](const Source &source) { return source.score(member).has_value(); });
        if (!elsewhere)
            result.push_back({member, score});
    });
    return result;
}

Members combine(const Request &request)
{
    Members result;
    switch (request.operation) {
    case Operation::Union: result = unionOf(request); break;
    case Operation::Intersection: result = intersection(request); break;
    case Operation::Difference: result = difference(request); break;
    }
    std::sort(result.begin(), result.end(), [](const ScoredMember &a, const ScoredMember &b) {
        return a.score != b.score ? a.score < b.score : compareBytes(a.member, b.member) < 0;
    });
    return result;
}

RespValue answer(CommandContext &ctx, Operation operation)
{
    Request request;
    request.operation = operation;
    if (std::optional<RespValue> error = parseRequest(ctx, 1, false, false, &request))
        return *error;
    return scoredMembersReply(ctx, combine(request), request.withScores);
}
RespValue zunion(CommandContext &ctx) { return answer(ctx, Operation::Union); }
RespValue zinter(CommandContext &ctx) { return answer(ctx, Operation::Intersection); }
RespValue zdiff(CommandContext &ctx) { return answer(ctx, Operation::Difference); }

RespValue store(CommandContext &ctx, Operation operation)
{
    Request request;
    request.operation = operation;
    if (std::optional<RespValue> error = parseRequest(ctx, 2, true, false, &request))
        return *error;
    ZSetObject result;
    result.assignSorted(combine(request));
    const qsizetype size = result.size();
    ctx.storeOrRemove(ctx.arg(1), Object(std::move(result)), 'z', ctx.spec.name);
    return reply::integer(size);
}
RespValue zunionstore(CommandContext &ctx) { return store(ctx, Operation::Union); }
RespValue zinterstore(CommandContext &ctx) { return store(ctx, Operation::Intersection); }
RespValue zdiffstore(CommandContext &ctx) { return store(ctx, Operation::Difference); }

RespValue zintercard(CommandContext &ctx)
{
    Request request;
    request.operation = Operation::Intersection;
    if (std::optional<RespValue> error = parseRequest(ctx, 1, false, true, &request))
        return *error;
    return reply::integer(static_cast<std::int64_t>(intersection(request).size()));
}

} // namespace

void registerZsetCombineCommands(CommandTable &table)
{
    table.add({"zunion", -3, "readonly movablekeys", 0, 0, 0, "sorted-set", "Returns the union.", zunion});
    table.add({"zinter", -3, "readonly movablekeys", 0, 0, 0, "sorted-set", "Returns the intersection.", zinter});
    table.add({"zdiff", -3, "readonly movablekeys", 0, 0, 0, "sorted-set", "Returns the difference.", zdiff});
    table.add({"zunionstore", -4, "write denyoom movablekeys", 1, 1, 1, "sorted-set", "Stores the union.", zunionstore});
    table.add({"zinterstore", -4, "write denyoom movablekeys", 1, 1, 1, "sorted-set", "Stores the intersection.", zinterstore});
    table.add({"zdiffstore", -4, "write denyoom movablekeys", 1, 1, 1, "sorted-set", "Stores the difference.", zdiffstore});
    table.add({"zintercard", -3, "readonly movablekeys", 0, 0, 0, "sorted-set", "Counts the intersection.", zintercard});
}

} // namespace keyloupe
