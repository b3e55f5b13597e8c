// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transfer/export_record.h"

#include "core/rdb/value_decoder.h"

namespace keyloupe {

Result<Value> ExportRecord::decode() const
{
    if (edited)
        return *edited;
    KL_TRY(DecodedValue decoded, decodeValue(stored.rdbType, stored.value, stored.family));
    return std::move(decoded.value);
}

std::optional<ExportFormat> exportFormatNamed(QByteArrayView name)
{
    if (name == "jsonl")
        return ExportFormat::JsonLines;
    if (name == "csv")
        return ExportFormat::Csv;
    if (name == "resp")
        return ExportFormat::Resp;
    return name == "rdb" ? std::optional(ExportFormat::Rdb) : std::nullopt;
}

std::unique_ptr<ExportWriter> makeExportWriter(ExportFormat format, const std::optional<SaveTarget> &target, ExportSink sink)
{
    switch (format) {
    case ExportFormat::JsonLines:
        return makeJsonLinesWriter(std::move(sink));
    case ExportFormat::Csv:
        return makeCsvWriter(std::move(sink));
    case ExportFormat::Resp:
        return makeRespWriter(target, std::move(sink));
    case ExportFormat::Rdb:
        break;
    }
    return makeRdbWriter(target, std::move(sink));
}

} // namespace keyloupe
