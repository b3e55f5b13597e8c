// SPDX-License-Identifier: GPL-3.0-or-later
//
// Taking from the ends of the first of several sorted sets, and random members. The blocking forms answer as inside a
// transaction: at once, with nil when there is nothing.
#include "core/engine/zset_support.h"

#include <QRandomGenerator>

#include <limits>

namespace keyloupe {
namespace {

// Up to `count` members of the first set with any, and its key; nothing when all are empty.
struct Taken
{
    QByteArray key;
    std::vector<ScoredMember> members;
};

std::optional<RespValue> takeFromFirst(CommandContext &ctx, int first, int end, bool min, std::int64_t count, Taken *taken)
{
    for (int i = first; i < end; ++i) {
        bool wrong = false;
        const ZSetObject *there = readZset(ctx, ctx.arg(i), &wrong);
        if (wrong)
            return reply::wrongType();
        if (!there)
            continue;
        taken->key = ctx.arg(i);
        ZSetObject &zset = ctx.edit(ctx.arg(i))->as<ZSetObject>();
        const qsizetype size = zset.size();
        const qsizetype n = static_cast<qsizetype>(std::min<std::int64_t>(count, size));
        for (qsizetype k = 0; k < n; ++k)
            taken->members.push_back(zset[min ? k : size - 1 - k]);
        zset.removeRange(min ? 0 : size - n, min ? n : size);
        ctx.changed(ctx.arg(i), 'z', min ? "zpopmin" : "zpopmax");
        return std::nullopt;
    }
    return std::nullopt;
}

// ZMPOP numkeys key… MIN|MAX [COUNT n], from argument `at` on.
RespValue popFromFirst(CommandContext &ctx, int at)
{
    const std::optional<std::int64_t> keys = parseInt64(ctx.arg(at));
    if (!keys || *keys < 1)
        return reply::err("numkeys should be greater than 0");
    if (*keys >= ctx.argc() - at - 1)
        return reply::syntax();
    const int where = at + 1 + static_cast<int>(*keys);
    const bool min = ctx.is(where, "min");
    if (!min && !ctx.is(where, "max"))
        return reply::syntax();
    std::optional<std::int64_t> count;
    for (int i = where + 1; i < ctx.argc(); ++i) {
        if (count || !ctx.is(i, "count") || i + 1 >= ctx.argc())
            return reply::syntax();
        count = parseInt64(ctx.arg(++i));
        if (!count || *count < 1)
            return reply::err("count should be greater than 0");
    }
    Taken taken;
    if (std::optional<RespValue> error = takeFromFirst(ctx, at + 1, where, min, count.value_or(1), &taken))
        return *error;
    if (taken.members.empty())
        return RespValue::nullArray();
    std::vector<RespValue> pairs;
    for (const ScoredMember &item : taken.members)
        pairs.push_back(RespValue::array({reply::bulk(item.member), reply::score(item.score)}));
    return RespValue::array({reply::bulk(taken.key), RespValue::array(std::move(pairs))});
}
RespValue zmpop(CommandContext &ctx) { return popFromFirst(ctx, 1); }
RespValue bzmpop(CommandContext &ctx)
{
    const std::optional<RespValue> error = checkTimeout(ctx.arg(1));
    return error ? *error : popFromFirst(ctx, 2);
}

RespValue blockingPop(CommandContext &ctx, bool min)
{
    if (std::optional<RespValue> error = checkTimeout(ctx.arg(ctx.argc() - 1)))
        return *error;
    Taken taken;
    if (std::optional<RespValue> error = takeFromFirst(ctx, 1, ctx.argc() - 1, min, 1, &taken))
        return *error;
    if (taken.members.empty())
        return RespValue::nullArray();
    return RespValue::array({reply::bulk(taken.key), reply::bulk(taken.members[0].member), reply::score(taken.members[0].score)});
}
RespValue bzpopmin(CommandContext &ctx) { return blockingPop(ctx, true); }
RespValue bzpopmax(CommandContext &ctx) { return blockingPop(ctx, false); }

RespValue zrandmember(CommandContext &ctx)
{
    std::int64_t count = 1;
    const bool withScores = ctx.argc() == 4;
    if (ctx.argc() > 2) {
        if (std::optional<RespValue> error = parseRandomCount(ctx.arg(2), &count))
            return *error;
        if (ctx.argc() > 4 || (withScores && !ctx.is(3, "withscores")))
            return reply::syntax();
        constexpr std::int64_t kHalf = std::numeric_limits<std::int64_t>::max() / 2;
        if (withScores && (count < -kHalf || count > kHalf))
            return reply::outOfRange();
    }
    bool wrong = false;
    const ZSetObject *zset = readZset(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    QRandomGenerator *random = QRandomGenerator::global();
    const auto any = [&]() -> const ScoredMember & { return (*zset)[qsizetype(random->bounded(quint64(zset->size())))]; };
    if (ctx.argc() == 2)
        return zset ? reply::bulk(any().member) : RespValue::null();
    if (!zset || count == 0)
        return RespValue::array();
    if (count < -kMaxRandomRepeats)
        return reply::outOfRange();
    std::vector<ScoredMember> members;
    for (std::int64_t i = 0; i < -count; ++i) // negative: with repeats
        members.push_back(any());
    // Selection sampling: each subset is equally likely, in one pass.
    std::int64_t wanted = std::min<std::int64_t>(count, zset->size());
    for (qsizetype i = 0; i < zset->size() && wanted > 0; ++i) {
        if (std::int64_t(random->bounded(quint64(zset->size() - i))) < wanted) {
            members.push_back((*zset)[i]);
            --wanted;
        }
    }
    return scoredMembersReply(ctx, members, withScores);
}

} // namespace

void registerZsetPickCommands(CommandTable &table)
{
    table.add({"zmpop", -4, "write movablekeys", 0, 0, 0, "sorted-set", "Takes from the first set that has members.", zmpop});
    table.add({"bzmpop", -5, "write blocking movablekeys", 0, 0, 0, "sorted-set", "Takes from the first set; does not wait here.", bzmpop});
    table.add({"bzpopmin", -3, "write noscript blocking fast", 1, -2, 1, "sorted-set", "Takes a lowest member; does not wait here.", bzpopmin});
    table.add({"bzpopmax", -3, "write noscript blocking fast", 1, -2, 1, "sorted-set", "Takes a highest member; does not wait here.", bzpopmax});
    table.add({"zrandmember", -2, "readonly", 1, 1, 1, "sorted-set", "Returns random members.", zrandmember});
}

} // namespace keyloupe
