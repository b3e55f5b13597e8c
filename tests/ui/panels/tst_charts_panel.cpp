// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/panels/panel_fixture.h"

#include "ui/charts/metric_tile.h"
#include "ui/charts/time_plot.h"

#include <QComboBox>
#include <QPushButton>
#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

class TestChartsPanel : public QObject
{
    Q_OBJECT

private:
    // `seconds` of samples that end now; a restart after `restartAt` seconds.
    static void feed(Sampler *sampler, int seconds, int restartAt = -1)
    {
        const std::int64_t now = sampler->nowMs();
        for (int s = 0; s < seconds; ++s) {
            const bool again = restartAt >= 0 && s >= restartAt;
            sampler->board().add(parseInfo(again ? madeUpInfo(s + 3, "bbbb", restartAt) : madeUpInfo(s + 500)), now - (seconds - 1 - s) * 1000LL);
        }
        Q_EMIT sampler->sampled();
    }

    static TimePlot *plot(const PanelFixture &f, int index) { return f.panel->findChildren<TimePlot *>().at(index); }

private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeMode::Light); }

    void collectsFirst()
    {
        PanelFixture f;
        QVERIFY(f.show(QStringLiteral("charts")));
        QVERIFY(QTest::qWaitForWindowExposed(f.panel.get()));
        QTRY_VERIFY(plot(f, 0)->isCollecting());
        f.grab(QStringLiteral("charts-empty"));
        feed(f.session->sampler(), 1);
        QTest::qWait(300);
        QVERIFY(plot(f, 0)->isCollecting()); // one answer has no rate yet
        const std::int64_t now = f.session->sampler()->nowMs();
        for (int s = 1; s < 4; ++s)
            f.session->sampler()->board().add(parseInfo(madeUpInfo(500 + s)), now + s);
        QTRY_VERIFY(!plot(f, 0)->isCollecting());
    }

    void drawsPointsAndTiles()
    {
        PanelFixture f;
        feed(f.session->sampler(), 280);
        f.show(QStringLiteral("charts"));
        QTRY_VERIFY(plot(f, 0)->drawnPoints(0) > 100);
        QCOMPARE(plot(f, 0)->drawnSegments(0), 1);
        const auto tiles = f.panel->findChildren<MetricTile *>();
        QCOMPARE(tiles.size(), 7);
        QCOMPARE(tiles[3]->value(), QString::number(42 + int(6 * std::sin(779 / 17.0))));
        f.grab(QStringLiteral("charts"));
    }

    void restartSplitsTheLines()
    {
        PanelFixture f;
        feed(f.session->sampler(), 280, 150);
        f.show(QStringLiteral("charts"));
        QTRY_COMPARE(plot(f, 0)->drawnSegments(0), 2);
        QCOMPARE(plot(f, 1)->drawnSegments(0), 2); // memory as well
        f.grab(QStringLiteral("charts-restart"));
    }

    void lostConnectionSplitsTheLines()
    {
        PanelFixture f;
        Sampler *sampler = f.session->sampler();
        feed(sampler, 30);
        sampler->board().addGap(sampler->nowMs() + 1, GapReason::ConnectionLost);
        for (int s = 0; s < 4; ++s)
            sampler->board().add(parseInfo(madeUpInfo(540 + s)), sampler->nowMs() + 10 + s);
        f.show(QStringLiteral("charts"));
        QTRY_COMPARE(plot(f, 0)->drawnSegments(0), 2);
    }

    void pauseHoldsTheWindowStill()
    {
        PanelFixture f;
        feed(f.session->sampler(), 60);
        f.show(QStringLiteral("charts"));
        QTRY_VERIFY(plot(f, 0)->drawnPoints(0) > 2);
        QPushButton *pause = nullptr;
        for (QPushButton *button : f.panel->findChildren<QPushButton *>())
            pause = button->isCheckable() ? button : pause;
        QVERIFY(pause);
        pause->setChecked(true);
        const std::int64_t held = plot(f, 0)->toMs();
        QTest::qWait(600);
        QCOMPARE(plot(f, 0)->toMs(), held);
        pause->setChecked(false);
        QTRY_VERIFY(plot(f, 0)->toMs() > held);
    }

    void zoomIsShared()
    {
        PanelFixture f;
        feed(f.session->sampler(), 200);
        f.show(QStringLiteral("charts"));
        QTRY_VERIFY(plot(f, 0)->drawnPoints(0) > 2);
        const std::int64_t to = f.session->sampler()->nowMs() - 50'000;
        Q_EMIT plot(f, 0)->timeRangeRequested(to - 30'000, to);
        for (TimePlot *each : f.panel->findChildren<TimePlot *>()) {
            QCOMPARE(each->fromMs(), to - 30'000);
            QCOMPARE(each->toMs(), to);
        }
        Q_EMIT plot(f, 2)->resetRequested();
        QVERIFY(plot(f, 0)->toMs() > to);
    }

    void fitsASmallWindow()
    {
        PanelFixture f;
        feed(f.session->sampler(), 280, 150);
        f.show(QStringLiteral("charts"), {720, 480});
        QTRY_VERIFY(plot(f, 0)->drawnPoints(0) > 2);
        for (TimePlot *each : f.panel->findChildren<TimePlot *>())
            QVERIFY2(each->width() <= 720, qPrintable(each->accessibleName()));
        f.grab(QStringLiteral("charts-small"));
    }

    void outlivesItsSession()
    {
        PanelFixture f;
        feed(f.session->sampler(), 60);
        f.show(QStringLiteral("charts"));
        QTRY_VERIFY(plot(f, 0)->drawnPoints(0) > 2);
        f.session.reset();
        QTest::qWait(600); // its timer goes on until the tab is closed
        plot(f, 0)->refresh();
        QVERIFY(plot(f, 0)->isCollecting());
    }

    void notForAFile()
    {
        PanelFixture f(true);
        QString whyNot;
        QVERIFY(!PanelFixture::supports(*f.session, QStringLiteral("charts"), &whyNot));
        QVERIFY(!whyNot.isEmpty());
    }
};

QTEST_MAIN(TestChartsPanel)
#include "tst_charts_panel.moc"
