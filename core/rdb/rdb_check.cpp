// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/rdb_check.h"

#include "core/rdb/value_decoder.h"

#include <algorithm>

namespace keyloupe {

Result<RdbSummary> checkRdb(QByteArrayView image, const ScanCallbacks &callbacks, const CancelToken &cancel)
{
    const RdbFamily family = image.startsWith("VALKEY") ? RdbFamily::Valkey : RdbFamily::Redis;
    std::vector<RdbDamage> found;
    std::vector<std::pair<std::int64_t, std::int64_t>> spans; // of the values in `found`
    ScanCallbacks deep;
    deep.onProgress = callbacks.onProgress;
    deep.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        if (callbacks.onKey && !callbacks.onKey(record, key))
            return false;
        const Result<DecodedValue> value =
            decodeValue(record.rdbType, image.sliced(record.valueOffset, record.valueLength), family);
        if (!value.ok()) {
            const Error &error = value.error();
            const std::int64_t inner = std::max<std::int64_t>(error.offset, 0);
            found.push_back(RdbDamage{record.valueOffset + inner, record.db, key.toByteArray(), error.message});
            spans.emplace_back(record.valueOffset, record.valueOffset + record.valueLength);
        }
        return true;
    };
    KL_TRY(RdbSummary summary, scanRdb(image, deep, cancel));
    // What pass 1 saw inside these values is the same damage again.
    std::erase_if(summary.damage, [&spans](const RdbDamage &damage) {
        const auto span = std::upper_bound(spans.begin(), spans.end(), damage.offset,
                                           [](std::int64_t at, const auto &s) { return at < s.second; });
        return span != spans.end() && damage.offset >= span->first && damage.offset < span->second;
    });
    summary.damage.insert(summary.damage.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    std::stable_sort(summary.damage.begin(), summary.damage.end(),
                     [](const RdbDamage &a, const RdbDamage &b) { return a.offset < b.offset; });
    return summary;
}

} // namespace keyloupe
