// SPDX-License-Identifier: GPL-3.0-or-later
//
// HyperLogLog values: a string that starts with "HYLL". Decoded here rather than by PFCOUNT, which writes the count into the
// key. 16384 registers of 6 bits, dense or run-length coded; the count by Ertl's estimator, as Redis 5 and newer answer it.
// Pure; any thread. Layout: the comment at the head of Redis's hyperloglog source describes it.
#pragma once

#include "core/base/result.h"

#include <QByteArrayView>

#include <array>
#include <cstdint>

namespace keyloupe {

struct HyperLogLog
{
    static constexpr int kRegisters = 16384;
    static constexpr double kStandardError = 0.0081; ///< 1.04 / sqrt(16384)

    bool sparse = false;
    std::uint64_t cached = 0;     ///< count that the server stored
    bool cachedIsStale = false;   ///< the server will count anew when asked
    std::array<int, 64> histogram{}; ///< registers by their value 0…51
    std::uint64_t count = 0;      ///< what PFCOUNT would answer after counting anew; at most 2^63-1
};

/// Errc::Corrupt with an offset for what is none, or a damaged one.
Result<HyperLogLog> decodeHyperLogLog(QByteArrayView bytes);

} // namespace keyloupe
