// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/auto_grid_layout.h"

#include <QWidget>

#include <algorithm>

namespace keyloupe {

AutoGridLayout::AutoGridLayout(int minColumnWidth, int maxColumns, int spacing, QWidget *parent)
    : QLayout(parent), m_minColumnWidth(std::max(1, minColumnWidth)), m_maxColumns(maxColumns)
{
    setSpacing(spacing);
    setContentsMargins(0, 0, 0, 0);
}

AutoGridLayout::~AutoGridLayout()
{
    qDeleteAll(m_items);
}

void AutoGridLayout::addItem(QLayoutItem *item)
{
    m_items.append(item);
    invalidate();
}

QLayoutItem *AutoGridLayout::itemAt(int index) const
{
    return index >= 0 && index < m_items.size() ? m_items[index] : nullptr;
}

QLayoutItem *AutoGridLayout::takeAt(int index)
{
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

QList<QLayoutItem *> AutoGridLayout::visibleItems() const
{
    QList<QLayoutItem *> visible;
    for (QLayoutItem *item : m_items) {
        if (!item->isEmpty())
            visible.append(item);
    }
    return visible;
}

int AutoGridLayout::columnsFor(int width) const
{
    const int gap = spacing();
    int columns = std::max(1, (width + gap) / (m_minColumnWidth + gap));
    if (m_maxColumns > 0)
        columns = std::min(columns, m_maxColumns);
    const int items = int(visibleItems().size());
    if (items > 0) {
        columns = std::min(columns, items);
        // Equal rows look calmer than a full row with one item under it.
        const int rows = (items + columns - 1) / columns;
        columns = (items + rows - 1) / rows;
    }
    return columns;
}

QList<int> AutoGridLayout::rowHeights(const QList<QLayoutItem *> &items, int columns, int columnWidth) const
{
    QList<int> heights;
    for (int i = 0; i < items.size(); ++i) {
        if (i % columns == 0)
            heights.append(0);
        const QLayoutItem *item = items[i];
        const int height = item->hasHeightForWidth() ? item->heightForWidth(columnWidth) : item->sizeHint().expandedTo(item->minimumSize()).height();
        heights.last() = std::max(heights.last(), height);
    }
    return heights;
}

int AutoGridLayout::heightForWidth(int width) const
{
    const QList<QLayoutItem *> items = visibleItems();
    if (items.isEmpty())
        return 0;
    const int columns = columnsFor(width);
    const int columnWidth = (width - spacing() * (columns - 1)) / columns;
    const QList<int> heights = rowHeights(items, columns, columnWidth);
    int total = spacing() * int(heights.size() - 1);
    for (int height : heights)
        total += height;
    return total;
}

QSize AutoGridLayout::sizeHint() const
{
    return minimumSize();
}

QSize AutoGridLayout::minimumSize() const
{
    int height = 0;
    int width = 0;
    for (const QLayoutItem *item : visibleItems()) {
        width = std::max(width, item->minimumSize().width());
        height = std::max(height, item->minimumSize().height());
    }
    return {std::min(width, m_minColumnWidth), height};
}

Qt::Orientations AutoGridLayout::expandingDirections() const
{
    return Qt::Horizontal | Qt::Vertical;
}

void AutoGridLayout::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    const QList<QLayoutItem *> items = visibleItems();
    if (items.isEmpty())
        return;
    const int gap = spacing();
    const int columns = columnsFor(rect.width());
    const int columnWidth = (rect.width() - gap * (columns - 1)) / columns;
    QList<int> heights = rowHeights(items, columns, columnWidth);
    int used = gap * int(heights.size() - 1);
    for (int height : heights)
        used += height;

    QList<int> growing;
    for (int row = 0; row < heights.size(); ++row) {
        for (int i = row * columns; i < std::min<int>(int(items.size()), (row + 1) * columns); ++i) {
            if (items[i]->expandingDirections().testFlag(Qt::Vertical)) {
                growing.append(row);
                break;
            }
        }
    }
    const int spare = rect.height() - used;
    for (int k = 0; spare > 0 && k < growing.size(); ++k)
        heights[growing[k]] += spare / int(growing.size());

    int y = rect.y();
    for (int i = 0; i < items.size(); ++i) {
        const int column = i % columns;
        const int row = i / columns;
        if (column == 0 && row > 0)
            y += heights[row - 1] + gap;
        const int x = rect.x() + column * (columnWidth + gap);
        // The last column takes the pixels that division left over, so that right edges line up.
        const int width = column == columns - 1 ? rect.right() - x + 1 : columnWidth;
        items[i]->setGeometry(QRect(x, y, width, heights[row]));
    }
}

} // namespace keyloupe
