// SPDX-License-Identifier: GPL-3.0-or-later
//
// The variable-length unsigned integers of RDB (1, 2, 5 or 9 bytes, big-endian). Pure; any thread.
#pragma once

#include "core/rdb/byte_cursor.h"

#include <QByteArray>

#include <cstdint>

namespace keyloupe::rdb {

/// Reads a length; fails the cursor on the reserved forms and on a string encoding (first byte 11xxxxxx).
/// The value is not yet compared with what is left: see ByteCursor::fits.
std::uint64_t readLength(ByteCursor &in);

/// Appends the shortest form.
void appendLength(QByteArray &out, std::uint64_t value);

} // namespace keyloupe::rdb
