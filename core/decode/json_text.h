// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON as text: checks it and changes its layout without reading a single number or string, so that 12345678901234567890,
// 1.0, 1e5, escapes, duplicate keys and the order of members stay as they were written. Only whitespace between tokens comes
// or goes. No recursion: nesting is bounded by the input. Pure; any thread. Grammar: RFC 8259.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayView>

namespace keyloupe {

/// Sound JSON, whole; otherwise Errc::Corrupt with the offset of the first wrong byte. Strings must be UTF-8.
Result<void> checkJson(QByteArrayView bytes);
/// One member or element a line, two spaces a level; empty objects and arrays on one line.
Result<QByteArray> prettyJson(QByteArrayView bytes);
/// No whitespace between tokens.
Result<QByteArray> compactJson(QByteArrayView bytes);
/// Starts like an object or array; for choosing a view before the whole is checked.
bool looksLikeJson(QByteArrayView bytes);

} // namespace keyloupe
