// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sparkline: a small line without axes, for a tile. The scale runs from zero to the highest value unless a top is given; gaps
// stay gaps. GUI thread.
#pragma once

#include "core/monitor/time_series.h"

#include <QWidget>

#include <vector>

namespace keyloupe {

class Sparkline : public QWidget
{
    Q_OBJECT

public:
    explicit Sparkline(int color, QWidget *parent = nullptr);

    /// `top` 0 means the highest value. The line spans the given time.
    void setPoints(std::vector<TimePoint> points, std::int64_t fromMs, std::int64_t toMs, double top = 0);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::vector<TimePoint> m_points;
    std::int64_t m_from = 0;
    std::int64_t m_to = 1;
    double m_top = 0;
    int m_color;
};

} // namespace keyloupe
