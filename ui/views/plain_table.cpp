// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/plain_table.h"

#include "ui/theme/theme.h"

#include <QApplication>
#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTableView>

namespace keyloupe {
namespace {

// Text in the headings' own distance from the edge. A style sheet's padding would apply to selected cells only.
class CellDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyleOptionViewItem cell = option;
        initStyleOption(&cell, index);
        const QStyle *style = cell.widget ? cell.widget->style() : QApplication::style();
        style->drawPrimitive(QStyle::PE_PanelItemViewItem, &cell, painter, cell.widget);
        painter->save();
        painter->setFont(cell.font);
        painter->setPen(index.data(Qt::ForegroundRole).isValid() ? cell.palette.color(QPalette::Text) : themeColors(cell.widget).text);
        const QRect area = cell.rect.adjusted(space::kS, 0, -space::kS, 0);
        painter->drawText(area, int(cell.displayAlignment), QFontMetrics(cell.font).elidedText(cell.text, Qt::ElideRight, area.width()));
        painter->restore();
    }
};

} // namespace

QTableView *makePlainTable(QAbstractItemModel *model, const QString &accessibleName, QWidget *parent)
{
    constexpr int kRowHeight = 24;
    auto *table = new QTableView(parent);
    table->setModel(model);
    table->setAccessibleName(accessibleName);
    table->setShowGrid(false);
    table->setFrameShape(QFrame::NoFrame);
    table->setStyleSheet(QStringLiteral("QTableView { border: none; }")); // the card or splitter around it has one
    table->setItemDelegate(new CellDelegate(table));
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
