// SPDX-License-Identifier: GPL-3.0-or-later
//
// ExportRun: one export at work: keys go in, in any bounded pieces, a file or a stream of bytes comes out; with a check, the
// written file is read back and compared before it is put in place. Knows no source and no thread: one thread at a time.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/whole_file.h"
#include "core/engine/keyspace.h"
#include "core/transfer/export_record.h"
#include "core/transfer/fingerprint.h"

#include <QString>

#include <atomic>
#include <vector>

namespace keyloupe {

struct ExportOptions
{
    ExportFormat format = ExportFormat::JsonLines;
    std::optional<int> db;            ///< none: all
    QByteArray match;                 ///< glob; empty for all
    QByteArray type;                  ///< as valueTypeName says it; empty for all
    std::optional<SaveTarget> target; ///< of resp and rdb
    bool acceptLoss = false;          ///< write though the target cannot hold everything
    bool check = false;               ///< read it back; needs a path
    QString path;                     ///< appears whole or not at all; empty: to `sink`
    ExportSink sink;                  ///< called on the thread that works

    bool isWhole() const { return !db && match.isEmpty() && type.isEmpty(); }
};

struct ExportProblem
{
    int db = 0;
    QByteArray key;
    QString reason;
};

struct ExportReport
{
    std::int64_t keys = 0;
    std::int64_t libraries = 0;
    std::int64_t bytes = 0;
    bool written = false;                ///< false: the target would lose something, and that was not accepted
    SaveFindings findings;
    std::int64_t unreadable = 0;         ///< keys whose value is damaged: left out, but copied as they are where the format can
    std::int64_t differences = 0;        ///< found by the check; then no file is put in place
    std::vector<ExportProblem> problems; ///< the first of both
};

/// "hash" and so on; also what may stand in ExportOptions::type.
bool isValueTypeName(QByteArrayView name);

class ExportRun
{
public:
    explicit ExportRun(ExportOptions options);

    const ExportOptions &options() const { return m_options; }
    ExportReport &report() { return m_report; }
    /// Whether the key is asked for.
    bool wants(QByteArrayView key, ValueType type) const;

    /// In this order: begin, libraries, keys (of a database together), fileRecord, end.
    Result<void> begin(const ExportHead &head);
    Result<void> library(QByteArrayView code);
    Result<void> key(const ExportRecord &record, bool collectFindings);
    Result<void> fileRecord(QByteArrayView bytes);
    /// Ends the file, reads it back where asked, and puts it in place.
    Result<void> end(const CancelToken &cancel);

    /// Keys so far; any thread.
    std::int64_t progress() const { return m_progress.load(std::memory_order_relaxed); }

    /// What is kept by the format and target, for the findings.
    const TargetFacts &facts() const { return m_facts; }

private:
    Result<void> put(QByteArrayView bytes);
    Result<void> check(const CancelToken &cancel);
    void addProblem(int db, const QByteArray &key, const QString &reason);

    ExportOptions m_options;
    TargetFacts m_facts;
    Fidelity m_fidelity;
    ExportReport m_report;
    std::unique_ptr<WholeFile> m_file;
    std::unique_ptr<ExportWriter> m_writer;
    std::vector<Fingerprint> m_expected; ///< of each key, in the order written
    std::atomic<std::int64_t> m_progress{0};
};

/// Exports what a keyspace would save, findings first. Blocks.
Result<void> exportKeyspace(const Keyspace &keyspace, ExportRun &run, const CancelToken &cancel);

} // namespace keyloupe
