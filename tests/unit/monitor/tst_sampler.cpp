// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/sampler.h"
#include "tests/support/fake_source.h"

#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

class TestSampler : public QObject
{
    Q_OBJECT

private:
    static Sampler::Options fast()
    {
        Sampler::Options options;
        options.intervalMs = 100;
        options.refusedPauseMs = 60'000;
        return options;
    }

    static void answer(FakeSource &source, int *hits)
    {
        source.handle("INFO", [hits](const Command &) {
            *hits += 10;
            return RespValue::verbatim("# Server\r\nrun_id:a\r\n# Stats\r\nkeyspace_hits:" + QByteArray::number(*hits) + "\r\nkeyspace_misses:0\r\n");
        });
    }

private Q_SLOTS:
    void startsWhenReady()
    {
        FakeSource source;
        int hits = 0;
        answer(source, &hits);
        Sampler sampler(&source, fast());
        QSignalSpy sampled(&sampler, &Sampler::sampled);
        QTest::qWait(250);
        QCOMPARE(source.count("INFO"), 0);
        source.setState(SourceState::Ready);
        QTRY_VERIFY(sampled.count() >= 3);
        QVERIFY(sampler.board().latestValue(MetricId::Hits) > 0);
        QCOMPARE(source.sent().front().args, (QByteArrayList{"INFO"}));
    }

    void neverTwoInFlight()
    {
        FakeSource source;
        int hits = 0;
        answer(source, &hits);
        Sampler sampler(&source, fast());
        source.hold();
        source.setState(SourceState::Ready);
        QTest::qWait(450);
        source.release();
        QSignalSpy sampled(&sampler, &Sampler::sampled);
        QTRY_VERIFY(sampled.count() >= 1);
        QVERIFY2(source.count("INFO") <= 2, QByteArray::number(source.count("INFO")).constData());
    }

    void lostConnectionMakesAGapAndAReconnectGoesOn()
    {
        FakeSource source;
        int hits = 0;
        answer(source, &hits);
        Sampler sampler(&source, fast());
        QSignalSpy gap(&sampler, &Sampler::gap);
        QSignalSpy sampled(&sampler, &Sampler::sampled);
        source.setState(SourceState::Ready);
        QTRY_VERIFY(sampled.count() >= 3);
        source.setState(SourceState::Reconnecting, Error{Errc::Closed, QStringLiteral("gone"), -1, {}});
        QCOMPARE(gap.count(), 1);
        QCOMPARE(gap.front().front().value<GapReason>(), GapReason::ConnectionLost);
        QVERIFY(sampler.board().series(MetricId::Hits).last().isGap());
        const int asked = source.count("INFO");
        QTest::qWait(250);
        QCOMPARE(source.count("INFO"), asked); // does not ask a lost connection
        const qsizetype before = sampled.count();
        source.setState(SourceState::Ready);
        QTRY_VERIFY(sampled.count() >= before + 2);
        QVERIFY(!sampler.board().series(MetricId::Hits).last().isGap());
        QCOMPARE(sampler.board().events().back().kind, MonitorEventKind::Reconnected);
    }

    // The answer that was under way when the connection broke must not be taken for the new one's.
    void lateAnswersAreDropped()
    {
        FakeSource source;
        int hits = 0;
        answer(source, &hits);
        Sampler sampler(&source, fast());
        QSignalSpy sampled(&sampler, &Sampler::sampled);
        source.setState(SourceState::Ready);
        QTRY_VERIFY(sampled.count() >= 1);
        source.hold();
        const int asked = source.count("INFO");
        QTest::qWait(250);
        source.setState(SourceState::Reconnecting);
        const qsizetype before = sampled.count();
        source.release();
        QTest::qWait(100);
        QCOMPARE(sampled.count(), before);
        Q_UNUSED(asked)
    }

    void aRefusalIsSaidOnceNotEverySecond()
    {
        FakeSource source;
        source.handle("INFO", [](const Command &) { return RespValue::error("NOPERM this user has no permissions to run the 'info' command"); });
        Sampler sampler(&source, fast());
        QSignalSpy failed(&sampler, &Sampler::failed);
        source.setState(SourceState::Ready);
        QTRY_COMPARE(failed.count(), 1);
        QTest::qWait(300);
        QCOMPARE(failed.count(), 1);
        QCOMPARE(source.count("INFO"), 1);
        QVERIFY(sampler.lastError());
        QCOMPARE(sampler.lastError()->code, Errc::Auth);
    }

    void somethingThatIsNoInfo()
    {
        FakeSource source;
        source.reply(Command{"INFO"}, RespValue::ofInteger(7));
        Sampler sampler(&source, fast());
        QSignalSpy failed(&sampler, &Sampler::failed);
        source.setState(SourceState::Ready);
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(sampler.lastError()->code, Errc::Protocol);
    }

    void theAxisNeverGoesBack()
    {
        FakeSource source;
        std::int64_t wall = 1'000'000;
        std::int64_t steady = 500;
        Sampler::Options options;
        options.wallClock = [&wall] { return wall; };
        options.steadyClock = [&steady] { return steady; };
        Sampler sampler(&source, options);
        QCOMPARE(sampler.nowMs(), 1'000'000);
        wall += 1000;
        steady += 1000;
        QCOMPARE(sampler.nowMs(), 1'001'000);
        wall -= 3'600'000; // set back by an hour
        steady += 1000;
        QCOMPARE(sampler.nowMs(), 1'002'000);
        wall = 9'000'000; // the machine slept
        steady += 10;
        QCOMPARE(sampler.nowMs(), 9'000'000);
    }

    void survivesItsSource()
    {
        auto source = std::make_unique<FakeSource>();
        Sampler sampler(source.get(), fast());
        source->setState(SourceState::Ready);
        source.reset();
        QTest::qWait(250); // must not touch it
        QCOMPARE(sampler.board().latestTimeMs(), 0);
    }
};

QTEST_GUILESS_MAIN(TestSampler)
#include "tst_sampler.moc"
