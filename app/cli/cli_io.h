// SPDX-License-Identifier: GPL-3.0-or-later
//
// Standard output and error of keyloupe-cli: bytes as they are, errors as one line. Main thread.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

namespace keyloupe::cli {

/// Exit codes, documented in docs/cli.md and kept stable.
enum ExitCode : int {
    kOk = 0,
    kFailure = 1, ///< not readable, refused, or an error reply
    kDamaged = 2,   ///< check, export: readable but damaged
    kLoss = 3,      ///< export: the target cannot hold everything, and that was not accepted
    kDifferent = 4, ///< export --check: what was written does not read back the same
};

/// Writes all of it; false when the reader has gone away (a closed pipe), which ends a command quietly.
bool writeOut(QByteArrayView bytes);
void flushOut();

/// "keyloupe-cli: text" on one line; line breaks inside become spaces.
void printError(const QString &text);
void printError(const Error &error);

/// A JSON string where the bytes are UTF-8 text, else {"base64":"…"}.
QByteArray jsonBytes(QByteArrayView bytes);
/// A JSON string of text known to be UTF-8.
QByteArray jsonText(QByteArrayView utf8);

} // namespace keyloupe::cli
