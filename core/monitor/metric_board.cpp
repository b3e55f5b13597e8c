// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/metric_board.h"

#include <algorithm>
#include <cmath>

namespace keyloupe {
namespace {

constexpr std::size_t kMaxEvents = 500;

template <std::size_t... I>
std::array<TimeSeries, sizeof...(I)> makeSeries(std::size_t capacity, std::index_sequence<I...>)
{
    return {{((void)I, TimeSeries(capacity))...}};
}

// The reading of a metric in its unit; NaN where INFO has none.
double reading(const InfoSnapshot &info, const Metric &row)
{
    double value = info.number(row.section, row.field);
    if (row.field2[0] != '\0') {
        const double more = info.number(row.section, row.field2);
        if (!std::isnan(more))
            value += more;
    }
    return value * row.scale;
}

} // namespace

MetricBoard::MetricBoard(std::size_t capacity)
    : m_series(makeSeries(capacity, std::make_index_sequence<kMetricCount>())), m_hitDeltas(capacity), m_missDeltas(capacity)
{
}

bool MetricBoard::isRestart(const InfoSnapshot &info) const
{
    const QByteArray runId = info.text("Server", "run_id");
    const QByteArray lastRunId = m_latest.text("Server", "run_id");
    if (!runId.isEmpty() && !lastRunId.isEmpty())
        return runId != lastRunId;
    return info.integer("Server", "uptime_in_seconds") < m_latest.integer("Server", "uptime_in_seconds");
}

// The server's own clock says how long the counters ran, free of network delay; but only while it agrees roughly with
// ours, because somebody may set it.
std::int64_t MetricBoard::elapsedUs(const InfoSnapshot &info, std::int64_t timeMs) const
{
    const std::int64_t ours = std::max<std::int64_t>(1, timeMs - m_latestTimeMs) * 1000;
    const std::int64_t now = info.integer("Server", "server_time_usec");
    const std::int64_t before = m_latest.integer("Server", "server_time_usec");
    const std::int64_t theirs = now - before;
    const bool agrees = now > 0 && before > 0 && theirs > ours / 2 && theirs < ours * 2;
    return agrees ? theirs : ours;
}

void MetricBoard::breakLines(std::int64_t timeMs)
{
    for (TimeSeries &series : m_series)
        series.appendGap(timeMs);
}

void MetricBoard::forgetCounters()
{
    for (RateCounter &counter : m_counters)
        counter.forget();
}

void MetricBoard::addEvent(std::int64_t timeMs, MonitorEventKind kind)
{
    m_events.push_back({timeMs, kind});
    if (m_events.size() > kMaxEvents)
        m_events.pop_front();
}

std::optional<GapReason> MetricBoard::add(InfoSnapshot info, std::int64_t timeMs, OwnLookups own)
{
    std::optional<GapReason> gap;
    const bool isFirst = m_latestTimeMs == 0;
    if (!isFirst && timeMs <= m_latestTimeMs)
        timeMs = m_latestTimeMs + 1;
    std::int64_t elapsed = 1'000'000;
    if (!isFirst) {
        elapsed = elapsedUs(info, timeMs);
        if (isRestart(info)) {
            gap = GapReason::Restart;
            addEvent(timeMs, MonitorEventKind::Restart);
        } else if (m_afterLoss) {
            addEvent(timeMs, MonitorEventKind::Reconnected);
        } else if (timeMs - m_latestTimeMs > m_lateAfterMs) {
            gap = GapReason::Late;
        }
        const QByteArray role = info.text("Replication", "role");
        const QByteArray lastRole = m_latest.text("Replication", "role");
        if (!gap && !role.isEmpty() && !lastRole.isEmpty() && role != lastRole)
            addEvent(timeMs, MonitorEventKind::RoleChanged);
    }
    if (gap) {
        breakLines(m_latestTimeMs + (timeMs - m_latestTimeMs) / 2);
        forgetCounters();
    }
    addGauges(info, timeMs);
    if (!addCounters(info, timeMs, elapsed, own) && !gap) {
        gap = GapReason::StatsReset;
        addEvent(timeMs, MonitorEventKind::StatsReset);
    }
    m_latest = std::move(info);
    m_latestTimeMs = timeMs;
    m_own = own;
    m_afterLoss = false;
    return gap;
}

void MetricBoard::addGap(std::int64_t timeMs, GapReason reason)
{
    if (m_latestTimeMs == 0)
        return;
    breakLines(timeMs);
    forgetCounters();
    if (reason == GapReason::ConnectionLost && !m_afterLoss) {
        addEvent(timeMs, MonitorEventKind::ConnectionLost);
        m_afterLoss = true;
    }
}

void MetricBoard::addGauges(const InfoSnapshot &info, std::int64_t timeMs)
{
    for (const Metric &row : metricCatalog()) {
        if (row.kind != MetricKind::Gauge)
            continue;
        const double value = reading(info, row);
        TimeSeries &series = m_series[std::size_t(row.id)];
        // No limit is no line, rather than one at zero.
        if (std::isnan(value) || (row.id == MetricId::MaxMemory && value <= 0))
            series.appendGap(timeMs);
        else
            series.append(timeMs, value);
    }
}

// False when a counter went down: then every counter starts anew, because they are reset together.
bool MetricBoard::addCounters(const InfoSnapshot &info, std::int64_t timeMs, std::int64_t elapsed, OwnLookups own)
{
    std::array<RateCounter::Step, kMetricCount> steps;
    bool wentDown = false;
    for (const Metric &row : metricCatalog()) {
        if (row.kind != MetricKind::Counter)
            continue;
        const std::size_t i = std::size_t(row.id);
        const double value = reading(info, row);
        if (std::isnan(value)) {
            m_counters[i].forget();
            continue;
        }
        steps[i] = m_counters[i].add(value, elapsed);
        wentDown = wentDown || steps[i].outcome == RateCounter::Outcome::WentDown;
    }
    const double seconds = double(elapsed) / 1e6;
    const auto subtractOwn = [&](MetricId id, std::int64_t count) {
        RateCounter::Step &step = steps[std::size_t(id)];
        step.delta = std::max(0.0, step.delta - double(std::max<std::int64_t>(0, count)));
        step.perSecond = step.delta / seconds;
    };
    subtractOwn(MetricId::Hits, own.hits - m_own.hits);
    subtractOwn(MetricId::Misses, own.misses - m_own.misses);

    for (const Metric &row : metricCatalog()) {
        if (row.kind != MetricKind::Counter)
            continue;
        const std::size_t i = std::size_t(row.id);
        if (!wentDown && steps[i].outcome == RateCounter::Outcome::Rate)
            m_series[i].append(timeMs, steps[i].perSecond);
        else
            m_series[i].appendGap(timeMs);
    }
    const RateCounter::Step &hits = steps[std::size_t(MetricId::Hits)];
    const RateCounter::Step &misses = steps[std::size_t(MetricId::Misses)];
    if (!wentDown && hits.outcome == RateCounter::Outcome::Rate && misses.outcome == RateCounter::Outcome::Rate)
        addHitRatio(timeMs, hits.delta, misses.delta);
    else
        m_series[std::size_t(MetricId::HitRatio)].appendGap(timeMs);
    return !wentDown;
}

void MetricBoard::addHitRatio(std::int64_t timeMs, double hits, double misses)
{
    m_hitDeltas.append(timeMs, hits);
    m_missDeltas.append(timeMs, misses);
    TimeSeries &ratio = m_series[std::size_t(MetricId::HitRatio)];
    if (hits + misses > 0)
        ratio.append(timeMs, hits / (hits + misses));
    else
        ratio.appendGap(timeMs); // no traffic: neither good nor bad
}

double MetricBoard::latestValue(MetricId id) const
{
    const TimeSeries &one = series(id);
    return one.isEmpty() ? kGap : one.last().value;
}

double MetricBoard::hitRatio(std::int64_t fromMs, std::int64_t toMs) const
{
    const double hits = m_hitDeltas.sum(fromMs, toMs);
    const double all = hits + m_missDeltas.sum(fromMs, toMs);
    return all > 0 ? hits / all : kGap;
}

double MetricBoard::lifetimeHitRatio() const
{
    const double hits = m_latest.number("Stats", "keyspace_hits");
    const double all = hits + m_latest.number("Stats", "keyspace_misses");
    return all > 0 ? hits / all : kGap;
}

} // namespace keyloupe
