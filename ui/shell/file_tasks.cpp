// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/file_tasks.h"

#include "core/async/on_ready.h"
#include "core/base/escape.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/save_as_dialog.h"
#include "ui/format/human.h"
#include "ui/models/source_session.h"
#include "ui/views/task_strip.h"

#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QStandardPaths>

namespace keyloupe {
namespace {

QString savedText(const SaveReport &report)
{
    return FileTasks::tr("Saved %1 keys, %2, to %3").arg(groupedNumber(report.keys), humanBytes(report.bytes), QDir::toNativeSeparators(report.path));
}

} // namespace

FileTasks::FileTasks(QWidget *window, TaskStrip *strip) : QObject(window), m_window(window), m_strip(strip) { }

void FileTasks::save(SourceSession *session)
{
    FileActions *file = session->source().fileActions();
    if (m_strip->isRunning())
        return Q_EMIT done(tr("Wait until the last save is done, or stop it with Esc"));
    // What somebody else wrote there in the meantime is not overwritten without a word.
    if (file->change() != FileChange::None || file->suggestedSavePath() != file->path()) // an append-only file, or a compressed one, is never written over
        return saveAs(session);
    const CancelToken cancel = m_strip->begin(tr("Saving %1").arg(session->source().info().title));
    m_progress = connect(file, &FileActions::saveProgressed, m_strip, &TaskStrip::setProgress);
    m_closing = connect(session, &SourceSession::closing, m_strip, &TaskStrip::cancel);
    onReady(file->saveAs(file->path(), {}, cancel), this, [this, watched = QPointer<SourceSession>(session), title = session->source().info().title](const Result<SaveReport> &report) {
        disconnect(m_closing);
        disconnect(m_progress);
        m_strip->end();
        if (report.ok())
            Q_EMIT done(savedText(*report));
        else if (report.error().code == Errc::Conflict && watched)
            saveAs(watched);
        else if (report.error().code == Errc::Cancelled)
            Q_EMIT done(tr("Saving was stopped; %1 is as it was").arg(title));
        else
            Q_EMIT failed(tr("%1 was not saved").arg(title), report.error());
    });
}

void FileTasks::saveAs(SourceSession *session)
{
    const FileActions *file = session->source().fileActions();
    auto *dialog = new SaveAsDialog(*session, file->suggestedSavePath(), m_window);
    connect(dialog, &SaveAsDialog::saved, this, [this](const SaveReport &report) { Q_EMIT done(savedText(report)); });
    dialog->open();
}

void FileTasks::exportKeys(SourceSession *session)
{
    const FileActions *file = session->source().fileActions();
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    const QString folder = file ? QFileInfo(file->suggestedSavePath()).path() : QFileInfo(documents).isDir() ? documents : QDir::homePath();
    auto *dialog = new ExportDialog(*session, folder, m_window);
    connect(dialog, &ExportDialog::exported, this, [this](const ExportReport &report, const QString &path) {
        const QString text = tr("Exported %1 keys, %2, to %3").arg(groupedNumber(report.keys), humanBytes(report.bytes), QDir::toNativeSeparators(path));
        Q_EMIT done(text);
        if (report.unreadable > 0) {
            const QString first = report.problems.empty() ? QString() : displayText(report.problems.front().key, 80);
            Q_EMIT warned(tr("%1. Damaged keys that were left out or copied as they are: %2, the first is %3").arg(text, groupedNumber(report.unreadable), first));
        }
    });
    dialog->open();
}

} // namespace keyloupe
