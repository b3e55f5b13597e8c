// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/form_dialog.h"

#include "ui/theme/theme.h"

#include <QFormLayout>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyloupe {

QLabel *formLabel(const QString &text)
{
    constexpr int kWidth = 88;
    auto *label = new QLabel(text);
    label->setFixedWidth(kWidth);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return label;
}

FormDialog::FormDialog(const QString &title, const QString &action, QWidget *parent)
    : QDialog(parent), m_layout(new QVBoxLayout(this)), m_form(new QFormLayout), m_note(new QLabel), m_problem(new QFrame), m_problemText(new QLabel),
      m_cancel(new QPushButton(tr("Cancel"))), m_action(new QPushButton(action))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    setMinimumWidth(520);

    m_form->setHorizontalSpacing(space::kL);
    m_form->setVerticalSpacing(space::kM);
    m_form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);

    m_note->setProperty("tone", QStringLiteral("muted"));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);

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
    buttons->addWidget(m_note, 1);
    buttons->addSpacing(space::kL);
    buttons->addWidget(m_cancel, 0, Qt::AlignBottom);
    buttons->addWidget(m_action, 0, Qt::AlignBottom);
    connect(m_cancel, &QPushButton::clicked, this, [this] { reject(); });
    connect(m_action, &QPushButton::clicked, this, [this] {
        if (m_ready && !m_busy)
            submit();
    });

    m_layout->setContentsMargins(space::kXl, space::kXl, space::kXl, space::kL);
    m_layout->setSpacing(space::kL);
    m_layout->addLayout(m_form, 1);
    m_layout->addWidget(m_problem);
    m_layout->addLayout(buttons);
}

void FormDialog::insertAboveButtons(QWidget *widget)
{
    m_layout->insertWidget(m_layout->count() - 2, widget);
}

void FormDialog::setDangerous()
{
    m_action->setProperty("variant", QStringLiteral("danger"));
    m_action->setDefault(false);
    m_action->setAutoDefault(false);
    m_cancel->setDefault(true);
    m_cancel->setFocus();
}

void FormDialog::setReady(bool ready, const QString &action)
{
    m_ready = ready;
    m_action->setEnabled(ready && !m_busy);
    if (!action.isEmpty())
        m_action->setText(action);
}

void FormDialog::showProblem(const QString &text)
{
    m_problemText->setText(text);
    m_problem->setVisible(!text.isEmpty());
}

void FormDialog::setBusy(bool busy)
{
    m_busy = busy;
    m_action->setEnabled(m_ready && !busy);
    for (int row = 0; row < m_form->rowCount(); ++row) {
        for (const QFormLayout::ItemRole role : {QFormLayout::FieldRole, QFormLayout::SpanningRole}) {
            if (QLayoutItem *item = m_form->itemAt(row, role); item && item->widget())
                item->widget()->setEnabled(!busy);
        }
    }
}

} // namespace keyloupe
