// SPDX-License-Identifier: GPL-3.0-or-later
//
// XREAD and XREADGROUP. BLOCK is read and checked, but nothing ever waits here.
#include "core/engine/stream_support.h"

namespace keyloupe {
namespace {

struct ReadRequest
{
    bool grouped = false;
    bool noAck = false;
    std::int64_t count = 0; ///< 0: all
    QByteArray group;       ///< null: none given
    QByteArray consumer;
    int firstKey = 0;
    int streams = 0;
};

struct StreamFrom
{
    StreamId after;
    bool isNew = false; ///< ">"
};

std::optional<RespValue> parseRead(const CommandContext &ctx, ReadRequest *request)
{
    for (int i = 1; i < ctx.argc() && request->firstKey == 0; ++i) {
        const int behind = ctx.argc() - 1 - i;
        if (ctx.is(i, "block") && behind >= 1) {
            const std::optional<std::int64_t> timeout = parseInt64(ctx.arg(++i));
            if (!timeout)
                return reply::err("timeout is not an integer or out of range");
            if (*timeout < 0)
                return reply::err("timeout is negative");
        } else if (ctx.is(i, "count") && behind >= 1) {
            const std::optional<std::int64_t> count = parseInt64(ctx.arg(++i));
            if (!count)
                return reply::notInteger();
            request->count = std::max<std::int64_t>(0, *count);
        } else if (ctx.is(i, "streams") && behind >= 1) {
            if (behind % 2 != 0) {
                return reply::err("Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
            }
            request->firstKey = i + 1;
            request->streams = behind / 2;
        } else if (ctx.is(i, "group") && behind >= 2) {
            if (!request->grouped)
                return reply::err("The GROUP option is only supported by XREADGROUP. You called XREAD instead.");
            request->group = ctx.arg(i + 1).isNull() ? QByteArray("") : ctx.arg(i + 1);
            request->consumer = ctx.arg(i + 2);
            i += 2;
        } else if (ctx.is(i, "noack")) {
            if (!request->grouped)
                return reply::err("The NOACK option is only supported by XREADGROUP. You called XREAD instead.");
            request->noAck = true;
        } else {
            return reply::syntax();
        }
    }
    if (request->firstKey == 0)
        return reply::syntax();
    if (request->grouped && request->group.isNull())
        return reply::err("Missing GROUP option for XREADGROUP");
    return std::nullopt;
}

// Where each stream is read from; all are checked before anything is read.
std::optional<RespValue> parseFrom(const CommandContext &ctx, const ReadRequest &request, std::vector<StreamFrom> *from)
{
    for (int i = 0; i < request.streams; ++i) {
        const QByteArray &key = ctx.arg(request.firstKey + i);
        const QByteArray &text = ctx.arg(request.firstKey + request.streams + i);
        bool wrong = false;
        const StreamValue *stream = readStream(ctx, key, &wrong);
        if (wrong)
            return reply::wrongType();
        if (request.grouped && (!stream || !findGroup(*stream, request.group))) {
            return RespValue::error("NOGROUP No such key '" + key + "' or consumer group '" + request.group
                                    + "' in XREADGROUP with GROUP option");
        }
        StreamFrom one;
        if (text == "$") {
            if (request.grouped) {
                return reply::err("The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by "
                                  "specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.");
            }
            one.after = stream ? stream->lastId : StreamId{};
        } else if (text == ">") {
            if (!request.grouped)
                return reply::err("The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.");
            one.isNew = true;
        } else {
            const std::optional<StreamId> id = parseId(text, 0);
            if (!id)
                return badId();
            one.after = *id;
            // The highest id is how a server keeps ">" in mind.
            one.isNew = request.grouped && *id == StreamId{kMaxIdPart, kMaxIdPart};
        }
        from->push_back(one);
    }
    return std::nullopt;
}

std::vector<RespValue> entriesAfter(const StreamValue &stream, StreamId after, std::int64_t count)
{
    std::vector<RespValue> entries;
    if (!increment(after))
        after = {};
    for (auto it = firstNotBelow(stream, after); it != stream.entries.end() && (count == 0 || std::int64_t(entries.size()) < count); ++it)
        entries.push_back(entryReply(*it));
    return entries;
}

// What a consumer got before and has not acknowledged; what was deleted since comes with no fields.
std::vector<RespValue> history(CommandContext &ctx, const StreamValue &stream, StreamGroup &group, const StreamConsumer &consumer, StreamId after,
                               std::int64_t count)
{
    std::vector<RespValue> entries;
    if (!increment(after))
        after = {};
    const auto first = std::lower_bound(consumer.pending.begin(), consumer.pending.end(), after);
    for (auto it = first; it != consumer.pending.end() && (count == 0 || std::int64_t(entries.size()) < count); ++it) {
        const StreamEntry *entry = findEntry(stream, *it);
        if (!entry) {
            entries.push_back(RespValue::array({idReply(*it), RespValue::nullArray()}));
            continue;
        }
        if (StreamPending *pending = findPending(group, *it)) {
            pending->deliveredMs = ctx.now();
            ++pending->deliveries;
        }
        entries.push_back(entryReply(*entry));
    }
    return entries;
}

// New entries for a consumer, which become pending.
std::vector<RespValue> deliver(CommandContext &ctx, const StreamValue &stream, StreamGroup &group, StreamConsumer &consumer, const ReadRequest &request)
{
    std::vector<RespValue> entries;
    StreamId after = group.lastDelivered;
    increment(after);
    for (auto it = firstNotBelow(stream, after); it != stream.entries.end(); ++it) {
        if (request.count > 0 && std::int64_t(entries.size()) == request.count)
            break;
        if (group.entriesRead >= 0 && !hasGapsBehind(stream, it->id))
            group.entriesRead = wrappingSum(group.entriesRead, 1);
        else if (stream.entriesAdded > 0)
            group.entriesRead = entriesUpTo(stream, it->id);
        group.lastDelivered = it->id;
        entries.push_back(entryReply(*it));
        if (request.noAck)
            continue;
        StreamPending &pending = assignPending(group, consumer, it->id);
        pending.deliveredMs = ctx.now();
        pending.deliveries = 1;
    }
    return entries;
}

// The entries of one stream, or nothing when it has none to give.
std::optional<std::vector<RespValue>> readOne(CommandContext &ctx, const ReadRequest &request, const QByteArray &key, const StreamFrom &from)
{
    if (!request.grouped) {
        bool wrong = false;
        const StreamValue *stream = peekStream(ctx, key, &wrong);
        if (!stream || stream->entries.empty() || stream->entries.back().id <= from.after)
            return std::nullopt;
        return entriesAfter(*stream, from.after, request.count);
    }
    StreamValue &stream = ctx.edit(key)->as<StreamValue>();
    StreamGroup &group = *findGroup(stream, request.group);
    // Who finds nothing new does not become a consumer.
    if (from.isNew && (stream.entries.empty() || stream.entries.back().id <= group.lastDelivered))
        return std::nullopt;
    StreamConsumer &consumer = ensureConsumer(ctx, key, group, request.consumer);
    ctx.groupsChanged(key);
    if (!from.isNew)
        return history(ctx, stream, group, consumer, from.after, request.count);
    return deliver(ctx, stream, group, consumer, request);
}

RespValue readGeneric(CommandContext &ctx, bool grouped)
{
    ReadRequest request;
    request.grouped = grouped;
    if (std::optional<RespValue> error = parseRead(ctx, &request))
        return *error;
    std::vector<StreamFrom> from;
    if (std::optional<RespValue> error = parseFrom(ctx, request, &from))
        return *error;
    std::vector<RespValue> streams;
    for (int i = 0; i < request.streams; ++i) {
        const QByteArray &key = ctx.arg(request.firstKey + i);
        std::optional<std::vector<RespValue>> entries = readOne(ctx, request, key, from[std::size_t(i)]);
        if (!entries)
            continue;
        RespValue list = RespValue::array(std::move(*entries));
        if (ctx.resp3()) {
            streams.push_back(reply::bulk(key));
            streams.push_back(std::move(list));
        } else {
            streams.push_back(RespValue::array({reply::bulk(key), std::move(list)}));
        }
    }
    if (streams.empty())
        return RespValue::nullArray();
    return ctx.resp3() ? RespValue::map(std::move(streams)) : RespValue::array(std::move(streams));
}
RespValue xread(CommandContext &ctx) { return readGeneric(ctx, false); }
RespValue xreadgroup(CommandContext &ctx) { return readGeneric(ctx, true); }

} // namespace

void registerStreamReadCommands(CommandTable &table)
{
    table.add({"xread", -4, "readonly blocking movablekeys", 0, 0, 0, "stream", "Reads entries behind given ids; does not wait here.", xread});
    table.add({"xreadgroup", -7, "write blocking movablekeys", 0, 0, 0, "stream", "Reads entries as a consumer of a group; does not wait here.", xreadgroup});
}

} // namespace keyloupe
