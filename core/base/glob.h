// SPDX-License-Identifier: GPL-3.0-or-later
//
// Redis glob patterns over bytes: * ? [abc] [^a-z] and backslash escapes, as KEYS, SCAN MATCH and PSUBSCRIBE
// use them. Pure; any thread. Never exponential: `a*a*a*b` on a long run of a is quadratic at worst.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace keyloupe {

/// True when the whole of `text` matches `pattern`.
bool globMatch(QByteArrayView pattern, QByteArrayView text);

/// The pattern that matches exactly `literal`: glob characters escaped with a backslash.
QByteArray globEscape(QByteArrayView literal);

/// True when the pattern has no glob characters, so it names one key.
bool isLiteralGlob(QByteArrayView pattern);

} // namespace keyloupe
