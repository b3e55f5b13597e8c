// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/edit_dialog.h"

#include "ui/format/error_text.h"
#include "ui/models/key_edits.h"
#include "ui/theme/theme.h"

#include <QFormLayout>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

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

QLabel *formLabel(const QString &text)
{
    constexpr int kWidth = 88;
    auto *label = new QLabel(text);
    label->setFixedWidth(kWidth);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return label;
}

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
    : QDialog(parent), m_session(session), m_form(new QFormLayout), m_preview(new QLabel), m_problem(new QFrame), m_problemText(new QLabel),
      m_cancel(new QPushButton(tr("Cancel"))), m_action(new QPushButton(action))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    setMinimumWidth(520);

    m_form->setHorizontalSpacing(space::kL);
    m_form->setVerticalSpacing(space::kM);
    m_form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);

    QFont mono = monoFont();
    mono.setPixelSize(smallFont().pixelSize());
    m_preview->setFont(mono);
    m_preview->setStyleSheet(QStringLiteral("font-size: 11px;"));
    m_preview->setProperty("tone", QStringLiteral("muted"));
    m_preview->setTextFormat(Qt::PlainText);
    m_preview->setWordWrap(true);
    m_preview->setAccessibleName(tr("Command that will be sent"));

    m_problemText->setWordWrap(true);
    m_problemText->setTextFormat(Qt::PlainText);
    m_problem->setProperty("banner", QStringLiteral("danger"));
    auto *problemLayout = new QHBoxLayout(m_problem);
    problemLayout->setContentsMargins(space::kM, space::kS, space::kM, space::kS);
    problemLayout->addWidget(m_problemText);
    m_problem->hide();

    m_action->setProperty("variant", QStringLiteral("primary"));
    m_action->setDefault(true);
    m_cancel->setAutoDefault(false);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::kS);
    buttons->addWidget(m_preview, 1);
    buttons->addSpacing(space::kL);
    buttons->addWidget(m_cancel, 0, Qt::AlignBottom);
    buttons->addWidget(m_action, 0, Qt::AlignBottom);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_action, &QPushButton::clicked, this, &EditDialog::submit);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kXl, space::kXl, space::kXl, space::kL);
    layout->setSpacing(space::kL);
    layout->addLayout(m_form, 1);
    layout->addWidget(m_problem);
    layout->addLayout(buttons);
}

void EditDialog::setDangerous()
{
    m_action->setProperty("variant", QStringLiteral("danger"));
    m_action->setDefault(false);
    m_action->setAutoDefault(false);
    m_cancel->setDefault(true);
    m_cancel->setFocus();
}

void EditDialog::formChanged()
{
    const Result<Edit> wanted = edit();
    Result<void> sound = wanted.ok() ? validate(*wanted, nowOf(m_session)) : Result<void>(wanted.error());
    m_action->setEnabled(sound.ok() && !m_busy);
    m_preview->setText(sound.ok() ? previewOf(*wanted) : QString());
    showProblem(!sound.ok() && m_touched ? errorText(sound.error()).sentence : QString());
    m_touched = true;
}

void EditDialog::showProblem(const QString &text)
{
    m_problemText->setText(text);
    m_problem->setVisible(!text.isEmpty());
}

void EditDialog::setBusy(bool busy)
{
    m_busy = busy;
    m_action->setEnabled(!busy);
    for (int row = 0; row < m_form->rowCount(); ++row) {
        if (QLayoutItem *item = m_form->itemAt(row, QFormLayout::FieldRole); item && item->widget())
            item->widget()->setEnabled(!busy);
    }
}

void EditDialog::submit()
{
    const Result<Edit> wanted = edit();
    if (!wanted.ok() || m_busy)
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
