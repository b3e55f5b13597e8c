// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ziplist: the packed list up to Redis 6.2. A reader that checks every byte. Pure; any thread.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/packed/packed_item.h"

#include <optional>

namespace keyloupe::rdb {

class ZiplistReader
{
public:
    explicit ZiplistReader(QByteArrayView blob);

    /// The next element; false at the end and on damage.
    bool next(PackedItem &item);

    bool ok() const { return m_in.ok(); }
    const char *reason() const { return m_in.reason(); }
    std::int64_t failOffset() const { return m_in.failOffset(); }

    /// The header's count; nothing where the header does not know it (65535).
    std::optional<std::int64_t> headerCount() const;
    /// A reason when the header and the end byte do not fit the size, else null. Touches 11 bytes.
    static const char *checkFrame(QByteArrayView blob);

private:
    ByteCursor m_in;
    std::uint32_t m_tail = 0;
    std::uint16_t m_count = 0;
    std::uint64_t m_seen = 0;
    std::int64_t m_lastStart = 10;
    std::uint64_t m_lastSize = 0;
    bool m_done = false;
};

} // namespace keyloupe::rdb
