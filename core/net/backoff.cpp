// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/backoff.h"

#include <algorithm>

namespace keyloupe {

int Backoff::nextDelayMs(double jitter)
{
    constexpr int kFirstMs = 500;
    constexpr int kLastMs = 30'000;
    const int base = std::min(kLastMs, kFirstMs << std::min(m_attempt, 6));
    ++m_attempt;
    return int(base * (0.8 + 0.4 * jitter));
}

} // namespace keyloupe
