// SPDX-License-Identifier: GPL-3.0-or-later
//
// Wall-clock time in milliseconds since the Unix epoch, as a value that tests replace. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace keyloupe {

/// Answers "now" in ms since the epoch. Must be callable from the thread that owns it.
using Clock = std::function<std::int64_t()>;

inline std::int64_t systemNowMs()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// Monotonic milliseconds, for measuring and time-outs; never compare with wall-clock time.
inline std::int64_t steadyNowMs()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace keyloupe
