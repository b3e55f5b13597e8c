// SPDX-License-Identifier: GPL-3.0-or-later
//
// A metric of a sampler as a line of a plot: titles in the person's language, units, readers. GUI thread. The line reads
// nothing once the sampler is gone.
#pragma once

#include "core/monitor/metric_catalog.h"
#include "ui/charts/time_plot.h"

namespace keyloupe {

class Sampler;
enum class MonitorEventKind : std::uint8_t;

QString metricTitle(MetricId id);
ValueUnit metricUnit(MetricId id);
QString eventTitle(MonitorEventKind kind);

/// Reads board(): colour, axis and style are the caller's to set.
PlotSeries metricSeries(Sampler *sampler, MetricId id, int color);

} // namespace keyloupe
