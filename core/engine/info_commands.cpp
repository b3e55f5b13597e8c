// SPDX-License-Identifier: GPL-3.0-or-later
//
// INFO: the sections and fields that mean something for an engine, under the names that servers use.
#include "core/engine/command_context.h"

#include "core/base/clock.h"
#include "core/base/escape.h"

#include <QCoreApplication>
#include <QFile>
#include <QSysInfo>

#ifdef Q_OS_UNIX
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace keyloupe {
namespace {

constexpr std::uint8_t kAuxOpcode = 0xfa;

// Appends name:value lines.
class Lines
{
public:
    explicit Lines(QByteArray &out) : m_out(out) { }
    void add(const char *name, const QByteArray &value) { m_out += QByteArray(name) + ':' + value + "\r\n"; }
    void add(const char *name, std::int64_t value) { add(name, QByteArray::number(qint64(value))); }
    void add(const char *name, double value) { add(name, QByteArray::number(value, 'f', 2)); }

private:
    QByteArray &m_out;
};

std::int64_t residentBytes(std::int64_t fallback)
{
#ifdef Q_OS_LINUX
    QFile file(QStringLiteral("/proc/self/statm"));
    if (file.open(QIODevice::ReadOnly)) {
        const QByteArrayList fields = file.readAll().split(' ');
        if (fields.size() > 1)
            return fields[1].toLongLong() * ::sysconf(_SC_PAGESIZE);
    }
#endif
    return fallback;
}

QByteArray humanMemory(std::int64_t bytes)
{
    if (bytes < 1024)
        return QByteArray::number(qint64(bytes)) + 'B';
    const double value = double(bytes);
    if (bytes < 1024 * 1024)
        return QByteArray::number(value / 1024, 'f', 2) + 'K';
    if (bytes < 1024ll * 1024 * 1024)
        return QByteArray::number(value / (1024 * 1024), 'f', 2) + 'M';
    return QByteArray::number(value / (1024.0 * 1024 * 1024), 'f', 2) + 'G';
}

void server(const EngineState &state, Lines &out)
{
    const std::int64_t upMs = steadyNowMs() - state.startSteadyMs;
    const std::int64_t now = systemNowMs();
    out.add("redis_version", QByteArray("7.2.0"));
    out.add("server_name", QByteArray("keyloupe"));
    out.add("redis_mode", QByteArray("standalone"));
    out.add("os", QSysInfo::prettyProductName().toUtf8());
    out.add("arch_bits", QByteArray("64"));
    out.add("process_id", std::int64_t(QCoreApplication::applicationPid()));
    out.add("run_id", state.runId);
    out.add("server_time_usec", now * 1000);
    out.add("uptime_in_seconds", upMs / 1000);
    out.add("uptime_in_days", upMs / 86'400'000);
    if (state.keyspace->snapshot())
        out.add("config_file", state.keyspace->snapshot()->path().toUtf8());
}

void clients(const EngineState &state, Lines &out)
{
    out.add("connected_clients", std::int64_t(state.clients.size()));
    out.add("blocked_clients", std::int64_t(0));
    out.add("pubsub_clients", std::int64_t(std::count_if(state.clients.begin(), state.clients.end(),
                                                         [](const EngineClient *client) { return client->isSubscribed(); })));
}

void memory(EngineState &state, Lines &out)
{
    const std::int64_t used = state.usedMemory();
    state.statistics.peakMemory = std::max(state.statistics.peakMemory, used);
    const std::int64_t rss = residentBytes(used);
    const std::int64_t overhead = std::int64_t(1024 * 1024) + std::int64_t(state.clients.size()) * 20'000;
    out.add("used_memory", used);
    out.add("used_memory_human", humanMemory(used));
    out.add("used_memory_rss", rss);
    out.add("used_memory_rss_human", humanMemory(rss));
    out.add("used_memory_peak", state.statistics.peakMemory);
    out.add("used_memory_peak_human", humanMemory(state.statistics.peakMemory));
    out.add("used_memory_overhead", overhead);
    out.add("used_memory_dataset", std::max<std::int64_t>(0, used - overhead));
    out.add("maxmemory", state.configNumber("maxmemory", 0));
    out.add("maxmemory_policy", state.config["maxmemory-policy"]);
    out.add("mem_fragmentation_ratio", used > 0 ? double(rss) / double(used) : 0.0);
    out.add("mem_clients_normal", std::int64_t(state.clients.size()) * 20'000);
}

void persistence(const EngineState &state, Lines &out)
{
    out.add("loading", std::int64_t(0));
    out.add("rdb_changes_since_last_save", std::int64_t(state.keyspace->isModified() ? 1 : 0));
    out.add("aof_enabled", std::int64_t(0));
}

void stats(const EngineState &state, Lines &out)
{
    const EngineStatistics &s = state.statistics;
    // A second without a command has none, whatever the last one had.
    const bool idle = steadyNowMs() - s.windowStartMs > 2000;
    out.add("total_connections_received", s.connections);
    out.add("total_commands_processed", s.commands);
    out.add("instantaneous_ops_per_sec", idle ? std::int64_t(0) : s.opsPerSecond);
    out.add("total_net_input_bytes", s.netInput);
    out.add("total_net_output_bytes", s.netOutput);
    out.add("rejected_connections", std::int64_t(0));
    out.add("expired_keys", s.expired);
    out.add("evicted_keys", std::int64_t(0));
    out.add("keyspace_hits", s.hits);
    out.add("keyspace_misses", s.misses);
    out.add("pubsub_channels", state.pubsub.channelCount());
    out.add("pubsub_patterns", state.pubsub.patternCount());
    out.add("total_error_replies", s.errorReplies);
}

void replication(Lines &out)
{
    out.add("role", QByteArray("master"));
    out.add("connected_slaves", std::int64_t(0));
}

void cpu(Lines &out)
{
#ifdef Q_OS_UNIX
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    out.add("used_cpu_sys", double(usage.ru_stime.tv_sec) + double(usage.ru_stime.tv_usec) / 1e6);
    out.add("used_cpu_user", double(usage.ru_utime.tv_sec) + double(usage.ru_utime.tv_usec) / 1e6);
#else
    Q_UNUSED(out)
#endif
}

void commandstats(const EngineState &state, Lines &out)
{
    for (const auto &[name, per] : state.statistics.perCommand) {
        const double each = per.calls > 0 ? double(per.usec) / double(per.calls) : 0;
        out.add(("cmdstat_" + name).constData(),
                "calls=" + QByteArray::number(qint64(per.calls)) + ",usec=" + QByteArray::number(qint64(per.usec)) + ",usec_per_call="
                        + QByteArray::number(each, 'f', 2) + ",rejected_calls=" + QByteArray::number(qint64(per.rejected))
                        + ",failed_calls=" + QByteArray::number(qint64(per.failed)));
    }
}

void errorstats(const EngineState &state, Lines &out)
{
    for (const auto &[code, count] : state.statistics.errors)
        out.add(("errorstat_" + code).constData(), "count=" + QByteArray::number(qint64(count)));
}

void keyspace(const EngineState &state, Lines &out)
{
    for (int db = 0; db < state.keyspace->databaseCount(); ++db) {
        const std::int64_t keys = state.keyspace->size(db);
        if (keys > 0) {
            out.add(("db" + QByteArray::number(db)).constData(),
                    "keys=" + QByteArray::number(qint64(keys)) + ",expires=" + QByteArray::number(qint64(state.keyspace->withExpiry(db)))
                            + ",avg_ttl=0");
        }
    }
}

// What the file itself says; a section of our own, absent where no file is open.
void snapshot(const EngineState &state, Lines &out)
{
    const RdbSummary &summary = state.keyspace->snapshot()->summary();
    const auto checksum = [&] {
        switch (summary.checksum) {
        case ChecksumState::Good:
            return "ok";
        case ChecksumState::Bad:
            return "bad";
        case ChecksumState::Absent:
            return "absent";
        case ChecksumState::NotReached:
            break;
        }
        return "not-reached";
    };
    out.add("rdb_version", std::int64_t(summary.version));
    out.add("rdb_family", QByteArray(summary.family == RdbFamily::Valkey ? "valkey" : "redis"));
    out.add("rdb_file_size", summary.fileSize);
    out.add("rdb_file_keys", summary.keys);
    out.add("rdb_checksum", QByteArray(checksum()));
    out.add("rdb_complete", std::int64_t(summary.reachedEof ? 1 : 0));
    out.add("rdb_damaged_places", std::int64_t(summary.damage.size()));
    out.add("rdb_ctime_ms", summary.ctimeMs);
    for (const RdbFileRecord &record : summary.fileRecords) {
        // AUX values are anybody's bytes: escaped, so that none can pretend to be another line.
        if (record.opcode == kAuxOpcode)
            out.add(("aux_" + quoteArgument(record.name)).constData(), quoteArgument(record.value));
    }
}

RespValue info(CommandContext &ctx)
{
    struct Section
    {
        const char *title;
        bool byDefault;
        std::function<void(Lines &)> write;
    };
    EngineState &state = ctx.state;
    const Section sections[] = {
            {"Server", true, [&](Lines &out) { server(state, out); }},
            {"Clients", true, [&](Lines &out) { clients(state, out); }},
            {"Memory", true, [&](Lines &out) { memory(state, out); }},
            {"Persistence", true, [&](Lines &out) { persistence(state, out); }},
            {"Stats", true, [&](Lines &out) { stats(state, out); }},
            {"Replication", true, [&](Lines &out) { replication(out); }},
            {"CPU", true, [&](Lines &out) { cpu(out); }},
            {"Commandstats", false, [&](Lines &out) { commandstats(state, out); }},
            {"Errorstats", true, [&](Lines &out) { errorstats(state, out); }},
            {"Snapshot", true, [&](Lines &out) { snapshot(state, out); }},
            {"Keyspace", true, [&](Lines &out) { keyspace(state, out); }},
    };
    const bool hasFile = state.keyspace->snapshot() != nullptr;
    QByteArray text;
    for (const Section &section : sections) {
        bool wanted = ctx.argc() == 1 && section.byDefault;
        for (int i = 1; i < ctx.argc(); ++i) {
            wanted = wanted || ctx.is(i, section.title) || ctx.is(i, "all") || ctx.is(i, "everything")
                    || (ctx.is(i, "default") && section.byDefault);
        }
        if (!wanted || (!hasFile && QByteArrayView(section.title) == QByteArrayView("Snapshot")))
            continue;
        if (!text.isEmpty())
            text += "\r\n";
        text += QByteArray("# ") + section.title + "\r\n";
        Lines out(text);
        section.write(out);
    }
    return RespValue::verbatim(text);
}

} // namespace

void registerInfoCommands(CommandTable &table)
{
    table.add({"info", -1, "loading stale", 0, 0, 0, "server", "Tells about the server in sections.", info});
}

} // namespace keyloupe
