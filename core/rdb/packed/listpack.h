// SPDX-License-Identifier: GPL-3.0-or-later
//
// Listpack: the packed list of Redis 5 and later. A reader that checks every byte, and a builder. Pure; any thread.
// The reader takes both sizes that the servers write for a back-length at 16383, 2097151 and 268435455 bytes.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/packed/packed_item.h"
#include "core/rdb/rdb_types.h"

#include <optional>

namespace keyloupe::rdb {

class ListpackReader
{
public:
    explicit ListpackReader(QByteArrayView blob);

    /// The next element; false at the end and on damage.
    bool next(PackedItem &item)
    {
        if (nextSmall(item))
            return true;
        PackedItem large; // of its own, so that the caller's can stay in registers
        if (!nextLarge(large))
            return false;
        item = large;
        return true;
    }

    bool ok() const { return m_in.ok(); }
    const char *reason() const { return m_in.reason(); }
    std::int64_t failOffset() const { return m_in.failOffset(); }

    /// The header's count; nothing where the header does not know it (65535).
    std::optional<std::int64_t> headerCount() const;
    /// A reason when the header and the end byte do not fit the size, else null. Touches 7 bytes.
    static const char *checkFrame(QByteArrayView blob);

    static constexpr qsizetype kHeaderSize = 6;
    /// The integer that an element at the start of these bytes is; nothing for text, damage and too few bytes (10 are enough).
    static std::optional<std::int64_t> integerAt(QByteArrayView element);

private:
    // Nearly all elements: numbers up to 127 and texts up to 63 bytes, whose back-length is one byte.
    bool nextSmall(PackedItem &item)
    {
        const std::uint64_t left = m_in.remaining(); // none after damage
        if (left < 2)
            return false;
        const std::uint8_t first = m_in.peek();
        if (first < 0x80) {
            if (m_in.peekAt(1) != 1)
                return false;
            item.setInteger(first);
            m_in.skip(2);
        } else {
            const std::uint64_t size = first & 0x3f;
            if (first >= 0xc0 || left < size + 2 || m_in.peekAt(size + 1) != size + 1)
                return false;
            m_in.skip(1);
            item.setText(m_in.take(size));
            m_in.skip(1);
        }
        ++m_seen;
        return true;
    }
    bool nextLarge(PackedItem &item);
    bool checkBackLength(std::uint64_t size);

    ByteCursor m_in;
    std::uint16_t m_count = 0;
    std::uint64_t m_seen = 0;
    bool m_done = false;
};

class ListpackBuilder
{
public:
    /// Which of the two back-length rules to follow (docs/formats/rdb.md).
    explicit ListpackBuilder(RdbFamily family);

    void appendInteger(std::int64_t value);
    /// Canonical decimal text becomes an integer, as the servers do it.
    void append(QByteArrayView bytes);

    std::uint64_t size() const { return static_cast<std::uint64_t>(m_out.size()) + 1; }
    /// Ends it; the builder is then empty.
    QByteArray finish();

private:
    void appendBackLength(std::uint64_t size);

    QByteArray m_out;
    std::uint64_t m_count = 0;
    RdbFamily m_family;
};

} // namespace keyloupe::rdb
