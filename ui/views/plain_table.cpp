// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/plain_table.h"

#include <QHeaderView>
#include <QTableView>

namespace keyloupe {

QTableView *makePlainTable(QAbstractItemModel *model, const QString &accessibleName, QWidget *parent)
{
    constexpr int kRowHeight = 24;
    auto *table = new QTableView(parent);
    table->setModel(model);
    table->setAccessibleName(accessibleName);
    table->setShowGrid(false);
    table->setFrameShape(QFrame::NoFrame);
    // The headings' own padding, so that they stand above their column; the card or splitter around it has the border.
    table->setStyleSheet(QStringLiteral("QTableView { border: none; } QTableView::item { padding: 0 5px; }"));
    table->setWordWrap(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setTabKeyNavigation(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    return table;
}

} // namespace keyloupe
