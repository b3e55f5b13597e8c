// SPDX-License-Identifier: GPL-3.0-or-later
//
// The decoders of values: any bytes give a result or an Error, and JSON that is laid out anew keeps its tokens.
#include "core/decode/geohash.h"
#include "core/decode/hyperloglog.h"
#include "core/decode/json_text.h"

#include <cstdlib>
#include <cstring>
#include <numeric>

using namespace keyloupe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const Result<QByteArray> compact = compactJson(bytes);
    const Result<QByteArray> pretty = prettyJson(bytes);
    if (compact.ok() != checkJson(bytes).ok() || compact.ok() != pretty.ok())
        std::abort();
    if (compact.ok()) {
        const Result<QByteArray> again = compactJson(*pretty);
        if (!again.ok() || *again != *compact)
            std::abort();
        if (const std::optional<JsonLayout> layout = detectJsonLayout(bytes); layout && *layOutJson(*pretty, *layout) != bytes)
            std::abort();
    }
    const Result<HyperLogLog> sketch = decodeHyperLogLog(bytes);
    if (sketch.ok() && std::accumulate(sketch->histogram.begin(), sketch->histogram.end(), 0) != HyperLogLog::kRegisters)
        std::abort();
    if (size >= sizeof(double)) {
        double score = 0;
        std::memcpy(&score, data, sizeof score);
        const std::optional<GeoPoint> point = geoFromScore(score);
        if (point && !(point->longitude >= -180 && point->longitude <= 180 && point->latitude >= -86 && point->latitude <= 86))
            std::abort();
    }
    return 0;
}
