// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/legend_chip.h"
#include "ui/charts/time_plot.h"
#include "ui/format/units.h"
#include "ui/theme/theme.h"

#include <QImage>
#include <QSignalSpy>
#include <QWheelEvent>
#include <QtTest>

using namespace keyloupe;

namespace {

constexpr std::int64_t kStart = 1'795'000'000'000;

PlotSeries lineOf(const TimeSeries *series, const char *name, int *reads = nullptr)
{
    PlotSeries line;
    line.title = QString::fromLatin1(name);
    line.name = QString::fromLatin1(name);
    line.read = [series, reads](std::int64_t from, std::int64_t to, int pixels) {
        if (reads)
            ++*reads;
        return series->reading(from, to, pixels);
    };
    line.valueAt = [series](std::int64_t time) { return series->nearest(time, 1500).value; };
    return line;
}

} // namespace

class TestTimePlot : public QObject
{
    Q_OBJECT

private:
    // The QCustomPlot inside; tests speak to it as the mouse does.
    static QWidget *canvas(TimePlot &plot)
    {
        QWidget *largest = nullptr;
        for (QWidget *child : plot.findChildren<QWidget *>()) {
            if (!largest || child->height() > largest->height())
                largest = child;
        }
        return largest;
    }

    TimeSeries m_series;

private Q_SLOTS:
    void initTestCase()
    {
        applyTheme(*qApp, ThemeMode::Light);
        for (int i = 0; i < 60; ++i) {
            if (i == 30)
                m_series.appendGap(kStart + i * 1000);
            else
                m_series.append(kStart + i * 1000, 100 + i);
        }
    }

    void units_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<int>("unit");
        QTest::addColumn<QString>("text");
        QTest::newRow("rate") << 1234.0 << int(ValueUnit::CountPerSecond) << QStringLiteral("1.2\u00a0k/s");
        QTest::newRow("small rate") << 0.04 << int(ValueUnit::CountPerSecond) << QStringLiteral("0.04/s");
        QTest::newRow("zero rate") << 0.0 << int(ValueUnit::CountPerSecond) << QStringLiteral("0/s");
        QTest::newRow("bytes") << 1536.0 << int(ValueUnit::Bytes) << QStringLiteral("1.5\u00a0KiB");
        QTest::newRow("bytes a second") << 2097152.0 << int(ValueUnit::BytesPerSecond) << QStringLiteral("2\u00a0MiB/s");
        QTest::newRow("ratio") << 0.9749 << int(ValueUnit::Ratio) << QStringLiteral("97.5\u00a0%");
        QTest::newRow("whole ratio") << 1.0 << int(ValueUnit::Ratio) << QStringLiteral("100\u00a0%");
        QTest::newRow("nothing") << kGap << int(ValueUnit::CountPerSecond) << QString(QChar(0x2013));
    }

    void units()
    {
        QFETCH(double, value);
        QFETCH(int, unit);
        QFETCH(QString, text);
        QCOMPARE(unitText(value, ValueUnit(unit)), text);
    }

    void scalesAreRound_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<int>("unit");
        QTest::addColumn<double>("top");
        QTest::newRow("idle") << 0.0 << int(ValueUnit::CountPerSecond) << 10.0;
        QTest::newRow("thousands") << 3300.0 << int(ValueUnit::CountPerSecond) << 4000.0;
        QTest::newRow("bytes") << 60e6 << int(ValueUnit::Bytes) << double(64 << 20);
        QTest::newRow("exactly") << 200.0 << int(ValueUnit::CountPerSecond) << 200.0;
    }

    void scalesAreRound()
    {
        QFETCH(double, value);
        QFETCH(int, unit);
        QFETCH(double, top);
        QCOMPARE(roundUp(value, ValueUnit(unit), 10), top);
    }

    void drawsOnlyWhileShown()
    {
        int reads = 0;
        TimePlot plot(QStringLiteral("t"));
        plot.addSeries(lineOf(&m_series, "a", &reads));
        plot.setTimeRange(kStart, kStart + 60'000);
        plot.refresh();
        QCOMPARE(reads, 0);
        plot.resize(500, 260);
        plot.show();
        QTRY_VERIFY(reads > 0);
        QCOMPARE(plot.drawnPoints(0), 59);
        QCOMPARE(plot.drawnSegments(0), 2); // the gap splits the line
        plot.hide();
        const int before = reads;
        plot.refresh();
        QCOMPARE(reads, before);
    }

    void collectingUntilTwoSamples()
    {
        TimeSeries series;
        TimePlot plot(QStringLiteral("t"));
        plot.addSeries(lineOf(&series, "a"));
        plot.setTimeRange(kStart, kStart + 60'000);
        plot.show();
        plot.refresh();
        QVERIFY(plot.isCollecting());
        series.append(kStart + 1000, 1);
        plot.refresh();
        QVERIFY(plot.isCollecting());
        series.append(kStart + 2000, 1);
        plot.refresh();
        QVERIFY(!plot.isCollecting());
    }

    void legendSwitchesLines()
    {
        TimePlot plot(QStringLiteral("t"));
        plot.addSeries(lineOf(&m_series, "a"));
        plot.addSeries(lineOf(&m_series, "b"));
        plot.show();
        const auto chips = plot.findChildren<LegendChip *>();
        QCOMPARE(chips.size(), 2);
        chips[1]->click();
        QVERIFY(plot.isSeriesVisible(0));
        QVERIFY(!plot.isSeriesVisible(1));
        chips[1]->click();
        QVERIFY(plot.isSeriesVisible(1));
    }

    void mouseMovesTheCrosshair()
    {
        TimePlot plot(QStringLiteral("t"));
        plot.addSeries(lineOf(&m_series, "a"));
        plot.setTimeRange(kStart, kStart + 60'000);
        plot.resize(600, 280);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        plot.refresh();
        QTest::qWait(50);
        QSignalSpy moved(&plot, &TimePlot::crosshairMoved);
        QWidget *inside = canvas(plot);
        QTest::mouseMove(inside, QPoint(300, 60));
        QTRY_VERIFY(moved.count() > 0);
        const qint64 time = moved.back().front().toLongLong();
        QVERIFY(time > kStart && time < kStart + 60'000);
        // The legend reads the value at the crosshair.
        plot.showCrosshair(kStart + 10'000);
        QCOMPARE(plot.findChild<LegendChip *>()->accessibleDescription(), QStringLiteral("110"));
        plot.showCrosshair(kStart + 30'000);
        plot.showCrosshair(-1);
        QCOMPARE(plot.findChild<LegendChip *>()->accessibleDescription(), QStringLiteral("159"));
    }

    void wheelAsksForZoomAndDragForPan()
    {
        TimePlot plot(QStringLiteral("t"));
        plot.addSeries(lineOf(&m_series, "a"));
        plot.setTimeRange(kStart, kStart + 60'000);
        plot.resize(600, 280);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        plot.refresh();
        QTest::qWait(50);
        QWidget *inside = canvas(plot);
        QSignalSpy asked(&plot, &TimePlot::timeRangeRequested);
        QWheelEvent wheel(QPointF(300, 60), inside->mapToGlobal(QPointF(300, 60)), {}, QPoint(0, 120), Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(inside, &wheel);
        QCOMPARE(asked.count(), 1);
        const qint64 span = asked[0][1].toLongLong() - asked[0][0].toLongLong();
        QVERIFY(span < 60'000 && span > 40'000);

        QTest::mousePress(inside, Qt::LeftButton, {}, QPoint(300, 60));
        QTest::mouseMove(inside, QPoint(350, 60));
        QTRY_VERIFY(asked.count() >= 2);
        QTest::mouseRelease(inside, Qt::LeftButton, {}, QPoint(350, 60));
        QVERIFY(asked.back()[0].toLongLong() < kStart); // the past comes in from the left
        QCOMPARE(asked.back()[1].toLongLong() - asked.back()[0].toLongLong(), 60'000);

        QSignalSpy reset(&plot, &TimePlot::resetRequested);
        QTest::mouseDClick(inside, Qt::LeftButton, {}, QPoint(300, 60));
        QCOMPARE(reset.count(), 1);
    }

    void zoomHasLimits()
    {
        TimePlot plot(QStringLiteral("t"));
        plot.addSeries(lineOf(&m_series, "a"));
        plot.setTimeRange(kStart, kStart + 5100);
        plot.resize(600, 280);
        plot.show();
        plot.refresh();
        QTest::qWait(50);
        QSignalSpy asked(&plot, &TimePlot::timeRangeRequested);
        QWidget *inside = canvas(plot);
        QWheelEvent wheel(QPointF(300, 60), inside->mapToGlobal(QPointF(300, 60)), {}, QPoint(0, 120), Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(inside, &wheel);
        QCOMPARE(asked.count(), 0);
    }

    void exports()
    {
        TimePlot plot(QStringLiteral("Hits"));
        plot.addSeries(lineOf(&m_series, "a"));
        plot.setTimeRange(kStart + 28'000, kStart + 31'000);
        plot.setEvents({{kStart + 30'000, QStringLiteral("restart")}});
        plot.resize(500, 260);
        plot.show();
        plot.refresh();
        const QByteArrayList lines = plot.toCsv().split('\n');
        QCOMPARE(lines[0], QByteArray("time,epoch_ms,a\r"));
        QCOMPARE(lines[1], QByteArray("2026-11-18T11:07:08.000Z,1795000028000,128\r"));
        QCOMPARE(lines.size(), 5); // heading, 28, 29, 31, the end; the gap has no row
        QImage image;
        QVERIFY(image.loadFromData(plot.toPng(), "PNG"));
        QCOMPARE(image.size(), QSize(1000, 520));
        QVERIFY(plot.toSvg().contains("<svg"));
        QVERIFY(plot.toSvg().contains("restart"));
    }

    void aNewThemeRecolours()
    {
        TimePlot plot(QStringLiteral("t"));
        plot.addSeries(lineOf(&m_series, "a"));
        plot.setTimeRange(kStart, kStart + 60'000);
        plot.resize(500, 260);
        plot.show();
        plot.refresh();
        QTest::qWait(50);
        const QColor light = plot.grab().toImage().pixelColor(450, 100);
        applyTheme(*qApp, ThemeMode::Dark);
        QTRY_VERIFY(plot.grab().toImage().pixelColor(450, 100).lightness() < 80);
        QVERIFY(light.lightness() > 200);
        applyTheme(*qApp, ThemeMode::Light);
    }
};

QTEST_MAIN(TestTimePlot)
#include "tst_time_plot.moc"
