// SPDX-License-Identifier: GPL-3.0-or-later
//
// TimePlot: lines over time with a title, a legend that is also the read-out and the switch of each line, a crosshair and
// marks for events. It holds no data: it asks the readers it was given when it draws, and draws only while it is on screen.
// Time window, crosshair and zoom are only announced, so that a panel can keep several plots on one axis. GUI thread.
#pragma once

#include "core/monitor/time_series.h"
#include "ui/format/units.h"

#include <QByteArray>
#include <QString>
#include <QFrame>

#include <functional>
#include <memory>
#include <vector>

namespace keyloupe {

struct PlotSeries
{
    QString title;
    QString name;              ///< stable, for the heading of a CSV column
    int color = 0;             ///< index into ThemeColors::series
    bool onRightAxis = false;
    bool isDashed = false;     ///< limits
    bool isFilled = false;     ///< at most one a plot
    QString gapText;           ///< read-out where there is no value: "no traffic"
    /// Samples to draw between two times in so many pixel columns.
    std::function<std::vector<TimePoint>(std::int64_t fromMs, std::int64_t toMs, int pixels)> read;
    /// The value at a time, for the crosshair; NaN where there is none.
    std::function<double(std::int64_t timeMs)> valueAt;
};

struct PlotEvent
{
    std::int64_t timeMs = 0;
    QString title;
};

class TimePlot : public QFrame
{
    Q_OBJECT

public:
    explicit TimePlot(const QString &title, QWidget *parent = nullptr);
    ~TimePlot() override;

    /// The scale starts at zero. `leastTop` keeps an idle chart from zooming into noise.
    void setLeftUnit(ValueUnit unit, double leastTop = 1);
    /// A second scale from 0 to `top`, at the right.
    void setRightUnit(ValueUnit unit, double top);
    void addSeries(PlotSeries series);
    void setEvents(std::vector<PlotEvent> events);

    void setTimeRange(std::int64_t fromMs, std::int64_t toMs);
    std::int64_t fromMs() const;
    std::int64_t toMs() const;

    /// Reads the series and draws, if visible; else when it is next shown.
    void refresh();
    /// Shows the crosshair at a time; negative hides it. Emits nothing.
    void showCrosshair(std::int64_t timeMs);

    bool isSeriesVisible(int index) const;
    void setSeriesVisible(int index, bool visible);

    bool isCollecting() const;             ///< fewer than two samples to draw
    int drawnPoints(int series) const;     ///< of the last refresh, gaps left out
    int drawnSegments(int series) const;   ///< unbroken pieces of line of the last refresh

    QByteArray toPng() const;
    QByteArray toSvg() const;
    QByteArray toCsv() const;              ///< the samples of the window, not thinned out

Q_SIGNALS:
    void crosshairMoved(qint64 timeMs);            ///< negative when the mouse left
    void timeRangeRequested(qint64 fromMs, qint64 toMs); ///< by wheel or drag
    void resetRequested();                         ///< double click
    void exportRequested(const QString &fileName, const QByteArray &content);

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace keyloupe
