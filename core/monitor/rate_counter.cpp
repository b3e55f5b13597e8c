// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/rate_counter.h"

#include <algorithm>

namespace keyloupe {

RateCounter::Step RateCounter::add(double reading, std::int64_t elapsedUs)
{
    Step step;
    if (m_last && reading < *m_last) {
        step.outcome = Outcome::WentDown;
    } else if (m_last) {
        step.outcome = Outcome::Rate;
        step.delta = reading - *m_last;
        step.perSecond = step.delta * 1e6 / double(std::max<std::int64_t>(1, elapsedUs));
    }
    m_last = reading;
    return step;
}

} // namespace keyloupe
