// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transfer/export_record.h"
#include "core/transfer/exported_record.h"

#include "core/rdb/rdb_scanner.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_decoder.h"

namespace keyloupe {
namespace {

std::unique_ptr<ExportReader> readerOf(ExportFormat format, QByteArrayView bytes)
{
    if (format == ExportFormat::JsonLines)
        return makeJsonLinesReader(bytes);
    return format == ExportFormat::Csv ? makeCsvReader(bytes) : makeRespReader(bytes);
}

Result<void> readRdb(QByteArrayView image, const ExportedFn &fn, const CancelToken &cancel)
{
    Result<void> outcome;
    ScanCallbacks callbacks;
    RdbFamily family = image.startsWith("VALKEY") ? RdbFamily::Valkey : RdbFamily::Redis;
    callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        Result<DecodedValue> decoded = decodeValue(record.rdbType, image.sliced(record.valueOffset, record.valueLength), family);
        ExportedRecord exported{record.db, key.toByteArray(), record.expireAtMs, Value(), false, !decoded.ok()};
        if (decoded)
            exported.value = std::move(decoded.value().value);
        outcome = fn(std::move(exported));
        return outcome.ok();
    };
    KL_TRY(const RdbSummary summary, scanRdb(image, callbacks, cancel));
    KL_CHECK(outcome);
    if (!summary.isSound()) {
        const QString reason = summary.damage.empty() ? QStringLiteral("the file is not whole") : summary.damage.front().reason;
        return Error{Errc::Corrupt, reason, -1, {}};
    }
    for (const RdbFileRecord &record : summary.fileRecords) {
        if (record.opcode == rdb::kOpFunction)
            KL_CHECK(fn({0, {}, -1, Value(record.value), true, false}));
    }
    return {};
}

} // namespace

Result<void> readExport(ExportFormat format, QByteArrayView bytes, const ExportedFn &fn, const CancelToken &cancel)
{
    if (format == ExportFormat::Rdb)
        return readRdb(bytes, fn, cancel);
    const std::unique_ptr<ExportReader> reader = readerOf(format, bytes);
    for (std::uint64_t seen = 0;; ++seen) {
        if ((seen & 0x3ff) == 0 && cancel.isCancelled())
            return cancelledError();
        KL_TRY(std::optional<ExportedRecord> record, reader->next());
        if (!record)
            return {};
        KL_CHECK(fn(std::move(*record)));
    }
}

} // namespace keyloupe
