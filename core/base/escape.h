// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bytes to printable text and back, as redis-cli does it: "\xNN", \n \r \t \a \b \" \\. Pure; any thread.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>
#include <QString>

namespace keyloupe {

/// The bytes in double quotes with everything outside printable ASCII escaped (redis-cli's sdscatrepr).
QByteArray quoteBytes(QByteArrayView bytes);

/// As quoteBytes, but bare where a command line needs no quotes (printable ASCII, no space, quote or backslash).
QByteArray quoteArgument(QByteArrayView bytes);

/// Splits a typed line into arguments with redis-cli's rules: double quotes with escapes, single quotes with \' only.
/// Errc::InvalidArgument on unbalanced quotes or text right behind a closing quote.
Result<QByteArrayList> splitCommandLine(QByteArrayView line);

/// True when the bytes are valid UTF-8 (no surrogates, no over-long forms) without NUL.
bool isUtf8(QByteArrayView bytes);

/// Text for a label: valid UTF-8 stays, control characters, bidi controls and broken bytes become \xNN, so that no
/// name can pretend to be another. At most `maxChars` characters, then an ellipsis; 0 means all.
QString displayText(QByteArrayView bytes, int maxChars = 0);

} // namespace keyloupe
