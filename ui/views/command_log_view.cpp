// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/command_log_view.h"

#include "ui/models/command_log_model.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/follow_tail.h"
#include "ui/views/plain_table.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace keyloupe {

CommandLogView::CommandLogView(QWidget *parent)
    : QWidget(parent), m_model(new CommandLogModel(this)), m_filtered(new QSortFilterProxyModel(this)), m_table(nullptr),
      m_filter(new QLineEdit(this))
{
    m_filtered->setSourceModel(m_model);
    m_filtered->setFilterKeyColumn(CommandLogModel::Text);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table = makePlainTable(m_filtered, tr("Commands sent"), this);
    m_table->horizontalHeader()->setSectionResizeMode(CommandLogModel::Text, QHeaderView::Stretch);
    m_table->setColumnWidth(CommandLogModel::Time, 104);
    m_table->setColumnWidth(CommandLogModel::Database, 40);
    m_table->setColumnWidth(CommandLogModel::Duration, 84);
    m_table->setColumnWidth(CommandLogModel::Outcome, 220);
    followTail(m_table);

    m_filter->setPlaceholderText(tr("Filter commands"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(280);
    connect(m_filter, &QLineEdit::textChanged, m_filtered, &QSortFilterProxyModel::setFilterFixedString);
    auto *background = new QCheckBox(tr("Background commands"), this);
    background->setToolTip(tr("Also sampling and the details of visible rows"));
    connect(background, &QCheckBox::toggled, m_model, &CommandLogModel::setShowsBackground);
    auto *copy = new QToolButton(this);
    copy->setIcon(themedIcon(QStringLiteral("copy")));
    copy->setToolTip(tr("Copy the selected commands as redis-cli lines"));
    copy->setAccessibleName(tr("Copy commands"));
    connect(copy, &QToolButton::clicked, this, &CommandLogView::copySelected);
    auto *clear = new QToolButton(this);
    clear->setIcon(themedIcon(QStringLiteral("trash")));
    clear->setToolTip(tr("Empty this list"));
    clear->setAccessibleName(tr("Empty the list"));
    connect(clear, &QToolButton::clicked, m_model, &CommandLogModel::clear);

    auto *row = new QHBoxLayout;
    row->setContentsMargins(space::kS, space::kXs, space::kS, space::kXs);
    row->addWidget(m_filter);
    row->addWidget(background);
    row->addStretch(1);
    row->addWidget(copy);
    row->addWidget(clear);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(m_table, 1);
}

void CommandLogView::setLog(CommandLog *log)
{
    m_model->setLog(log);
    m_table->scrollToBottom();
}

void CommandLogView::copySelected() const
{
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end(), [](const QModelIndex &a, const QModelIndex &b) { return a.row() < b.row(); });
    QString text;
    for (const QModelIndex &row : rows) {
        const CommandLogEntry &entry = m_model->entryAt(m_filtered->mapToSource(row).row());
        text += QString::fromLatin1(entry.text) + QLatin1Char('\n');
    }
    if (!text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

} // namespace keyloupe
