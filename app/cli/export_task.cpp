// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/export_task.h"

#include "core/async/on_ready.h"
#include "core/base/escape.h"

namespace keyloupe::cli {
namespace {

constexpr std::size_t kListedFindings = 100;

// "db 0 "user:1"", or what of the file as a whole is meant.
QString placeOf(int db, const QByteArray &key)
{
    const QString name = key.isEmpty() && db < 0 ? QString() : QString::fromLatin1(quoteBytes(key));
    return db < 0 ? name : QStringLiteral("db %1 %2").arg(db).arg(name);
}

void printFindings(const SaveFindings &findings)
{
    for (std::size_t i = 0; i < findings.list.size() && i < kListedFindings; ++i) {
        const SaveFinding &finding = findings.list[i];
        const QString place = placeOf(finding.db, finding.key);
        printError(QStringLiteral("%1: %2%3%4: %5")
                           .arg(isLoss(finding.issue) ? QStringLiteral("loss") : QStringLiteral("note"), place,
                                place.isEmpty() ? QString() : QStringLiteral(": "), QLatin1String(saveIssueName(finding.issue)),
                                QLatin1String(saveIssueText(finding.issue))));
    }
    const std::int64_t all = findings.losses + findings.notes;
    if (all > std::int64_t(kListedFindings))
        printError(QStringLiteral("… and %1 more").arg(all - std::int64_t(kListedFindings)));
}

} // namespace

ExportTask::ExportTask(const QString &location, ExportOptions options) : SourceTask(location), m_options(std::move(options)) { }

ExportTask::~ExportTask()
{
    m_cancel.cancel(); // before the pool waits for its job
}

void ExportTask::sourceReady()
{
    m_options.sink = [gone = m_readerGone](QByteArrayView bytes) -> Result<void> {
        if (writeOut(bytes))
            return {};
        *gone = true;
        return cancelledError();
    };
    const auto run = std::make_shared<ExportRun>(m_options);
    onReady(exportSource(source(), m_jobs, run, m_cancel), this, [this](Result<ExportReport> report) {
        if (!report.ok() && *m_readerGone)
            return end(kOk);
        if (!report.ok())
            return fail(report.error());
        done(*report);
    });
}

void ExportTask::done(const ExportReport &report)
{
    printFindings(report.findings);
    for (const ExportProblem &problem : report.problems)
        printError(QStringLiteral("%1: %2").arg(problem.key.isEmpty() ? QStringLiteral("export") : placeOf(problem.db, problem.key), problem.reason));
    if (report.differences > 0) {
        printError(QStringLiteral("%1 differences between what was written and what is read back; no file is put in place").arg(report.differences));
        return end(kDifferent);
    }
    if (!report.written) {
        printError(QStringLiteral("the target cannot hold everything, nothing is written; --accept-loss writes it all the same"));
        return end(kLoss);
    }
    bool damaged = report.unreadable > 0;
    if (FileActions *file = source().fileActions()) {
        for (const FileDamage &damage : file->damage()) {
            damaged = true;
            printError(QStringLiteral("the source is damaged at byte %1: %2").arg(damage.offset).arg(damage.reason));
        }
    }
    end(damaged ? kDamaged : kOk);
}

} // namespace keyloupe::cli
