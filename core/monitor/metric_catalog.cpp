// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/metric_catalog.h"

#include <QtGlobal>

namespace keyloupe {
namespace {

using enum MetricUnit;
using enum MetricKind;

#define KL_TITLE(text) QT_TRANSLATE_NOOP("Metrics", text)

constexpr std::array<Metric, kMetricCount> kCatalog = {{
        {MetricId::Commands, "commands", KL_TITLE("Commands"), Count, Counter, "Stats", "total_commands_processed"},
        {MetricId::Hits, "hits", KL_TITLE("Hits"), Count, Counter, "Stats", "keyspace_hits"},
        {MetricId::Misses, "misses", KL_TITLE("Misses"), Count, Counter, "Stats", "keyspace_misses"},
        {MetricId::HitRatio, "hit_ratio", KL_TITLE("Hit ratio"), Ratio, Derived, "", ""},
        {MetricId::UsedMemory, "used_memory", KL_TITLE("Used"), Bytes, Gauge, "Memory", "used_memory"},
        {MetricId::RssMemory, "used_memory_rss", KL_TITLE("Resident"), Bytes, Gauge, "Memory", "used_memory_rss"},
        {MetricId::PeakMemory, "used_memory_peak", KL_TITLE("Peak"), Bytes, Gauge, "Memory", "used_memory_peak"},
        {MetricId::MaxMemory, "maxmemory", KL_TITLE("Limit"), Bytes, Gauge, "Memory", "maxmemory"},
        {MetricId::DatasetMemory, "used_memory_dataset", KL_TITLE("Dataset"), Bytes, Gauge, "Memory", "used_memory_dataset"},
        {MetricId::ConnectedClients, "connected_clients", KL_TITLE("Connected"), Count, Gauge, "Clients", "connected_clients"},
        {MetricId::BlockedClients, "blocked_clients", KL_TITLE("Blocked"), Count, Gauge, "Clients", "blocked_clients"},
        {MetricId::NewConnections, "new_connections", KL_TITLE("New connections"), Count, Counter, "Stats", "total_connections_received"},
        {MetricId::RejectedConnections, "rejected_connections", KL_TITLE("Rejected connections"), Count, Counter, "Stats", "rejected_connections"},
        {MetricId::NetworkIn, "network_in", KL_TITLE("In"), Bytes, Counter, "Stats", "total_net_input_bytes"},
        {MetricId::NetworkOut, "network_out", KL_TITLE("Out"), Bytes, Counter, "Stats", "total_net_output_bytes"},
        {MetricId::EvictedKeys, "evicted_keys", KL_TITLE("Evicted"), Count, Counter, "Stats", "evicted_keys"},
        {MetricId::ExpiredKeys, "expired_keys", KL_TITLE("Expired"), Count, Counter, "Stats", "expired_keys"},
        {MetricId::ErrorReplies, "error_replies", KL_TITLE("Errors"), Count, Counter, "Stats", "total_error_replies"},
        // Seconds of CPU a second, in percent of one core.
        {MetricId::CpuTime, "cpu", KL_TITLE("CPU"), Percent, Counter, "CPU", "used_cpu_sys", "used_cpu_user", 100},
        {MetricId::FragmentationRatio, "fragmentation", KL_TITLE("Fragmentation"), Ratio, Gauge, "Memory", "allocator_frag_ratio"},
        {MetricId::PubSubChannels, "pubsub_channels", KL_TITLE("Channels"), Count, Gauge, "Stats", "pubsub_channels"},
        {MetricId::PubSubPatterns, "pubsub_patterns", KL_TITLE("Patterns"), Count, Gauge, "Stats", "pubsub_patterns"},
}};

#undef KL_TITLE

constexpr bool isInOrder()
{
    for (std::size_t i = 0; i < kMetricCount; ++i) {
        if (std::size_t(kCatalog[i].id) != i)
            return false;
    }
    return true;
}
static_assert(isInOrder(), "metricCatalog() is read by MetricId");

} // namespace

const std::array<Metric, kMetricCount> &metricCatalog()
{
    return kCatalog;
}

} // namespace keyloupe
