// SPDX-License-Identifier: GPL-3.0-or-later
//
// Consumer groups: XGROUP, XACK, XPENDING.
#include "core/engine/stream_support.h"

#include <algorithm>

namespace keyloupe {
namespace {

struct GroupOptions
{
    bool makeStream = false;
    std::int64_t entriesRead = -1;
};

std::optional<RespValue> parseGroupOptions(const CommandContext &ctx, bool creates, GroupOptions *options)
{
    for (int i = 5; i < ctx.argc(); ++i) {
        if (creates && ctx.is(i, "mkstream")) {
            options->makeStream = true;
        } else if (ctx.is(i, "entriesread") && i + 1 < ctx.argc()) {
            const std::optional<std::int64_t> read = parseInt64(ctx.arg(++i));
            if (!read)
                return reply::notInteger();
            if (*read < -1)
                return reply::err("value for ENTRIESREAD must be positive or -1");
            options->entriesRead = *read;
        } else {
            return subcommandSyntax(ctx);
        }
    }
    return std::nullopt;
}

RespValue keyRequired()
{
    return reply::err("The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an "
                      "empty stream automatically.");
}

RespValue noSuchGroupHere(const CommandContext &ctx)
{
    return RespValue::error("NOGROUP No such consumer group '" + ctx.arg(3) + "' for key name '" + ctx.arg(2) + "'");
}

RespValue groupCreate(CommandContext &ctx)
{
    GroupOptions options;
    if (std::optional<RespValue> error = parseGroupOptions(ctx, true, &options))
        return *error;
    const QByteArray &key = ctx.arg(2);
    bool wrong = false;
    const StreamValue *there = peekStream(ctx, key, &wrong);
    if (wrong)
        return reply::wrongType();
    if (!there && !options.makeStream)
        return keyRequired();
    const std::optional<StreamId> id = ctx.arg(4) == "$" ? (there ? there->lastId : StreamId{}) : parseId(ctx.arg(4), 0);
    if (!id)
        return badId();
    if (there && findGroup(*there, ctx.arg(3)))
        return RespValue::error("BUSYGROUP Consumer Group name already exists");
    StreamGroup group;
    group.name = ctx.arg(3);
    group.lastDelivered = *id;
    group.entriesRead = options.entriesRead;
    const bool isNew = !there;
    auto &groups = ctx.editOrCreate<StreamValue>(key).groups;
    const auto place = std::find_if(groups.begin(), groups.end(), [&](const StreamGroup &other) { return compareBytes(other.name, group.name) > 0; });
    groups.insert(place, std::move(group));
    if (isNew)
        ctx.changed(key, 't', "xgroup-create");
    else
        ctx.groupsChanged(key, "xgroup-create");
    return RespValue::ok();
}

// The stream and group that the other subcommands are about; an error reply where they are not there.
std::optional<RespValue> lookUp(const CommandContext &ctx, const StreamValue **stream, const StreamGroup **group)
{
    bool wrong = false;
    *stream = peekStream(ctx, ctx.arg(2), &wrong);
    if (!*stream)
        return wrong ? reply::wrongType() : keyRequired();
    *group = findGroup(**stream, ctx.arg(3));
    return std::nullopt;
}

StreamGroup &editGroup(CommandContext &ctx)
{
    return *findGroup(ctx.edit(ctx.arg(2))->as<StreamValue>(), ctx.arg(3));
}

RespValue groupSetId(CommandContext &ctx)
{
    GroupOptions options;
    if (std::optional<RespValue> error = parseGroupOptions(ctx, false, &options))
        return *error;
    const StreamValue *stream = nullptr;
    const StreamGroup *there = nullptr;
    if (std::optional<RespValue> error = lookUp(ctx, &stream, &there))
        return *error;
    if (!there)
        return noSuchGroupHere(ctx);
    std::optional<StreamId> id;
    if (ctx.arg(4) == "$")
        id = stream->lastId;
    else if (ctx.arg(4) == "-")
        id = StreamId{};
    else if (ctx.arg(4) == "+")
        id = StreamId{kMaxIdPart, kMaxIdPart};
    else
        id = parseId(ctx.arg(4), 0);
    if (!id)
        return badId();
    StreamGroup &group = editGroup(ctx);
    group.lastDelivered = *id;
    group.entriesRead = options.entriesRead;
    ctx.groupsChanged(ctx.arg(2), "xgroup-setid");
    return RespValue::ok();
}

RespValue groupDestroy(CommandContext &ctx)
{
    const StreamValue *stream = nullptr;
    const StreamGroup *there = nullptr;
    if (std::optional<RespValue> error = lookUp(ctx, &stream, &there))
        return *error;
    if (!there)
        return reply::integer(0);
    std::erase_if(ctx.edit(ctx.arg(2))->as<StreamValue>().groups, [&](const StreamGroup &group) { return group.name == ctx.arg(3); });
    ctx.groupsChanged(ctx.arg(2), "xgroup-destroy");
    return reply::integer(1);
}

RespValue groupCreateConsumer(CommandContext &ctx)
{
    const StreamValue *stream = nullptr;
    const StreamGroup *there = nullptr;
    if (std::optional<RespValue> error = lookUp(ctx, &stream, &there))
        return *error;
    if (!there)
        return noSuchGroupHere(ctx);
    if (findConsumer(*there, ctx.arg(4)))
        return reply::integer(0);
    ensureConsumer(ctx, ctx.arg(2), editGroup(ctx), ctx.arg(4));
    ctx.groupsChanged(ctx.arg(2));
    return reply::integer(1);
}

RespValue groupDelConsumer(CommandContext &ctx)
{
    const StreamValue *stream = nullptr;
    const StreamGroup *there = nullptr;
    if (std::optional<RespValue> error = lookUp(ctx, &stream, &there))
        return *error;
    if (!there)
        return noSuchGroupHere(ctx);
    if (!findConsumer(*there, ctx.arg(4)))
        return reply::integer(0);
    StreamGroup &group = editGroup(ctx);
    std::vector<StreamId> pending = findConsumer(group, ctx.arg(4))->pending;
    sortIds(pending);
    removePending(group, pending);
    std::erase_if(group.consumers, [&](const StreamConsumer &consumer) { return consumer.name == ctx.arg(4); });
    ctx.groupsChanged(ctx.arg(2), "xgroup-delconsumer");
    return reply::integer(std::int64_t(pending.size()));
}

RespValue groupHelp(CommandContext &)
{
    return reply::help("XGROUP",
                       {"CREATE <key> <groupname> <id|$> [option]", "    Create a new consumer group. Options are:", "    * MKSTREAM",
                        "      Create the empty stream if it does not exist.", "    * ENTRIESREAD entries_read",
                        "      Set the group's entries_read counter (internal use).", "CREATECONSUMER <key> <groupname> <consumer>",
                        "    Create a new consumer in the specified group.", "DELCONSUMER <key> <groupname> <consumer>",
                        "    Remove the specified consumer.", "DESTROY <key> <groupname>", "    Remove the specified group.",
                        "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
                        "    Set the current group ID and entries_read counter."});
}

RespValue xack(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    const StreamGroup *there = stream ? findGroup(*stream, ctx.arg(2)) : nullptr;
    if (!there)
        return reply::integer(0);
    std::vector<StreamId> ids;
    for (int i = 3; i < ctx.argc(); ++i) {
        const std::optional<StreamId> id = parseId(ctx.arg(i), 0);
        if (!id)
            return badId();
        if (findPending(*there, *id))
            ids.push_back(*id);
    }
    sortIds(ids);
    if (ids.empty())
        return reply::integer(0);
    StreamGroup &group = *findGroup(ctx.edit(ctx.arg(1))->as<StreamValue>(), ctx.arg(2));
    removePending(group, ids);
    ctx.groupsChanged(ctx.arg(1));
    return reply::integer(std::int64_t(ids.size()));
}

RespValue pendingSummary(const StreamGroup &group)
{
    if (group.pending.empty())
        return RespValue::array({reply::integer(0), RespValue::null(), RespValue::null(), RespValue::nullArray()});
    std::vector<RespValue> consumers;
    for (const StreamConsumer &consumer : group.consumers) {
        if (!consumer.pending.empty())
            consumers.push_back(RespValue::array({reply::bulk(consumer.name), reply::bulkInteger(std::int64_t(consumer.pending.size()))}));
    }
    return RespValue::array({reply::integer(std::int64_t(group.pending.size())), idReply(group.pending.front().id),
                             idReply(group.pending.back().id), RespValue::array(std::move(consumers))});
}

struct PendingRange
{
    std::int64_t minIdle = 0;
    StreamId start;
    StreamId end;
    std::int64_t count = 0;
    int consumerAt = 0; ///< 0: all consumers
};

std::optional<RespValue> parsePendingRange(const CommandContext &ctx, PendingRange *range)
{
    if (ctx.argc() != 3 && (ctx.argc() < 6 || ctx.argc() > 9))
        return reply::syntax();
    if (ctx.argc() == 3)
        return std::nullopt;
    int at = 3;
    if (ctx.is(3, "idle")) {
        const std::optional<std::int64_t> idle = parseInt64(ctx.arg(4));
        if (!idle)
            return reply::notInteger();
        if (ctx.argc() < 8)
            return reply::syntax();
        range->minIdle = *idle;
        at = 5;
    }
    const std::optional<std::int64_t> count = parseInt64(ctx.arg(at + 2));
    if (!count)
        return reply::notInteger();
    range->count = *count;
    std::optional<RespValue> error;
    const std::optional<StreamId> start = parseBound(ctx.arg(at), true, &error);
    const std::optional<StreamId> end = start ? parseBound(ctx.arg(at + 1), false, &error) : std::nullopt;
    if (error)
        return error;
    range->start = *start;
    range->end = *end;
    range->consumerAt = at + 3 < ctx.argc() ? at + 3 : 0;
    return std::nullopt;
}

RespValue xpending(CommandContext &ctx)
{
    PendingRange range;
    if (std::optional<RespValue> error = parsePendingRange(ctx, &range))
        return *error;
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    const StreamGroup *group = stream ? findGroup(*stream, ctx.arg(2)) : nullptr;
    if (!group)
        return noSuchGroup(ctx.arg(1), ctx.arg(2));
    if (ctx.argc() == 3)
        return pendingSummary(*group);
    const StreamConsumer *only = range.consumerAt > 0 ? findConsumer(*group, ctx.arg(range.consumerAt)) : nullptr;
    std::vector<RespValue> entries;
    if (range.consumerAt > 0 && !only)
        return RespValue::array();
    for (const StreamPending &pending : group->pending) {
        if (std::int64_t(entries.size()) >= range.count)
            break;
        const std::int64_t idle = elapsedSince(pending.deliveredMs, ctx.now());
        if (pending.id < range.start || pending.id > range.end || (range.minIdle > 0 && idle < range.minIdle))
            continue;
        const StreamConsumer *owner = ownerOf(*group, pending.id);
        if (only && owner != only)
            continue;
        entries.push_back(RespValue::array({idReply(pending.id), reply::bulk(owner ? owner->name : QByteArray("")), reply::integer(idle),
                                            reply::integer(std::int64_t(pending.deliveries))}));
    }
    return RespValue::array(std::move(entries));
}

} // namespace

void registerStreamGroupCommands(CommandTable &table)
{
    CommandSpec group{"xgroup", -2, "", 0, 0, 0, "stream", "Makes, changes and removes consumer groups.", nullptr};
    group.subcommands = {{"create", -5, "write denyoom", 2, 2, 1, "stream", "Makes a group.", groupCreate},
                         {"setid", -5, "write", 2, 2, 1, "stream", "Sets the last id delivered.", groupSetId},
                         {"destroy", 4, "write", 2, 2, 1, "stream", "Removes a group.", groupDestroy},
                         {"createconsumer", 5, "write denyoom", 2, 2, 1, "stream", "Makes a consumer.", groupCreateConsumer},
                         {"delconsumer", 5, "write", 2, 2, 1, "stream", "Removes a consumer.", groupDelConsumer},
                         {"help", 2, "loading stale", 0, 0, 0, "stream", "Lists the subcommands.", groupHelp}};
    table.add(std::move(group));
    table.add({"xack", -4, "write fast", 1, 1, 1, "stream", "Marks entries as done.", xack});
    table.add({"xpending", -3, "readonly", 1, 1, 1, "stream", "Lists entries delivered and not done.", xpending});
}

} // namespace keyloupe
