// SPDX-License-Identifier: GPL-3.0-or-later
//
// Strings, lists, sorted sets and streams that are read where they stand in the file, and DUMP of any of them. What the
// replies are, the families' own files say.
#include "core/engine/large_support.h"
#include "core/engine/stream_support.h"
#include "core/engine/zset_support.h"

#include "core/rdb/rdb_writer.h"
#include "core/rdb/value_check.h"

namespace keyloupe {
namespace {

using Reply = std::optional<RespValue>;

Reply strlenOf(CommandContext &, LargeValue &value)
{
    return reply::integer(value.orThrow(value.string().size()));
}

Reply get(CommandContext &, LargeValue &value)
{
    return reply::bulk(value.orThrow(value.string().slice(0, kWholeValue)));
}

Reply getrange(CommandContext &ctx, LargeValue &value)
{
    const std::optional<std::int64_t> first = parseInt64(ctx.arg(2));
    const std::optional<std::int64_t> last = parseInt64(ctx.arg(3));
    if (!first || !last)
        return reply::notInteger();
    if (*first < 0 && *last < 0 && *first > *last)
        return reply::bulk("");
    const std::int64_t size = value.orThrow(value.string().size());
    const std::int64_t start = std::max<std::int64_t>(*first < 0 ? *first + size : *first, 0);
    const std::int64_t end = std::min(std::max<std::int64_t>(*last < 0 ? *last + size : *last, 0), size - 1);
    return reply::bulk(start > end ? QByteArray("") : value.orThrow(value.string().slice(start, end - start + 1)));
}

Reply count(CommandContext &, LargeValue &value)
{
    return reply::integer(value.orThrow(value.collection().count()));
}

// Indexes from the head need no count, which in a damaged list may not be known.
Reply lrange(CommandContext &ctx, LargeValue &value)
{
    std::optional<std::int64_t> start = parseInt64(ctx.arg(2));
    std::optional<std::int64_t> stop = parseInt64(ctx.arg(3));
    if (!start || !stop)
        return reply::notInteger();
    const bool fromTail = *start < 0 || *stop < 0;
    if (!clampRange(*start, *stop, fromTail ? value.orThrow(value.collection().count()) : kWholeValue))
        return RespValue::array();
    std::vector<RespValue> items;
    value.orThrow(value.collection().read(*start, *stop - *start + 1, [&items](const ElementView &item) {
        items.push_back(reply::bulk(item.name.toByteArray()));
    }));
    return RespValue::array(std::move(items));
}

Reply lindex(CommandContext &ctx, LargeValue &value)
{
    const std::optional<std::int64_t> index = parseInt64(ctx.arg(2));
    if (!index)
        return reply::notInteger();
    const std::int64_t at = *index < 0 ? *index + value.orThrow(value.collection().count()) : *index;
    if (at < 0)
        return RespValue::null();
    RespValue found = RespValue::null();
    value.orThrow(value.collection().read(at, 1, [&found](const ElementView &item) { found = reply::bulk(item.name.toByteArray()); }));
    return found;
}

// ZRANGE and ZREVRANGE by rank; ranges by score and name are left to the decoded set.
Reply rankRange(CommandContext &ctx, LargeValue &value, bool reverse)
{
    std::optional<std::int64_t> start = parseInt64(ctx.arg(2));
    std::optional<std::int64_t> stop = parseInt64(ctx.arg(3));
    bool withScores = false;
    for (int i = 4; i < ctx.argc(); ++i) {
        if (ctx.is(i, "withscores"))
            withScores = true;
        else if (ctx.is(i, "rev") && !reverse && ctx.is(0, "zrange"))
            reverse = true;
        else
            return std::nullopt;
    }
    if (!start || !stop)
        return std::nullopt;
    const std::int64_t size = value.orThrow(value.collection().count());
    if (!clampRange(*start, *stop, size))
        return RespValue::array();
    const std::int64_t first = reverse ? size - 1 - *stop : *start;
    Result<std::vector<ScoredMember>> members = value.collection().ranks(first, *stop - *start + 1);
    if (!members && members.error().code == Errc::Unsupported)
        return std::nullopt;
    std::vector<ScoredMember> found = value.orThrow(std::move(members));
    if (reverse)
        std::reverse(found.begin(), found.end());
    return scoredMembersReply(ctx, found, withScores);
}
Reply zrange(CommandContext &ctx, LargeValue &value) { return rankRange(ctx, value, false); }
Reply zrevrange(CommandContext &ctx, LargeValue &value) { return rankRange(ctx, value, true); }

Reply zscan(CommandContext &ctx, LargeValue &value)
{
    return scanLarge(ctx, value, [](const ElementView &member, const ScanArguments &, std::vector<RespValue> &items) {
        items.push_back(reply::bulk(member.name.toByteArray()));
        items.push_back(reply::bulk(formatDouble(member.score))); // text even in RESP3
    });
}

std::vector<RespValue> scores(CommandContext &ctx, LargeValue &value)
{
    std::vector<QByteArrayView> names;
    for (int i = 2; i < ctx.argc(); ++i)
        names.push_back(ctx.arg(i));
    std::vector<RespValue> found(names.size(), RespValue::null());
    value.orThrow(value.collection().find(names, [&found](std::size_t i, const ElementView &member) { found[i] = reply::score(member.score); }));
    return found;
}
Reply zscore(CommandContext &ctx, LargeValue &value) { return std::move(scores(ctx, value).front()); }
Reply zmscore(CommandContext &ctx, LargeValue &value) { return RespValue::array(scores(ctx, value)); }

Reply xlen(CommandContext &, LargeValue &value)
{
    return reply::integer(value.orThrow(value.stream().count()));
}

Reply streamRange(CommandContext &ctx, LargeValue &value, bool reverse)
{
    std::optional<RespValue> error;
    const std::optional<StreamId> start = parseBound(ctx.arg(reverse ? 3 : 2), true, &error);
    if (!start)
        return error;
    const std::optional<StreamId> end = parseBound(ctx.arg(reverse ? 2 : 3), false, &error);
    if (!end)
        return error;
    std::int64_t limit = kWholeValue;
    for (int i = 4; i < ctx.argc(); ++i) {
        const std::optional<std::int64_t> given = ctx.is(i, "count") && i + 1 < ctx.argc() ? parseInt64(ctx.arg(++i)) : std::nullopt;
        if (!given)
            return std::nullopt;
        limit = std::max<std::int64_t>(0, *given);
    }
    if (limit == 0)
        return RespValue::nullArray();
    std::vector<RespValue> entries;
    if (*start > *end)
        return RespValue::array();
    const Result<void> read = value.stream().read(*start, *end, limit, reverse, [&entries](const StreamEntry &entry) { entries.push_back(entryReply(entry)); });
    if (!read && read.error().code == Errc::Unsupported)
        return std::nullopt;
    value.orThrow(read);
    return RespValue::array(std::move(entries));
}
Reply xrange(CommandContext &ctx, LargeValue &value) { return streamRange(ctx, value, false); }
Reply xrevrange(CommandContext &ctx, LargeValue &value) { return streamRange(ctx, value, true); }

// The bytes of the file as they stand, when they are sound: no server would take others.
Reply dump(CommandContext &ctx, LargeValue &value)
{
    const RdbFamily family = ctx.keys().snapshot()->summary().family;
    const std::uint8_t rdbType = value.record().rdbType;
    const ValueCounts counts = value.orThrow(ValueChecker().check(rdbType, value.bytes(), family));
    return reply::bulk(dumpPayloadOf(rdbType, value.bytes().first(counts.consumed), family));
}

} // namespace

void registerLargeValueCommands(CommandTable &table)
{
    table.addLarge("strlen", ValueType::String, strlenOf);
    table.addLarge("get", ValueType::String, get);
    table.addLarge("getrange", ValueType::String, getrange);
    table.addLarge("substr", ValueType::String, getrange);
    table.addLarge("llen", ValueType::List, count);
    table.addLarge("lrange", ValueType::List, lrange);
    table.addLarge("lindex", ValueType::List, lindex);
    table.addLarge("zcard", ValueType::SortedSet, count);
    table.addLarge("zrange", ValueType::SortedSet, zrange);
    table.addLarge("zrevrange", ValueType::SortedSet, zrevrange);
    table.addLarge("zscan", ValueType::SortedSet, zscan);
    table.addLarge("zscore", ValueType::SortedSet, zscore);
    table.addLarge("zmscore", ValueType::SortedSet, zmscore);
    table.addLarge("xlen", ValueType::Stream, xlen);
    table.addLarge("xrange", ValueType::Stream, xrange);
    table.addLarge("xrevrange", ValueType::Stream, xrevrange);
    table.addLarge("dump", std::nullopt, dump);
}

} // namespace keyloupe
