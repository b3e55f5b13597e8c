// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers as Redis reads and writes them, independent of the locale. Pure; any thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <optional>

namespace keyloupe {

/// Strict signed decimal: no '+', no leading zeros, no "-0", no spaces; what Redis stores as an integer.
std::optional<std::int64_t> parseInt64(QByteArrayView text);

/// A double as strtod reads it in the C locale, whole text, no leading space; accepts inf, +inf, -inf in any case, and hex.
/// NaN is refused, as every Redis command refuses it.
std::optional<double> parseDouble(QByteArrayView text);

/// Shortest text that reads back as the same double; integers without a point; "inf", "-inf", "nan".
QByteArray formatDouble(double value);

} // namespace keyloupe
