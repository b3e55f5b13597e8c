// SPDX-License-Identifier: GPL-3.0-or-later
//
// The front of a key record: its attributes, type byte and key, as bytes of a file. Pure; any thread.
#pragma once

#include "core/rdb/rdb_types.h"

#include <QByteArray>
#include <QByteArrayView>

namespace keyloupe {

struct RecordParts
{
    QByteArray key;
    std::int64_t keyMetadata = 0; ///< classes of metadata before the type byte (Redis 8.6)
    bool isPlain = true;          ///< only attributes that every server since Redis 5 knows
};

/// Of a record that pass 1 found sound; what cannot be read stays at its default.
RecordParts readRecordParts(QByteArrayView record, RdbFamily family);

/// Attributes, type and key of a record whose value bytes follow.
QByteArray encodeRecordHead(QByteArrayView key, std::uint8_t rdbType, std::int64_t expireAtMs, std::int64_t idleSeconds, int frequency);

} // namespace keyloupe
