// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/collection_decoders.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/packed_walk.h"
#include "core/rdb/stream_node.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_skipper.h"

#include <algorithm>

namespace keyloupe::rdb {

namespace {

StreamId readRawId(ByteCursor &in)
{
    const auto ms = in.be<std::uint64_t>();
    const auto seq = in.be<std::uint64_t>();
    return {ms, seq};
}

StreamId readId(ByteCursor &in)
{
    const std::uint64_t ms = readLength(in);
    const std::uint64_t seq = readLength(in);
    return {ms, seq};
}

void readNode(ByteCursor &in, StreamValue &stream, StreamOrder &order)
{
    QByteArray idBytes;
    const StreamId base = readStreamNodeId(in, idBytes);
    const Blob blob = readBlob(in);
    if (!in.ok())
        return;
    StreamEntryBuilder builder(stream.entries);
    StreamNodeReader node(blob.bytes, base, order);
    if (!node.read(builder))
        in.fail(node.reason(), blob.outerOffset(node.failOffset()));
}

bool isBefore(const StreamPending &pending, const StreamId &id)
{
    return pending.id < id;
}

// `owned` tells of each of the group's pending entries whether a consumer has it.
void readConsumer(ByteCursor &in, StreamGroup &group, std::vector<bool> &owned, std::uint8_t rdbType)
{
    StreamConsumer consumer;
    consumer.name = readString(in);
    consumer.seenMs = in.le<std::int64_t>();
    // Servers that know an active time take the seen time for it when the file is older.
    consumer.activeMs = rdbType >= kTypeStream3 ? in.le<std::int64_t>() : consumer.seenMs;
    const std::uint64_t count = readLength(in);
    if (!in.fits(count, 16))
        return;
    consumer.pending.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::int64_t start = in.offset();
        const StreamId id = readRawId(in);
        const auto place = std::lower_bound(group.pending.begin(), group.pending.end(), id, isBefore);
        if (place == group.pending.end() || place->id != id) {
            in.fail("a consumer's pending entry is not one of its group's", start);
            return;
        }
        const auto index = static_cast<std::size_t>(place - group.pending.begin());
        if (owned[index]) {
            in.fail("a pending entry has two consumers", start);
            return;
        }
        owned[index] = true;
        consumer.pending.push_back(id);
    }
    group.consumers.push_back(std::move(consumer));
}

} // namespace

StreamId readStreamNodeId(ByteCursor &in, QByteArray &storage)
{
    const std::int64_t start = in.offset();
    const StringRef ref = readStringRef(in);
    if (!in.ok())
        return {};
    QByteArrayView raw;
    if (!expandString(ref, storage, raw)) {
        in.fail("a compressed string is damaged", ref.bytesOffset);
        return {};
    }
    if (raw.size() != 16) {
        in.fail("a stream node's id is not 16 bytes", start);
        return {};
    }
    ByteCursor id(raw);
    return readRawId(id);
}

StreamGroup readStreamGroup(ByteCursor &in, std::uint8_t rdbType)
{
    StreamGroup group;
    group.name = readString(in);
    group.lastDelivered = readId(in);
    if (rdbType >= kTypeStream2)
        group.entriesRead = static_cast<std::int64_t>(readLength(in));
    const std::uint64_t count = readLength(in);
    if (!in.fits(count, 16 + 8 + 1))
        return group;
    group.pending.reserve(count);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        const std::int64_t start = in.offset();
        StreamPending pending;
        pending.id = readRawId(in);
        pending.deliveredMs = in.le<std::int64_t>();
        pending.deliveries = readLength(in);
        if (in.ok() && !group.pending.empty() && !(group.pending.back().id < pending.id))
            in.fail("a group's pending entries are not in ascending order", start);
        group.pending.push_back(pending);
    }
    const std::uint64_t consumers = readLength(in);
    if (!in.fits(consumers, 10))
        return group;
    std::vector<bool> owned(group.pending.size(), false);
    const std::int64_t start = in.offset();
    for (std::uint64_t i = 0; i < consumers && in.ok(); ++i)
        readConsumer(in, group, owned, rdbType);
    if (in.ok() && hasDuplicates(group.consumers, [](const StreamConsumer &consumer) { return QByteArrayView(consumer.name); }))
        in.fail("a group has a consumer twice", start);
    return group;
}

StreamTail readStreamTail(ByteCursor &in, std::uint8_t rdbType, std::uint64_t liveEntries, const StreamOrder &order)
{
    StreamTail tail;
    const std::int64_t countStart = in.offset();
    const std::uint64_t count = readLength(in);
    // Release candidates of Redis 5 wrote it wrong.
    if (in.ok() && rdbType >= kTypeStream2 && count != liveEntries)
        in.fail("the stream's count is not the number of its entries", countStart);
    const std::int64_t lastIdStart = in.offset();
    tail.lastId = readId(in);
    if (in.ok() && order.any && tail.lastId < order.last)
        in.fail("the stream's last id is below its last entry", lastIdStart);
    if (rdbType >= kTypeStream2) {
        tail.firstId = readId(in);
        tail.maxDeletedId = readId(in);
        tail.entriesAdded = readLength(in);
    }
    tail.groups = readLength(in);
    return tail;
}

StreamValue readStream(ByteCursor &in, std::uint8_t rdbType, QByteArrayView whole)
{
    StreamValue stream;
    StreamOrder order;
    const std::uint64_t nodes = readLength(in);
    for (std::uint64_t i = 0; i < nodes && in.ok(); ++i)
        readNode(in, stream, order);
    const StreamTail tail = readStreamTail(in, rdbType, stream.entries.size(), order);
    stream.lastId = tail.lastId;
    if (rdbType >= kTypeStream2) {
        stream.firstId = tail.firstId;
        stream.maxDeletedId = tail.maxDeletedId;
        stream.entriesAdded = tail.entriesAdded;
    } else {
        stream.firstId = stream.entries.empty() ? StreamId{} : stream.entries.front().id;
        stream.entriesAdded = stream.entries.size();
    }
    for (std::uint64_t i = 0; i < tail.groups && in.ok(); ++i)
        stream.groups.push_back(readStreamGroup(in, rdbType));
    if (rdbType >= kTypeStream4 && in.ok()) {
        const std::int64_t start = in.offset();
        skipIdempotencyTail(in);
        if (in.ok())
            stream.idempotencyTail = whole.sliced(start, in.offset() - start).toByteArray();
    }
    if (in.ok() && hasDuplicates(stream.groups, [](const StreamGroup &group) { return QByteArrayView(group.name); }))
        in.fail("the stream has a group twice", 0);
    return stream;
}

} // namespace keyloupe::rdb
