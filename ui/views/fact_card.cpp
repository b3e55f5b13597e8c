// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/fact_card.h"

#include "ui/theme/theme.h"

#include <QAction>
#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>

namespace keyloupe {
namespace {

// A label that gives way: what does not fit is cut with an ellipsis and shown by the tool tip.
class ElidedLabel : public QLabel
{
public:
    using QLabel::QLabel;

    QSize minimumSizeHint() const override { return {40, QLabel::minimumSizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        style()->drawItemText(&painter, contentsRect(), int(alignment()), palette(), isEnabled(),
                              fontMetrics().elidedText(text(), Qt::ElideMiddle, contentsRect().width()), foregroundRole());
    }
};

} // namespace

FactCard::FactCard(const QString &title, QWidget *parent) : QFrame(parent), m_grid(new QGridLayout), m_bar(new QProgressBar(this))
{
    setProperty("card", true);
    setAccessibleName(title);
    auto *heading = new QLabel(title, this);
    heading->setProperty("role", QStringLiteral("title"));
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(6);
    m_bar->hide();
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(space::kM);
    m_grid->setVerticalSpacing(space::kXs);
    m_grid->setColumnStretch(1, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::kM, space::kM, space::kM, space::kM);
    column->setSpacing(space::kS);
    column->addWidget(heading);
    column->addWidget(m_bar);
    column->addLayout(m_grid);
    column->addStretch(1);
}

void FactCard::setFacts(const std::vector<Fact> &facts)
{
    while (m_rows.size() < facts.size()) {
        const int at = int(m_rows.size());
        Row row{new QLabel(this), new ElidedLabel(this)};
        row.label->setProperty("tone", QStringLiteral("muted"));
        auto *copy = new QAction(tr("Copy value"), row.value);
        connect(copy, &QAction::triggered, row.value, [value = row.value] { QGuiApplication::clipboard()->setText(value->text()); });
        row.value->addAction(copy);
        row.value->setContextMenuPolicy(Qt::ActionsContextMenu);
        row.value->setTextFormat(Qt::PlainText);
        row.value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_grid->addWidget(row.label, at, 0);
        m_grid->addWidget(row.value, at, 1);
        m_rows.push_back(row);
    }
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const bool used = i < facts.size();
        m_rows[i].label->setVisible(used);
        m_rows[i].value->setVisible(used);
        if (!used)
            continue;
        const Fact &fact = facts[i];
        m_rows[i].label->setText(fact.label);
        m_rows[i].value->setText(fact.value);
        m_rows[i].value->setAccessibleName(fact.label);
        m_rows[i].value->setToolTip(fact.toolTip.isEmpty() ? fact.value : fact.toolTip);
        if (m_rows[i].value->property("tone").toString() != fact.tone) {
            m_rows[i].value->setProperty("tone", fact.tone);
            m_rows[i].value->style()->unpolish(m_rows[i].value);
            m_rows[i].value->style()->polish(m_rows[i].value);
        }
    }
}

void FactCard::setBar(double fraction)
{
    m_bar->setVisible(fraction >= 0);
    if (fraction >= 0)
        m_bar->setValue(int(std::clamp(fraction, 0.0, 1.0) * 1000));
}

QString FactCard::valueOf(const QString &label) const
{
    for (const Row &row : m_rows) {
        if (row.label->text() == label)
            return row.value->text();
    }
    return {};
}

} // namespace keyloupe
