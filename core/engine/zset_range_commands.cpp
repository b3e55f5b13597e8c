// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ranges of sorted sets by rank, score and name: reading, counting, removing, storing.
#include "core/engine/zset_support.h"

namespace keyloupe {
namespace {

struct ScoreBound
{
    double value = 0;
    bool exclusive = false;
};

std::optional<ScoreBound> parseScoreBound(const QByteArray &text)
{
    const bool exclusive = text.startsWith('(');
    const std::optional<double> value = parseLooseDouble(exclusive ? text.mid(1) : text, true);
    return value ? std::optional<ScoreBound>({*value, exclusive}) : std::nullopt;
}

struct LexBound
{
    enum class Kind { Lowest, Value, Highest };
    Kind kind = Kind::Value;
    QByteArray value;
    bool exclusive = false;
};

std::optional<LexBound> parseLexBound(const QByteArray &text)
{
    if (text == "-")
        return LexBound{LexBound::Kind::Lowest, {}, false};
    if (text == "+")
        return LexBound{LexBound::Kind::Highest, {}, false};
    if (text.startsWith('[') || text.startsWith('('))
        return LexBound{LexBound::Kind::Value, text.mid(1), text.startsWith('(')};
    return std::nullopt;
}

struct Ranks
{
    qsizetype first = 0;
    qsizetype end = 0; ///< behind the last
};

Ranks byScore(const ZSetObject &zset, const ScoreBound &min, const ScoreBound &max)
{
    return {min.exclusive ? zset.upperBound(min.value) : zset.lowerBound(min.value),
            max.exclusive ? zset.lowerBound(max.value) : zset.upperBound(max.value)};
}

int compareToBound(const QByteArray &member, const LexBound &bound)
{
    if (bound.kind == LexBound::Kind::Value)
        return compareBytes(member, bound.value);
    return bound.kind == LexBound::Kind::Lowest ? 1 : -1;
}

// The commands by name are meant for sets whose scores are all equal; of others Redis returns what its walk from one end
// meets, and so does this.
// The first `offset` steps of that walk look at nothing.
Ranks byLex(const ZSetObject &zset, const LexBound &min, const LexBound &max, bool reverse, std::int64_t offset)
{
    const auto notBelow = [&](const ScoredMember &item) {
        const int order = compareToBound(item.member, min);
        return min.exclusive ? order > 0 : order >= 0;
    };
    const auto notAbove = [&](const ScoredMember &item) {
        const int order = compareToBound(item.member, max);
        return max.exclusive ? order < 0 : order <= 0;
    };
    const qsizetype size = zset.size();
    if (size == 0 || !notBelow(zset[size - 1]) || !notAbove(zset[0]))
        return {};
    if (zset[0].score == zset[size - 1].score) {
        const auto first = std::partition_point(zset.begin(), zset.end(), [&](const ScoredMember &item) { return !notBelow(item); });
        const auto end = std::partition_point(first, zset.end(), notAbove);
        Ranks ranks{first - zset.begin(), end - zset.begin()};
        const qsizetype skipped = qsizetype(std::min<std::int64_t>(offset, ranks.end - ranks.first));
        (reverse ? ranks.end : ranks.first) += reverse ? -skipped : skipped;
        return ranks;
    }
    Ranks ranks;
    if (reverse) {
        ranks.end = size;
        while (ranks.end > 0 && !notAbove(zset[ranks.end - 1]))
            --ranks.end;
        if (ranks.end == 0 || !notBelow(zset[ranks.end - 1]))
            return {};
        ranks.end -= qsizetype(std::min<std::int64_t>(offset, ranks.end));
        ranks.first = ranks.end;
        while (ranks.first > 0 && notBelow(zset[ranks.first - 1]))
            --ranks.first;
        return ranks;
    }
    while (ranks.first < size && !notBelow(zset[ranks.first]))
        ++ranks.first;
    if (ranks.first == size || !notAbove(zset[ranks.first]))
        return {};
    ranks.first += qsizetype(std::min<std::int64_t>(offset, size - ranks.first));
    ranks.end = ranks.first;
    while (ranks.end < size && notAbove(zset[ranks.end]))
        ++ranks.end;
    return ranks;
}

enum class By { Rank, Score, Lex };

struct RangeRequest
{
    By by = By::Rank;
    bool reverse = false;
    bool withScores = false;
    std::int64_t offset = 0;
    std::int64_t count = -1;
    QByteArray from;
    QByteArray to;
};

RespValue badScoreBound() { return reply::err("min or max is not a float"); }
RespValue badLexBound() { return reply::err("min or max not valid string range item"); }

// The members a request names, in its order; an error reply where its bounds are no bounds.
std::optional<RespValue> select(const CommandContext &ctx, const QByteArray &key, const RangeRequest &request, bool counts,
                                std::vector<ScoredMember> *out)
{
    // Bounds are given from the high end when reversed, but for ranks.
    const bool swap = request.reverse && request.by != By::Rank;
    const QByteArray &low = swap ? request.to : request.from;
    const QByteArray &high = swap ? request.from : request.to;
    std::optional<ScoreBound> minScore;
    std::optional<ScoreBound> maxScore;
    std::optional<LexBound> minLex;
    std::optional<LexBound> maxLex;
    std::optional<std::int64_t> start;
    std::optional<std::int64_t> stop;
    if (request.by == By::Score) {
        minScore = parseScoreBound(low);
        maxScore = parseScoreBound(high);
        if (!minScore || !maxScore)
            return badScoreBound();
    } else if (request.by == By::Lex) {
        minLex = parseLexBound(low);
        maxLex = parseLexBound(high);
        if (!minLex || !maxLex)
            return badLexBound();
    } else {
        start = parseInt64(low);
        stop = parseInt64(high);
        if (!start || !stop)
            return reply::notInteger();
    }
    bool wrong = false;
    const ZSetObject *zset = counts ? readZset(ctx, key, &wrong) : peekZset(ctx, key, &wrong);
    if (wrong)
        return reply::wrongType();
    if (!zset)
        return std::nullopt;
    if (request.offset < 0)
        return std::nullopt;
    Ranks ranks;
    std::int64_t offset = request.offset;
    if (request.by == By::Score) {
        ranks = byScore(*zset, *minScore, *maxScore);
    } else if (request.by == By::Lex) {
        ranks = byLex(*zset, *minLex, *maxLex, request.reverse, offset);
        offset = 0;
    } else {
        if (!clampRange(*start, *stop, zset->size()))
            return std::nullopt;
        ranks = request.reverse ? Ranks{qsizetype(zset->size() - 1 - *stop), qsizetype(zset->size() - *start)}
                                : Ranks{qsizetype(*start), qsizetype(*stop + 1)};
    }
    const std::int64_t size = ranks.end - ranks.first;
    if (size <= 0)
        return std::nullopt;
    const std::int64_t take = request.count < 0 ? size : request.count;
    for (std::int64_t i = offset; i < size && i - offset < take; ++i)
        out->push_back((*zset)[request.reverse ? ranks.end - 1 - qsizetype(i) : ranks.first + qsizetype(i)]);
    return std::nullopt;
}

std::optional<RespValue> parseLimit(const CommandContext &ctx, int i, RangeRequest *request)
{
    const std::optional<std::int64_t> offset = parseInt64(ctx.arg(i + 1));
    const std::optional<std::int64_t> count = parseInt64(ctx.arg(i + 2));
    if (!offset || !count)
        return reply::notInteger();
    request->offset = *offset;
    request->count = *count;
    return std::nullopt;
}

// ZRANGE and ZRANGESTORE from argument `at` (the first bound) on.
std::optional<RespValue> parseZrange(const CommandContext &ctx, int at, bool store, RangeRequest *request)
{
    request->from = ctx.arg(at);
    request->to = ctx.arg(at + 1);
    bool limited = false;
    for (int i = at + 2; i < ctx.argc(); ++i) {
        if (ctx.is(i, "byscore") && request->by == By::Rank)
            request->by = By::Score;
        else if (ctx.is(i, "bylex") && request->by == By::Rank)
            request->by = By::Lex;
        else if (ctx.is(i, "rev") && !request->reverse)
            request->reverse = true;
        else if (ctx.is(i, "withscores") && !store)
            request->withScores = true;
        else if (ctx.is(i, "limit") && i + 2 < ctx.argc()) {
            if (std::optional<RespValue> error = parseLimit(ctx, i, request))
                return error;
            limited = true;
            i += 2;
        } else {
            return reply::syntax();
        }
    }
    if (limited && request->by == By::Rank)
        return reply::err("syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
    if (request->withScores && request->by == By::Lex)
        return reply::err("syntax error, WITHSCORES not supported in combination with BYLEX");
    return std::nullopt;
}

RespValue answer(CommandContext &ctx, const RangeRequest &request)
{
    std::vector<ScoredMember> members;
    if (std::optional<RespValue> error = select(ctx, ctx.arg(1), request, true, &members))
        return *error;
    return scoredMembersReply(ctx, members, request.withScores);
}

RespValue zrange(CommandContext &ctx)
{
    RangeRequest request;
    if (std::optional<RespValue> error = parseZrange(ctx, 2, false, &request))
        return *error;
    return answer(ctx, request);
}

RespValue zrangestore(CommandContext &ctx)
{
    RangeRequest request;
    if (std::optional<RespValue> error = parseZrange(ctx, 3, true, &request))
        return *error;
    std::vector<ScoredMember> members;
    if (std::optional<RespValue> error = select(ctx, ctx.arg(2), request, true, &members))
        return *error;
    ZSetObject zset;
    for (const ScoredMember &item : members)
        zset.set(item.member, item.score);
    const qsizetype size = zset.size();
    ctx.storeOrRemove(ctx.arg(1), Object(std::move(zset)), 'z', "zrangestore");
    return reply::integer(size);
}

// The older commands: fixed meaning, then WITHSCORES and LIMIT where they take them.
RespValue oldRange(CommandContext &ctx, By by, bool reverse)
{
    RangeRequest request;
    request.by = by;
    request.reverse = reverse;
    request.from = ctx.arg(2);
    request.to = ctx.arg(3);
    for (int i = 4; i < ctx.argc(); ++i) {
        if (ctx.is(i, "withscores") && by != By::Lex) {
            request.withScores = true;
        } else if (ctx.is(i, "limit") && i + 2 < ctx.argc() && by != By::Rank) {
            if (std::optional<RespValue> error = parseLimit(ctx, i, &request))
                return *error;
            i += 2;
        } else {
            return reply::syntax();
        }
    }
    return answer(ctx, request);
}
RespValue zrevrange(CommandContext &ctx) { return oldRange(ctx, By::Rank, true); }
RespValue zrangebyscore(CommandContext &ctx) { return oldRange(ctx, By::Score, false); }
RespValue zrevrangebyscore(CommandContext &ctx) { return oldRange(ctx, By::Score, true); }
RespValue zrangebylex(CommandContext &ctx) { return oldRange(ctx, By::Lex, false); }
RespValue zrevrangebylex(CommandContext &ctx) { return oldRange(ctx, By::Lex, true); }

RespValue countRange(CommandContext &ctx, By by)
{
    RangeRequest request;
    request.by = by;
    request.from = ctx.arg(2);
    request.to = ctx.arg(3);
    std::vector<ScoredMember> members;
    if (std::optional<RespValue> error = select(ctx, ctx.arg(1), request, true, &members))
        return *error;
    return reply::integer(std::int64_t(members.size()));
}
RespValue zcount(CommandContext &ctx) { return countRange(ctx, By::Score); }
RespValue zlexcount(CommandContext &ctx) { return countRange(ctx, By::Lex); }

RespValue removeRange(CommandContext &ctx, By by, const char *event)
{
    RangeRequest request;
    request.by = by;
    request.from = ctx.arg(2);
    request.to = ctx.arg(3);
    std::vector<ScoredMember> members;
    if (std::optional<RespValue> error = select(ctx, ctx.arg(1), request, false, &members))
        return *error;
    if (members.empty())
        return reply::integer(0);
    // What is selected stands together, so it goes as one range.
    ZSetObject &zset = ctx.edit(ctx.arg(1))->as<ZSetObject>();
    const qsizetype first = zset.rank(members.front().member);
    zset.removeRange(first, first + qsizetype(members.size()));
    ctx.changed(ctx.arg(1), 'z', event);
    return reply::integer(std::int64_t(members.size()));
}
RespValue zremrangebyrank(CommandContext &ctx) { return removeRange(ctx, By::Rank, "zremrangebyrank"); }
RespValue zremrangebyscore(CommandContext &ctx) { return removeRange(ctx, By::Score, "zremrangebyscore"); }
RespValue zremrangebylex(CommandContext &ctx) { return removeRange(ctx, By::Lex, "zremrangebylex"); }

} // namespace

void registerZsetRangeCommands(CommandTable &table)
{
    table.add({"zrange", -4, "readonly", 1, 1, 1, "sorted-set", "Returns a range.", zrange});
    table.add({"zrangestore", -5, "write denyoom", 1, 2, 1, "sorted-set", "Stores a range.", zrangestore});
    table.add({"zrevrange", -4, "readonly", 1, 1, 1, "sorted-set", "Returns a range by rank from the highest.", zrevrange});
    table.add({"zrangebyscore", -4, "readonly", 1, 1, 1, "sorted-set", "Returns a range by score.", zrangebyscore});
    table.add({"zrevrangebyscore", -4, "readonly", 1, 1, 1, "sorted-set", "Returns a range by score from the highest.", zrevrangebyscore});
    table.add({"zrangebylex", -4, "readonly", 1, 1, 1, "sorted-set", "Returns a range by name.", zrangebylex});
    table.add({"zrevrangebylex", -4, "readonly", 1, 1, 1, "sorted-set", "Returns a range by name from the highest.", zrevrangebylex});
    table.add({"zcount", 4, "readonly fast", 1, 1, 1, "sorted-set", "Counts a range by score.", zcount});
    table.add({"zlexcount", 4, "readonly fast", 1, 1, 1, "sorted-set", "Counts a range by name.", zlexcount});
    table.add({"zremrangebyrank", 4, "write", 1, 1, 1, "sorted-set", "Removes a range by rank.", zremrangebyrank});
    table.add({"zremrangebyscore", 4, "write", 1, 1, 1, "sorted-set", "Removes a range by score.", zremrangebyscore});
    table.add({"zremrangebylex", 4, "write", 1, 1, 1, "sorted-set", "Removes a range by name.", zremrangebylex});
}

} // namespace keyloupe
