// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands before a key's value: attributes (expiry, idle time, frequency …), the type byte and the name. Read by the
// scanner as it walks, and again by whoever kept only the place of a record; written wherever a record is. Pure; any thread.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/rdb_types.h"
#include "core/rdb/string_codec.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>

namespace keyloupe::rdb {

/// Reads what follows the opcode of an attribute into the record. False, and nothing read, when the family has no such
/// attribute; a truncated one fails the cursor.
bool readAttribute(ByteCursor &in, std::uint8_t opcode, RdbFamily family, RecordInfo &record);

/// Reads attributes, type byte and name from a cursor that stands on a record that a scan has found sound and not interrupted.
/// Fills everything but the lengths and the database; offsets are the cursor's.
StringRef readRecordHead(ByteCursor &in, RdbFamily family, RecordInfo &record);

/// What a copy for another server must know of a record's front.
struct RecordParts
{
    QByteArray key;
    std::int64_t keyMetadata = 0; ///< classes of metadata before the type byte (Redis 8.6)
    bool isPlain = true;          ///< only attributes that every server since Redis 5 knows
};

/// Of a record that pass 1 found sound and not interrupted; what cannot be read stays at its default.
RecordParts readRecordParts(QByteArrayView record, RdbFamily family);

enum class NameChange : std::uint8_t { None, Renamed };
/// Of a record's attributes those that Keyloupe does not edit, as they stand: metadata of the key, what a vendor's server adds.
/// Under another name the number of the slot is left out.
QByteArray otherAttributes(QByteArrayView attributes, RdbFamily family, NameChange change = NameChange::None);

/// Attributes, type and key of a record whose value bytes follow. -1 stands for none; of idle time and frequency the first is
/// written where both are there. `others` is what otherAttributes() gave.
QByteArray encodeRecordHead(QByteArrayView key, std::uint8_t rdbType, std::int64_t expireAtMs, std::int64_t idleSeconds, int frequency,
                            QByteArrayView others = {});

} // namespace keyloupe::rdb
