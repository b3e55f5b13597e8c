// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/findings_box.h"

#include "ui/format/human.h"
#include "ui/models/finding_model.h"
#include "ui/theme/theme.h"
#include "ui/views/plain_table.h"

#include <QCheckBox>
#include <QFrame>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace keyloupe {

FindingsBox::FindingsBox(const QString &agreement, QWidget *parent)
    : QWidget(parent), m_summary(new QLabel), m_findings(new FindingModel(this)),
      m_table(makePlainTable(m_findings, tr("What the server cannot hold"), this)), m_agree(new QCheckBox(agreement))
{
    m_summary->setWordWrap(true);
    m_summary->setTextFormat(Qt::PlainText);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setColumnWidth(FindingModel::Database, 56);
    m_table->setColumnWidth(FindingModel::Key, 190);
    m_table->setFrameShape(QFrame::StyledPanel);
    m_table->setStyleSheet({}); // with the border that a card would give it
    m_agree->setObjectName(QStringLiteral("agree"));
    connect(m_agree, &QCheckBox::toggled, this, &FindingsBox::agreementChanged);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kM);
    column->addWidget(m_summary);
    column->addWidget(m_table);
    column->addWidget(m_agree);
    showText({});
}

void FindingsBox::showText(const QString &text)
{
    m_loses = false;
    m_findings->setFindings({});
    m_summary->setText(text);
    m_summary->setVisible(!text.isEmpty());
    m_table->hide();
    m_agree->setChecked(false);
    m_agree->hide();
}

void FindingsBox::showFindings(const SaveFindings &findings, SaveTarget target)
{
    const QString title = QLatin1String(factsOf(target).title);
    const std::int64_t all = findings.losses + findings.notes;
    m_loses = findings.losses > 0;
    m_findings->setFindings(findings);
    QString text = m_loses ? tr("%1 cannot hold everything. Places where something would be lost: %2").arg(title, groupedNumber(findings.losses))
            : all > 0      ? tr("Nothing is lost. What %1 needs to load the file:").arg(title)
                           : tr("%1 can hold everything in this file.").arg(title);
    if (all > std::int64_t(findings.list.size()))
        text += QLatin1Char(' ') + tr("The first %1 are listed.").arg(groupedNumber(std::int64_t(findings.list.size())));
    m_summary->setText(text);
    m_summary->show();
    m_table->setVisible(all > 0);
    fitTable();
    m_agree->setChecked(false);
    m_agree->setVisible(m_loses);
}

void FindingsBox::fitTable()
{
    constexpr int kLeastRows = 2;
    constexpr int kMostRows = 7;
    const int rows = std::clamp(m_findings->rowCount(), kLeastRows, kMostRows);
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() + rows * m_table->verticalHeader()->defaultSectionSize() + 2 * m_table->frameWidth());
}

bool FindingsBox::isSettled() const
{
    return !m_loses || m_agree->isChecked();
}

bool FindingsBox::isAgreed() const
{
    return m_agree->isChecked();
}

} // namespace keyloupe
