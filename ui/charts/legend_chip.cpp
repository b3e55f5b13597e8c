// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/legend_chip.h"

#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr int kDash = 12;
constexpr int kHeight = 20;

} // namespace

LegendChip::LegendChip(const QString &title, int color, bool isDashed, QWidget *parent)
    : QAbstractButton(parent), m_color(color), m_isDashed(isDashed)
{
    setText(title);
    setCheckable(true);
    setChecked(true);
    setFont(smallFont());
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setAccessibleName(title);
    setToolTip(tr("Click to show or hide this line"));
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
}

void LegendChip::setValue(const QString &value)
{
    if (value == m_value)
        return;
    m_value = value;
    setAccessibleDescription(value);
    const int width = QFontMetrics(smallFont()).horizontalAdvance(value) + 2;
    if (width > m_valueWidth) {
        m_valueWidth = width;
        updateGeometry();
    }
    update();
}

QSize LegendChip::sizeHint() const
{
    const int title = QFontMetrics(smallFont()).horizontalAdvance(text());
    const int value = m_valueWidth > 0 ? m_valueWidth + space::kXs : 0;
    return {space::kXs + kDash + space::kXs + title + value + space::kXs, kHeight};
}

QSize LegendChip::minimumSizeHint() const
{
    return {space::kXs + kDash + space::kXs, kHeight};
}

void LegendChip::paintEvent(QPaintEvent *)
{
    const ThemeColors &colors = themeColors(this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() || hasFocus()) {
        painter.setPen(hasFocus() ? QPen(colors.accent) : QPen(Qt::NoPen));
        painter.setBrush(underMouse() ? QBrush(colors.hover) : QBrush(Qt::NoBrush));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
    const QColor line = isChecked() ? colors.series[std::size_t(m_color) % colors.series.size()] : colors.textFaint;
    QPen pen(line, 3, m_isDashed ? Qt::DotLine : Qt::SolidLine, Qt::FlatCap);
    painter.setPen(pen);
    const qreal middle = height() / 2.0;
    painter.drawLine(QPointF(space::kXs, middle), QPointF(space::kXs + kDash, middle));

    QFont font = smallFont();
    font.setStrikeOut(!isChecked());
    painter.setFont(font);
    const QFontMetrics metrics(font);
    QRect area = rect().adjusted(space::kXs + kDash + space::kXs, 0, -space::kXs, 0);
    painter.setPen(isChecked() ? colors.textMuted : colors.textFaint);
    const QString title = metrics.elidedText(text(), Qt::ElideRight, area.width());
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft, title);
    area.setLeft(area.left() + metrics.horizontalAdvance(text()) + space::kXs);
    if (isChecked() && area.width() > 0) {
        font.setStrikeOut(false);
        painter.setPen(colors.text);
        painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft, m_value);
    }
}

} // namespace keyloupe
