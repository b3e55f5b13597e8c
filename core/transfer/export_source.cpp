// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transfer/export_source.h"

#include "core/async/on_ready.h"
#include "core/transfer/live_export.h"

namespace keyloupe {

QFuture<Result<ExportReport>> exportSource(Source &source, JobRunner &jobs, std::shared_ptr<ExportRun> run, CancelToken cancel)
{
    const ExportOptions &options = run->options();
    const auto refuse = [](const QString &why) { return readyFuture<ExportReport>(Error{Errc::InvalidArgument, why, -1, {}}); };
    if (options.check && options.path.isEmpty())
        return refuse(QStringLiteral("only a file can be read back"));
    const bool isText = options.format == ExportFormat::JsonLines || options.format == ExportFormat::Csv;
    if (options.target && isText)
        return refuse(QStringLiteral("a target server makes sense for commands and RDB files only"));
    FileActions *file = source.fileActions();
    if (!file) {
        if (options.target && !options.acceptLoss && options.path.isEmpty())
            return refuse(QStringLiteral("what a target cannot hold is known only when all of a server is read: name a file, or accept the loss"));
        return LiveExport::start(source, jobs, std::move(run), std::move(cancel));
    }
    const auto promise = makePromise<ExportReport>();
    const auto work = [run, cancel](const Keyspace &keyspace) { return exportKeyspace(keyspace, *run, cancel); };
    onReady(file->withKeyspace(work), &source, [promise, run](Result<void> done) {
        fulfil<ExportReport>(promise, done.ok() ? Result<ExportReport>(std::move(run->report())) : Result<ExportReport>(done.error()));
    });
    return promise->future();
}

} // namespace keyloupe
