// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values as JSON and back, without loss: bytes that are no UTF-8 text as {"base64":"…"}. The layout is in docs/export.md.
// Pure; any thread.
#pragma once

#include "core/base/result.h"
#include "core/rdb/rdb_types.h"
#include "core/transfer/exported_record.h"

#include <QByteArray>
#include <QByteArrayView>

#include <functional>

namespace keyloupe {

/// Appends a JSON string where the bytes are UTF-8 text, else {"base64":"…"}.
void appendJsonBytes(QByteArray &out, QByteArrayView bytes);

/// Appends the value; `flush` is called now and then and may empty `out`.
Result<void> appendJsonValue(QByteArray &out, const Value &value, const std::function<Result<void>()> &flush);

/// A stream's last ids, counters and groups, without its entries.
void appendJsonStreamFacts(QByteArray &out, const StreamValue &stream);

/// "1-2"
QByteArray streamIdText(const StreamId &id);
Result<StreamId> parseStreamIdText(QByteArrayView text);

/// One line of the jsonl format, read back.
Result<ExportedRecord> parseJsonLine(QByteArrayView line);
/// What appendJsonStreamFacts wrote.
Result<StreamValue> parseJsonStreamFacts(QByteArrayView text);

} // namespace keyloupe
