// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/time_plot.h"

#include "ui/charts/legend_chip.h"
#include "ui/format/human.h"
#include "ui/theme/theme.h"

#include <QBuffer>
#include <QContextMenuEvent>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPointer>
#include <QSvgGenerator>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace keyloupe {
namespace {

constexpr int kLeftMargin = 62;   // the same in every plot, so that plots above each other line up
constexpr int kRightMargin = 46; // room for a right axis, whether there is one or not
constexpr int kBottomMargin = 22;
constexpr int kTopMargin = 8;
constexpr int kEventLabelWidth = 120;
// Above this many points a joined line wider than a pixel becomes slow to stroke; single pieces stay fast.
constexpr int kMaxJoinedPoints = 400;
constexpr std::int64_t kMinSpanMs = 5'000;
constexpr std::int64_t kMaxSpanMs = 7LL * 24 * 3600 * 1000;

double seconds(std::int64_t ms)
{
    return double(ms) / 1000.0;
}

std::int64_t millis(double s)
{
    return std::int64_t(std::llround(s * 1000));
}

// A scale in a unit, with round steps and human labels.
class UnitTicker : public QCPAxisTicker
{
public:
    explicit UnitTicker(ValueUnit unit) : m_unit(unit) { }

protected:
    double getTickStep(const QCPRange &range) override { return roundStep(range.size(), 4, m_unit); }
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale &, QChar, int) override { return axisText(tick, m_unit); }

private:
    ValueUnit m_unit;
};

// Local clock times at full seconds, minutes, hours.
class ClockTicker : public QCPAxisTicker
{
protected:
    double getTickStep(const QCPRange &range) override
    {
        static constexpr double kSteps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
        const double wanted = range.size() / 6;
        for (double step : kSteps) {
            if (step >= wanted)
                return step;
        }
        return 2 * 86400;
    }
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale &locale, QChar, int) override
    {
        const QDateTime moment = QDateTime::fromMSecsSinceEpoch(millis(tick));
        const bool isMinute = millis(tick) % 60'000 == 0;
        if (m_step >= 86400)
            return locale.toString(moment, QStringLiteral("d MMM"));
        return moment.toString(isMinute && m_step >= 60 ? QStringLiteral("HH:mm") : QStringLiteral("HH:mm:ss"));
    }
    QVector<double> createTickVector(double step, const QCPRange &range) override
    {
        m_step = step;
        return QCPAxisTicker::createTickVector(step, range);
    }

private:
    double m_step = 1;
};

struct Line
{
    PlotSeries series;
    QCPGraph *graph = nullptr;
    LegendChip *chip = nullptr;
    QCPItemTracer *tracer = nullptr;
    int points = 0;
    int segments = 0;
    double highest = 0;
};

struct EventMark
{
    QCPItemStraightLine *line = nullptr;
    QCPItemText *label = nullptr;
    std::int64_t timeMs = 0;
};

} // namespace

struct TimePlot::Private
{
    explicit Private(TimePlot *owner) : q(owner) { }

    TimePlot *q;
    QCustomPlot *plot = nullptr;
    QLabel *title = nullptr;
    QLabel *moment = nullptr;
    QHBoxLayout *legend = nullptr;
    QCPItemStraightLine *crosshair = nullptr;
    QCPItemText *collecting = nullptr;
    std::vector<Line> lines;
    std::vector<EventMark> marks;
    std::vector<PlotEvent> events;
    ValueUnit leftUnit = ValueUnit::Count;
    ValueUnit rightUnit = ValueUnit::Ratio;
    double leastTop = 1;
    double top = 0;
    bool hasRight = false;
    std::int64_t from = 0;
    std::int64_t to = 60'000;
    std::int64_t crosshairMs = -1;
    bool isDirty = true;
    bool isCollecting = true;
    bool isDragging = false;
    QPoint dragStart;
    std::int64_t dragFrom = 0;
    std::int64_t dragTo = 0;

    void build();
    void applyColors();
    void readLines();
    void readLine(Line &line, int columns);
    void fitScale();
    void placeMarks();
    void updateReadout();
    void drawCrosshair();
    std::int64_t timeAt(int x) const { return millis(plot->xAxis->pixelToCoord(x)); }
    ValueUnit unitOf(const Line &line) const { return line.series.onRightAxis ? rightUnit : leftUnit; }
    bool onMove(QMouseEvent *event);
    void onWheel(QWheelEvent *event);
    void requestRange(std::int64_t newFrom, std::int64_t newTo);
    QString fileName(const QString &suffix) const;
};

void TimePlot::Private::build()
{
    auto *column = new QVBoxLayout(q);
    column->setContentsMargins(space::kM, space::kS, space::kS, space::kS);
    column->setSpacing(2);
    auto *head = new QHBoxLayout;
    title->setProperty("role", QStringLiteral("title"));
    moment->setProperty("role", QStringLiteral("caption"));
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(moment);
    column->addLayout(head);
    legend = new QHBoxLayout;
    legend->setSpacing(space::kXs);
    legend->setContentsMargins(0, 0, 0, 0);
    legend->addStretch(1);
    column->addLayout(legend);
    column->addWidget(plot, 1);

    plot->setMinimumHeight(120);
    plot->setPlottingHints(QCP::phCacheLabels | QCP::phFastPolylines);
    plot->setNoAntialiasingOnDrag(false);
    plot->setMouseTracking(true);
    plot->installEventFilter(q);
    plot->setContextMenuPolicy(Qt::NoContextMenu);
    plot->axisRect()->setAutoMargins(QCP::msNone);
    plot->axisRect()->setMargins(QMargins(kLeftMargin, kTopMargin, kRightMargin, kBottomMargin));
    plot->xAxis->setTicker(QSharedPointer<ClockTicker>::create());
    plot->yAxis->setTicker(QSharedPointer<UnitTicker>::create(leftUnit));
    for (QCPAxis *axis : {plot->xAxis, plot->yAxis, plot->yAxis2}) {
        axis->setTickLength(0, 0);
        axis->setSubTickLength(0, 0);
        axis->setTickLabelPadding(6);
        axis->setTickLabelFont(smallFont());
    }
    plot->yAxis2->grid()->setVisible(false);

    plot->addLayer(QStringLiteral("crosshair"), plot->layer(QStringLiteral("overlay")), QCustomPlot::limAbove);
    plot->layer(QStringLiteral("crosshair"))->setMode(QCPLayer::lmBuffered);
    crosshair = new QCPItemStraightLine(plot);
    crosshair->setLayer(QStringLiteral("crosshair"));
    crosshair->setVisible(false);
    collecting = new QCPItemText(plot);
    collecting->setLayer(QStringLiteral("overlay"));
    collecting->position->setType(QCPItemPosition::ptAxisRectRatio);
    collecting->position->setCoords(0.5, 0.5);
    collecting->setText(TimePlot::tr("Collecting…"));
    collecting->setFont(uiFont());
}

void TimePlot::Private::applyColors()
{
    const ThemeColors &colors = themeColors(q);
    plot->setBackground(QBrush(colors.surface));
    const QPen none(Qt::NoPen);
    for (QCPAxis *axis : {plot->xAxis, plot->yAxis, plot->yAxis2}) {
        axis->setTickLabelColor(colors.textMuted);
        axis->setBasePen(axis == plot->xAxis ? QPen(colors.border) : none);
        axis->setTickPen(none);
        axis->setSubTickPen(none);
        axis->grid()->setPen(QPen(colors.border, 1, Qt::DotLine));
        axis->grid()->setZeroLinePen(QPen(colors.border));
    }
    plot->xAxis->grid()->setVisible(false);
    const bool smooth = q->devicePixelRatioF() < 2;
    for (Line &line : lines) {
        const QColor color = colors.series[std::size_t(line.series.color) % colors.series.size()];
        // Flat ends, so that single pieces do not make a dot where they overlap.
        line.graph->setPen(line.series.isDashed ? QPen(color, 1, Qt::DashLine) : QPen(color, 1.5, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
        line.graph->setAntialiased(smooth && !line.series.isDashed);
        QColor fill = color;
        fill.setAlpha(colors.dark ? 36 : 26);
        line.graph->setBrush(line.series.isFilled ? QBrush(fill) : QBrush(Qt::NoBrush));
        line.tracer->setPen(QPen(colors.surface, 1.5));
        line.tracer->setBrush(color);
        line.chip->update();
    }
    for (EventMark &mark : marks) {
        mark.line->setPen(QPen(colors.warning, 1, Qt::DashLine));
        mark.label->setColor(colors.warning);
    }
    crosshair->setPen(QPen(colors.textFaint, 1));
    collecting->setColor(colors.textMuted);
}

void TimePlot::Private::readLine(Line &line, int columns)
{
    const std::vector<TimePoint> points = line.series.read(from, to, columns);
    QVector<QCPGraphData> data;
    data.reserve(qsizetype(points.size()));
    line.points = 0;
    line.segments = 0;
    line.highest = 0;
    bool inLine = false;
    for (const TimePoint &point : points) {
        data.append(QCPGraphData(seconds(point.timeMs), point.value));
        if (point.isGap()) {
            inLine = false;
            continue;
        }
        ++line.points;
        line.segments += inLine ? 0 : 1;
        inLine = true;
        line.highest = std::max(line.highest, point.value);
    }
    line.graph->data()->set(data, true);
}

void TimePlot::Private::readLines()
{
    const int columns = std::max(50, plot->axisRect()->width() / 2);
    int most = 0;
    for (Line &line : lines) {
        readLine(line, columns);
        most = std::max(most, line.points);
    }
    plot->setPlottingHint(QCP::phFastPolylines, most > kMaxJoinedPoints);
    isCollecting = most < 2;
    collecting->setVisible(isCollecting);
}

// The scale grows at once and shrinks late, so that it does not breathe with every sample.
void TimePlot::Private::fitScale()
{
    double highest = 0;
    for (const Line &line : lines) {
        if (!line.series.onRightAxis && line.graph->visible())
            highest = std::max(highest, line.highest);
    }
    const double fitting = roundUp(highest * 1.06, leftUnit, leastTop);
    if (fitting > top || fitting < top * 0.5 || top <= 0)
        top = fitting;
    plot->yAxis->setRange(0, top);
    plot->xAxis->setRange(seconds(from), seconds(to));
}

void TimePlot::Private::placeMarks()
{
    int lastX = std::numeric_limits<int>::min() / 2;
    int row = 0;
    for (EventMark &mark : marks) {
        const bool inside = mark.timeMs >= from && mark.timeMs <= to;
        mark.line->setVisible(inside);
        mark.label->setVisible(inside);
        if (!inside)
            continue;
        const double at = seconds(mark.timeMs);
        const int x = int(plot->xAxis->coordToPixel(at));
        row = x - lastX < kEventLabelWidth ? row + 1 : 0;
        lastX = x;
        const bool nearRight = x > plot->axisRect()->right() - kEventLabelWidth;
        mark.label->setPositionAlignment((nearRight ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop);
        mark.label->position->setCoords(at, 0.01 + 0.12 * (row % 4));
    }
}

void TimePlot::Private::updateReadout()
{
    const bool pointed = crosshairMs >= 0;
    const std::int64_t time = pointed ? crosshairMs : to;
    std::vector<double> values;
    for (const Line &line : lines)
        values.push_back(line.series.valueAt ? line.series.valueAt(time) : kGap);
    // Where nothing at all was measured, a line's own word for "none" would claim too much.
    const bool any = std::any_of(values.begin(), values.end(), [](double value) { return !std::isnan(value); });
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool isNone = any && std::isnan(values[i]) && !lines[i].series.gapText.isEmpty();
        lines[i].chip->setValue(isNone ? lines[i].series.gapText : unitText(values[i], unitOf(lines[i])));
    }
    moment->setText(pointed ? QDateTime::fromMSecsSinceEpoch(crosshairMs).toString(QStringLiteral("HH:mm:ss")) : QString());
}

void TimePlot::Private::drawCrosshair()
{
    const bool shown = crosshairMs >= from && crosshairMs <= to;
    crosshair->setVisible(shown);
    if (shown) {
        crosshair->point1->setCoords(seconds(crosshairMs), 0);
        crosshair->point2->setCoords(seconds(crosshairMs), 1);
    }
    for (Line &line : lines) {
        const double value = shown && line.graph->visible() && line.series.valueAt ? line.series.valueAt(crosshairMs) : kGap;
        line.tracer->setVisible(!std::isnan(value));
        if (!std::isnan(value))
            line.tracer->position->setCoords(seconds(crosshairMs), value);
    }
    plot->layer(QStringLiteral("crosshair"))->replot();
}

void TimePlot::Private::requestRange(std::int64_t newFrom, std::int64_t newTo)
{
    if (newTo - newFrom >= kMinSpanMs && newTo - newFrom <= kMaxSpanMs)
        Q_EMIT q->timeRangeRequested(newFrom, newTo);
}

bool TimePlot::Private::onMove(QMouseEvent *event)
{
    if (isDragging) {
        const double perPixel = double(dragTo - dragFrom) / std::max(1, plot->axisRect()->width());
        const auto shift = std::int64_t(double(event->pos().x() - dragStart.x()) * perPixel);
        requestRange(dragFrom - shift, dragTo - shift);
        return true;
    }
    const bool inside = plot->axisRect()->rect().contains(event->pos());
    const std::int64_t time = inside ? timeAt(event->pos().x()) : -1;
    q->showCrosshair(time);
    Q_EMIT q->crosshairMoved(time);
    return false;
}

void TimePlot::Private::onWheel(QWheelEvent *event)
{
    const QPoint delta = event->angleDelta();
    const double span = double(to - from);
    if (std::abs(delta.x()) > std::abs(delta.y())) {
        const auto shift = std::int64_t(span * delta.x() / 1200.0);
        requestRange(from - shift, to - shift);
        return;
    }
    if (delta.y() == 0)
        return;
    const double factor = std::pow(0.8, delta.y() / 120.0);
    const std::int64_t anchor = timeAt(int(event->position().x()));
    requestRange(anchor - std::int64_t(double(anchor - from) * factor), anchor + std::int64_t(double(to - anchor) * factor));
}

QString TimePlot::Private::fileName(const QString &suffix) const
{
    QString name = title->text().toLower();
    for (QChar &c : name) {
        if (!c.isLetterOrNumber())
            c = QLatin1Char('-');
    }
    return QStringLiteral("%1-%2.%3").arg(name, QDateTime::fromMSecsSinceEpoch(to).toString(QStringLiteral("yyyyMMdd-HHmmss")), suffix);
}

TimePlot::TimePlot(const QString &title, QWidget *parent) : QFrame(parent), d(std::make_unique<Private>(this))
{
    setProperty("card", true);
    setAccessibleName(title);
    d->plot = new QCustomPlot(this);
    d->title = new QLabel(title, this);
    d->moment = new QLabel(this);
    d->build();
    d->applyColors();
}

TimePlot::~TimePlot()
{
    d->plot->removeEventFilter(this);
}

void TimePlot::setLeftUnit(ValueUnit unit, double leastTop)
{
    d->leftUnit = unit;
    d->leastTop = leastTop;
    d->plot->yAxis->setTicker(QSharedPointer<UnitTicker>::create(unit));
}

void TimePlot::setRightUnit(ValueUnit unit, double top)
{
    d->rightUnit = unit;
    d->hasRight = true;
    d->plot->yAxis2->setVisible(true);
    d->plot->yAxis2->setTickLabels(true);
    d->plot->yAxis2->setTicker(QSharedPointer<UnitTicker>::create(unit));
    d->plot->yAxis2->setRange(0, top);
}

void TimePlot::addSeries(PlotSeries series)
{
    Line line;
    QCPAxis *value = series.onRightAxis ? d->plot->yAxis2 : d->plot->yAxis;
    line.graph = d->plot->addGraph(d->plot->xAxis, value);
    line.graph->setAdaptiveSampling(true);
    line.tracer = new QCPItemTracer(d->plot);
    line.tracer->setLayer(QStringLiteral("crosshair"));
    line.tracer->setStyle(QCPItemTracer::tsCircle);
    line.tracer->setSize(8);
    line.tracer->position->setAxes(d->plot->xAxis, value);
    line.tracer->setVisible(false);
    line.chip = new LegendChip(series.title, series.color, series.isDashed, this);
    d->legend->insertWidget(d->legend->count() - 1, line.chip);
    const int index = int(d->lines.size());
    connect(line.chip, &QAbstractButton::toggled, this, [this, index](bool on) { setSeriesVisible(index, on); });
    line.series = std::move(series);
    d->lines.push_back(std::move(line));
    d->applyColors();
}

void TimePlot::setEvents(std::vector<PlotEvent> events)
{
    const auto same = [](const PlotEvent &a, const PlotEvent &b) { return a.timeMs == b.timeMs && a.title == b.title; };
    if (std::equal(events.begin(), events.end(), d->events.begin(), d->events.end(), same))
        return;
    for (EventMark &mark : d->marks) {
        d->plot->removeItem(mark.line);
        d->plot->removeItem(mark.label);
    }
    d->marks.clear();
    d->events = std::move(events);
    for (const PlotEvent &event : d->events) {
        EventMark mark;
        mark.timeMs = event.timeMs;
        mark.line = new QCPItemStraightLine(d->plot);
        mark.line->point1->setCoords(seconds(event.timeMs), 0);
        mark.line->point2->setCoords(seconds(event.timeMs), 1);
        mark.label = new QCPItemText(d->plot);
        mark.label->setLayer(QStringLiteral("overlay"));
        mark.label->position->setTypeX(QCPItemPosition::ptPlotCoords);
        mark.label->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        mark.label->setText(event.title);
        mark.label->setFont(smallFont());
        mark.label->setPadding(QMargins(3, 0, 3, 0));
        d->marks.push_back(mark);
    }
    d->applyColors();
}

void TimePlot::setTimeRange(std::int64_t fromMs, std::int64_t toMs)
{
    d->from = fromMs;
    d->to = std::max(fromMs + 1, toMs);
    d->isDirty = true;
}

std::int64_t TimePlot::fromMs() const
{
    return d->from;
}

std::int64_t TimePlot::toMs() const
{
    return d->to;
}

void TimePlot::refresh()
{
    d->isDirty = true;
    if (!isVisible())
        return;
    d->isDirty = false;
    d->readLines();
    d->fitScale();
    d->placeMarks();
    d->updateReadout();
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

void TimePlot::showCrosshair(std::int64_t timeMs)
{
    if (d->crosshairMs == timeMs)
        return;
    d->crosshairMs = timeMs;
    if (!isVisible())
        return;
    d->updateReadout();
    d->drawCrosshair();
}

bool TimePlot::isSeriesVisible(int index) const
{
    return d->lines.at(std::size_t(index)).graph->visible();
}

void TimePlot::setSeriesVisible(int index, bool visible)
{
    Line &line = d->lines.at(std::size_t(index));
    line.graph->setVisible(visible);
    line.chip->setChecked(visible);
    d->top = 0; // what is left may need a much smaller scale
    refresh();
}

bool TimePlot::isCollecting() const
{
    return d->isCollecting;
}

int TimePlot::drawnPoints(int series) const
{
    return d->lines.at(std::size_t(series)).points;
}

int TimePlot::drawnSegments(int series) const
{
    return d->lines.at(std::size_t(series)).segments;
}

QByteArray TimePlot::toPng() const
{
    constexpr qreal kScale = 2; // sharp in a document
    QImage image(size() * kScale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(kScale);
    image.fill(themeColors(this).window);
    const_cast<TimePlot *>(this)->render(&image);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray TimePlot::toSvg() const
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(d->plot->size());
    generator.setViewBox(d->plot->rect());
    generator.setTitle(d->title->text());
    QCPPainter painter;
    painter.begin(&generator);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    d->plot->toPainter(&painter, d->plot->width(), d->plot->height());
    painter.end();
    return bytes;
}

QByteArray TimePlot::toCsv() const
{
    std::map<std::int64_t, std::vector<double>> rows;
    QByteArray out("time,epoch_ms");
    for (std::size_t i = 0; i < d->lines.size(); ++i) {
        const PlotSeries &series = d->lines[i].series;
        out += ',' + series.name.toUtf8();
        for (const TimePoint &point : series.read(d->from, d->to, std::numeric_limits<int>::max() / 4)) {
            if (point.isGap() || point.timeMs < d->from || point.timeMs > d->to)
                continue;
            std::vector<double> &row = rows[point.timeMs];
            row.resize(d->lines.size(), kGap);
            row[i] = point.value;
        }
    }
    out += "\r\n";
    for (const auto &[timeMs, row] : rows) {
        out += QDateTime::fromMSecsSinceEpoch(timeMs, Qt::UTC).toString(Qt::ISODateWithMs).toLatin1() + ',' + QByteArray::number(qint64(timeMs));
        for (double value : row)
            out += ',' + (std::isnan(value) ? QByteArray() : QByteArray::number(value, 'g', 12));
        out += "\r\n";
    }
    return out;
}

void TimePlot::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if ((event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) && d && d->collecting) {
        d->applyColors();
        if (isVisible())
            d->plot->replot(QCustomPlot::rpQueuedReplot);
    }
}

void TimePlot::showEvent(QShowEvent *event)
{
    QFrame::showEvent(event);
    refresh();
}

bool TimePlot::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != d->plot)
        return QFrame::eventFilter(watched, event);
    switch (event->type()) {
    case QEvent::MouseMove:
        return d->onMove(static_cast<QMouseEvent *>(event));
    case QEvent::Leave:
        showCrosshair(-1);
        Q_EMIT crosshairMoved(-1);
        return false;
    case QEvent::MouseButtonPress: {
        auto *mouse = static_cast<QMouseEvent *>(event);
        if (mouse->button() != Qt::LeftButton)
            return false;
        d->isDragging = true;
        d->dragStart = mouse->pos();
        d->dragFrom = d->from;
        d->dragTo = d->to;
        d->plot->setCursor(Qt::ClosedHandCursor);
        return true;
    }
    case QEvent::MouseButtonRelease:
        d->isDragging = false;
        d->plot->unsetCursor();
        return false;
    case QEvent::MouseButtonDblClick:
        d->isDragging = false;
        Q_EMIT resetRequested();
        return true;
    case QEvent::Wheel:
        d->onWheel(static_cast<QWheelEvent *>(event));
        return true;
    case QEvent::Resize:
        // More or fewer columns to read, and the labels of the marks sit elsewhere.
        QMetaObject::invokeMethod(this, &TimePlot::refresh, Qt::QueuedConnection);
        return false;
    default:
        return false;
    }
}

void TimePlot::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Save picture as PNG…"), this, [this] { Q_EMIT exportRequested(d->fileName(QStringLiteral("png")), toPng()); });
    menu->addAction(tr("Save picture as SVG…"), this, [this] { Q_EMIT exportRequested(d->fileName(QStringLiteral("svg")), toSvg()); });
    menu->addAction(tr("Save data as CSV…"), this, [this] { Q_EMIT exportRequested(d->fileName(QStringLiteral("csv")), toCsv()); });
    menu->addSeparator();
    menu->addAction(tr("Reset zoom"), this, &TimePlot::resetRequested);
    menu->popup(event->globalPos());
}

} // namespace keyloupe
