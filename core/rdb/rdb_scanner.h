// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pass 1 over an RDB image: walks every record once, verifies the CRC-64 and reports each key, without decoding values.
//
// Works on a contiguous image (a mapping or a buffer). Damage never throws and never stops silently: each is reported with
// its offset. After a record whose inside is broken but whose length is known, the walk goes on; where the next record
// cannot be found it ends, with `truncated` or a damage entry. Any thread; one image may be scanned by several at once.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/rdb/rdb_types.h"

#include <QByteArrayView>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace keyloupe {

enum class ChecksumState : std::uint8_t { Good, Bad, Absent /* zero, or version below 5 */, NotReached };

struct RdbDamage
{
    std::int64_t offset = 0;
    int db = 0;
    QByteArray key;     ///< empty where unknown
    QString reason;     ///< English, no final stop
};

/// Records outside the keys that a rewrite must keep: AUX, functions, module aux, slot info. Bytes as they stand.
struct RdbFileRecord
{
    std::uint8_t opcode = 0;
    QByteArray name;      ///< of an AUX field
    QByteArray value;     ///< of an AUX field, or a function's source
    std::int64_t offset = 0;
    std::int64_t length = 0;
    bool afterKeys = false; ///< stood behind the first key
};

struct RdbSummary
{
    RdbFamily family = RdbFamily::Redis;
    int version = 0;
    std::int64_t keys = 0;       ///< records of keys; a Snapshot counts each key once
    std::int64_t endOffset = 0;  ///< behind the checksum, or where the walk stopped
    std::int64_t checksumOffset = -1;     ///< where the checksum stands, which is over everything before it; -1 none
    std::uint64_t storedChecksum = 0;
    std::int64_t fileSize = 0;
    bool reachedEof = false;     ///< saw opcode 255
    ChecksumState checksum = ChecksumState::NotReached;
    std::int64_t ctimeMs = -1;   ///< AUX ctime in ms, -1 absent
    std::vector<RdbFileRecord> fileRecords;
    std::vector<RdbDamage> damage;

    bool isSound() const { return reachedEof && damage.empty() && checksum != ChecksumState::Bad; }
};

struct ScanCallbacks
{
    /// Each key in file order; the key bytes are decoded (integer and LZF forms too) and valid only during the call.
    /// Return false to stop.
    std::function<bool(const RecordInfo &, QByteArrayView key)> onKey;
    /// How many keys the file says will follow, never more than its bytes leave room for. May be null.
    std::function<void(std::int64_t keys)> onSizeHint;
    /// Bytes done of the whole, now and then. May be null.
    std::function<void(std::int64_t done, std::int64_t total)> onProgress;
    /// False: the caller compares storedChecksum himself and sets summary.checksum; it stays NotReached.
    bool verifiesChecksum = true;
};

/// Errc::Corrupt only when it is no RDB at all (wrong magic, empty); everything else is in the summary.
Result<RdbSummary> scanRdb(QByteArrayView image, const ScanCallbacks &callbacks, const CancelToken &cancel = {});

/// True when the bytes begin like an RDB of either family.
bool looksLikeRdb(QByteArrayView head);

} // namespace keyloupe
