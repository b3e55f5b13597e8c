// SPDX-License-Identifier: GPL-3.0-or-later
//
// RateCounter: turns readings of a counter that only grows into a rate per second. Pure value type. A reading that is lower
// than the last is reported, never turned into a negative rate or a spike.
#pragma once

#include <cstdint>
#include <optional>

namespace keyloupe {

class RateCounter
{
public:
    enum class Outcome : std::uint8_t {
        First,    ///< nothing to compare with yet
        Rate,     ///< delta and rate are valid
        WentDown, ///< the server was restarted or its statistics were reset; compares with this reading from now on
    };

    struct Step
    {
        Outcome outcome = Outcome::First;
        double delta = 0;
        double perSecond = 0;
    };

    /// `elapsedUs` since the last reading, above 0.
    Step add(double reading, std::int64_t elapsedUs);
    /// The next reading is a first one.
    void forget() { m_last.reset(); }

private:
    std::optional<double> m_last;
};

} // namespace keyloupe
