// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pass 1 over an RDB image and every value decoded, for tests and fuzz targets that hold readers against each other.
#pragma once

#include "core/rdb/rdb_scanner.h"
#include "core/rdb/value_decoder.h"

#include <algorithm>

namespace keyloupe::test {

/// As scanRdb, with the damage of values that do not decode added, each value once. `onKey` of the callbacks is called first.
inline Result<RdbSummary> checkRdb(QByteArrayView image, const ScanCallbacks &callbacks = {})
{
    const RdbFamily family = image.startsWith("VALKEY") ? RdbFamily::Valkey : RdbFamily::Redis;
    std::vector<RdbDamage> found;
    std::vector<std::pair<std::int64_t, std::int64_t>> spans; // of the values in `found`
    ScanCallbacks deep = callbacks;
    deep.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        if (callbacks.onKey && !callbacks.onKey(record, key))
            return false;
        const auto value = decodeValue(record.rdbType, image.sliced(record.valueOffset, record.valueLength), family);
        if (!value.ok()) {
            const std::int64_t inner = std::max<std::int64_t>(value.error().offset, 0);
            found.push_back(RdbDamage{record.valueOffset + inner, record.db, key.toByteArray(), value.error().message});
            spans.emplace_back(record.valueOffset, record.valueOffset + record.valueLength);
        }
        return true;
    };
    KL_TRY(RdbSummary summary, scanRdb(image, deep));
    // What pass 1 saw inside these values is the same damage again.
    std::erase_if(summary.damage, [&spans](const RdbDamage &damage) {
        return std::any_of(spans.begin(), spans.end(), [&](const auto &span) { return damage.offset >= span.first && damage.offset < span.second; });
    });
    summary.damage.insert(summary.damage.end(), found.begin(), found.end());
    std::stable_sort(summary.damage.begin(), summary.damage.end(), [](const RdbDamage &a, const RdbDamage &b) { return a.offset < b.offset; });
    return summary;
}

} // namespace keyloupe::test
