// SPDX-License-Identifier: GPL-3.0-or-later
//
// Intset: a sorted array of 2, 4 or 8-byte integers. A reader that checks order and size. Pure; any thread.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/packed/packed_item.h"

namespace keyloupe::rdb {

class IntsetReader
{
public:
    explicit IntsetReader(QByteArrayView blob);

    /// The next member; false at the end and on damage.
    bool next(PackedItem &item);

    bool ok() const { return m_in.ok(); }
    const char *reason() const { return m_in.reason(); }
    std::int64_t failOffset() const { return m_in.failOffset(); }
    std::int64_t count() const { return m_count; }

    /// A reason when width, count and size do not fit each other, else null. Touches 8 bytes.
    static const char *checkFrame(QByteArrayView blob);

private:
    ByteCursor m_in;
    std::uint32_t m_width = 0;
    std::uint32_t m_count = 0;
    std::int64_t m_last = 0;
    bool m_isFirst = true;
};

} // namespace keyloupe::rdb
