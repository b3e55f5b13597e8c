// SPDX-License-Identifier: GPL-3.0-or-later
//
// The metrics that are charted: one row each, saying where INFO has it, what it counts and in which unit. A new metric is
// one enumerator and one row. Constant data; any thread. Titles are English keys that the window translates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace keyloupe {

/// Unit of the field. A counter's series is per second, so Bytes becomes bytes a second.
enum class MetricUnit : std::uint8_t { Bytes, Count, PerSecond, Ratio, Milliseconds, Percent };

enum class MetricKind : std::uint8_t {
    Gauge,   ///< shown as it is
    Counter, ///< only grows; its difference over time is shown
    Derived, ///< made of other metrics
};

enum class MetricId : std::uint8_t {
    Commands,
    Hits,
    Misses,
    HitRatio,
    UsedMemory,
    RssMemory,
    PeakMemory,
    MaxMemory,
    DatasetMemory,
    ConnectedClients,
    BlockedClients,
    NewConnections,
    RejectedConnections,
    NetworkIn,
    NetworkOut,
    EvictedKeys,
    ExpiredKeys,
    ErrorReplies,
    CpuTime,
    FragmentationRatio,
    PubSubChannels,
    PubSubPatterns,
    Count_,
};

inline constexpr std::size_t kMetricCount = std::size_t(MetricId::Count_);

struct Metric
{
    MetricId id;
    const char *name;    ///< stable: CSV column, settings
    const char *title;   ///< translated by the window in context "Metrics"
    MetricUnit unit;
    MetricKind kind;
    const char *section; ///< of INFO; empty for Derived
    const char *field;
    const char *field2 = ""; ///< added to the first where it is there (system and user CPU time)
    double scale = 1;        ///< INFO's number times this is in `unit`
};

/// All rows, in the order of MetricId.
const std::array<Metric, kMetricCount> &metricCatalog();

inline const Metric &metric(MetricId id)
{
    return metricCatalog()[std::size_t(id)];
}

} // namespace keyloupe
