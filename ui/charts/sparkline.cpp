// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/sparkline.h"

#include "ui/theme/theme.h"

#include <QPainter>
#include <QPolygonF>

#include <algorithm>

namespace keyloupe {

Sparkline::Sparkline(int color, QWidget *parent) : QWidget(parent), m_color(color)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Sparkline::setPoints(std::vector<TimePoint> points, std::int64_t fromMs, std::int64_t toMs, double top)
{
    m_points = std::move(points);
    m_from = fromMs;
    m_to = std::max(fromMs + 1, toMs);
    m_top = top;
    if (m_top <= 0) {
        for (const TimePoint &point : m_points)
            m_top = point.isGap() ? m_top : std::max(m_top, point.value);
    }
    update();
}

QSize Sparkline::sizeHint() const
{
    return {80, 26};
}

void Sparkline::paintEvent(QPaintEvent *)
{
    const ThemeColors &colors = themeColors(this);
    QPainter painter(this);
    painter.setPen(QPen(colors.border, 1));
    painter.drawLine(0, height() - 1, width(), height() - 1);
    const QColor color = colors.series[std::size_t(m_color) % colors.series.size()];
    QColor fill = color;
    fill.setAlpha(colors.dark ? 44 : 30);
    painter.setRenderHint(QPainter::Antialiasing);
    const double span = double(m_to - m_from);
    const double top = m_top > 0 ? m_top : 1;
    const double bottom = height() - 1.5;

    QPolygonF line;
    const auto draw = [&] {
        if (line.size() > 1) {
            QPolygonF area = line;
            area << QPointF(line.last().x(), bottom) << QPointF(line.first().x(), bottom);
            painter.setPen(Qt::NoPen);
            painter.setBrush(fill);
            painter.drawPolygon(area);
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(color, 1.2));
            painter.drawPolyline(line);
        }
        line.clear();
    };
    for (const TimePoint &point : m_points) {
        if (point.isGap()) {
            draw();
            continue;
        }
        const double x = double(point.timeMs - m_from) / span * width();
        const double y = bottom - std::clamp(point.value / top, 0.0, 1.0) * (bottom - 1.5);
        line << QPointF(x, y);
    }
    draw();
}

} // namespace keyloupe
