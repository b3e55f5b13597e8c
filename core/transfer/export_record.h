// SPDX-License-Identifier: GPL-3.0-or-later
//
// ExportRecord: one key on its way out: as it stands in a file or a DUMP payload, or edited. ExportWriter: what turns keys
// into a format, piece by piece, so that no file is ever whole in memory. One thread at a time.
#pragma once

#include "core/base/result.h"
#include "core/rdb/stored_record.h"

#include <QByteArray>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace keyloupe {

struct ExportRecord
{
    StoredRecord stored;         ///< without a value where it was edited
    std::optional<Value> edited;

    ValueType type = ValueType::String;
    /// The decoded value; Errc::Corrupt where its bytes are damaged.
    Result<Value> decode() const;
};

/// What an RDB file says of itself; formats without such a head pass it over.
struct ExportHead
{
    RdbFamily family = RdbFamily::Redis;
    int version = 10;
    std::vector<QByteArray> fileRecords; ///< AUX fields and others before the keys, bytes of a file
    /// Keys, and keys with an expiry, of each database, where they are known: a loading server makes room at once.
    std::map<int, std::pair<std::int64_t, std::int64_t>> sizes;
};

/// Where the bytes go, in order.
using ExportSink = std::function<Result<void>(QByteArrayView)>;

class ExportWriter
{
public:
    virtual ~ExportWriter() = default;
    virtual Result<void> begin(const ExportHead &head) = 0;
    virtual Result<void> library(QByteArrayView code) = 0;
    /// `value` is the record decoded, or null where needsValue() is false. False: left out, because it cannot be written.
    virtual Result<bool> key(const ExportRecord &record, const Value *value) = 0;
    /// Records of a file that stand behind its keys.
    virtual Result<void> fileRecord(QByteArrayView bytes) = 0;
    virtual Result<void> end() = 0;
    virtual bool needsValue() const { return true; }
    /// True where key() takes this record without its decoded value, because that is large and can be walked.
    virtual bool streams(const ExportRecord &) const { return false; }
};

enum class ExportFormat : std::uint8_t { JsonLines, Csv, Resp, Rdb };

std::optional<ExportFormat> exportFormatNamed(QByteArrayView name);
std::unique_ptr<ExportWriter> makeExportWriter(ExportFormat format, const std::optional<SaveTarget> &target, ExportSink sink);

/// One a format, each in a file of its own.
std::unique_ptr<ExportWriter> makeJsonLinesWriter(ExportSink sink);
std::unique_ptr<ExportWriter> makeCsvWriter(ExportSink sink);
std::unique_ptr<ExportWriter> makeRespWriter(const std::optional<SaveTarget> &target, ExportSink sink);
std::unique_ptr<ExportWriter> makeRdbWriter(const std::optional<SaveTarget> &target, ExportSink sink);

} // namespace keyloupe
