// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/bit_area.h"

#include "core/decode/bitmap.h"
#include "ui/format/human.h"
#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr int kPerRow = 64;
constexpr int kCell = 13;
constexpr int kPitch = kCell + 2;
constexpr int kByteGap = 4;
constexpr int kMargin = 12;
constexpr int kTop = 8;
constexpr int kOffsetWidth = 84;

} // namespace

BitArea::BitArea(QWidget *parent) : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Value as bits"));
}

void BitArea::setBytes(const QByteArray &bytes)
{
    m_bytes = bytes;
    m_position = 0;
    verticalScrollBar()->setValue(0);
    updateScrollBars();
    viewport()->update();
}

void BitArea::setPosition(std::int64_t bit)
{
    m_position = std::clamp<std::int64_t>(bit, 0, std::max<std::int64_t>(0, bitCount() - 1));
    const auto row = int(m_position / kPerRow);
    if (row < verticalScrollBar()->value())
        verticalScrollBar()->setValue(row);
    else if (row >= verticalScrollBar()->value() + visibleRows())
        verticalScrollBar()->setValue(row - visibleRows() + 1);
    viewport()->update();
    Q_EMIT moved();
}

QRect BitArea::cell(int column, int top) const
{
    return {kMargin + kOffsetWidth + column * kPitch + (column / 8) * kByteGap - horizontalScrollBar()->value(), top, kCell, kCell};
}

int BitArea::visibleRows() const
{
    return std::max(1, (viewport()->height() - kTop) / kPitch);
}

void BitArea::updateScrollBars()
{
    const auto rows = int((bitCount() + kPerRow - 1) / kPerRow);
    verticalScrollBar()->setRange(0, std::max(0, rows - visibleRows()));
    verticalScrollBar()->setPageStep(visibleRows());
    const int width = cell(kPerRow - 1, 0).right() + horizontalScrollBar()->value() + kMargin;
    horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
}

void BitArea::flip()
{
    if (m_readOnly || m_position >= bitCount())
        return;
    flipBit(m_bytes, m_position);
    viewport()->update();
    Q_EMIT flipped();
}

void BitArea::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBars();
}

void BitArea::keyPressEvent(QKeyEvent *event)
{
    const std::int64_t page = std::int64_t(visibleRows()) * kPerRow;
    switch (event->key()) {
    case Qt::Key_Left:
        return setPosition(m_position - 1);
    case Qt::Key_Right:
        return setPosition(m_position + 1);
    case Qt::Key_Up:
        return setPosition(m_position - kPerRow);
    case Qt::Key_Down:
        return setPosition(m_position + kPerRow);
    case Qt::Key_PageUp:
        return setPosition(m_position - page);
    case Qt::Key_PageDown:
        return setPosition(m_position + page);
    case Qt::Key_Home:
        return setPosition(0);
    case Qt::Key_End:
        return setPosition(bitCount() - 1);
    case Qt::Key_Space:
        return flip();
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void BitArea::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return event->ignore();
    const std::int64_t row = verticalScrollBar()->value() + std::max(0, event->pos().y() - kTop) / kPitch;
    for (int column = 0; column < kPerRow; ++column) {
        const QRect box = cell(column, 0);
        const std::int64_t bit = row * kPerRow + column;
        if (event->pos().x() < box.left() || event->pos().x() > box.right() || bit >= bitCount())
            continue;
        setPosition(bit);
        flip();
    }
}

// The second of two fast clicks is a click.
void BitArea::mouseDoubleClickEvent(QMouseEvent *event)
{
    mousePressEvent(event);
}

void BitArea::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void BitArea::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void BitArea::paintEvent(QPaintEvent *)
{
    const ThemeColors &colors = themeColors(this);
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), colors.surface);
    painter.setFont(smallFont());
    const std::int64_t first = verticalScrollBar()->value();
    for (std::int64_t row = first; row * kPerRow < bitCount() && row <= first + visibleRows(); ++row) {
        const int top = int(row - first) * kPitch + kTop;
        painter.setPen(colors.textMuted);
        painter.drawText(QRect(kMargin - horizontalScrollBar()->value(), top, kOffsetWidth - 12, kCell), Qt::AlignRight | Qt::AlignVCenter,
                         groupedNumber(row * kPerRow));
        for (int column = 0; column < kPerRow; ++column) {
            const std::int64_t bit = row * kPerRow + column;
            if (bit >= bitCount())
                break;
            const QRect box = cell(column, top);
            painter.fillRect(box, bitAt(m_bytes, bit) ? colors.series[0] : colors.hover);
            if (bit == m_position) {
                painter.setPen(hasFocus() ? colors.text : colors.textFaint);
                painter.drawRect(box.adjusted(0, 0, -1, -1));
            }
        }
    }
}

} // namespace keyloupe
