// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/metric_board.h"

#include <QFile>
#include <QtTest>

#include <cmath>

using namespace keyloupe;

namespace {

struct Reading
{
    std::int64_t hits = 0;
    std::int64_t misses = 0;
    std::int64_t commands = 0;
    QByteArray runId = "a";
    std::int64_t uptime = 100;
    std::int64_t serverUs = 0; ///< 0: the field is absent
    QByteArray role = "master";
    std::int64_t maxMemory = 0;
};

InfoSnapshot info(const Reading &r)
{
    QByteArray text = "# Server\r\n";
    if (!r.runId.isEmpty())
        text += "run_id:" + r.runId + "\r\n";
    text += "uptime_in_seconds:" + QByteArray::number(qint64(r.uptime)) + "\r\n";
    if (r.serverUs > 0)
        text += "server_time_usec:" + QByteArray::number(qint64(r.serverUs)) + "\r\n";
    text += "# Memory\r\nused_memory:1000\r\nmaxmemory:" + QByteArray::number(qint64(r.maxMemory)) + "\r\n";
    text += "# Stats\r\nkeyspace_hits:" + QByteArray::number(qint64(r.hits)) + "\r\nkeyspace_misses:" + QByteArray::number(qint64(r.misses))
            + "\r\ntotal_commands_processed:" + QByteArray::number(qint64(r.commands)) + "\r\n";
    text += "# Replication\r\nrole:" + r.role + "\r\n";
    return parseInfo(text);
}

InfoSnapshot recorded(const char *name)
{
    QFile file(QStringLiteral(KEYLOUPE_TEST_DATA "/info/%1.txt").arg(QLatin1String(name)));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no test data %s", name);
    return parseInfo(file.readAll());
}

int gaps(const TimeSeries &series)
{
    int count = 0;
    for (std::size_t i = 0; i < series.size(); ++i)
        count += series.at(i).isGap() ? 1 : 0;
    return count;
}

double highest(const TimeSeries &series)
{
    double most = 0;
    for (std::size_t i = 0; i < series.size(); ++i)
        most = series.at(i).isGap() ? most : std::max(most, series.at(i).value);
    return most;
}

constexpr std::int64_t kStart = 1'795'000'000'000;

} // namespace

class TestMetricBoard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ratesAndRatio()
    {
        MetricBoard board;
        QVERIFY(!board.add(info({100, 50, 1000}), kStart));
        QVERIFY(board.series(MetricId::Hits).isEmpty());
        QVERIFY(!board.add(info({190, 60, 1200, "a", 101}), kStart + 1000));
        QCOMPARE(board.latestValue(MetricId::Hits), 90.0);
        QCOMPARE(board.latestValue(MetricId::Misses), 10.0);
        QCOMPARE(board.latestValue(MetricId::HitRatio), 0.9);
        QCOMPARE(board.latestValue(MetricId::Commands), 200.0);
        QCOMPARE(board.latestValue(MetricId::UsedMemory), 1000.0);
        QCOMPARE(board.hitRatio(kStart, kStart + 1000), 0.9);
        QCOMPARE(board.lifetimeHitRatio(), 190.0 / 250.0);
    }

    // The server's clock counts, not the network's jitter; and not when somebody sets it.
    void elapsedTime_data()
    {
        QTest::addColumn<qint64>("serverUs");
        QTest::addColumn<double>("perSecond");
        QTest::newRow("server says 0.8 s") << qint64(800'000) << 125.0;
        QTest::newRow("absent") << qint64(0) << 100.0;
        QTest::newRow("set back") << qint64(-3'600'000'000) << 100.0;
        QTest::newRow("set forward") << qint64(3'600'000'000) << 100.0;
    }

    void elapsedTime()
    {
        QFETCH(qint64, serverUs);
        QFETCH(double, perSecond);
        MetricBoard board;
        const std::int64_t base = serverUs == 0 ? 0 : 1'700'000'000'000'000;
        board.add(info({0, 0, 0, "a", 1, base}), kStart);
        board.add(info({100, 0, 0, "a", 2, base == 0 ? 0 : base + serverUs}), kStart + 1000);
        QCOMPARE(board.latestValue(MetricId::Hits), perSecond);
    }

    void noTrafficIsNeitherGoodNorBad()
    {
        MetricBoard board;
        board.add(info({100, 0, 1}), kStart);
        board.add(info({110, 0, 2}), kStart + 1000);
        board.add(info({110, 0, 3}), kStart + 2000);
        QVERIFY(std::isnan(board.latestValue(MetricId::HitRatio)));
        QCOMPARE(board.latestValue(MetricId::Hits), 0.0);
        QVERIFY(std::isnan(board.hitRatio(kStart + 1000, kStart + 2000)));
        QCOMPARE(board.hitRatio(kStart, kStart + 2000), 1.0);
    }

    void restartIsAGapNotASpike_data()
    {
        QTest::addColumn<QByteArray>("firstId");
        QTest::addColumn<QByteArray>("secondId");
        QTest::addColumn<qint64>("secondHits");
        QTest::newRow("other run_id") << QByteArray("a") << QByteArray("b") << qint64(10);
        // Counters that are already above the old ones would look like a spike.
        QTest::newRow("other run_id, counters above") << QByteArray("a") << QByteArray("b") << qint64(900'000);
        QTest::newRow("no run_id, less uptime") << QByteArray() << QByteArray() << qint64(900'000);
    }

    void restartIsAGapNotASpike()
    {
        QFETCH(QByteArray, firstId);
        QFETCH(QByteArray, secondId);
        QFETCH(qint64, secondHits);
        MetricBoard board;
        for (int i = 0; i < 5; ++i)
            board.add(info({1000 + i * 10, 0, i, firstId, 500 + i}), kStart + i * 1000);
        const std::optional<GapReason> gap = board.add(info({secondHits, 0, 0, secondId, 1}), kStart + 5000);
        QVERIFY(gap);
        QCOMPARE(*gap, GapReason::Restart);
        board.add(info({secondHits + 10, 0, 1, secondId, 2}), kStart + 6000);
        QCOMPARE(gaps(board.series(MetricId::Hits)), 1);
        QCOMPARE(highest(board.series(MetricId::Hits)), 10.0);
        QCOMPARE(gaps(board.series(MetricId::UsedMemory)), 1);
        QCOMPARE(board.events().size(), std::size_t(1));
        QCOMPARE(board.events().front(), (MonitorEvent{kStart + 5000, MonitorEventKind::Restart}));
    }

    void resetOfStatisticsIsAGapOfTheCountersOnly()
    {
        MetricBoard board;
        for (int i = 0; i < 5; ++i)
            board.add(info({1000 + i * 10, 5 * i, 2000 + i * 20, "a", 500 + i}), kStart + i * 1000);
        const std::optional<GapReason> gap = board.add(info({0, 0, 1, "a", 505}), kStart + 5000);
        QVERIFY(gap);
        QCOMPARE(*gap, GapReason::StatsReset);
        QVERIFY(!board.add(info({10, 0, 21, "a", 506}), kStart + 6000));
        QCOMPARE(gaps(board.series(MetricId::Hits)), 1);
        QCOMPARE(gaps(board.series(MetricId::Commands)), 1);
        QCOMPARE(gaps(board.series(MetricId::UsedMemory)), 0);
        QCOMPARE(highest(board.series(MetricId::Commands)), 20.0);
        QCOMPARE(board.events().back().kind, MonitorEventKind::StatsReset);
    }

    // Only one counter went down: hits were zero before and after, but the commands tell.
    void resetIsSeenByAnyCounter()
    {
        MetricBoard board;
        board.add(info({0, 0, 5000}), kStart);
        board.add(info({0, 0, 5001}), kStart + 1000);
        QCOMPARE(board.add(info({0, 0, 2}), kStart + 2000), std::optional<GapReason>(GapReason::StatsReset));
        QVERIFY(board.series(MetricId::Hits).last().isGap());
    }

    void lostConnectionIsAGap()
    {
        MetricBoard board;
        board.addGap(kStart - 1, GapReason::ConnectionLost); // nothing to break yet
        QVERIFY(board.events().empty());
        board.add(info({0, 0, 0}), kStart);
        board.add(info({10, 0, 0}), kStart + 1000);
        board.addGap(kStart + 1500, GapReason::ConnectionLost);
        board.addGap(kStart + 1600, GapReason::ConnectionLost); // told twice, happened once
        QVERIFY(!board.add(info({5000, 0, 0, "a", 160}), kStart + 60'000));
        board.add(info({5010, 0, 0, "a", 161}), kStart + 61'000);
        QCOMPARE(gaps(board.series(MetricId::Hits)), 1);
        QCOMPARE(gaps(board.series(MetricId::UsedMemory)), 1);
        QCOMPARE(highest(board.series(MetricId::Hits)), 10.0);
        QCOMPARE(board.events().size(), std::size_t(2));
        QCOMPARE(board.events()[0].kind, MonitorEventKind::ConnectionLost);
        QCOMPARE(board.events()[1].kind, MonitorEventKind::Reconnected);
    }

    void reconnectToARestartedServerSaysRestart()
    {
        MetricBoard board;
        board.add(info({0, 0, 0, "a", 100}), kStart);
        board.addGap(kStart + 500, GapReason::ConnectionLost);
        QCOMPARE(board.add(info({0, 0, 0, "b", 1}), kStart + 9000), std::optional<GapReason>(GapReason::Restart));
        QCOMPARE(board.events().back().kind, MonitorEventKind::Restart);
    }

    void aLateAnswerIsAGap()
    {
        MetricBoard board;
        board.setLateAfterMs(5000);
        board.add(info({0, 0, 0, "a", 100}), kStart);
        board.add(info({10, 0, 0, "a", 101}), kStart + 1000);
        QCOMPARE(board.add(info({9000, 0, 0, "a", 131}), kStart + 31'000), std::optional<GapReason>(GapReason::Late));
        QCOMPARE(highest(board.series(MetricId::Hits)), 10.0);
    }

    void changeOfRoleIsMarked()
    {
        MetricBoard board;
        Reading reading;
        board.add(info(reading), kStart);
        reading.role = "slave";
        QVERIFY(!board.add(info(reading), kStart + 1000));
        QCOMPARE(board.events().back().kind, MonitorEventKind::RoleChanged);
    }

    void ownLookupsDoNotCount()
    {
        MetricBoard board;
        board.add(info({100, 100, 0}), kStart, {5, 5});
        board.add(info({190, 115, 0}), kStart + 1000, {15, 10}); // 10 of 90 hits and 5 of 15 misses were ours
        QCOMPARE(board.latestValue(MetricId::Hits), 80.0);
        QCOMPARE(board.latestValue(MetricId::Misses), 10.0);
        // More of our own than the server counted yet: never below zero.
        board.add(info({191, 115, 0}), kStart + 2000, {30, 10});
        QCOMPARE(board.latestValue(MetricId::Hits), 0.0);
    }

    void noLimitIsNoLine()
    {
        MetricBoard board;
        Reading reading;
        board.add(info(reading), kStart);
        QVERIFY(board.series(MetricId::MaxMemory).isEmpty());
        reading.maxMemory = 4096;
        board.add(info(reading), kStart + 1000);
        QCOMPARE(board.latestValue(MetricId::MaxMemory), 4096.0);
        reading.maxMemory = 0;
        board.add(info(reading), kStart + 2000);
        QVERIFY(std::isnan(board.latestValue(MetricId::MaxMemory)));
    }

    void absentSectionsAreNoNumbers()
    {
        MetricBoard board;
        board.add(parseInfo("# Server\r\nredis_version:7\r\n"), kStart);
        board.add(parseInfo("# Server\r\nredis_version:7\r\n"), kStart + 1000);
        for (const Metric &row : metricCatalog())
            QVERIFY2(board.series(row.id).isEmpty(), row.name);
        QVERIFY(std::isnan(board.lifetimeHitRatio()));
    }

    // What a real redis-server 7.0 answered: start, under load, after CONFIG RESETSTAT, after a restart.
    void realServer()
    {
        MetricBoard board;
        QVERIFY(!board.add(recorded("redis-7.0-start"), kStart));
        QVERIFY(!board.add(recorded("redis-7.0-traffic"), kStart + 1400));
        QVERIFY(std::fabs(board.latestValue(MetricId::HitRatio) - 19961.0 / 20200.0) < 1e-9);
        // 1.399578 s of the server's own clock.
        QVERIFY(std::fabs(board.latestValue(MetricId::Hits) - 19961.0 / 1.399578) < 0.01);
        QCOMPARE(board.add(recorded("redis-7.0-reset"), kStart + 2400), std::optional<GapReason>(GapReason::StatsReset));
        QCOMPARE(board.add(recorded("redis-7.0-restarted"), kStart + 4400), std::optional<GapReason>(GapReason::Restart));
        QVERIFY(std::isnan(board.latestValue(MetricId::MaxMemory))); // started again without a limit
    }
};

QTEST_GUILESS_MAIN(TestMetricBoard)
#include "tst_metric_board.moc"
