// SPDX-License-Identifier: GPL-3.0-or-later
//
// LiveExport: the keys of a server into an ExportRun. Lives on the source's thread as its child, and deletes itself when the
// future is there; what was read is written in jobs. Each key is exported once, though SCAN may give it twice.
#pragma once

#include "core/async/job_runner.h"
#include "core/async/promise.h"
#include "core/source/source.h"
#include "core/transfer/export_run.h"

#include <QObject>
#include <QSet>

#include <memory>

namespace keyloupe {

class LiveExport final : public QObject
{
    Q_OBJECT

public:
    static QFuture<Result<ExportReport>> start(Source &source, JobRunner &jobs, std::shared_ptr<ExportRun> run, CancelToken cancel);

private:
    LiveExport(Source &source, JobRunner &jobs, std::shared_ptr<ExportRun> run, CancelToken cancel);

    void askDatabases();
    void askLibraries();
    void scanNextDatabase();
    void scanNextBatch();
    void dumpNext();
    void write(const QByteArrayList &keys, std::vector<RespValue> replies);
    void finishRun();
    void finish(Result<ExportReport> result);
    ExecOptions execOptions() const;

    Source &m_source;
    JobRunner &m_jobs;
    std::shared_ptr<ExportRun> m_run;
    CancelToken m_cancel;
    SharedPromise<ExportReport> m_promise;

    QByteArrayList m_libraries;
    QList<int> m_databases;         // still to do; the first is being scanned
    std::unique_ptr<KeyScan> m_scan;
    bool m_scanDone = false;
    QSet<QByteArray> m_seen;
    QByteArrayList m_waiting;       // scanned, not yet dumped
    qsizetype m_perPipeline = 64;   // keys; follows the size of the answers
    bool m_absoluteTtl = true;      // PEXPIRETIME: Redis 7.0
    bool m_begun = false;           // the run's head is written
};

} // namespace keyloupe
