// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/metric_series.h"

#include "core/monitor/sampler.h"

#include <QCoreApplication>
#include <QPointer>

#include <algorithm>

namespace keyloupe {

QString metricTitle(MetricId id)
{
    return QCoreApplication::translate("Metrics", metric(id).title);
}

ValueUnit metricUnit(MetricId id)
{
    const Metric &row = metric(id);
    const bool isRate = row.kind == MetricKind::Counter;
    switch (row.unit) {
    case MetricUnit::Bytes:
        return isRate ? ValueUnit::BytesPerSecond : ValueUnit::Bytes;
    case MetricUnit::Count:
        return isRate ? ValueUnit::CountPerSecond : ValueUnit::Count;
    case MetricUnit::PerSecond:
        return ValueUnit::CountPerSecond;
    case MetricUnit::Ratio:
        return ValueUnit::Ratio;
    case MetricUnit::Milliseconds:
        return ValueUnit::Milliseconds;
    case MetricUnit::Percent:
        return ValueUnit::Percent;
    }
    return ValueUnit::Count;
}

QString eventTitle(MonitorEventKind kind)
{
    switch (kind) {
    case MonitorEventKind::Restart:
        return QCoreApplication::translate("Metrics", "restart");
    case MonitorEventKind::StatsReset:
        return QCoreApplication::translate("Metrics", "statistics reset");
    case MonitorEventKind::ConnectionLost:
        return QCoreApplication::translate("Metrics", "connection lost");
    case MonitorEventKind::Reconnected:
        return QCoreApplication::translate("Metrics", "reconnected");
    case MonitorEventKind::RoleChanged:
        return QCoreApplication::translate("Metrics", "role changed");
    }
    return {};
}

PlotSeries metricSeries(Sampler *sampler, MetricId id, int color)
{
    PlotSeries line;
    line.title = metricTitle(id);
    line.name = QString::fromLatin1(metric(id).name);
    line.color = color;
    const QPointer<Sampler> from(sampler);
    line.read = [from, id](std::int64_t fromMs, std::int64_t toMs, int pixels) {
        return from ? from->board().series(id).reading(fromMs, toMs, pixels) : std::vector<TimePoint>();
    };
    line.valueAt = [from, id](std::int64_t timeMs) {
        if (!from)
            return kGap;
        // One sample may be under way; what is older belongs to a gap.
        return from->board().series(id).nearest(timeMs, std::max<std::int64_t>(2'500, 2LL * from->intervalMs())).value;
    };
    return line;
}

} // namespace keyloupe
