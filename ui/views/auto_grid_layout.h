// SPDX-License-Identifier: GPL-3.0-or-later
//
// AutoGridLayout: columns of equal width, as many as fit at the least width of a column, rows as high as their highest item;
// height left over goes to the rows that can grow. GUI thread; owns its items as every layout does.
#pragma once

#include <QLayout>
#include <QList>

namespace keyloupe {

class AutoGridLayout : public QLayout
{
public:
    /// `maxColumns` 0 means no limit.
    AutoGridLayout(int minColumnWidth, int maxColumns, int spacing, QWidget *parent = nullptr);
    ~AutoGridLayout() override;

    int columnsFor(int width) const;

    void addItem(QLayoutItem *item) override;
    int count() const override { return int(m_items.size()); }
    QLayoutItem *itemAt(int index) const override;
    QLayoutItem *takeAt(int index) override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    Qt::Orientations expandingDirections() const override;
    void setGeometry(const QRect &rect) override;

private:
    QList<QLayoutItem *> visibleItems() const;
    QList<int> rowHeights(const QList<QLayoutItem *> &items, int columns, int columnWidth) const;

    QList<QLayoutItem *> m_items;
    int m_minColumnWidth;
    int m_maxColumns;
};

} // namespace keyloupe
