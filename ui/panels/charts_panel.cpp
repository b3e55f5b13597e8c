// SPDX-License-Identifier: GPL-3.0-or-later
//
// Charts: a row of tiles and a grid of plots over one time axis, drawn four times a second at most and only while shown.
#include "core/monitor/sampler.h"
#include "ui/charts/metric_series.h"
#include "ui/charts/metric_tile.h"
#include "ui/charts/sparkline.h"
#include "ui/charts/time_plot.h"
#include "ui/format/error_text.h"
#include "ui/format/human.h"
#include "ui/models/source_session.h"
#include "ui/panels/panel.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/auto_grid_layout.h"
#include "ui/views/save_bytes.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

#include <cmath>

namespace keyloupe {
namespace {

constexpr int kFrameMs = 250;
constexpr int kMinTileWidth = 136;
constexpr int kMinPlotWidth = 400;
constexpr int kMinPlotHeight = 188;
constexpr int kSparkColumns = 60;

struct Window
{
    const char *title;
    std::int64_t ms;
};

constexpr Window kWindows[] = {
        {QT_TRANSLATE_NOOP("keyloupe::ChartsPanel", "1 minute"), 60'000},
        {QT_TRANSLATE_NOOP("keyloupe::ChartsPanel", "5 minutes"), 300'000},
        {QT_TRANSLATE_NOOP("keyloupe::ChartsPanel", "15 minutes"), 900'000},
        {QT_TRANSLATE_NOOP("keyloupe::ChartsPanel", "1 hour"), 3'600'000},
        {QT_TRANSLATE_NOOP("keyloupe::ChartsPanel", "6 hours"), 21'600'000},
};
constexpr int kDefaultWindow = 1;

} // namespace

class ChartsPanel : public QWidget
{
    Q_OBJECT

public:
    ChartsPanel(SourceSession &session, QWidget *parent);

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeBar();
    void makeTiles();
    void makePlots();
    TimePlot *addPlot(const QString &title, ValueUnit unit, double leastTop);
    MetricTile *addTile(const QString &caption, int color);

    void tick();
    void drawTiles();
    void drawPlots();
    void drawSpark(MetricTile *tile, MetricId id, double top = 0);
    void setRange(std::int64_t from, std::int64_t to);
    void goLive();
    void updateState();

    SourceSession &m_session;
    Sampler *m_sampler;
    QTimer m_timer;
    QComboBox *m_window = nullptr;
    QPushButton *m_pause = nullptr;
    QPushButton *m_reset = nullptr;
    QLabel *m_state = nullptr;
    QFrame *m_banner = nullptr;
    QLabel *m_bannerText = nullptr;
    AutoGridLayout *m_tileGrid;
    AutoGridLayout *m_plotGrid;
    MetricTile *m_ops = nullptr;
    MetricTile *m_ratio = nullptr;
    MetricTile *m_memory = nullptr;
    MetricTile *m_clients = nullptr;
    MetricTile *m_evicted = nullptr;
    MetricTile *m_expired = nullptr;
    MetricTile *m_network = nullptr;
    std::vector<TimePlot *> m_plots;
    std::int64_t m_from = 0;
    std::int64_t m_to = 1;
    bool m_isZoomed = false;
};

ChartsPanel::ChartsPanel(SourceSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_sampler(session.sampler()), m_tileGrid(new AutoGridLayout(kMinTileWidth, 7, space::kS)),
      m_plotGrid(new AutoGridLayout(kMinPlotWidth, 3, space::kS))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());

    auto *content = new QWidget(this);
    auto *inner = new QVBoxLayout(content);
    inner->setContentsMargins(space::kM, space::kM, space::kM, space::kM);
    inner->setSpacing(space::kS);
    m_banner = new QFrame(content);
    m_banner->setProperty("banner", QStringLiteral("warning"));
    auto *bannerRow = new QHBoxLayout(m_banner);
    m_bannerText = new QLabel(m_banner);
    m_bannerText->setWordWrap(true);
    bannerRow->addWidget(m_bannerText);
    m_banner->hide();
    inner->addWidget(m_banner);
    inner->addLayout(m_tileGrid);
    inner->addLayout(m_plotGrid, 1);
    makeTiles();
    makePlots();

    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(content);
    column->addWidget(scroll, 1);

    m_timer.setInterval(kFrameMs);
    connect(&m_timer, &QTimer::timeout, this, &ChartsPanel::tick);
    connect(&session.source(), &Source::stateChanged, this, &ChartsPanel::updateState);
    connect(m_sampler, &Sampler::failed, this, &ChartsPanel::updateState);
    connect(m_sampler, &Sampler::sampled, this, &ChartsPanel::updateState);
    updateState();
    m_timer.start();
}

QWidget *ChartsPanel::makeBar()
{
    auto *bar = new QFrame(this);
    bar->setProperty("bar", true);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(space::kM, space::kXs, space::kM, space::kXs);
    row->setSpacing(space::kS);
    m_window = new QComboBox(bar);
    m_window->setAccessibleName(tr("Time window"));
    for (const Window &window : kWindows)
        m_window->addItem(tr(window.title));
    m_window->setCurrentIndex(kDefaultWindow);
    connect(m_window, &QComboBox::currentIndexChanged, this, &ChartsPanel::goLive);
    m_pause = new QPushButton(themedIcon(QStringLiteral("pause")), tr("Pause"), bar);
    m_pause->setCheckable(true);
    m_pause->setToolTip(tr("Holds the charts still; sampling goes on"));
    connect(m_pause, &QPushButton::toggled, this, [this](bool on) {
        m_pause->setText(on ? tr("Resume") : tr("Pause"));
        m_pause->setIcon(themedIcon(on ? QStringLiteral("play") : QStringLiteral("pause")));
        tick();
    });
    m_reset = new QPushButton(themedIcon(QStringLiteral("refresh")), tr("Back to now"), bar);
    m_reset->setToolTip(tr("Ends zoom and pan and follows the newest sample"));
    m_reset->setEnabled(false);
    connect(m_reset, &QPushButton::clicked, this, &ChartsPanel::goLive);
    m_state = new QLabel(bar);
    m_state->setProperty("role", QStringLiteral("caption"));
    row->addWidget(m_window);
    row->addWidget(m_pause);
    row->addWidget(m_reset);
    row->addStretch(1);
    row->addWidget(m_state);
    return bar;
}

MetricTile *ChartsPanel::addTile(const QString &caption, int color)
{
    auto *tile = new MetricTile(caption, color, this);
    m_tileGrid->addWidget(tile);
    return tile;
}

void ChartsPanel::makeTiles()
{
    m_ops = addTile(tr("Commands/s"), 0);
    m_ratio = addTile(tr("Hit ratio in window"), 2);
    m_memory = addTile(tr("Memory used"), 6);
    m_clients = addTile(tr("Clients"), 5);
    m_evicted = addTile(tr("Evicted/s"), 1);
    m_expired = addTile(tr("Expired/s"), 4);
    m_network = addTile(tr("Network out"), 3);
}

TimePlot *ChartsPanel::addPlot(const QString &title, ValueUnit unit, double leastTop)
{
    auto *plot = new TimePlot(title, this);
    plot->setMinimumHeight(kMinPlotHeight);
    plot->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    plot->setLeftUnit(unit, leastTop);
    connect(plot, &TimePlot::crosshairMoved, this, [this](qint64 timeMs) {
        for (TimePlot *each : m_plots)
            each->showCrosshair(timeMs);
    });
    connect(plot, &TimePlot::timeRangeRequested, this, &ChartsPanel::setRange);
    connect(plot, &TimePlot::resetRequested, this, &ChartsPanel::goLive);
    connect(plot, &TimePlot::exportRequested, this,
            [this](const QString &name, const QByteArray &content) { saveBytesAs(m_session, this, name, content); });
    m_plotGrid->addWidget(plot);
    m_plots.push_back(plot);
    return plot;
}

void ChartsPanel::makePlots()
{
    const auto line = [this](MetricId id, int color) { return metricSeries(m_sampler, id, color); };

    TimePlot *lookups = addPlot(tr("Hits and misses"), ValueUnit::CountPerSecond, 10);
    lookups->setRightUnit(ValueUnit::Ratio, 1);
    PlotSeries hits = line(MetricId::Hits, 0);
    hits.isFilled = true;
    lookups->addSeries(std::move(hits));
    lookups->addSeries(line(MetricId::Misses, 1));
    PlotSeries ratio = line(MetricId::HitRatio, 2);
    ratio.onRightAxis = true;
    ratio.gapText = tr("no traffic");
    lookups->addSeries(std::move(ratio));

    TimePlot *memory = addPlot(tr("Memory"), ValueUnit::Bytes, 1 << 20);
    PlotSeries used = line(MetricId::UsedMemory, 6);
    used.isFilled = true;
    memory->addSeries(std::move(used));
    memory->addSeries(line(MetricId::RssMemory, 4));
    memory->addSeries(line(MetricId::PeakMemory, 5));
    PlotSeries limit = line(MetricId::MaxMemory, 1);
    limit.isDashed = true;
    limit.gapText = tr("none");
    memory->addSeries(std::move(limit));

    TimePlot *commands = addPlot(tr("Commands"), ValueUnit::CountPerSecond, 10);
    PlotSeries all = line(MetricId::Commands, 0);
    all.isFilled = true;
    commands->addSeries(std::move(all));
    commands->addSeries(line(MetricId::ErrorReplies, 1));

    TimePlot *clients = addPlot(tr("Clients"), ValueUnit::Count, 4);
    clients->addSeries(line(MetricId::ConnectedClients, 5));
    clients->addSeries(line(MetricId::BlockedClients, 1));

    TimePlot *network = addPlot(tr("Network"), ValueUnit::BytesPerSecond, 1024);
    network->addSeries(line(MetricId::NetworkIn, 2));
    network->addSeries(line(MetricId::NetworkOut, 3));

    TimePlot *removed = addPlot(tr("Evictions and expirations"), ValueUnit::CountPerSecond, 4);
    removed->addSeries(line(MetricId::EvictedKeys, 1));
    removed->addSeries(line(MetricId::ExpiredKeys, 4));
}

void ChartsPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    tick();
}

void ChartsPanel::tick()
{
    if (!isVisible())
        return;
    if (!m_isZoomed && !m_pause->isChecked()) {
        m_to = m_sampler->nowMs();
        m_from = m_to - kWindows[m_window->currentIndex()].ms;
        // A young connection fills the width instead of a corner of it.
        const std::int64_t begin = m_sampler->board().series(MetricId::UsedMemory).isEmpty()
                ? m_to
                : m_sampler->board().series(MetricId::UsedMemory).at(0).timeMs;
        m_from = std::max(m_from, std::min(begin, m_to - kWindows[0].ms));
        drawTiles();
    }
    drawPlots();
}

void ChartsPanel::drawPlots()
{
    std::vector<PlotEvent> events;
    for (const MonitorEvent &event : m_sampler->board().events())
        events.push_back({event.timeMs, eventTitle(event.kind)});
    for (TimePlot *plot : m_plots) {
        plot->setEvents(events);
        plot->setTimeRange(m_from, m_to);
        plot->refresh();
    }
}

void ChartsPanel::drawSpark(MetricTile *tile, MetricId id, double top)
{
    tile->sparkline()->setPoints(m_sampler->board().series(id).reading(m_from, m_to, kSparkColumns), m_from, m_to, top);
}

void ChartsPanel::drawTiles()
{
    const MetricBoard &board = m_sampler->board();
    if (board.latestTimeMs() == 0)
        return; // the tiles show that nothing is known yet
    const auto rate = [&](MetricId id) { return axisText(board.latestValue(id), metricUnit(id)); };
    const auto inWindow = [&](MetricId id) { return tr("%1 in window").arg(humanCount(std::round(board.series(id).integral(m_from, m_to)))); };

    m_ops->setValue(rate(MetricId::Commands), tr("%1 errors").arg(unitText(board.latestValue(MetricId::ErrorReplies), ValueUnit::CountPerSecond)));
    drawSpark(m_ops, MetricId::Commands);

    const double ratio = board.hitRatio(m_from, m_to);
    const double since = board.lifetimeHitRatio();
    m_ratio->setValue(std::isnan(ratio) ? tr("no traffic") : unitText(ratio, ValueUnit::Ratio),
                      std::isnan(since) ? QString() : tr("%1 since start").arg(unitText(since, ValueUnit::Ratio)));
    drawSpark(m_ratio, MetricId::HitRatio, 1);

    const double used = board.latestValue(MetricId::UsedMemory);
    const double limit = board.latestValue(MetricId::MaxMemory);
    m_memory->setValue(unitText(used, ValueUnit::Bytes),
                       limit > 0 ? tr("%1 of %2").arg(unitText(used / limit, ValueUnit::Ratio), unitText(limit, ValueUnit::Bytes)) : tr("no limit"));
    drawSpark(m_memory, MetricId::UsedMemory, limit > 0 ? limit : 0);

    m_clients->setValue(rate(MetricId::ConnectedClients), tr("%1 blocked").arg(rate(MetricId::BlockedClients)));
    drawSpark(m_clients, MetricId::ConnectedClients);
    m_evicted->setValue(rate(MetricId::EvictedKeys), inWindow(MetricId::EvictedKeys));
    drawSpark(m_evicted, MetricId::EvictedKeys);
    m_expired->setValue(rate(MetricId::ExpiredKeys), inWindow(MetricId::ExpiredKeys));
    drawSpark(m_expired, MetricId::ExpiredKeys);
    m_network->setValue(unitText(board.latestValue(MetricId::NetworkOut), ValueUnit::BytesPerSecond),
                        tr("in %1").arg(unitText(board.latestValue(MetricId::NetworkIn), ValueUnit::BytesPerSecond)));
    drawSpark(m_network, MetricId::NetworkOut);
}

void ChartsPanel::setRange(std::int64_t from, std::int64_t to)
{
    const std::int64_t now = m_sampler->nowMs();
    if (to > now) {
        from -= to - now;
        to = now;
    }
    m_from = from;
    m_to = to;
    m_isZoomed = true;
    m_reset->setEnabled(true);
    drawTiles();
    drawPlots();
}

void ChartsPanel::goLive()
{
    m_isZoomed = false;
    m_reset->setEnabled(false);
    if (m_pause->isChecked())
        m_pause->setChecked(false);
    tick();
}

void ChartsPanel::updateState()
{
    const std::optional<Error> &error = m_sampler->lastError();
    m_banner->setVisible(error.has_value());
    if (error)
        m_bannerText->setText(tr("The server does not answer INFO. %1").arg(errorLine(*error)));
    switch (m_session.source().state()) {
    case SourceState::Ready:
        m_state->setText(m_sampler->intervalMs() == 1000 ? tr("One sample a second")
                                                         : tr("One sample every %1").arg(humanDuration(m_sampler->intervalMs())));
        break;
    case SourceState::Connecting:
        m_state->setText(tr("Connecting…"));
        break;
    case SourceState::Reconnecting:
        m_state->setText(tr("Connection lost, trying again…"));
        break;
    case SourceState::Failed:
    case SourceState::Closed:
        m_state->setText(tr("Not connected"));
        break;
    }
}

namespace {

class ChartsPanelFactory final : public PanelFactory
{
public:
    QString id() const override { return QStringLiteral("charts"); }
    QString title() const override { return QCoreApplication::translate("Panels", "Charts"); }
    QString iconName() const override { return QStringLiteral("chart"); }
    int order() const override { return 20; }

    bool supports(const SourceSession &session, QString *whyNot) const override
    {
        if (session.sampler())
            return true;
        if (whyNot)
            *whyNot = QCoreApplication::translate("Panels", "A file has no traffic to chart. Connect to a server.");
        return false;
    }

    QWidget *create(SourceSession &session, QWidget *parent) const override { return new ChartsPanel(session, parent); }
};

} // namespace

std::unique_ptr<PanelFactory> makeChartsPanel()
{
    return std::make_unique<ChartsPanelFactory>();
}

} // namespace keyloupe

#include "charts_panel.moc"
