// SPDX-License-Identifier: GPL-3.0-or-later
//
// Streams: adding, deleting, trimming, ranges, and what XINFO tells. Consumer groups are read, not driven, here.
#include "core/engine/command_context.h"

#include <limits>

namespace keyloupe {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

const StreamValue *asStream(const Object *object, bool *wrong)
{
    *wrong = object && !object->is<StreamValue>();
    return object && !*wrong ? &object->as<StreamValue>() : nullptr;
}
const StreamValue *readStream(const CommandContext &ctx, const QByteArray &key, bool *wrong) { return asStream(ctx.read(key), wrong); }
const StreamValue *peekStream(const CommandContext &ctx, const QByteArray &key, bool *wrong) { return asStream(ctx.peek(key), wrong); }

QByteArray idText(const StreamId &id)
{
    return QByteArray::number(qulonglong(id.ms)) + '-' + QByteArray::number(qulonglong(id.seq));
}

RespValue badId() { return reply::err("Invalid stream ID specified as stream command argument"); }

std::optional<std::uint64_t> parseUnsigned(const QByteArray &text)
{
    if (text.isEmpty() || text.size() > 20 || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    bool ok = false;
    const std::uint64_t value = text.toULongLong(&ok);
    return ok ? std::optional<std::uint64_t>(value) : std::nullopt;
}

// "ms" or "ms-seq"; the missing part is `missingSeq`.
std::optional<StreamId> parseId(const QByteArray &text, std::uint64_t missingSeq)
{
    const qsizetype dash = text.indexOf('-');
    const std::optional<std::uint64_t> ms = parseUnsigned(dash < 0 ? text : text.left(dash));
    const std::optional<std::uint64_t> seq = dash < 0 ? std::optional<std::uint64_t>(missingSeq) : parseUnsigned(text.mid(dash + 1));
    return ms && seq ? std::optional<StreamId>({*ms, *seq}) : std::nullopt;
}

bool increment(StreamId &id)
{
    if (id.seq < kMax) {
        ++id.seq;
        return true;
    }
    id.seq = 0;
    return id.ms++ < kMax;
}

bool decrement(StreamId &id)
{
    if (id.seq > 0) {
        --id.seq;
        return true;
    }
    id.seq = kMax;
    return id.ms-- > 0;
}

auto firstNotBelow(const StreamValue &stream, const StreamId &id)
{
    return std::lower_bound(stream.entries.begin(), stream.entries.end(), id,
                            [](const StreamEntry &entry, const StreamId &wanted) { return entry.id < wanted; });
}

RespValue entryReply(const StreamEntry &entry)
{
    std::vector<RespValue> fields;
    fields.reserve(entry.fields.size() * 2);
    for (const auto &[name, value] : entry.fields) {
        fields.push_back(reply::bulk(name));
        fields.push_back(reply::bulk(value));
    }
    return RespValue::array({reply::bulk(idText(entry.id)), RespValue::array(std::move(fields))});
}

void refreshFirst(StreamValue &stream)
{
    stream.firstId = stream.entries.empty() ? StreamId{} : stream.entries.front().id;
}

// What MAXLEN and MINID say. Approximate trimming is exact here: nothing is kept for speed.
struct Trim
{
    enum class Kind { None, MaxLength, MinId };
    Kind kind = Kind::None;
    bool approximate = false;
    std::int64_t length = 0;
    StreamId minId;
    std::int64_t limit = -1;
};

// Reads MAXLEN|MINID [=|~] threshold [LIMIT n] at *i; false when it stands not there.
bool parseTrim(const CommandContext &ctx, int *i, Trim *trim, std::optional<RespValue> *error)
{
    const bool byLength = ctx.is(*i, "maxlen");
    if ((!byLength && !ctx.is(*i, "minid")) || *i + 1 >= ctx.argc())
        return false;
    int at = *i + 1;
    if (ctx.arg(at) == "~" || ctx.arg(at) == "=") {
        trim->approximate = ctx.arg(at) == "~";
        ++at;
    }
    if (at >= ctx.argc()) {
        *error = reply::syntax();
        return true;
    }
    if (byLength) {
        const std::optional<std::int64_t> length = parseInt64(ctx.arg(at));
        if (!length || *length < 0) {
            *error = length ? reply::err("The MAXLEN argument must be >= 0.") : reply::notInteger();
            return true;
        }
        trim->kind = Trim::Kind::MaxLength;
        trim->length = *length;
    } else {
        const std::optional<StreamId> id = parseId(ctx.arg(at), 0);
        if (!id) {
            *error = badId();
            return true;
        }
        trim->kind = Trim::Kind::MinId;
        trim->minId = *id;
    }
    if (ctx.is(at + 1, "limit") && at + 2 < ctx.argc()) {
        const std::optional<std::int64_t> limit = parseInt64(ctx.arg(at + 2));
        if (!limit || *limit < 0)
            *error = limit ? reply::err("The LIMIT argument must be >= 0.") : reply::notInteger();
        else if (!trim->approximate)
            *error = reply::err("syntax error, LIMIT cannot be used without the special ~ option");
        trim->limit = limit.value_or(-1);
        at += 2;
    }
    *i = at;
    return true;
}

std::int64_t trimCount(const StreamValue &stream, const Trim &trim)
{
    if (trim.kind == Trim::Kind::MaxLength)
        return std::max<std::int64_t>(0, std::int64_t(stream.entries.size()) - trim.length);
    return trim.kind == Trim::Kind::MinId ? firstNotBelow(stream, trim.minId) - stream.entries.begin() : 0;
}

void removeOldest(StreamValue &stream, std::int64_t count)
{
    if (count <= 0)
        return;
    stream.maxDeletedId = std::max(stream.maxDeletedId, stream.entries[std::size_t(count - 1)].id);
    stream.entries.erase(stream.entries.begin(), stream.entries.begin() + count);
    refreshFirst(stream);
}

RespValue xadd(CommandContext &ctx)
{
    bool create = true;
    Trim trim;
    int i = 2;
    for (; i < ctx.argc(); ++i) {
        std::optional<RespValue> error;
        if (ctx.is(i, "nomkstream"))
            create = false;
        else if (!parseTrim(ctx, &i, &trim, &error))
            break;
        if (error)
            return *error;
    }
    const int fields = ctx.argc() - i - 1;
    if (fields < 2 || fields % 2 != 0)
        return reply::wrongArgumentCount("xadd");
    const QByteArray &wanted = ctx.arg(i);
    bool wrong = false;
    const StreamValue *there = peekStream(ctx, ctx.arg(1), &wrong);
    const bool autoId = wanted == "*";
    const bool autoSeq = !autoId && wanted.endsWith("-*");
    StreamId id;
    if (!autoId) {
        const std::optional<StreamId> given = parseId(autoSeq ? wanted.chopped(2) : wanted, 0);
        if (!given)
            return badId();
        id = *given;
        if (!autoSeq && id == StreamId{})
            return reply::err("The ID specified in XADD must be greater than 0-0");
    }
    if (wrong)
        return reply::wrongType();
    if (!there && !create)
        return RespValue::null();
    const StreamId last = there ? there->lastId : StreamId{};
    if (autoId) {
        id = {std::uint64_t(std::max<std::int64_t>(0, ctx.now())), 0};
        if (id <= last) {
            id = last;
            if (!increment(id))
                return reply::err("The stream has exhausted the last possible ID, unable to add more items");
        }
    } else if (autoSeq && id.ms == last.ms && there) {
        if (last.seq == kMax)
            return reply::err("The ID specified in XADD is equal or smaller than the target stream top item");
        id.seq = last.seq + 1;
    } else if (autoSeq && id.ms == 0) {
        id.seq = 1;
    }
    if (there && id <= last)
        return reply::err("The ID specified in XADD is equal or smaller than the target stream top item");
    StreamValue &stream = ctx.editOrCreate<StreamValue>(ctx.arg(1));
    StreamEntry entry;
    entry.id = id;
    for (int k = i + 1; k < ctx.argc(); k += 2)
        entry.fields.emplace_back(ctx.arg(k), ctx.arg(k + 1));
    stream.entries.push_back(std::move(entry));
    stream.lastId = id;
    ++stream.entriesAdded;
    refreshFirst(stream);
    removeOldest(stream, trimCount(stream, trim));
    ctx.changed(ctx.arg(1), 't', "xadd");
    return reply::bulk(idText(id));
}

RespValue xdel(CommandContext &ctx)
{
    std::vector<StreamId> ids;
    bool wrong = false;
    const StreamValue *there = peekStream(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!there)
        return reply::integer(0);
    for (int i = 2; i < ctx.argc(); ++i) {
        const std::optional<StreamId> id = parseId(ctx.arg(i), 0);
        if (!id)
            return badId();
        const auto it = firstNotBelow(*there, *id);
        if (it != there->entries.end() && it->id == *id && std::find(ids.begin(), ids.end(), *id) == ids.end())
            ids.push_back(*id);
    }
    if (ids.empty())
        return reply::integer(0);
    StreamValue &stream = ctx.edit(ctx.arg(1))->as<StreamValue>();
    for (const StreamId &id : ids) {
        stream.entries.erase(stream.entries.begin() + (firstNotBelow(stream, id) - stream.entries.begin()));
        stream.maxDeletedId = std::max(stream.maxDeletedId, id);
    }
    refreshFirst(stream);
    ctx.changed(ctx.arg(1), 't', "xdel");
    return reply::integer(std::int64_t(ids.size()));
}

RespValue xtrim(CommandContext &ctx)
{
    Trim trim;
    std::optional<RespValue> error;
    int i = 2;
    if (!parseTrim(ctx, &i, &trim, &error) || i + 1 != ctx.argc())
        return error ? *error : reply::syntax();
    if (error)
        return *error;
    bool wrong = false;
    const StreamValue *there = peekStream(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    const std::int64_t count = there ? trimCount(*there, trim) : 0;
    if (count == 0)
        return reply::integer(0);
    removeOldest(ctx.edit(ctx.arg(1))->as<StreamValue>(), count);
    ctx.changed(ctx.arg(1), 't', "xtrim");
    return reply::integer(count);
}

RespValue xlen(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(1), &wrong);
    return wrong ? reply::wrongType() : reply::integer(stream ? std::int64_t(stream->entries.size()) : 0);
}

// A bound of XRANGE: "-", "+", an id, or "(" before one.
std::optional<StreamId> parseBound(const QByteArray &text, bool isStart, std::optional<RespValue> *error)
{
    if (text == "-")
        return StreamId{};
    if (text == "+")
        return StreamId{kMax, kMax};
    const bool exclusive = text.startsWith('(');
    std::optional<StreamId> id = parseId(exclusive ? text.mid(1) : text, isStart ? 0 : kMax);
    if (!id) {
        *error = badId();
        return std::nullopt;
    }
    if (exclusive && isStart && !increment(*id))
        *error = reply::err("invalid start ID for the interval");
    else if (exclusive && !isStart && !decrement(*id))
        *error = reply::err("invalid end ID for the interval");
    return *error ? std::nullopt : id;
}

RespValue range(CommandContext &ctx, bool reverse)
{
    std::optional<RespValue> error;
    const std::optional<StreamId> start = parseBound(ctx.arg(reverse ? 3 : 2), true, &error);
    if (!start)
        return *error;
    const std::optional<StreamId> end = parseBound(ctx.arg(reverse ? 2 : 3), false, &error);
    if (!end)
        return *error;
    std::int64_t count = -1;
    if (ctx.argc() > 4) {
        if (ctx.argc() != 6 || !ctx.is(4, "count"))
            return reply::syntax();
        const std::optional<std::int64_t> given = parseInt64(ctx.arg(5));
        if (!given)
            return reply::notInteger();
        count = std::max<std::int64_t>(0, *given);
    }
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!stream || *start > *end)
        return RespValue::array();
    if (count == 0)
        return RespValue::nullArray();
    const auto first = firstNotBelow(*stream, *start);
    const auto last = std::upper_bound(stream->entries.begin(), stream->entries.end(), *end,
                                       [](const StreamId &wanted, const StreamEntry &entry) { return wanted < entry.id; });
    std::vector<RespValue> entries;
    const std::int64_t total = std::max<std::int64_t>(0, last - first);
    for (std::int64_t i = 0; i < total && (count < 0 || i < count); ++i)
        entries.push_back(entryReply(reverse ? *(last - 1 - i) : *(first + i)));
    return RespValue::array(std::move(entries));
}
RespValue xrange(CommandContext &ctx) { return range(ctx, false); }
RespValue xrevrange(CommandContext &ctx) { return range(ctx, true); }

RespValue infoStream(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(2), &wrong);
    if (!stream)
        return wrong ? reply::wrongType() : reply::noSuchKey();
    const bool any = !stream->entries.empty();
    return RespValue::map({reply::bulk("length"), reply::integer(std::int64_t(stream->entries.size())), reply::bulk("last-generated-id"),
                           reply::bulk(idText(stream->lastId)), reply::bulk("max-deleted-entry-id"), reply::bulk(idText(stream->maxDeletedId)),
                           reply::bulk("entries-added"), reply::integer(std::int64_t(stream->entriesAdded)),
                           reply::bulk("recorded-first-entry-id"), reply::bulk(idText(stream->firstId)), reply::bulk("groups"),
                           reply::integer(std::int64_t(stream->groups.size())), reply::bulk("first-entry"),
                           any ? entryReply(stream->entries.front()) : RespValue::null(), reply::bulk("last-entry"),
                           any ? entryReply(stream->entries.back()) : RespValue::null()});
}

RespValue infoGroups(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(2), &wrong);
    if (!stream)
        return wrong ? reply::wrongType() : reply::noSuchKey();
    std::vector<RespValue> groups;
    for (const StreamGroup &group : stream->groups) {
        groups.push_back(RespValue::map({reply::bulk("name"), reply::bulk(group.name), reply::bulk("consumers"),
                                         reply::integer(std::int64_t(group.consumers.size())), reply::bulk("pending"),
                                         reply::integer(std::int64_t(group.pending.size())), reply::bulk("last-delivered-id"),
                                         reply::bulk(idText(group.lastDelivered)), reply::bulk("entries-read"),
                                         group.entriesRead < 0 ? RespValue::null() : reply::integer(group.entriesRead)}));
    }
    return RespValue::array(std::move(groups));
}

RespValue infoConsumers(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(2), &wrong);
    if (!stream)
        return wrong ? reply::wrongType() : reply::noSuchKey();
    const auto group = std::find_if(stream->groups.begin(), stream->groups.end(),
                                    [&](const StreamGroup &candidate) { return candidate.name == ctx.arg(3); });
    if (group == stream->groups.end())
        return RespValue::error("NOGROUP No such consumer group '" + ctx.arg(3) + "' for key name '" + ctx.arg(2) + "'");
    std::vector<RespValue> consumers;
    for (const StreamConsumer &consumer : group->consumers) {
        consumers.push_back(RespValue::map({reply::bulk("name"), reply::bulk(consumer.name), reply::bulk("pending"),
                                            reply::integer(std::int64_t(consumer.pending.size())), reply::bulk("idle"),
                                            reply::integer(std::max<std::int64_t>(0, ctx.now() - consumer.seenMs))}));
    }
    return RespValue::array(std::move(consumers));
}

} // namespace

void registerStreamCommands(CommandTable &table)
{
    table.add({"xadd", -5, "write denyoom fast", 1, 1, 1, "stream", "Appends an entry.", xadd});
    table.add({"xdel", -3, "write fast", 1, 1, 1, "stream", "Deletes entries.", xdel});
    table.add({"xtrim", -4, "write", 1, 1, 1, "stream", "Deletes the oldest entries.", xtrim});
    table.add({"xlen", 2, "readonly fast", 1, 1, 1, "stream", "Returns the number of entries.", xlen});
    table.add({"xrange", -4, "readonly", 1, 1, 1, "stream", "Returns a range of entries.", xrange});
    table.add({"xrevrange", -4, "readonly", 1, 1, 1, "stream", "Returns a range of entries, newest first.", xrevrange});
    CommandSpec info{"xinfo", -2, "readonly", 0, 0, 0, "stream", "Tells about a stream.", nullptr};
    info.subcommands = {{"stream", -3, "readonly", 2, 2, 1, "stream", "Describes a stream.", infoStream},
                        {"groups", 3, "readonly", 2, 2, 1, "stream", "Lists consumer groups.", infoGroups},
                        {"consumers", 4, "readonly", 2, 2, 1, "stream", "Lists the consumers of a group.", infoConsumers}};
    table.add(std::move(info));
}

} // namespace keyloupe
