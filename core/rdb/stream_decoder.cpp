// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/collection_decoders.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/packed/listpack.h"
#include "core/rdb/packed_walk.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_skipper.h"

#include <algorithm>

namespace keyloupe::rdb {

namespace {

constexpr std::int64_t kDeleted = 1;
constexpr std::int64_t kSameFields = 2;

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

// Reads one node's listpack: the master entry, then entries as differences to it.
class NodeReader
{
public:
    NodeReader(QByteArrayView blob, StreamId base) : m_items(blob), m_base(base) { }

    bool read(std::vector<StreamEntry> &out)
    {
        const std::int64_t live = integer();
        const std::int64_t deleted = integer();
        const std::int64_t fields = integer();
        if (live < 0 || deleted < 0 || fields < 0)
            return fail("a stream node's head is not sound");
        for (std::int64_t i = 0; i < fields && isSound(); ++i)
            m_master.push_back(bytes());
        if (integer() != 0)
            return fail("a stream node's head has no end");
        const std::uint64_t entries = static_cast<std::uint64_t>(live) + static_cast<std::uint64_t>(deleted);
        std::uint64_t tombstones = 0;
        for (std::uint64_t i = 0; i < entries && isSound(); ++i)
            readEntry(out, tombstones);
        PackedItem extra;
        if (isSound() && m_items.next(extra))
            return fail("a stream node has more elements than entries");
        if (isSound() && m_items.ok() && tombstones != static_cast<std::uint64_t>(deleted))
            return fail("a stream node's count of deleted entries is wrong");
        return isSound() && m_items.ok();
    }

    const char *reason() const { return m_reason != nullptr ? m_reason : m_items.reason(); }
    std::int64_t failOffset() const { return m_reason != nullptr ? 0 : m_items.failOffset(); }

private:
    bool isSound() const { return m_reason == nullptr && m_items.ok(); }

    bool fail(const char *reason)
    {
        if (isSound())
            m_reason = reason;
        return false;
    }

    bool next()
    {
        if (!isSound())
            return false;
        if (m_items.next(m_item))
            return true;
        return fail("a stream node ends inside an entry");
    }

    std::int64_t integer()
    {
        if (!next())
            return 0;
        if (!m_item.isInteger)
            fail("a stream node has text where a number belongs");
        return m_item.integer;
    }

    QByteArray bytes() { return next() ? m_item.toBytes() : QByteArray(); }

    void readEntry(std::vector<StreamEntry> &out, std::uint64_t &tombstones)
    {
        const std::int64_t flags = integer();
        StreamEntry entry;
        entry.id.ms = m_base.ms + static_cast<std::uint64_t>(integer());
        entry.id.seq = m_base.seq + static_cast<std::uint64_t>(integer());
        std::int64_t elements = 3;
        if ((flags & kSameFields) != 0) {
            entry.fields.reserve(m_master.size());
            for (std::size_t i = 0; i < m_master.size() && isSound(); ++i)
                entry.fields.emplace_back(m_master[i], bytes());
            elements += static_cast<std::int64_t>(m_master.size());
        } else {
            const std::int64_t count = integer();
            if (count < 0) {
                fail("a stream entry has a negative number of fields");
                return;
            }
            for (std::int64_t i = 0; i < count && isSound(); ++i) {
                QByteArray field = bytes();
                QByteArray value = bytes();
                entry.fields.emplace_back(std::move(field), std::move(value));
            }
            elements += 1 + 2 * static_cast<std::int64_t>(entry.fields.size());
        }
        if (integer() != elements)
            fail("a stream entry's element count is wrong");
        if (!isSound())
            return;
        if ((flags & kDeleted) != 0) {
            ++tombstones;
            return;
        }
        if (!out.empty() && !(out.back().id < entry.id)) {
            fail("stream entries are not in ascending order");
            return;
        }
        out.push_back(std::move(entry));
    }

    ListpackReader m_items;
    StreamId m_base;
    PackedItem m_item;
    std::vector<QByteArray> m_master;
    const char *m_reason = nullptr;
};

void readNode(ByteCursor &in, StreamValue &stream)
{
    const std::int64_t start = in.offset();
    const QByteArray rawId = readString(in);
    if (in.ok() && rawId.size() != 16)
        in.fail("a stream node's id is not 16 bytes", start);
    const Blob blob = readBlob(in);
    if (!in.ok())
        return;
    ByteCursor idBytes(rawId);
    NodeReader node(blob.bytes, readRawId(idBytes));
    if (!node.read(stream.entries))
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

StreamGroup readGroup(ByteCursor &in, std::uint8_t rdbType)
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

} // namespace

StreamValue readStream(ByteCursor &in, std::uint8_t rdbType, QByteArrayView whole)
{
    StreamValue stream;
    const std::uint64_t nodes = readLength(in);
    for (std::uint64_t i = 0; i < nodes && in.ok(); ++i)
        readNode(in, stream);
    const std::int64_t countStart = in.offset();
    const std::uint64_t count = readLength(in);
    // Release candidates of Redis 5 wrote it wrong.
    if (in.ok() && rdbType >= kTypeStream2 && count != stream.entries.size())
        in.fail("the stream's count is not the number of its entries", countStart);
    const std::int64_t lastIdStart = in.offset();
    stream.lastId = readId(in);
    if (in.ok() && !stream.entries.empty() && stream.lastId < stream.entries.back().id)
        in.fail("the stream's last id is below its last entry", lastIdStart);
    if (rdbType >= kTypeStream2) {
        stream.firstId = readId(in);
        stream.maxDeletedId = readId(in);
        stream.entriesAdded = readLength(in);
    } else {
        stream.firstId = stream.entries.empty() ? StreamId{} : stream.entries.front().id;
        stream.entriesAdded = stream.entries.size();
    }
    const std::uint64_t groups = readLength(in);
    for (std::uint64_t i = 0; i < groups && in.ok(); ++i)
        stream.groups.push_back(readGroup(in, rdbType));
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
