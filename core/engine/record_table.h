// SPDX-License-Identifier: GPL-3.0-or-later
//
// RecordTable: where each key record of an RDB image stands, eight bytes a record. Everything else (name, expiry, lengths) is
// read again from the image when somebody asks, which costs tens of nanoseconds and no memory.
//
// Positions are numbered from 0 in file order, over all databases. Filled by one thread; then any thread may read.
#pragma once

#include "core/rdb/rdb_types.h"
#include "core/rdb/string_codec.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace keyloupe {

class RecordTable
{
public:
    /// One position less than the largest 32-bit number, which marks "none" elsewhere.
    static constexpr std::uint32_t kMaxRecords = 0xfffffffeu;

    /// The image must outlive the table.
    RecordTable(QByteArrayView image, RdbFamily family) : m_image(image), m_family(family) { }

    /// Records in file order. Its database is not kept: see Snapshot.
    void append(const RecordInfo &record);
    /// That many more will probably come.
    void expect(std::size_t more) { m_entries.reserve(m_entries.size() + more); }
    void trim() { m_entries.shrink_to_fit(); }

    std::uint32_t size() const { return static_cast<std::uint32_t>(m_entries.size()); }
    std::size_t memoryBytes() const;

    RecordInfo at(std::uint32_t position) const; ///< db is 0
    std::uint8_t rdbTypeAt(std::uint32_t position) const { return static_cast<std::uint8_t>(m_entries[position] >> kTypeShift); }
    bool hasExpiryAt(std::uint32_t position) const { return (m_entries[position] & kExpires) != 0; }
    std::int64_t expiryAt(std::uint32_t position) const; ///< -1 none
    std::int64_t offsetAt(std::uint32_t position) const { return static_cast<std::int64_t>(m_entries[position] & kOffsetMask); }
    std::int64_t endAt(std::uint32_t position) const;

    /// Where the records [first, last) stand, neighbours in one piece.
    std::vector<std::pair<std::int64_t, std::int64_t>> spans(std::uint32_t first, std::uint32_t last) const; ///< offset, end
    /// Positions in [first, last) of records that hold opcodes that are not their own.
    std::vector<std::uint32_t> interrupted(std::uint32_t first, std::uint32_t last) const;

    /// The name as it stands in the image.
    rdb::StringRef nameRefAt(std::uint32_t position) const;
    /// The name; `storage` is used where it is not stored plainly, and must live as long as the view.
    QByteArrayView nameAt(std::uint32_t position, QByteArray &storage) const;
    /// Asks the processor to fetch what nameRefAt will read, and the name's bytes about `depth`.
    void prefetchEntry(std::uint32_t position) const { __builtin_prefetch(&m_entries[position]); }
    void prefetchName(std::uint32_t position, std::size_t depth) const { __builtin_prefetch(m_image.data() + offsetAt(position) + depth); }

private:
    // 48 bits of offset, 8 of type byte, 6 for the bytes of attributes before it, and two flags.
    static constexpr int kTypeShift = 48;
    static constexpr int kAttributesShift = 56;
    static constexpr std::uint64_t kOffsetMask = (std::uint64_t{1} << kTypeShift) - 1;
    static constexpr std::uint64_t kManyAttributes = 63; // that many or more: walk over them
    static constexpr std::uint64_t kExpires = std::uint64_t{1} << 62;
    static constexpr std::uint64_t kEndsAtNext = std::uint64_t{1} << 63;

    const RecordInfo *interruptedAt(std::uint32_t position) const;

    QByteArrayView m_image;
    RdbFamily m_family;
    std::vector<std::uint64_t> m_entries;
    std::vector<std::pair<std::uint32_t, std::int64_t>> m_ends; // where it is not the start of the next record
    std::vector<std::pair<std::uint32_t, RecordInfo>> m_interrupted;
    std::int64_t m_lastEnd = -1;
};

} // namespace keyloupe
