// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sampler and the message log against a real redis-server: look-ups become rates, a restart and CONFIG RESETSTAT become
// gaps, published messages arrive.
#include "core/monitor/sampler.h"
#include "core/pubsub/message_log.h"
#include "core/source/command_log.h"
#include "core/source/live_source.h"
#include "tests/support/await.h"
#include "tests/support/redis_server.h"

#include <QtTest>

#include <cmath>

namespace keyloupe::test {
namespace {

Endpoint at(const RedisServer &server)
{
    Endpoint endpoint;
    endpoint.port = server.port();
    return endpoint;
}

Sampler::Options fast()
{
    Sampler::Options options;
    options.intervalMs = 200;
    return options;
}

// So many look-ups of a key that exists and of one that does not.
void lookUp(const RedisServer &server, int hits, int misses)
{
    QByteArray script = "SET here 1\n";
    script += QByteArray("GET here\n").repeated(hits);
    script += QByteArray("GET absent\n").repeated(misses);
    server.cli({}, script);
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

} // namespace

class TestMonitor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed; these tests need a real one");
    }

    void hitsAndMisses()
    {
        RedisServer server;
        QVERIFY(server.start());
        LiveSource source(at(server));
        Sampler sampler(&source, fast());
        QSignalSpy sampled(&sampler, &Sampler::sampled);
        QVERIFY(openAndWait(source));
        QTRY_VERIFY(sampled.count() >= 2);
        const std::int64_t before = sampler.board().latestTimeMs();
        lookUp(server, 300, 100);
        QTRY_VERIFY(!std::isnan(sampler.board().hitRatio(before, sampler.nowMs())));
        const qsizetype seen = sampled.count();
        QTRY_VERIFY(sampled.count() >= seen + 2); // the last of them counted
        QCOMPARE(sampler.board().hitRatio(before, sampler.nowMs()), 0.75);
        QVERIFY(highest(sampler.board().series(MetricId::Hits)) > 0);
        QCOMPARE(gaps(sampler.board().series(MetricId::Hits)), 0);
        QVERIFY(sampler.board().latestValue(MetricId::UsedMemory) > 100'000);
    }

    void resetOfStatistics()
    {
        RedisServer server;
        QVERIFY(server.start());
        lookUp(server, 1000, 0);
        LiveSource source(at(server));
        Sampler sampler(&source, fast());
        QSignalSpy sampled(&sampler, &Sampler::sampled);
        QSignalSpy gap(&sampler, &Sampler::gap);
        QVERIFY(openAndWait(source));
        QTRY_VERIFY(sampled.count() >= 3);
        server.cli({QStringLiteral("CONFIG"), QStringLiteral("RESETSTAT")});
        QTRY_COMPARE(gap.count(), 1);
        QCOMPARE(gap.front().front().value<GapReason>(), GapReason::StatsReset);
        const qsizetype seen = sampled.count();
        QTRY_VERIFY(sampled.count() >= seen + 2);
        QCOMPARE(gaps(sampler.board().series(MetricId::Commands)), 1);
        QCOMPARE(gaps(sampler.board().series(MetricId::UsedMemory)), 0);
    }

    void restartMakesAGapNotASpike()
    {
        RedisServer server;
        QVERIFY(server.start());
        lookUp(server, 2000, 0);
        LiveSource source(at(server));
        Sampler sampler(&source, fast());
        QSignalSpy sampled(&sampler, &Sampler::sampled);
        QVERIFY(openAndWait(source));
        QTRY_VERIFY(sampled.count() >= 3);
        const quint16 port = server.port();
        server.kill();
        QTRY_VERIFY_WITH_TIMEOUT(sampler.board().series(MetricId::UsedMemory).last().isGap(), 10'000);
        QVERIFY(server.start({}, port));
        const qsizetype seen = sampled.count();
        QTRY_VERIFY_WITH_TIMEOUT(sampled.count() >= seen + 3, 20'000);
        QCOMPARE(gaps(sampler.board().series(MetricId::UsedMemory)), 1);
        QCOMPARE(sampler.board().events().back().kind, MonitorEventKind::Restart);
        QVERIFY2(highest(sampler.board().series(MetricId::Hits)) < 1, "the counters of two runs were subtracted");
    }

    // Sampling is no business of the person's command log.
    void samplingIsBackground()
    {
        RedisServer server;
        QVERIFY(server.start());
        LiveSource source(at(server));
        Sampler sampler(&source, fast());
        QSignalSpy sampled(&sampler, &Sampler::sampled);
        QVERIFY(openAndWait(source));
        QTRY_VERIFY(sampled.count() >= 2);
        std::uint64_t next = 0;
        for (const CommandLogEntry &entry : source.commandLog()->since(0, &next))
            QVERIFY2(entry.background || !entry.text.startsWith("INFO"), entry.text.constData());
    }

    void publishedMessagesArrive()
    {
        RedisServer server;
        QVERIFY(server.start());
        LiveSource source(at(server));
        QVERIFY(openAndWait(source));
        QString whyNot;
        const std::unique_ptr<PubSubFeed> feed = source.openPubSub(&whyNot);
        QVERIFY2(feed, qPrintable(whyNot));
        MessageLog log;
        connect(feed.get(), &PubSubFeed::messagesAvailable, feed.get(), [&] {
            for (PubSubMessage &message : feed->take(10'000))
                log.append(std::move(message));
        });
        feed->subscribe({"orders"});
        feed->psubscribe({"news.*"});
        QTRY_VERIFY(server.cli({QStringLiteral("PUBLISH"), QStringLiteral("orders"), QStringLiteral("ready?")}).trimmed() == "1"
                    && server.cli({QStringLiteral("PUBLISH"), QStringLiteral("news.x"), QStringLiteral("ready?")}).trimmed() == "1");
        QTRY_VERIFY(log.channelCount() == 2);
        const std::uint64_t before = log.total();
        server.cli({}, QByteArray("PUBLISH orders \"a\\x00b\"\nPUBLISH news.sport goal\n"));
        QTRY_COMPARE(log.total(), before + 2);
        QCOMPARE(log.message(log.endId() - 2).payload, QByteArray("a\0b", 3));
        QCOMPARE(log.message(log.endId() - 2).channel, QByteArray("orders"));
        QVERIFY(log.message(log.endId() - 2).pattern.isEmpty());
        QCOMPARE(log.message(log.endId() - 1).pattern, QByteArray("news.*"));
        server.cli({}, QByteArray("PUBLISH orders x\n").repeated(5000));
        QTRY_COMPARE(log.total() + feed->dropped(), before + 5002);
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestMonitor)
#include "tst_monitor.moc"
