// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/save_bytes.h"

#include "core/async/job_runner.h"
#include "core/async/on_ready.h"
#include "ui/models/source_session.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>
#include <QSaveFile>
#include <QStandardPaths>

namespace keyloupe {
namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("SaveBytes", text);
}

Result<qint64> writeFile(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return Error{Errc::Io, QStringLiteral("cannot write %1: %2").arg(path, file.errorString()), -1, {}};
    return qint64(bytes.size());
}

} // namespace

void saveBytesAs(SourceSession &session, QWidget *parent, const QString &suggestedName, const QByteArray &bytes)
{
    auto *dialog = new QFileDialog(parent, translated(QT_TRANSLATE_NOOP("SaveBytes", "Save as")));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QFileInfo(suggestedName).suffix());
    dialog->setDirectory(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    dialog->selectFile(suggestedName);
    QPointer<SourceSession> target(&session);
    QObject::connect(dialog, &QFileDialog::fileSelected, &session, [target, bytes](const QString &path) {
        const auto future = target->jobs().run([path, bytes] { return writeFile(path, bytes); });
        onReady(future, target.data(), [target, path](const Result<qint64> &written) {
            if (written.ok())
                Q_EMIT target->messagePosted(translated(QT_TRANSLATE_NOOP("SaveBytes", "Saved %1")).arg(QDir::toNativeSeparators(path)));
            else
                Q_EMIT target->errorPosted(translated(QT_TRANSLATE_NOOP("SaveBytes", "Saving")), written.error());
        });
    });
    dialog->open();
}

} // namespace keyloupe
