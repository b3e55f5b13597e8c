// SPDX-License-Identifier: GPL-3.0-or-later
//
// MetricBoard: INFO answers in, time series out. Knows what a restart, a reset of the statistics and a lost connection look
// like and makes gaps of them, so that no chart shows a spike that never was. Pure: no Qt object, socket, thread or clock;
// owned by a Sampler. Own look-ups of Keyloupe can be handed in and are then not counted as the application's.
#pragma once

#include "core/monitor/info_parser.h"
#include "core/monitor/metric_catalog.h"
#include "core/monitor/rate_counter.h"
#include "core/monitor/time_series.h"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace keyloupe {

enum class GapReason : std::uint8_t {
    ConnectionLost,
    Restart,    ///< another run_id, or less uptime than before
    StatsReset, ///< CONFIG RESETSTAT: counters went down, the server stayed
    Late,       ///< no answer for so long that an average would hide what happened
};

enum class MonitorEventKind : std::uint8_t { Restart, StatsReset, ConnectionLost, Reconnected, RoleChanged };

/// Something that happened, for a mark in the charts.
struct MonitorEvent
{
    std::int64_t timeMs = 0;
    MonitorEventKind kind = MonitorEventKind::Restart;
    bool operator==(const MonitorEvent &) const = default;
};

/// Look-ups that Keyloupe itself caused since it connected; only grows.
struct OwnLookups
{
    std::int64_t hits = 0;
    std::int64_t misses = 0;
};

class MetricBoard
{
public:
    explicit MetricBoard(std::size_t capacity = 21'600);

    /// A gap longer than this between two answers is shown as a gap.
    void setLateAfterMs(std::int64_t ms) { m_lateAfterMs = ms; }

    /// Takes an answer that came at `timeMs` (ours; must grow). The gap it made, if any.
    std::optional<GapReason> add(InfoSnapshot info, std::int64_t timeMs, OwnLookups own = {});
    /// Breaks every line, and compares the next answer with nothing. Does nothing before the first answer.
    void addGap(std::int64_t timeMs, GapReason reason);

    const TimeSeries &series(MetricId id) const { return m_series[std::size_t(id)]; }
    /// The newest value; NaN where there is none, or where the series ends in a gap.
    double latestValue(MetricId id) const;
    const InfoSnapshot &latest() const { return m_latest; } ///< kept through gaps
    std::int64_t latestTimeMs() const { return m_latestTimeMs; } ///< 0 before the first answer
    const std::deque<MonitorEvent> &events() const { return m_events; }

    /// Hits of hits and misses in a span of time; NaN where there was no look-up.
    double hitRatio(std::int64_t fromMs, std::int64_t toMs) const;
    /// Hits of hits and misses since the server's counters began; NaN where there was none.
    double lifetimeHitRatio() const;

private:
    bool isRestart(const InfoSnapshot &info) const;
    std::int64_t elapsedUs(const InfoSnapshot &info, std::int64_t timeMs) const;
    void breakLines(std::int64_t timeMs);
    void forgetCounters();
    void addEvent(std::int64_t timeMs, MonitorEventKind kind);
    void addGauges(const InfoSnapshot &info, std::int64_t timeMs);
    bool addCounters(const InfoSnapshot &info, std::int64_t timeMs, std::int64_t elapsedUs, OwnLookups own);
    void addHitRatio(std::int64_t timeMs, double hits, double misses);

    std::array<TimeSeries, kMetricCount> m_series;
    TimeSeries m_hitDeltas;  ///< look-ups since the sample before, for ratios over any window
    TimeSeries m_missDeltas;
    std::array<RateCounter, kMetricCount> m_counters;
    OwnLookups m_own;
    std::deque<MonitorEvent> m_events;
    InfoSnapshot m_latest;
    std::int64_t m_latestTimeMs = 0;
    std::int64_t m_lateAfterMs = 5'000;
    bool m_afterLoss = false; ///< the last thing that happened was a lost connection
};

} // namespace keyloupe
