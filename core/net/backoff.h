// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long to wait before the next try: 0.5 s doubling to 30 s, each 20 % more or less so that many clients do not return
// at once. Pure.
#pragma once

namespace keyloupe {

class Backoff
{
public:
    /// The next wait in ms. `jitter` is 0…1 from a random source.
    int nextDelayMs(double jitter);
    void reset() { m_attempt = 0; }
    int attempts() const { return m_attempt; }

private:
    int m_attempt = 0;
};

} // namespace keyloupe
