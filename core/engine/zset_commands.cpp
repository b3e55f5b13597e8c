// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sorted sets: adding, removing, scores and ranks. Ranges are in zset_range_commands.cpp.
#include "core/engine/command_context.h"
#include "core/engine/zset_support.h"

#include "core/base/glob.h"

#include <cmath>

namespace keyloupe {
namespace {

struct AddOptions
{
    bool nx = false;
    bool xx = false;
    bool gt = false;
    bool lt = false;
    bool ch = false;
    bool incr = false;
};

RespValue zadd(CommandContext &ctx)
{
    AddOptions options;
    int i = 2;
    for (; i < ctx.argc(); ++i) {
        if (ctx.is(i, "nx"))
            options.nx = true;
        else if (ctx.is(i, "xx"))
            options.xx = true;
        else if (ctx.is(i, "gt"))
            options.gt = true;
        else if (ctx.is(i, "lt"))
            options.lt = true;
        else if (ctx.is(i, "ch"))
            options.ch = true;
        else if (ctx.is(i, "incr"))
            options.incr = true;
        else
            break;
    }
    const int pairs = ctx.argc() - i;
    if (pairs % 2 != 0 || pairs == 0)
        return reply::syntax();
    if (options.nx && options.xx)
        return reply::err("XX and NX options at the same time are not compatible");
    if ((options.gt && options.lt) || (options.nx && (options.gt || options.lt)))
        return reply::err("GT, LT, and/or NX options at the same time are not compatible");
    if (options.incr && pairs > 2)
        return reply::err("INCR option supports a single increment-element pair");
    std::vector<double> scores;
    for (int k = i; k < ctx.argc(); k += 2) {
        const std::optional<double> score = parseDouble(ctx.arg(k));
        if (!score)
            return reply::notFloat();
        scores.push_back(*score);
    }
    bool wrong = false;
    const ZSetObject *there = peekZset(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();

    // What to do is decided before anything is touched, so that a refused ZADD leaves the key as it is.
    std::vector<ScoredMember> changes;
    QHash<QByteArray, double> pending; // a member may come twice in one command
    std::int64_t added = 0;
    std::int64_t updated = 0;
    std::optional<double> result;
    for (std::size_t p = 0; p < scores.size(); ++p) {
        const QByteArray &member = ctx.arg(i + 1 + 2 * int(p));
        std::optional<double> current = there ? there->score(member) : std::nullopt;
        if (const auto it = pending.constFind(member); it != pending.constEnd())
            current = *it;
        double score = scores[p];
        if ((options.nx && current) || (options.xx && !current))
            continue;
        if (options.incr && current) {
            score += *current;
            if (std::isnan(score))
                return reply::err("resulting score is not a number (NaN)");
        }
        if (current && ((options.gt && score <= *current) || (options.lt && score >= *current)))
            continue;
        result = score;
        if (!current)
            ++added;
        else if (*current != score)
            ++updated;
        else
            continue;
        changes.push_back({member, score});
        pending.insert(member, score);
    }
    if (!changes.empty()) {
        ZSetObject &zset = ctx.editOrCreate<ZSetObject>(ctx.arg(1));
        zset.setMany(changes);
        ctx.changed(ctx.arg(1), 'z', options.incr ? "zincr" : "zadd");
    }
    if (options.incr)
        return result ? reply::score(*result) : RespValue::null();
    return reply::integer(options.ch ? added + updated : added);
}

RespValue zincrby(CommandContext &ctx)
{
    const std::optional<double> by = parseDouble(ctx.arg(2));
    if (!by)
        return reply::notFloat();
    bool wrong = false;
    const ZSetObject *there = peekZset(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    const double score = *by + (there ? there->score(ctx.arg(3)).value_or(0) : 0);
    if (std::isnan(score))
        return reply::err("resulting score is not a number (NaN)");
    ctx.editOrCreate<ZSetObject>(ctx.arg(1)).set(ctx.arg(3), score);
    ctx.changed(ctx.arg(1), 'z', "zincr");
    return reply::score(score);
}

RespValue zrem(CommandContext &ctx)
{
    bool wrong = false;
    const ZSetObject *there = peekZset(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    QSet<QByteArray> members;
    for (int i = 2; there && i < ctx.argc(); ++i) {
        if (there->score(ctx.arg(i)))
            members.insert(ctx.arg(i));
    }
    if (members.isEmpty())
        return reply::integer(0);
    ZSetObject &zset = ctx.edit(ctx.arg(1))->as<ZSetObject>();
    const qsizetype removed = members.size() == 1 ? qsizetype(zset.remove(*members.cbegin())) : zset.removeMany(members);
    ctx.changed(ctx.arg(1), 'z', "zrem");
    return reply::integer(removed);
}

RespValue zcard(CommandContext &ctx)
{
    bool wrong = false;
    const ZSetObject *zset = readZset(ctx, ctx.arg(1), &wrong);
    return wrong ? reply::wrongType() : reply::integer(zset ? zset->size() : 0);
}

RespValue zscore(CommandContext &ctx)
{
    bool wrong = false;
    const ZSetObject *zset = readZset(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    const std::optional<double> score = zset ? zset->score(ctx.arg(2)) : std::nullopt;
    return score ? reply::score(*score) : RespValue::null();
}

RespValue zmscore(CommandContext &ctx)
{
    bool wrong = false;
    const ZSetObject *zset = readZset(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    std::vector<RespValue> scores;
    for (int i = 2; i < ctx.argc(); ++i) {
        const std::optional<double> score = zset ? zset->score(ctx.arg(i)) : std::nullopt;
        scores.push_back(score ? reply::score(*score) : RespValue::null());
    }
    return RespValue::array(std::move(scores));
}

RespValue rankOf(CommandContext &ctx, bool reverse)
{
    const bool withScore = ctx.argc() == 4;
    // Servers before 7.2 know no option here; what is none gets their answer.
    if (ctx.argc() > 4 || (withScore && !ctx.is(3, "withscore")))
        return reply::wrongArgumentCount(ctx.spec.name);
    bool wrong = false;
    const ZSetObject *zset = readZset(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    const qsizetype rank = zset ? zset->rank(ctx.arg(2)) : -1;
    if (rank < 0)
        return RespValue::null();
    const RespValue place = reply::integer(reverse ? zset->size() - 1 - rank : rank);
    return withScore ? RespValue::array({place, reply::score((*zset)[rank].score)}) : place;
}
RespValue zrank(CommandContext &ctx) { return rankOf(ctx, false); }
RespValue zrevrank(CommandContext &ctx) { return rankOf(ctx, true); }

constexpr std::uint64_t kMaxScanHash = 0xffffffff;

RespValue zscan(CommandContext &ctx)
{
    ScanArguments arguments;
    if (std::optional<RespValue> error = parseScanCursor(ctx.arg(2), &arguments))
        return *error;
    bool wrong = false;
    const ZSetObject *zset = readZset(ctx, ctx.arg(1), &wrong);
    if (!zset)
        return wrong ? reply::wrongType() : scanReply(0, {});
    if (std::optional<RespValue> error = parseScanOptions(ctx, 3, false, &arguments))
        return *error;
    std::vector<RespValue> items;
    const auto give = [&](const ScoredMember &item) {
        if (!arguments.pattern.isNull() && !globMatch(arguments.pattern, item.member))
            return;
        items.push_back(reply::bulk(item.member));
        items.push_back(reply::bulk(formatDouble(item.score))); // text even in RESP3
    };
    if (zset->isListpack()) {
        for (const ScoredMember &item : *zset)
            give(item);
        return scanReply(0, std::move(items));
    }
    if (arguments.cursor > kMaxScanHash + 1) // of the scan as it was before the first edit: begun anew, so that none is missed
        arguments.cursor = 0;
    // By a hash of the member, so that edits meanwhile shift nobody; members of one hash come together.
    const auto &order = zset->scanOrder();
    auto it = std::lower_bound(order.begin(), order.end(), arguments.cursor,
                               [](const auto &entry, std::uint64_t cursor) { return entry.first < cursor; });
    std::int64_t given = 0;
    std::uint32_t last = 0;
    while (it != order.end() && (given < arguments.count || it->first == last)) {
        last = it->first;
        give((*zset)[it->second]);
        ++given;
        ++it;
    }
    return scanReply(it == order.end() ? 0 : std::uint64_t(last) + 1, std::move(items));
}

RespValue popEnds(CommandContext &ctx, bool min)
{
    if (ctx.argc() > 3)
        return reply::syntax();
    std::int64_t count = 1;
    if (ctx.argc() == 3) {
        const std::optional<std::int64_t> given = parseInt64(ctx.arg(2));
        if (!given || *given < 0)
            return reply::mustBePositive();
        count = *given;
    }
    bool wrong = false;
    const ZSetObject *there = readZset(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!there || count == 0)
        return RespValue::array();
    ZSetObject &zset = ctx.edit(ctx.arg(1))->as<ZSetObject>();
    const qsizetype taken = qsizetype(std::min<std::int64_t>(count, zset.size()));
    std::vector<RespValue> items;
    for (qsizetype i = 0; i < taken; ++i) {
        const ScoredMember &item = zset[min ? i : zset.size() - 1 - i];
        // With a count RESP3 answers pairs; without one, and in RESP2, member and score stand flat.
        if (ctx.resp3() && ctx.argc() == 3) {
            items.push_back(RespValue::array({reply::bulk(item.member), reply::score(item.score)}));
        } else {
            items.push_back(reply::bulk(item.member));
            items.push_back(reply::score(item.score));
        }
    }
    zset.removeRange(min ? 0 : zset.size() - taken, min ? taken : zset.size());
    ctx.changed(ctx.arg(1), 'z', min ? "zpopmin" : "zpopmax");
    return RespValue::array(std::move(items));
}
RespValue zpopmin(CommandContext &ctx) { return popEnds(ctx, true); }
RespValue zpopmax(CommandContext &ctx) { return popEnds(ctx, false); }

} // namespace

void registerZsetCommands(CommandTable &table)
{
    table.add({"zadd", -4, "write denyoom fast", 1, 1, 1, "sorted-set", "Adds members or changes their scores.", zadd});
    table.add({"zincrby", 4, "write denyoom fast", 1, 1, 1, "sorted-set", "Adds to a score.", zincrby});
    table.add({"zrem", -3, "write fast", 1, 1, 1, "sorted-set", "Removes members.", zrem});
    table.add({"zcard", 2, "readonly fast", 1, 1, 1, "sorted-set", "Returns the number of members.", zcard});
    table.add({"zscore", 3, "readonly fast", 1, 1, 1, "sorted-set", "Returns a score.", zscore});
    table.add({"zmscore", -3, "readonly fast", 1, 1, 1, "sorted-set", "Returns several scores.", zmscore});
    table.add({"zrank", -3, "readonly fast", 1, 1, 1, "sorted-set", "Returns a rank from the lowest score.", zrank});
    table.add({"zrevrank", -3, "readonly fast", 1, 1, 1, "sorted-set", "Returns a rank from the highest score.", zrevrank});
    table.add({"zscan", -3, "readonly", 1, 1, 1, "sorted-set", "Iterates over members and scores.", zscan});
    table.add({"zpopmin", -2, "write fast", 1, 1, 1, "sorted-set", "Takes the lowest members.", zpopmin});
    table.add({"zpopmax", -2, "write fast", 1, 1, 1, "sorted-set", "Takes the highest members.", zpopmax});
}

} // namespace keyloupe
