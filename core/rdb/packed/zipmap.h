// SPDX-License-Identifier: GPL-3.0-or-later
//
// Zipmap: small hashes before Redis 2.6. A reader that checks every byte. Pure; any thread.
#pragma once

#include "core/rdb/byte_cursor.h"

namespace keyloupe::rdb {

class ZipmapReader
{
public:
    explicit ZipmapReader(QByteArrayView blob);

    /// The next pair; false at the end and on damage.
    bool next(QByteArrayView &field, QByteArrayView &value);

    bool ok() const { return m_in.ok(); }
    const char *reason() const { return m_in.reason(); }
    std::int64_t failOffset() const { return m_in.failOffset(); }

    static const char *checkFrame(QByteArrayView blob);

private:
    ByteCursor m_in;
    std::uint8_t m_count = 0;
    std::uint64_t m_seen = 0;
    bool m_done = false;
};

} // namespace keyloupe::rdb
