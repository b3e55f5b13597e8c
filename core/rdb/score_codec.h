// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scores of sorted sets: decimal text behind a length byte before Redis 4, eight bytes since, text or a number inside packed
// values. Never NaN: that fails the cursor or gives nothing. Pure; any thread.
#pragma once

#include "core/rdb/byte_cursor.h"

#include <QByteArrayView>

#include <optional>

namespace keyloupe::rdb {

inline constexpr const char *kBadScore = "a score is not a number";

/// The score that a text stands for; nothing for what no server takes, and for more than 127 bytes.
std::optional<double> parseScore(QByteArrayView text);

/// A length byte and decimal text, or one of three special lengths.
double readTextScore(ByteCursor &in);
/// Little-endian IEEE 754.
double readBinaryScore(ByteCursor &in);

} // namespace keyloupe::rdb
