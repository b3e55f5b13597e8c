// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/conflict_dialog.h"

#include "ui/dialogs/edit_dialog.h"
#include "ui/format/human.h"
#include "ui/format/payload_text.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

QWidget *version(const QString &title, const std::optional<QByteArray> &bytes)
{
    auto *head = new QLabel(bytes ? QStringLiteral("%1 · %2").arg(title, humanBytes(bytes->size())) : title);
    head->setProperty("role", QStringLiteral("title"));
    auto *text = new QPlainTextEdit(bytes ? payloadText(*bytes, PayloadForm::Text) : ConflictDialog::tr("(not there)"));
    text->setReadOnly(true);
    text->setFont(monoFont());
    text->setAccessibleName(title);
    auto *column = new QWidget;
    auto *layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kS);
    layout->addWidget(head);
    layout->addWidget(text, 1);
    return column;
}

} // namespace

ConflictDialog::ConflictDialog(const EditConflict &conflict, QWidget *parent) : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Not saved"));
    resize(960, 440);
    auto *what = new QLabel(conflictText(conflict));
    what->setWordWrap(true);
    auto *versions = new QHBoxLayout;
    versions->setSpacing(space::kM);
    versions->addWidget(version(tr("Yours"), conflict.yours));
    versions->addWidget(version(tr("Stored now"), conflict.now));
    versions->addWidget(version(tr("As you opened it"), conflict.opened));

    auto *overwrite = new QPushButton(tr("Overwrite with mine"));
    overwrite->setProperty("variant", QStringLiteral("danger"));
    overwrite->setAutoDefault(false);
    overwrite->setVisible(conflict.kind == EditConflict::Kind::Changed);
    auto *theirs = new QPushButton(tr("Take what is stored"));
    theirs->setAutoDefault(false);
    auto *back = new QPushButton(tr("Keep editing"));
    back->setProperty("variant", QStringLiteral("primary"));
    back->setDefault(true);
    connect(overwrite, &QPushButton::clicked, this, [this] {
        Q_EMIT overwriteRequested();
        accept();
    });
    connect(theirs, &QPushButton::clicked, this, [this] {
        Q_EMIT takeTheirsRequested();
        accept();
    });
    connect(back, &QPushButton::clicked, this, &QDialog::reject);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::kS);
    buttons->addStretch();
    buttons->addWidget(overwrite);
    buttons->addWidget(theirs);
    buttons->addWidget(back);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kXl, space::kXl, space::kXl, space::kL);
    layout->setSpacing(space::kL);
    layout->addWidget(what);
    layout->addLayout(versions, 1);
    layout->addLayout(buttons);
}

} // namespace keyloupe
