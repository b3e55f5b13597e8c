// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands before a key's value: attributes (expiry, idle time, frequency …), the type byte and the name. Read by the
// scanner as it walks, and again by whoever kept only the place of a record. Pure; any thread.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/rdb_types.h"
#include "core/rdb/string_codec.h"

#include <cstdint>

namespace keyloupe::rdb {

/// Reads what follows the opcode of an attribute into the record. False, and nothing read, when the family has no such
/// attribute; a truncated one fails the cursor.
bool readAttribute(ByteCursor &in, std::uint8_t opcode, RdbFamily family, RecordInfo &record);

/// Reads attributes, type byte and name from a cursor that stands on a record that a scan has found sound and not interrupted.
/// Fills everything but the lengths and the database; offsets are the cursor's.
StringRef readRecordHead(ByteCursor &in, RdbFamily family, RecordInfo &record);

} // namespace keyloupe::rdb
