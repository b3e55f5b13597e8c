// SPDX-License-Identifier: GPL-3.0-or-later
//
// The pieces of a stream's record: one node's listpack, read entry by entry into a sink of the caller's choice (entries that
// are kept, or nothing where they are only checked), and what stands behind the nodes. Pure; any thread.
#pragma once

#include "core/rdb/packed/listpack.h"
#include "core/rdb/rdb_types.h"

namespace keyloupe::rdb {

/// The id of the last live entry: entries of all nodes must ascend.
struct StreamOrder
{
    bool any = false;
    StreamId last;
};

/// Reads the master entry, then entries as differences to it. A sink has
///   void masterField(const PackedItem &);                            each field name of the master entry
///   void begin(const StreamId &, bool sameFields, std::int64_t n);   an entry of n fields; only for sizes that are there
///   void field(const PackedItem &);                                  of an entry with fields of its own
///   void value(const PackedItem &);
///   void end(bool deleted);                                          the entry was sound
class StreamNodeReader
{
public:
    StreamNodeReader(QByteArrayView blob, StreamId base, StreamOrder &order) : m_items(blob), m_base(base), m_order(order) { }

    template <typename Sink>
    bool read(Sink &sink)
    {
        const std::int64_t live = integer();
        const std::int64_t deleted = integer();
        const std::int64_t fields = integer();
        if (live < 0 || deleted < 0 || fields < 0)
            return fail("a stream node's head is not sound");
        for (std::int64_t i = 0; i < fields && next(); ++i) {
            sink.masterField(m_item);
            ++m_masterFields;
        }
        if (integer() != 0)
            return fail("a stream node's head has no end");
        const std::uint64_t entries = static_cast<std::uint64_t>(live) + static_cast<std::uint64_t>(deleted);
        std::uint64_t tombstones = 0;
        for (std::uint64_t i = 0; i < entries && isSound(); ++i)
            readEntry(sink, tombstones);
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
    static constexpr std::int64_t kDeleted = 1;
    static constexpr std::int64_t kSameFields = 2;

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

    template <typename Sink>
    void readEntry(Sink &sink, std::uint64_t &tombstones)
    {
        const std::int64_t flags = integer();
        StreamId id;
        id.ms = m_base.ms + static_cast<std::uint64_t>(integer());
        id.seq = m_base.seq + static_cast<std::uint64_t>(integer());
        const bool sameFields = (flags & kSameFields) != 0;
        const std::int64_t count = sameFields ? m_masterFields : integer();
        if (count < 0) {
            fail("a stream entry has a negative number of fields");
            return;
        }
        sink.begin(id, sameFields, count);
        for (std::int64_t i = 0; i < count && isSound(); ++i) {
            if (!sameFields && next())
                sink.field(m_item);
            if (next())
                sink.value(m_item);
        }
        if (!isSound())
            return;
        if (integer() != (sameFields ? 3 + count : 4 + 2 * count))
            fail("a stream entry's element count is wrong");
        if (!isSound())
            return;
        const bool isDeleted = (flags & kDeleted) != 0;
        if (isDeleted) {
            ++tombstones;
        } else if (m_order.any && !(m_order.last < id)) {
            fail("stream entries are not in ascending order");
            return;
        } else {
            m_order.any = true;
            m_order.last = id;
        }
        sink.end(isDeleted);
    }

    ListpackReader m_items;
    StreamId m_base;
    StreamOrder &m_order;
    PackedItem m_item;
    std::int64_t m_masterFields = 0;
    const char *m_reason = nullptr;
};

/// A sink that keeps the live entries.
class StreamEntryBuilder
{
public:
    explicit StreamEntryBuilder(std::vector<StreamEntry> &out) : m_out(out) { }

    void masterField(const PackedItem &name) { m_master.push_back(name.toBytes()); }
    void begin(const StreamId &id, bool sameFields, std::int64_t)
    {
        m_entry = StreamEntry{id, {}};
        m_same = sameFields;
        if (sameFields)
            m_entry.fields.reserve(m_master.size());
    }
    void field(const PackedItem &name) { m_name = name.toBytes(); }
    void value(const PackedItem &bytes)
    {
        m_entry.fields.emplace_back(m_same ? m_master[m_entry.fields.size()] : m_name, bytes.toBytes());
    }
    void end(bool deleted)
    {
        if (!deleted)
            m_out.push_back(std::move(m_entry));
    }

private:
    std::vector<StreamEntry> &m_out;
    std::vector<QByteArray> m_master;
    StreamEntry m_entry;
    QByteArray m_name;
    bool m_same = false;
};

/// The 16-byte id that a node begins with; `storage` is where it goes if it stands compressed.
StreamId readStreamNodeId(ByteCursor &in, QByteArray &storage);

/// What stands between a stream's nodes and its groups.
struct StreamTail
{
    StreamId lastId;
    StreamId firstId;         ///< this and the next two: from type 19 on
    StreamId maxDeletedId;
    std::uint64_t entriesAdded = 0;
    std::uint64_t groups = 0; ///< that follow
};
/// Fails the cursor where it does not fit what the nodes held.
StreamTail readStreamTail(ByteCursor &in, std::uint8_t rdbType, std::uint64_t liveEntries, const StreamOrder &order);
StreamGroup readStreamGroup(ByteCursor &in, std::uint8_t rdbType);

} // namespace keyloupe::rdb
