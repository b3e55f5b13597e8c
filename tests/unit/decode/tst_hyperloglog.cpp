// SPDX-License-Identifier: GPL-3.0-or-later
//
// HyperLogLogs of a real server: our count is PFCOUNT's, for the sparse and the dense form; damage is refused.
#include "core/decode/bitmap.h"
#include "core/decode/hyperloglog.h"
#include "tests/support/raw_client.h"
#include "tests/support/redis_server.h"

#include <QtTest>

#include <numeric>

namespace keyloupe::test {

class TestHyperLogLog : public QObject
{
    Q_OBJECT

private:
    RedisServer m_redis;
    QByteArray m_sparse;
    QByteArray m_dense;

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed; counts are held against a real one");
        QVERIFY(m_redis.start());
    }

    void countsAsTheServer()
    {
        RawClient raw(m_redis.port());
        raw.ask(Command{"PFADD", "h"});
        std::int64_t added = 0;
        bool sawSparse = false;
        bool sawDense = false;
        for (const std::int64_t upTo : {0, 1, 2, 10, 100, 700, 1500, 4000, 30'000, 200'000, 1'000'000}) {
            while (added < upTo) {
                Command add{"PFADD", "h"};
                for (int i = 0; i < 500 && added < upTo; ++i)
                    add << "member:" + QByteArray::number(qint64(added++));
                raw.ask(add);
            }
            const QByteArray bytes = raw.ask(Command{"GET", "h"}).bytes;
            const Result<HyperLogLog> ours = decodeHyperLogLog(bytes);
            QVERIFY2(ours.ok(), qPrintable(ours.ok() ? QString() : describe(ours.error())));
            QCOMPARE(std::int64_t(ours->count), raw.ask(Command{"PFCOUNT", "h"}).toInteger());
            QCOMPARE(std::accumulate(ours->histogram.begin(), ours->histogram.end(), 0), HyperLogLog::kRegisters);
            const Result<HyperLogLog> counted = decodeHyperLogLog(raw.ask(Command{"GET", "h"}).bytes);
            QVERIFY(counted.ok() && !counted->cachedIsStale);
            QCOMPARE(counted->cached, ours->count);
            (ours->sparse ? m_sparse : m_dense) = bytes;
            sawSparse = sawSparse || ours->sparse;
            sawDense = sawDense || !ours->sparse;
        }
        QVERIFY(sawSparse && sawDense);
    }

    void refusesDamage()
    {
        QVERIFY(!m_sparse.isEmpty() && !m_dense.isEmpty());
        QVERIFY(!decodeHyperLogLog("").ok());
        QVERIFY(!decodeHyperLogLog("HYLL").ok());
        QVERIFY(!decodeHyperLogLog("GYLL" + m_dense.mid(4)).ok());
        QVERIFY(!decodeHyperLogLog(m_dense + 'x').ok());
        QByteArray unknown = m_dense;
        unknown[4] = 2;
        QVERIFY(!decodeHyperLogLog(unknown).ok());
        QVERIFY(!decodeHyperLogLog(m_dense.first(16) + QByteArray(m_dense.size() - 16, '\xff')).ok());
        for (qsizetype size = 0; size < m_sparse.size(); ++size)
            QVERIFY(!decodeHyperLogLog(m_sparse.first(size)).ok());
        for (qsizetype size = 0; size < m_dense.size(); size += 7)
            QVERIFY(!decodeHyperLogLog(m_dense.first(size)).ok());
        // Flipped bits give another count or a refusal, never a crash.
        for (std::int64_t bit = 0; bit < std::min<std::int64_t>(m_sparse.size() * 8, 8000); ++bit) {
            QByteArray flipped = m_sparse;
            flipBit(flipped, bit);
            const Result<HyperLogLog> decoded = decodeHyperLogLog(flipped);
            if (decoded.ok())
                QCOMPARE(std::accumulate(decoded->histogram.begin(), decoded->histogram.end(), 0), HyperLogLog::kRegisters);
        }
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestHyperLogLog)
#include "tst_hyperloglog.moc"
