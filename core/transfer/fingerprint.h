// SPDX-License-Identifier: GPL-3.0-or-later
//
// Fingerprints of keys, to compare what was written with what is read back without keeping either: 128 bits of the database,
// key, expiry and value, sets and hashes in any order, without what the format cannot hold. Pure; any thread.
#pragma once

#include "core/transfer/export_record.h"

namespace keyloupe {

/// What a format keeps of a value.
struct Fidelity
{
    bool consumerTimes = true;
    bool activeTimes = true;
    bool streamCounters = true;
    bool fieldExpiry = true;
    bool idempotency = true;
};

Fidelity fidelityOf(ExportFormat format, const std::optional<SaveTarget> &target);

struct Fingerprint
{
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    bool operator==(const Fingerprint &) const = default;
};

Fingerprint fingerprintOf(int db, QByteArrayView key, std::int64_t expireAtMs, const Value &value, const Fidelity &fidelity);

} // namespace keyloupe
