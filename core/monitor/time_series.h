// SPDX-License-Identifier: GPL-3.0-or-later
//
// TimeSeries: the newest samples of one metric, oldest first, in a ring of fixed size. A gap (lost connection, restart) is a
// sample that is NaN, so that a line drawn through it breaks. Not thread-safe; a plain value type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace keyloupe {

struct TimePoint
{
    std::int64_t timeMs = 0; ///< since the epoch
    double value = 0;        ///< NaN is a gap
    bool isGap() const { return value != value; }
};

inline constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

class TimeSeries
{
public:
    /// `capacity` samples; the memory grows with use and stays at 16 bytes a sample.
    explicit TimeSeries(std::size_t capacity = 21'600);

    /// Times must grow; a sample that is not newer than the last is dropped.
    void append(std::int64_t timeMs, double value);
    /// One NaN sample; a second one directly behind another adds nothing.
    void appendGap(std::int64_t timeMs);
    void clear();

    std::size_t size() const { return m_points.size(); }
    bool isEmpty() const { return m_points.empty(); }
    std::size_t capacity() const { return m_capacity; }
    const TimePoint &at(std::size_t i) const { return m_points[(m_head + i) % m_points.size()]; } ///< 0 is the oldest
    const TimePoint &last() const { return at(size() - 1); }

    /// Index of the first sample at or after the time; size() if there is none.
    std::size_t lowerBound(std::int64_t timeMs) const;
    /// The sample nearest to the time, at most `toleranceMs` away; a gap's NaN where there is none.
    TimePoint nearest(std::int64_t timeMs, std::int64_t toleranceMs) const;
    /// Sum of the samples in (fromMs, toMs], gaps left out.
    double sum(std::int64_t fromMs, std::int64_t toMs) const;
    /// Area under a rate in (fromMs, toMs]: how many there were. Each sample counts for the time since the one before it.
    double integral(std::int64_t fromMs, std::int64_t toMs) const;
    /// How many samples in [fromMs, toMs] are numbers.
    std::size_t countFinite(std::int64_t fromMs, std::int64_t toMs) const;

    /// What to draw between two times in `pixels` columns: the samples as they are where they are few, else the smallest
    /// and the largest of each column in the order they came, so that no spike is lost. Gaps stay gaps. One sample on
    /// each side of the window is added so that lines reach its edges. Columns sit at fixed moments, so a sliding window
    /// does not make the line tremble.
    std::vector<TimePoint> reading(std::int64_t fromMs, std::int64_t toMs, int pixels) const;

private:
    std::size_t m_capacity;
    std::size_t m_head = 0; ///< index of the oldest once the ring is full
    std::vector<TimePoint> m_points;
};

} // namespace keyloupe
