// SPDX-License-Identifier: GPL-3.0-or-later
//
// XINFO: what a stream, its groups and their consumers are at.
#include "core/engine/stream_support.h"

namespace keyloupe {
namespace {

void add(std::vector<RespValue> &map, const char *name, RespValue value)
{
    map.push_back(reply::bulk(name));
    map.push_back(std::move(value));
}

RespValue orNull(std::int64_t value)
{
    return value < 0 ? RespValue::null() : reply::integer(value);
}

// How many entries a group has still to get, null when that cannot be told. Counters set by hand can make it negative.
RespValue lagOf(const StreamValue &stream, const StreamGroup &group)
{
    const auto added = static_cast<std::int64_t>(stream.entriesAdded);
    if (added == 0)
        return reply::integer(0);
    if (group.entriesRead >= 0 && !hasGapsBehind(stream, group.lastDelivered))
        return reply::integer(wrappingDifference(added, group.entriesRead));
    const std::int64_t read = entriesUpTo(stream, group.lastDelivered);
    return read < 0 ? RespValue::null() : reply::integer(wrappingDifference(added, read));
}

// The tree of a server is not kept here; what one freshly loaded would have.
std::vector<RespValue> streamHead(const StreamValue &stream)
{
    const auto nodes = static_cast<std::int64_t>((stream.entries.size() + 99) / 100);
    std::vector<RespValue> map;
    add(map, "length", reply::integer(std::int64_t(stream.entries.size())));
    add(map, "radix-tree-keys", reply::integer(nodes));
    add(map, "radix-tree-nodes", reply::integer(nodes + 1));
    add(map, "last-generated-id", idReply(stream.lastId));
    add(map, "max-deleted-entry-id", idReply(stream.maxDeletedId));
    add(map, "entries-added", reply::integer(std::int64_t(stream.entriesAdded)));
    add(map, "recorded-first-entry-id", idReply(stream.firstId));
    return map;
}

bool isWithin(std::int64_t count, std::size_t i)
{
    return count == 0 || static_cast<std::int64_t>(i) < count;
}

RespValue fullConsumer(const StreamGroup &group, const StreamConsumer &consumer, std::int64_t count)
{
    std::vector<RespValue> map;
    add(map, "name", reply::bulk(consumer.name));
    add(map, "seen-time", reply::integer(consumer.seenMs));
    add(map, "pel-count", reply::integer(std::int64_t(consumer.pending.size())));
    std::vector<RespValue> pending;
    for (std::size_t i = 0; i < consumer.pending.size() && isWithin(count, i); ++i) {
        const StreamPending *entry = findPending(group, consumer.pending[i]);
        pending.push_back(RespValue::array({idReply(consumer.pending[i]), reply::integer(entry ? entry->deliveredMs : 0),
                                            reply::integer(entry ? std::int64_t(entry->deliveries) : 0)}));
    }
    add(map, "pending", RespValue::array(std::move(pending)));
    return RespValue::map(std::move(map));
}

RespValue fullGroup(const StreamValue &stream, const StreamGroup &group, std::int64_t count)
{
    std::vector<RespValue> map;
    add(map, "name", reply::bulk(group.name));
    add(map, "last-delivered-id", idReply(group.lastDelivered));
    add(map, "entries-read", orNull(group.entriesRead));
    add(map, "lag", lagOf(stream, group));
    add(map, "pel-count", reply::integer(std::int64_t(group.pending.size())));
    std::vector<RespValue> pending;
    for (std::size_t i = 0; i < group.pending.size() && isWithin(count, i); ++i) {
        const StreamPending &entry = group.pending[i];
        const StreamConsumer *owner = ownerOf(group, entry.id);
        pending.push_back(RespValue::array({idReply(entry.id), reply::bulk(owner ? owner->name : QByteArray("")),
                                            reply::integer(entry.deliveredMs), reply::integer(std::int64_t(entry.deliveries))}));
    }
    add(map, "pending", RespValue::array(std::move(pending)));
    std::vector<RespValue> consumers;
    for (const StreamConsumer &consumer : group.consumers)
        consumers.push_back(fullConsumer(group, consumer, count));
    add(map, "consumers", RespValue::array(std::move(consumers)));
    return RespValue::map(std::move(map));
}

RespValue fullStream(const StreamValue &stream, std::int64_t count)
{
    std::vector<RespValue> map = streamHead(stream);
    std::vector<RespValue> entries;
    for (std::size_t i = 0; i < stream.entries.size() && isWithin(count, i); ++i)
        entries.push_back(entryReply(stream.entries[i]));
    add(map, "entries", RespValue::array(std::move(entries)));
    std::vector<RespValue> groups;
    for (const StreamGroup &group : stream.groups)
        groups.push_back(fullGroup(stream, group, count));
    add(map, "groups", RespValue::array(std::move(groups)));
    return RespValue::map(std::move(map));
}

RespValue infoStream(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(2), &wrong);
    if (!stream)
        return wrong ? reply::wrongType() : reply::noSuchKey();
    if (ctx.argc() > 3) {
        if ((ctx.argc() != 4 && ctx.argc() != 6) || !ctx.is(3, "full") || (ctx.argc() == 6 && !ctx.is(4, "count")))
            return subcommandSyntax(ctx);
        std::optional<std::int64_t> count = 10;
        if (ctx.argc() == 6 && !(count = parseInt64(ctx.arg(5))))
            return reply::notInteger();
        return fullStream(*stream, *count < 0 ? 10 : *count);
    }
    const bool any = !stream->entries.empty();
    std::vector<RespValue> map = streamHead(*stream);
    add(map, "groups", reply::integer(std::int64_t(stream->groups.size())));
    add(map, "first-entry", any ? entryReply(stream->entries.front()) : RespValue::null());
    add(map, "last-entry", any ? entryReply(stream->entries.back()) : RespValue::null());
    return RespValue::map(std::move(map));
}

RespValue infoGroups(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(2), &wrong);
    if (!stream)
        return wrong ? reply::wrongType() : reply::noSuchKey();
    std::vector<RespValue> groups;
    for (const StreamGroup &group : stream->groups) {
        std::vector<RespValue> map;
        add(map, "name", reply::bulk(group.name));
        add(map, "consumers", reply::integer(std::int64_t(group.consumers.size())));
        add(map, "pending", reply::integer(std::int64_t(group.pending.size())));
        add(map, "last-delivered-id", idReply(group.lastDelivered));
        add(map, "entries-read", orNull(group.entriesRead));
        add(map, "lag", lagOf(*stream, group));
        groups.push_back(RespValue::map(std::move(map)));
    }
    return RespValue::array(std::move(groups));
}

RespValue infoConsumers(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(2), &wrong);
    if (!stream)
        return wrong ? reply::wrongType() : reply::noSuchKey();
    const StreamGroup *group = findGroup(*stream, ctx.arg(3));
    if (!group)
        return RespValue::error("NOGROUP No such consumer group '" + ctx.arg(3) + "' for key name '" + ctx.arg(2) + "'");
    std::vector<RespValue> consumers;
    for (const StreamConsumer &consumer : group->consumers) {
        std::vector<RespValue> map;
        add(map, "name", reply::bulk(consumer.name));
        add(map, "pending", reply::integer(std::int64_t(consumer.pending.size())));
        add(map, "idle", reply::integer(elapsedSince(consumer.seenMs, ctx.now())));
        consumers.push_back(RespValue::map(std::move(map)));
    }
    return RespValue::array(std::move(consumers));
}

RespValue infoHelp(CommandContext &)
{
    return reply::help("XINFO", {"CONSUMERS <key> <groupname>", "    Show consumers of <groupname>.", "GROUPS <key>",
                                 "    Show the stream consumer groups.", "STREAM <key> [FULL [COUNT <count>]", "    Show information about the stream."});
}

} // namespace

void registerStreamInfoCommands(CommandTable &table)
{
    CommandSpec info{"xinfo", -2, "", 0, 0, 0, "stream", "Tells about a stream.", nullptr};
    info.subcommands = {{"stream", -3, "readonly", 2, 2, 1, "stream", "Describes a stream.", infoStream},
                        {"groups", 3, "readonly", 2, 2, 1, "stream", "Lists consumer groups.", infoGroups},
                        {"consumers", 4, "readonly", 2, 2, 1, "stream", "Lists the consumers of a group.", infoConsumers},
                        {"help", 2, "loading stale", 0, 0, 0, "stream", "Lists the subcommands.", infoHelp}};
    table.add(std::move(info));
}

} // namespace keyloupe
