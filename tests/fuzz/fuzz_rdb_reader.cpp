// SPDX-License-Identifier: GPL-3.0-or-later
//
// The RDB reader on arbitrary bytes: as a file behind a sound magic, and as one value of any type in either family. Nothing
// may crash, hang, or take memory that the input does not justify.
#include "core/rdb/rdb_scanner.h"
#include "core/rdb/value_decoder.h"

#include <cstddef>
#include <cstdint>

using namespace keyloupe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const QByteArrayView input(data, qsizetype(size));
    const bool valkey = (data[0] & 1) != 0;
    const RdbFamily family = valkey ? RdbFamily::Valkey : RdbFamily::Redis;

    static_cast<void>(decodeValue(data[1], input.sliced(2), family));
    static_cast<void>(valueLength(data[1], input.sliced(2), family));

    const QByteArray image = QByteArray(valkey ? "VALKEY080" : "REDIS0012") + input.sliced(1).toByteArray();
    ScanCallbacks callbacks;
    callbacks.onKey = [&](const RecordInfo &record, QByteArrayView) {
        static_cast<void>(decodeValue(record.rdbType, QByteArrayView(image).sliced(record.valueOffset, record.valueLength), family));
        return true;
    };
    static_cast<void>(scanRdb(image, callbacks));
    return 0;
}
