// SPDX-License-Identifier: GPL-3.0-or-later
//
// A string as a bitmap, with Redis's bit order: bit 0 is the highest bit of the first byte (SETBIT, GETBIT). Pure; any thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>

namespace keyloupe {

bool bitAt(QByteArrayView bytes, std::int64_t bit);
/// Flips it; a bit outside the bytes is left alone.
void flipBit(QByteArray &bytes, std::int64_t bit);
/// Bits that are set, as BITCOUNT.
std::int64_t countBits(QByteArrayView bytes);
/// First bit from `from` on that is `set`, or -1.
std::int64_t findBit(QByteArrayView bytes, bool set, std::int64_t from = 0);

} // namespace keyloupe
