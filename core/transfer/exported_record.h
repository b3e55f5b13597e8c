// SPDX-License-Identifier: GPL-3.0-or-later
//
// ExportedRecord: a key as it is read back from an export. ExportReader: a pull stream of them over the written file.
// One thread at a time; the bytes must outlive the reader.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/rdb/rdb_types.h"

#include <QByteArray>
#include <QByteArrayView>

#include <functional>
#include <memory>
#include <optional>

namespace keyloupe {

enum class ExportFormat : std::uint8_t;

struct ExportedRecord
{
    int db = 0;
    QByteArray key;
    std::int64_t expireAtMs = -1;
    Value value;
    bool isLibrary = false; ///< the value is a function library's source
    bool isDamaged = false; ///< of an RDB: a record that was copied as it was, and does not decode
};

class ExportReader
{
public:
    virtual ~ExportReader() = default;
    /// The next key or library; nullopt at the end.
    virtual Result<std::optional<ExportedRecord>> next() = 0;
};

std::unique_ptr<ExportReader> makeJsonLinesReader(QByteArrayView text);
std::unique_ptr<ExportReader> makeCsvReader(QByteArrayView text);
/// Runs the commands in an engine of its own, one key at a time.
std::unique_ptr<ExportReader> makeRespReader(QByteArrayView commands);

/// Each key and library of an export in its order. `fn` ends it with an Error; a file that does not read back is one too.
using ExportedFn = std::function<Result<void>(ExportedRecord)>;
Result<void> readExport(ExportFormat format, QByteArrayView bytes, const ExportedFn &fn, const CancelToken &cancel);

} // namespace keyloupe
