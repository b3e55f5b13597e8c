// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pubsub/message_log.h"

#include <QtTest>

using namespace keyloupe;

class TestMessageLog : public QObject
{
    Q_OBJECT

private:
    std::int64_t m_now = 0;

    MessageLog log(MessageLog::Limits limits = {})
    {
        m_now = 1'000'000'000;
        return MessageLog(limits, [this] { return m_now; });
    }

    PubSubMessage message(const QByteArray &channel, const QByteArray &payload = "x") { return {m_now, channel, {}, payload}; }

private Q_SLOTS:
    void keepsTheNewestByNumber()
    {
        MessageLog one = log({3, 1 << 20, 10});
        for (int i = 0; i < 5; ++i)
            one.append(message("c", QByteArray::number(i)));
        QCOMPARE(one.size(), std::size_t(3));
        QCOMPARE(one.firstId(), std::uint64_t(2));
        QCOMPARE(one.endId(), std::uint64_t(5));
        QCOMPARE(one.message(2).payload, QByteArray("2"));
        QCOMPARE(one.message(4).payload, QByteArray("4"));
        QCOMPARE(one.forgotten(), std::uint64_t(2));
        QCOMPARE(one.total(), std::uint64_t(5));
    }

    void keepsTheNewestByBytes()
    {
        MessageLog one = log({1000, 10'000, 10});
        for (int i = 0; i < 10; ++i)
            one.append(message("c", QByteArray(4000, 'x')));
        QCOMPARE(one.size(), std::size_t(2));
        one.append(message("c", QByteArray(50'000, 'y'))); // alone over the limit: still shown
        QCOMPARE(one.size(), std::size_t(1));
        QCOMPARE(one.message(one.firstId()).payload.size(), 50'000);
    }

    void countsByChannel()
    {
        MessageLog one = log();
        one.append(message("b", "12"));
        one.append(message("a", "1"));
        one.append(message("b", "345"));
        const std::vector<ChannelStats> channels = one.channels();
        QCOMPARE(channels.size(), std::size_t(2));
        QCOMPARE(channels[0].channel, QByteArray("b"));
        QCOMPARE(channels[0].messages, std::uint64_t(2));
        QCOMPARE(channels[0].bytes, std::uint64_t(5));
        QCOMPARE(channels[1].channel, QByteArray("a"));
        QCOMPARE(one.totalBytes(), std::uint64_t(6));
    }

    void channelsAreBoundedTheTotalIsNot()
    {
        MessageLog one = log({1000, 1 << 20, 5});
        for (int i = 0; i < 50; ++i)
            one.append(message("c" + QByteArray::number(i)));
        QCOMPARE(one.channelCount(), std::size_t(5));
        QCOMPARE(one.total(), std::uint64_t(50));
    }

    void rateOverWholeSeconds()
    {
        MessageLog one = log();
        QCOMPARE(one.perSecond(), 0.0);
        for (int second = 0; second < 10; ++second) {
            for (int i = 0; i < 20; ++i)
                one.append(message("c"));
            m_now += 1000;
        }
        QCOMPARE(one.perSecond(), 20.0);
        QCOMPARE(one.channels().front().perSecond, 20.0);
        m_now += 2000; // two seconds of silence among the last five
        QCOMPARE(one.perSecond(), 12.0);
        m_now += 60'000;
        QCOMPARE(one.perSecond(), 0.0);
    }

    void aRateBeginsWithTheFirstMessage()
    {
        MessageLog one = log();
        for (int i = 0; i < 6; ++i)
            one.append(message("c"));
        QCOMPARE(one.perSecond(), 6.0);
        m_now += 1000;
        QCOMPARE(one.perSecond(), 6.0); // one whole second, not a fifth of five
        m_now += 1000;
        QCOMPARE(one.perSecond(), 3.0);
    }

    void aClockThatIsSetBackCountsOn()
    {
        MessageLog one = log();
        one.append(message("c"));
        m_now -= 3'600'000;
        one.append(message("c"));
        QCOMPARE(one.total(), std::uint64_t(2));
        QVERIFY(one.perSecond() >= 0);
    }

    void clearKeepsTheNumbering()
    {
        MessageLog one = log();
        one.append(message("c"));
        one.append(message("c"));
        one.clear();
        QCOMPARE(one.size(), std::size_t(0));
        QCOMPARE(one.firstId(), std::uint64_t(2));
        QCOMPARE(one.total(), std::uint64_t(0));
        QVERIFY(one.channels().empty());
        one.append(message("c"));
        QCOMPARE(one.endId(), std::uint64_t(3));
    }

    void whatTheFeedLostIsKept()
    {
        MessageLog one = log();
        one.setLostByFeed(17);
        QCOMPARE(one.lostByFeed(), std::uint64_t(17));
    }
};

QTEST_GUILESS_MAIN(TestMessageLog)
#include "tst_message_log.moc"
