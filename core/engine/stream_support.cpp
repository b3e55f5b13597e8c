// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/stream_support.h"

#include <algorithm>
#include <charconv>

namespace keyloupe {
namespace {

const StreamValue *asStream(const Object *object, bool *wrong)
{
    *wrong = object && !object->is<StreamValue>();
    return object && !*wrong ? &object->as<StreamValue>() : nullptr;
}

std::optional<std::uint64_t> parseUnsigned(const QByteArray &text)
{
    std::uint64_t value = 0;
    const char *last = text.constData() + text.size();
    const auto [end, status] = std::from_chars(text.constData(), last, value);
    return !text.isEmpty() && status == std::errc() && end == last ? std::optional<std::uint64_t>(value) : std::nullopt;
}

template <typename Items>
auto byName(Items &items, const QByteArray &name)
{
    return std::lower_bound(items.begin(), items.end(), name, [](const auto &item, const QByteArray &wanted) { return compareBytes(item.name, wanted) < 0; });
}

template <typename Items>
auto *named(Items &items, const QByteArray &name)
{
    // Not by halves: a file's order is its own.
    const auto it = std::find_if(items.begin(), items.end(), [&](const auto &item) { return item.name == name; });
    return it == items.end() ? nullptr : &*it;
}

} // namespace

const StreamValue *readStream(const CommandContext &ctx, const QByteArray &key, bool *wrong)
{
    return asStream(ctx.read(key), wrong);
}

const StreamValue *peekStream(const CommandContext &ctx, const QByteArray &key, bool *wrong)
{
    return asStream(ctx.peek(key), wrong);
}

QByteArray idText(const StreamId &id)
{
    return QByteArray::number(qulonglong(id.ms)) + '-' + QByteArray::number(qulonglong(id.seq));
}

RespValue idReply(const StreamId &id)
{
    return reply::bulk(idText(id));
}

RespValue badId()
{
    return reply::err("Invalid stream ID specified as stream command argument");
}

std::optional<StreamId> parseId(const QByteArray &text, std::uint64_t missingSeq)
{
    const qsizetype dash = text.indexOf('-');
    const std::optional<std::uint64_t> ms = parseUnsigned(dash < 0 ? text : text.left(dash));
    const std::optional<std::uint64_t> seq = dash < 0 ? std::optional<std::uint64_t>(missingSeq) : parseUnsigned(text.mid(dash + 1));
    return ms && seq ? std::optional<StreamId>({*ms, *seq}) : std::nullopt;
}

bool increment(StreamId &id)
{
    if (id.seq < kMaxIdPart) {
        ++id.seq;
        return true;
    }
    id.seq = 0;
    return id.ms++ < kMaxIdPart;
}

bool decrement(StreamId &id)
{
    if (id.seq > 0) {
        --id.seq;
        return true;
    }
    id.seq = kMaxIdPart;
    return id.ms-- > 0;
}

std::optional<StreamId> parseBound(const QByteArray &text, bool isStart, std::optional<RespValue> *error)
{
    if (text == "-")
        return StreamId{};
    if (text == "+")
        return StreamId{kMaxIdPart, kMaxIdPart};
    const bool exclusive = text.startsWith('(');
    std::optional<StreamId> id = parseId(exclusive ? text.mid(1) : text, isStart ? 0 : kMaxIdPart);
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

std::vector<StreamEntry>::const_iterator firstNotBelow(const StreamValue &stream, const StreamId &id)
{
    return std::lower_bound(stream.entries.begin(), stream.entries.end(), id,
                            [](const StreamEntry &entry, const StreamId &wanted) { return entry.id < wanted; });
}

const StreamEntry *findEntry(const StreamValue &stream, const StreamId &id)
{
    const auto it = firstNotBelow(stream, id);
    return it != stream.entries.end() && it->id == id ? &*it : nullptr;
}

RespValue entryReply(const StreamEntry &entry)
{
    std::vector<RespValue> fields;
    fields.reserve(entry.fields.size() * 2);
    for (const auto &[name, value] : entry.fields) {
        fields.push_back(reply::bulk(name));
        fields.push_back(reply::bulk(value));
    }
    return RespValue::array({idReply(entry.id), RespValue::array(std::move(fields))});
}

const StreamGroup *findGroup(const StreamValue &stream, const QByteArray &name) { return named(stream.groups, name); }
StreamGroup *findGroup(StreamValue &stream, const QByteArray &name) { return named(stream.groups, name); }
const StreamConsumer *findConsumer(const StreamGroup &group, const QByteArray &name) { return named(group.consumers, name); }
StreamConsumer *findConsumer(StreamGroup &group, const QByteArray &name) { return named(group.consumers, name); }

StreamConsumer &ensureConsumer(CommandContext &ctx, const QByteArray &key, StreamGroup &group, const QByteArray &name)
{
    StreamConsumer *consumer = findConsumer(group, name);
    if (!consumer) {
        StreamConsumer made;
        made.name = name;
        consumer = &*group.consumers.insert(byName(group.consumers, name), std::move(made));
        ctx.notify('t', "xgroup-createconsumer", key);
    }
    // As servers before 7.2, which know one time only: what they read stays readable for them.
    consumer->seenMs = ctx.now();
    consumer->activeMs = consumer->seenMs;
    return *consumer;
}

std::vector<StreamPending>::iterator firstPending(StreamGroup &group, const StreamId &id)
{
    return std::lower_bound(group.pending.begin(), group.pending.end(), id,
                            [](const StreamPending &pending, const StreamId &wanted) { return pending.id < wanted; });
}

StreamPending *findPending(StreamGroup &group, const StreamId &id)
{
    const auto it = firstPending(group, id);
    return it != group.pending.end() && it->id == id ? &*it : nullptr;
}

const StreamPending *findPending(const StreamGroup &group, const StreamId &id)
{
    return findPending(const_cast<StreamGroup &>(group), id);
}

const StreamConsumer *ownerOf(const StreamGroup &group, const StreamId &id)
{
    for (const StreamConsumer &consumer : group.consumers) {
        if (std::binary_search(consumer.pending.begin(), consumer.pending.end(), id))
            return &consumer;
    }
    return nullptr;
}

namespace {

void takeFromConsumers(StreamGroup &group, const StreamId &id)
{
    for (StreamConsumer &consumer : group.consumers) {
        const auto it = std::lower_bound(consumer.pending.begin(), consumer.pending.end(), id);
        if (it != consumer.pending.end() && *it == id)
            consumer.pending.erase(it);
    }
}

} // namespace

void removePending(StreamGroup &group, const StreamId &id)
{
    takeFromConsumers(group, id);
    const auto it = firstPending(group, id);
    if (it != group.pending.end() && it->id == id)
        group.pending.erase(it);
}

void removePending(StreamGroup &group, const std::vector<StreamId> &sortedIds)
{
    const auto isGone = [&](const StreamId &id) { return std::binary_search(sortedIds.begin(), sortedIds.end(), id); };
    for (StreamConsumer &consumer : group.consumers)
        std::erase_if(consumer.pending, isGone);
    std::erase_if(group.pending, [&](const StreamPending &pending) { return isGone(pending.id); });
}

void sortIds(std::vector<StreamId> &ids)
{
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

StreamPending &assignPending(StreamGroup &group, StreamConsumer &consumer, const StreamId &id)
{
    takeFromConsumers(group, id);
    consumer.pending.insert(std::lower_bound(consumer.pending.begin(), consumer.pending.end(), id), id);
    auto it = firstPending(group, id);
    if (it == group.pending.end() || it->id != id)
        it = group.pending.insert(it, StreamPending{id, 0, 0});
    return *it;
}

std::int64_t elapsedSince(std::int64_t then, std::int64_t now)
{
    return then >= 0 && then <= now ? now - then : then < 0 ? now : 0;
}

bool hasGapsBehind(const StreamValue &stream, const StreamId &id)
{
    if (stream.entries.empty() || stream.maxDeletedId == StreamId{} || stream.firstId > stream.maxDeletedId)
        return false;
    return id <= stream.maxDeletedId;
}

std::int64_t entriesUpTo(const StreamValue &stream, const StreamId &id)
{
    const auto added = static_cast<std::int64_t>(stream.entriesAdded);
    const auto length = static_cast<std::int64_t>(stream.entries.size());
    if (added == 0)
        return 0;
    if (length == 0 && id <= stream.lastId)
        return added;
    if (id == stream.lastId)
        return added;
    if (id > stream.lastId)
        return -1;
    if (stream.maxDeletedId == StreamId{} || stream.maxDeletedId < stream.firstId) {
        if (id < stream.firstId)
            return wrappingDifference(added, length);
        if (id == stream.firstId)
            return wrappingDifference(added, length - 1);
    }
    return -1;
}

RespValue noSuchGroup(const QByteArray &key, const QByteArray &group)
{
    return RespValue::error("NOGROUP No such key '" + key + "' or consumer group '" + group + "'");
}

RespValue subcommandSyntax(const CommandContext &ctx)
{
    return reply::err("unknown subcommand or wrong number of arguments for '" + ctx.arg(1).left(128) + "'. Try " + ctx.arg(0).toUpper() + " HELP.");
}

} // namespace keyloupe
