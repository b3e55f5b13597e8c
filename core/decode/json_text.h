// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON as text: checks it and changes its layout without reading a single number or string, so that 12345678901234567890,
// 1.0, 1e5, escapes, duplicate keys and the order of members stay as they were written. Only whitespace between tokens comes
// or goes. No recursion: nesting is bounded by the input. Pure; any thread. Grammar: RFC 8259.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace keyloupe {

/// Sound JSON, whole; otherwise Errc::Corrupt with the offset of the first wrong byte. Strings must be UTF-8.
Result<void> checkJson(QByteArrayView bytes);
/// Where whitespace stands between tokens, as the usual serialisers put it.
struct JsonLayout
{
    int indent = -1;          ///< characters a level, one member or element a line; -1: all on one line
    char indentWith = ' ';
    bool spaceAfterComma = false; ///< on one line
    bool spaceAfterColon = false;
    bool operator==(const JsonLayout &) const = default;
};

/// The same tokens with that layout. Empty objects and arrays stay on one line. Errc::LimitExceeded where the indents of
/// very deep nesting would make it more than 64 MiB and four times as long.
Result<QByteArray> layOutJson(QByteArrayView bytes, const JsonLayout &layout);
/// Two spaces a level, a space after colons: to read.
Result<QByteArray> prettyJson(QByteArrayView bytes);
/// No whitespace between tokens.
Result<QByteArray> compactJson(QByteArrayView bytes);
/// The layout that gives exactly these bytes; none where they have whitespace of their own.
std::optional<JsonLayout> detectJsonLayout(QByteArrayView bytes);
/// Starts like an object or array; for choosing a view before the whole is checked.
bool looksLikeJson(QByteArrayView bytes);

} // namespace keyloupe
