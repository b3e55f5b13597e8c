// SPDX-License-Identifier: GPL-3.0-or-later
//
// Short work that is split over the processor's cores: the calling thread and some others run the same function, and all are
// done when the call returns. For work that takes its share from a counter or queue. Never from the main thread.
#pragma once

#include <algorithm>
#include <thread>
#include <vector>

namespace keyloupe {

inline unsigned coreCount()
{
    return std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
}

/// `work` must not throw.
template <typename Work>
void runOnThreads(unsigned threads, const Work &work)
{
    std::vector<std::thread> others;
    for (unsigned i = 1; i < threads; ++i)
        others.emplace_back([&work] { work(); });
    work();
    for (std::thread &other : others)
        other.join();
}

} // namespace keyloupe
