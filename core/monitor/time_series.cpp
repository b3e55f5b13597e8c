// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/time_series.h"

#include <algorithm>
#include <cstdlib>

namespace keyloupe {
namespace {

// The extremes of one column while it is filled.
class Column
{
public:
    void add(const TimePoint &point)
    {
        if (m_count == 0) {
            m_low = m_high = point;
        } else {
            if (point.value < m_low.value)
                m_low = point;
            if (point.value > m_high.value)
                m_high = point;
        }
        ++m_count;
    }

    void flush(std::vector<TimePoint> &out)
    {
        if (m_count == 1) {
            out.push_back(m_low);
        } else if (m_count > 1) {
            const bool lowFirst = m_low.timeMs <= m_high.timeMs;
            out.push_back(lowFirst ? m_low : m_high);
            if (m_low.timeMs != m_high.timeMs)
                out.push_back(lowFirst ? m_high : m_low);
        }
        m_count = 0;
    }

private:
    TimePoint m_low;
    TimePoint m_high;
    int m_count = 0;
};

} // namespace

TimeSeries::TimeSeries(std::size_t capacity) : m_capacity(capacity == 0 ? 1 : capacity) { }

void TimeSeries::append(std::int64_t timeMs, double value)
{
    if (!isEmpty() && timeMs <= last().timeMs)
        return;
    if (m_points.size() < m_capacity) {
        m_points.push_back({timeMs, value});
        return;
    }
    m_points[m_head] = {timeMs, value};
    m_head = (m_head + 1) % m_capacity;
}

void TimeSeries::appendGap(std::int64_t timeMs)
{
    if (isEmpty() || last().isGap())
        return;
    append(timeMs, kGap);
}

void TimeSeries::clear()
{
    m_points.clear();
    m_head = 0;
}

std::size_t TimeSeries::lowerBound(std::int64_t timeMs) const
{
    std::size_t low = 0;
    std::size_t high = size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (at(middle).timeMs < timeMs)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

TimePoint TimeSeries::nearest(std::int64_t timeMs, std::int64_t toleranceMs) const
{
    const TimePoint none{timeMs, kGap};
    if (isEmpty())
        return none;
    const std::size_t after = lowerBound(timeMs);
    std::size_t best = after < size() ? after : size() - 1;
    if (after > 0 && after < size() && timeMs - at(after - 1).timeMs < at(after).timeMs - timeMs)
        best = after - 1;
    const TimePoint point = at(best);
    return std::llabs(point.timeMs - timeMs) <= toleranceMs ? point : none;
}

double TimeSeries::sum(std::int64_t fromMs, std::int64_t toMs) const
{
    double total = 0;
    for (std::size_t i = lowerBound(fromMs + 1); i < size() && at(i).timeMs <= toMs; ++i) {
        if (!at(i).isGap())
            total += at(i).value;
    }
    return total;
}

double TimeSeries::integral(std::int64_t fromMs, std::int64_t toMs) const
{
    double total = 0;
    for (std::size_t i = std::max<std::size_t>(1, lowerBound(fromMs + 1)); i < size() && at(i).timeMs <= toMs; ++i) {
        if (!at(i).isGap())
            total += at(i).value * double(at(i).timeMs - at(i - 1).timeMs) / 1000.0;
    }
    return total;
}

std::size_t TimeSeries::countFinite(std::int64_t fromMs, std::int64_t toMs) const
{
    std::size_t count = 0;
    for (std::size_t i = lowerBound(fromMs); i < size() && at(i).timeMs <= toMs; ++i)
        count += at(i).isGap() ? 0 : 1;
    return count;
}

std::vector<TimePoint> TimeSeries::reading(std::int64_t fromMs, std::int64_t toMs, int pixels) const
{
    std::vector<TimePoint> out;
    if (isEmpty() || toMs <= fromMs)
        return out;
    const std::size_t inside = lowerBound(fromMs);
    const std::size_t first = inside > 0 ? inside - 1 : 0;
    std::size_t end = lowerBound(toMs + 1);
    if (end < size())
        ++end;
    const std::size_t count = end > first ? end - first : 0;
    const std::int64_t columns = std::max(1, pixels);
    if (std::int64_t(count) <= 2 * columns) {
        out.reserve(count);
        for (std::size_t i = first; i < end; ++i)
            out.push_back(at(i));
        return out;
    }
    const std::int64_t width = std::max<std::int64_t>(1, (toMs - fromMs) / columns);
    out.reserve(std::size_t(2 * columns) + 4);
    Column column;
    std::int64_t current = std::numeric_limits<std::int64_t>::min();
    for (std::size_t i = first; i < end; ++i) {
        const TimePoint &point = at(i);
        const std::int64_t index = point.timeMs / width;
        if (index != current || point.isGap()) {
            column.flush(out);
            current = index;
        }
        if (point.isGap()) {
            if (out.empty() || !out.back().isGap())
                out.push_back(point);
        } else {
            column.add(point);
        }
    }
    column.flush(out);
    return out;
}

} // namespace keyloupe
