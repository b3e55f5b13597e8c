// SPDX-License-Identifier: GPL-3.0-or-later
//
// StoredRecord: a key with its value as it stands in a file or a DUMP payload, and writing it into a file, for a target where
// one is chosen: byte for byte where the target reads that, else encoded anew. Views; pure but for the writer.
#pragma once

#include "core/rdb/rdb_writer.h"
#include "core/rdb/save_target.h"

#include <optional>

namespace keyloupe {

struct StoredRecord
{
    int db = 0;
    QByteArray key;
    std::uint8_t rdbType = 0;
    RdbFamily family = RdbFamily::Redis;
    QByteArrayView value;           ///< behind the key
    QByteArrayView whole;           ///< attributes, type and key too; empty where they changed or there is no file
    std::int64_t keyMetadata = 0;   ///< classes of it in `whole`
    bool isPlain = true;            ///< `whole` has no attribute that some servers do not know
    std::int64_t expireAtMs = -1;
    std::int64_t idleSeconds = -1;
    int frequency = -1;
};

/// The value inside a DUMP payload, as it stands there; the key and its attributes are the caller's. Errc::Corrupt.
Result<StoredRecord> storedRecordOf(QByteArrayView payload, int *version = nullptr);

/// True when `whole` can go into a file for the target.
bool isCopied(const StoredRecord &record, const std::optional<SaveTarget> &target);

/// Adds what the target cannot hold of it.
void addFindings(SaveFindings &findings, const StoredRecord &record, SaveTarget target);

/// Writes it. False where it is left out because its value is damaged and would have to be encoded anew.
Result<bool> writeStored(RdbWriter &writer, const StoredRecord &record, const std::optional<SaveTarget> &target);

/// A value that was edited, for the target. The writer has the target's family and version.
Result<void> writeValue(RdbWriter &writer, QByteArrayView key, Value value, std::int64_t expireAtMs, std::int64_t idleSeconds, int frequency,
                        const std::optional<SaveTarget> &target);

} // namespace keyloupe
