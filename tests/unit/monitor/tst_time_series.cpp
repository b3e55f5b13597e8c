// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/rate_counter.h"
#include "core/monitor/time_series.h"

#include <QtTest>

#include <cmath>

using namespace keyloupe;

class TestTimeSeries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheNewest()
    {
        TimeSeries series(4);
        for (int i = 1; i <= 10; ++i)
            series.append(i * 1000, i);
        QCOMPARE(series.size(), std::size_t(4));
        QCOMPARE(series.at(0).timeMs, 7000);
        QCOMPARE(series.last().value, 10.0);
        QCOMPARE(series.lowerBound(8500), std::size_t(2));
        QCOMPARE(series.lowerBound(99'999), std::size_t(4));
    }

    void timesGrow()
    {
        TimeSeries series(4);
        series.append(1000, 1);
        series.append(1000, 2);
        series.append(500, 3);
        QCOMPARE(series.size(), std::size_t(1));
        QCOMPARE(series.last().value, 1.0);
    }

    void gapsAreNotDoubled()
    {
        TimeSeries series(8);
        series.appendGap(500); // nothing to break
        QVERIFY(series.isEmpty());
        series.append(1000, 1);
        series.appendGap(1500);
        series.appendGap(1600);
        QCOMPARE(series.size(), std::size_t(2));
        QVERIFY(series.last().isGap());
    }

    void nearest_data()
    {
        QTest::addColumn<qint64>("time");
        QTest::addColumn<double>("value");
        QTest::newRow("exact") << qint64(2000) << 2.0;
        QTest::newRow("nearer to the left") << qint64(2400) << 2.0;
        QTest::newRow("nearer to the right") << qint64(2600) << 3.0;
        QTest::newRow("before all") << qint64(600) << 1.0;
        QTest::newRow("behind all") << qint64(3400) << 3.0;
        QTest::newRow("too far") << qint64(3600) << kGap;
    }

    void nearest()
    {
        QFETCH(qint64, time);
        QFETCH(double, value);
        TimeSeries series(8);
        for (int i = 1; i <= 3; ++i)
            series.append(i * 1000, i);
        const double got = series.nearest(time, 500).value;
        QVERIFY(std::isnan(value) ? std::isnan(got) : got == value);
    }

    void sumsAndAreas()
    {
        TimeSeries series(16);
        series.append(1000, 5);
        series.append(2000, 7);
        series.appendGap(2500);
        series.append(4500, 9);
        QCOMPARE(series.sum(1000, 4500), 16.0);        // the first moment is outside
        QCOMPARE(series.integral(1000, 4500), 7.0 + 18.0); // 9/s for the two seconds since the gap
        QCOMPARE(series.countFinite(1000, 4500), std::size_t(3));
    }

    void fewSamplesAreReadAsTheyAre()
    {
        TimeSeries series(100);
        for (int i = 0; i < 20; ++i)
            series.append(i * 1000, i);
        const std::vector<TimePoint> points = series.reading(5000, 9000, 100);
        // One more on each side, so that the line reaches the edges.
        QCOMPARE(points.size(), std::size_t(7));
        QCOMPARE(points.front().timeMs, 4000);
        QCOMPARE(points.back().timeMs, 10'000);
    }

    void manySamplesKeepTheirExtremes()
    {
        TimeSeries series(10'000);
        for (int i = 0; i < 10'000; ++i)
            series.append(1 + i * 1000, i == 4321 ? 1e6 : i == 7777 ? -5.0 : double(i % 10));
        const std::vector<TimePoint> points = series.reading(0, 10'000'000, 200);
        QVERIFY(points.size() <= 2 * 201 + 2);
        QVERIFY(points.size() > 200);
        double low = 0;
        double high = 0;
        for (std::size_t i = 0; i < points.size(); ++i) {
            low = std::min(low, points[i].value);
            high = std::max(high, points[i].value);
            QVERIFY(i == 0 || points[i].timeMs > points[i - 1].timeMs);
        }
        QCOMPARE(low, -5.0);
        QCOMPARE(high, 1e6);
    }

    void gapsSurviveThinningOut()
    {
        TimeSeries series(10'000);
        for (int i = 0; i < 10'000; ++i) {
            if (i == 3000 || i == 6000)
                series.appendGap(i * 1000 + 500);
            else
                series.append(i * 1000 + 1, 1);
        }
        int gaps = 0;
        for (const TimePoint &point : series.reading(0, 10'000'000, 100))
            gaps += point.isGap() ? 1 : 0;
        QCOMPARE(gaps, 2);
    }

    // The columns sit still while the window slides: what is inside both windows is read the same.
    void slidingDoesNotTremble()
    {
        TimeSeries series(10'000);
        for (int i = 0; i < 5000; ++i)
            series.append(1 + i * 1000, std::sin(i * 1.7));
        const auto inside = [](const std::vector<TimePoint> &points) {
            QList<qint64> times;
            for (const TimePoint &point : points) {
                if (point.timeMs > 1'050'000 && point.timeMs < 2'950'000)
                    times.append(point.timeMs);
            }
            return times;
        };
        const QList<qint64> first = inside(series.reading(1'000'000, 3'000'000, 100));
        QVERIFY(first.size() > 150);
        QCOMPARE(inside(series.reading(1'007'250, 3'007'250, 100)), first);
    }

    void rates()
    {
        RateCounter counter;
        QCOMPARE(counter.add(100, 1'000'000).outcome, RateCounter::Outcome::First);
        const RateCounter::Step up = counter.add(150, 2'000'000);
        QCOMPARE(up.outcome, RateCounter::Outcome::Rate);
        QCOMPARE(up.delta, 50.0);
        QCOMPARE(up.perSecond, 25.0);
        QCOMPARE(counter.add(10, 1'000'000).outcome, RateCounter::Outcome::WentDown);
        QCOMPARE(counter.add(15, 1'000'000).perSecond, 5.0);
        counter.forget();
        QCOMPARE(counter.add(99, 1'000'000).outcome, RateCounter::Outcome::First);
    }
};

QTEST_GUILESS_MAIN(TestTimeSeries)
#include "tst_time_series.moc"
