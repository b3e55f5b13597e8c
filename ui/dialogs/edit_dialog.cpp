// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/edit_dialog.h"

#include "ui/format/error_text.h"
#include "ui/models/key_edits.h"
#include "ui/theme/theme.h"

#include <QLabel>

namespace keyloupe {
namespace {

constexpr int kPreviewChars = 160;

QString previewOf(const Edit &edit)
{
    QStringList lines;
    for (const Command &command : commandsOf(edit)) {
        QString line = QString::fromUtf8(printableCommand(command, 64));
        if (line.size() > kPreviewChars)
            line = line.left(kPreviewChars - 1) + QChar(0x2026);
        lines.append(line);
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

QString conflictText(const EditConflict &conflict)
{
    switch (conflict.kind) {
    case EditConflict::Kind::Changed:
        return EditDialog::tr("Somebody else changed it in the meantime. Nothing was written.");
    case EditConflict::Kind::Gone:
        return EditDialog::tr("It is no longer there: it was deleted or has expired. Nothing was written.");
    case EditConflict::Kind::Type:
        return EditDialog::tr("The key now holds a value of another type. Nothing was written; refresh to see it.");
    case EditConflict::Kind::Exists:
        return EditDialog::tr("There is already one with this name. Nothing was written; choose another name.");
    case EditConflict::Kind::Raced:
        break;
    }
    return EditDialog::tr("Somebody else wrote to the key at the same moment. Nothing was written; try again.");
}

EditDialog::EditDialog(SourceSession &session, const QString &title, const QString &action, QWidget *parent)
    : FormDialog(title, action, parent), m_session(session)
{
    QFont mono = monoFont();
    mono.setPixelSize(smallFont().pixelSize());
    note()->setFont(mono);
    note()->setStyleSheet(QStringLiteral("font-size: 11px;"));
    note()->setAccessibleName(tr("Command that will be sent"));
}

void EditDialog::formChanged()
{
    const Result<Edit> wanted = edit();
    Result<void> sound = wanted.ok() ? validate(*wanted, nowOf(m_session)) : Result<void>(wanted.error());
    setReady(sound.ok());
    note()->setText(sound.ok() ? previewOf(*wanted) : QString());
    showProblem(!sound.ok() && m_touched ? errorText(sound.error()).sentence : QString());
    m_touched = true;
}

void EditDialog::submit()
{
    const Result<Edit> wanted = edit();
    if (!wanted.ok())
        return;
    setBusy(true);
    showProblem({});
    submitEdit(m_session, *wanted, this, [this, edit = *wanted](const Result<EditOutcome> &outcome) {
        setBusy(false);
        if (!outcome.ok())
            return showProblem(errorLine(outcome.error()));
        if (outcome->conflict)
            return showProblem(conflictText(*outcome->conflict));
        Q_EMIT made(edit, outcome->replies);
        accept();
    });
}

} // namespace keyloupe
