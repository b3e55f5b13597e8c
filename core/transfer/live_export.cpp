// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transfer/live_export.h"

#include "core/async/on_ready.h"
#include "core/rdb/type_table.h"

#include <algorithm>

namespace keyloupe {
namespace {

constexpr std::int64_t kLargeAnswer = 4 * 1024 * 1024;
constexpr std::int64_t kSmallAnswer = 1024 * 1024;
constexpr qsizetype kFewestKeys = 1;
constexpr qsizetype kMostKeys = 512;
constexpr int kTimeoutMs = 60'000;
constexpr int kNewFileVersion = 10;

struct Dumped
{
    QByteArray key;
    QByteArray payload;
    std::int64_t expireAtMs = -1;
};

// On a job's thread: the payloads into the run. The first one tells the version that the file needs.
Result<void> writeDumped(ExportRun &run, int db, const std::vector<Dumped> &all, const QByteArrayList *libraries)
{
    if (libraries) {
        ExportHead head;
        head.version = libraries->isEmpty() ? 9 : kNewFileVersion;
        if (!all.empty()) {
            int version = 0;
            KL_TRY(const StoredRecord first, storedRecordOf(all.front().payload, &version));
            head.family = first.family;
            head.version = std::max(head.version, version);
        }
        KL_CHECK(run.begin(head));
        for (const QByteArray &code : *libraries) {
            if (run.options().target && !run.facts().functions)
                run.report().findings.add({-1, libraryName(code), SaveIssue::Function, 1});
            KL_CHECK(run.library(code));
        }
    }
    for (const Dumped &dumped : all) {
        KL_TRY(StoredRecord stored, storedRecordOf(dumped.payload));
        ExportRecord record;
        record.type = rdb::valueTypeOfRdbType(stored.rdbType, stored.family).value_or(ValueType::Module);
        stored.db = db;
        stored.key = dumped.key;
        stored.expireAtMs = dumped.expireAtMs;
        record.stored = std::move(stored);
        if (run.wants(dumped.key, record.type))
            KL_CHECK(run.key(record, run.options().target.has_value() || run.options().format == ExportFormat::Resp));
    }
    return {};
}

} // namespace

QFuture<Result<ExportReport>> LiveExport::start(Source &source, JobRunner &jobs, std::shared_ptr<ExportRun> run, CancelToken cancel)
{
    auto *work = new LiveExport(source, jobs, std::move(run), std::move(cancel));
    QFuture<Result<ExportReport>> future = work->m_promise->future();
    work->askDatabases();
    return future;
}

LiveExport::LiveExport(Source &source, JobRunner &jobs, std::shared_ptr<ExportRun> run, CancelToken cancel)
    : QObject(&source), m_source(source), m_jobs(jobs), m_run(std::move(run)), m_cancel(std::move(cancel)), m_promise(makePromise<ExportReport>())
{
}

ExecOptions LiveExport::execOptions() const
{
    ExecOptions options;
    options.db = m_databases.value(0, 0);
    options.timeoutMs = kTimeoutMs;
    options.cancel = m_cancel;
    options.background = true;
    return options;
}

void LiveExport::askDatabases()
{
    if (m_run->options().db) {
        m_databases = {*m_run->options().db};
        return askLibraries();
    }
    onReady(m_source.execute(Command{"INFO", "keyspace"}, execOptions()), this, [this](Result<RespValue> reply) {
        if (!reply.ok())
            return finish(reply.error());
        if (reply->isError())
            return finish(errorFromReply(*reply));
        for (const DatabaseInfo &db : parseKeyspace(reply->bytes))
            m_databases.append(db.index);
        std::sort(m_databases.begin(), m_databases.end());
        askLibraries();
    });
}

// A server that knows no functions has none.
void LiveExport::askLibraries()
{
    if (!m_run->options().isWhole())
        return scanNextDatabase();
    onReady(m_source.execute(Command{"FUNCTION", "LIST", "WITHCODE"}, execOptions()), this, [this](Result<RespValue> reply) {
        if (!reply.ok())
            return finish(reply.error());
        for (const RespValue &library : reply->items) {
            for (std::size_t i = 0; i + 1 < library.items.size(); i += 2) {
                if (library.items[i].bytes == "library_code")
                    m_libraries.append(library.items[i + 1].bytes);
            }
        }
        scanNextDatabase();
    });
}

void LiveExport::scanNextDatabase()
{
    if (m_databases.isEmpty())
        return finishRun();
    m_seen.clear();
    ScanSpec spec;
    spec.db = m_databases.first();
    spec.match = m_run->options().match;
    // A module's types have names of their own there.
    if (m_run->options().type != "module")
        spec.type = m_run->options().type;
    m_scan = m_source.scan(spec);
    m_scanDone = false;
    scanNextBatch();
}

void LiveExport::scanNextBatch()
{
    if (m_cancel.isCancelled())
        return finish(cancelledError());
    if (m_scanDone) {
        m_databases.removeFirst();
        return scanNextDatabase();
    }
    onReady(m_scan->next(), this, [this](Result<ScanBatch> batch) {
        if (!batch.ok())
            return finish(batch.error());
        m_scanDone = batch->done;
        for (const QByteArray &key : batch->keys) {
            const qsizetype before = m_seen.size();
            m_seen.insert(key);
            if (m_seen.size() > before)
                m_waiting.append(key);
        }
        dumpNext();
    });
}

void LiveExport::dumpNext()
{
    if (m_waiting.isEmpty())
        return scanNextBatch();
    const QByteArrayList keys = m_waiting.mid(0, m_perPipeline);
    m_waiting.remove(0, keys.size());
    std::vector<Command> commands;
    commands.reserve(std::size_t(keys.size()) * 2 + 1);
    // Counted from the server's own clock, read at the same moment.
    commands.push_back(Command{"TIME"});
    for (const QByteArray &key : keys) {
        commands.push_back(Command{"DUMP", key});
        commands.push_back(Command{m_absoluteTtl ? "PEXPIRETIME" : "PTTL", key});
    }
    onReady(m_source.execute(std::move(commands), execOptions()), this, [this, keys](Result<std::vector<RespValue>> replies) {
        if (!replies.ok())
            return finish(replies.error());
        write(keys, std::move(replies).value());
    });
}

void LiveExport::write(const QByteArrayList &keys, std::vector<RespValue> replies)
{
    // An older server does not know the exact question: asked again in its own words.
    if (m_absoluteTtl && replies.size() > 2 && replies[2].isError() && replies[2].bytes.contains("unknown command")) {
        m_absoluteTtl = false;
        m_waiting = keys + m_waiting;
        return dumpNext();
    }
    std::int64_t serverNow = 0;
    if (replies[0].items.size() == 2)
        serverNow = replies[0].items[0].toInteger() * 1000 + replies[0].items[1].toInteger() / 1000;
    std::vector<Dumped> all;
    std::int64_t size = 0;
    for (qsizetype i = 0; i < keys.size(); ++i) {
        RespValue &dump = replies[std::size_t(i) * 2 + 1];
        const RespValue &ttl = replies[std::size_t(i) * 2 + 2];
        for (const RespValue *reply : {static_cast<const RespValue *>(&dump), &ttl}) {
            if (reply->isError())
                return finish(errorFromReply(*reply));
        }
        if (dump.isNull() || ttl.toInteger() == -2)
            continue; // it went between the scan and now
        const std::int64_t left = ttl.toInteger(-1);
        size += dump.bytes.size();
        all.push_back({keys[i], std::move(dump.bytes), left < 0 ? -1 : m_absoluteTtl ? left : serverNow + left});
    }
    if (size > kLargeAnswer)
        m_perPipeline = std::max(kFewestKeys, m_perPipeline / 2);
    else if (size < kSmallAnswer)
        m_perPipeline = std::min(kMostKeys, m_perPipeline * 2);
    if (all.empty())
        return dumpNext();
    const bool isFirst = !std::exchange(m_begun, true);
    const auto job = [run = m_run, db = m_databases.first(), all = std::move(all), isFirst, libraries = m_libraries] {
        return writeDumped(*run, db, all, isFirst ? &libraries : nullptr);
    };
    onReady(m_jobs.run(job), this, [this](Result<void> written) {
        if (!written.ok())
            return finish(written.error());
        dumpNext();
    });
}

void LiveExport::finishRun()
{
    const auto job = [run = m_run, cancel = m_cancel, begun = m_begun, libraries = m_libraries]() -> Result<void> {
        if (!begun)
            KL_CHECK(writeDumped(*run, 0, {}, &libraries));
        // The file, still under its temporary name, goes with the run.
        if (run->options().target && !run->options().acceptLoss && run->report().findings.losses > 0)
            return {};
        return run->end(cancel);
    };
    onReady(m_jobs.run(job), this, [this](Result<void> ended) {
        finish(ended.ok() ? Result<ExportReport>(std::move(m_run->report())) : Result<ExportReport>(ended.error()));
    });
}

void LiveExport::finish(Result<ExportReport> result)
{
    fulfil<ExportReport>(m_promise, std::move(result));
    deleteLater();
}

} // namespace keyloupe
