// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values of a million elements that a real server wrote, read page by page from its file as the window and the command line
// read them: every element comes once, as it was put in.
#include "core/engine/deep_check.h"
#include "core/engine/engine.h"
#include "core/engine/engine_client.h"
#include "core/engine/keyspace.h"
#include "tests/support/redis_server.h"

#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

namespace {

constexpr int kElements = 1'000'000;
constexpr int kPage = 20'000;

QByteArray number(std::int64_t value) { return QByteArray::number(qint64(value)); }

} // namespace

class TestHugeValues : public QObject
{
    Q_OBJECT

    RedisServer m_server;
    std::shared_ptr<const Snapshot> m_snapshot;
    std::unique_ptr<Engine> m_engine;
    std::shared_ptr<EngineClient> m_client;

    RespValue ask(const QByteArrayList &args) { return m_engine->execute(*m_client, Command(args)); }

    void checkScan(const QByteArrayList &command, int step, const std::function<bool(std::int64_t i, const RespValue *parts)> &isRight);

private Q_SLOTS:
    void initTestCase();
    void hash();
    void set();
    void list();
    void sortedSet();
    void stream();
    void text();
    void areSound();
};

void TestHugeValues::initTestCase()
{
    if (!RedisServer::isAvailable())
        QSKIP("no redis-server on this machine");
    QVERIFY(m_server.start());
    const auto fill = [this](const char *body) {
        const QString script = QStringLiteral("for i = 0, %1 - 1 do %2 end return 'done'").arg(kElements).arg(QLatin1String(body));
        return m_server.cli({QStringLiteral("EVAL"), script, QStringLiteral("0")}).trimmed();
    };
    QCOMPARE(fill("redis.call('HSET', 'hash', 'field:' .. i, 'value ' .. i * 3)"), QByteArray("done"));
    QCOMPARE(fill("redis.call('SADD', 'set', 'member:' .. i)"), QByteArray("done"));
    QCOMPARE(fill("redis.call('RPUSH', 'list', 'element ' .. i)"), QByteArray("done"));
    QCOMPARE(fill("redis.call('ZADD', 'zset', math.floor(i / 2), 'member:' .. string.format('%07d', i))"), QByteArray("done"));
    QCOMPARE(fill("redis.call('XADD', 'stream', (i + 1) .. '-0', 'n', i, 'text', 'entry ' .. i * 7)"), QByteArray("done"));
    QCOMPARE(m_server.cli({QStringLiteral("EVAL"), QStringLiteral("redis.call('SET', 'text', string.rep('0123456789', 1000000)) "
                                                                  "redis.call('SETRANGE', 'text', 5000000, 'in the middle') return 'done'"),
                           QStringLiteral("0")})
                     .trimmed(),
             QByteArray("done"));
    const QString path = m_server.save();
    auto opened = Snapshot::open(path);
    QVERIFY(opened.ok());
    m_snapshot = *opened;
    m_engine = std::make_unique<Engine>(m_snapshot);
    m_client = m_engine->connect();
}

void TestHugeValues::checkScan(const QByteArrayList &command, int step, const std::function<bool(std::int64_t, const RespValue *)> &isRight)
{
    QVERIFY(m_engine->keyspace().large(0, command[1]));
    std::vector<bool> seen(kElements, false);
    std::int64_t count = 0;
    QByteArray cursor = "0";
    do {
        const RespValue page = ask(QByteArrayList{command[0], command[1], cursor, "COUNT", number(kPage)});
        QCOMPARE(page.items.size(), std::size_t(2));
        cursor = page.items[0].bytes;
        const std::vector<RespValue> &items = page.items[1].items;
        for (std::size_t k = 0; k + std::size_t(step) <= items.size(); k += std::size_t(step)) {
            const QByteArray &name = items[k].bytes;
            const auto i = name.mid(name.indexOf(':') + 1).toLongLong();
            QVERIFY(i >= 0 && i < kElements && !seen[std::size_t(i)]);
            QVERIFY2(isRight(i, &items[k]), name.constData());
            seen[std::size_t(i)] = true;
            ++count;
        }
    } while (cursor != "0");
    QCOMPARE(count, kElements);
}

void TestHugeValues::hash()
{
    QCOMPARE(ask({"HLEN", "hash"}).integer, kElements);
    checkScan({"HSCAN", "hash"}, 2, [](std::int64_t i, const RespValue *parts) {
        return parts[0].bytes == "field:" + number(i) && parts[1].bytes == "value " + number(i * 3);
    });
    QCOMPARE(ask({"HGET", "hash", "field:999999"}).bytes, QByteArray("value 2999997"));
    QVERIFY(ask({"HGET", "hash", "field:1000000"}).isNull());
}

void TestHugeValues::set()
{
    QCOMPARE(ask({"SCARD", "set"}).integer, kElements);
    checkScan({"SSCAN", "set"}, 1, [](std::int64_t i, const RespValue *parts) { return parts[0].bytes == "member:" + number(i); });
    QCOMPARE(ask({"SISMEMBER", "set", "member:123456"}).integer, 1);
    QCOMPARE(ask({"SISMEMBER", "set", "member:-1"}).integer, 0);
}

void TestHugeValues::list()
{
    QVERIFY(m_engine->keyspace().large(0, "list"));
    QCOMPARE(ask({"LLEN", "list"}).integer, kElements);
    for (int first = 0; first < kElements; first += kPage) {
        const RespValue page = ask({"LRANGE", "list", number(first), number(first + kPage - 1)});
        QCOMPARE(page.items.size(), std::size_t(kPage));
        for (int i = 0; i < kPage; ++i)
            QCOMPARE(page.items[std::size_t(i)].bytes, "element " + number(first + i));
    }
    QCOMPARE(ask({"LINDEX", "list", "-1"}).bytes, QByteArray("element 999999"));
    QCOMPARE(ask({"LINDEX", "list", "54321"}).bytes, QByteArray("element 54321"));
}

void TestHugeValues::sortedSet()
{
    QVERIFY(m_engine->keyspace().large(0, "zset"));
    QCOMPARE(ask({"ZCARD", "zset"}).integer, kElements);
    for (int first = 0; first < kElements; first += kPage) {
        const RespValue page = ask({"ZRANGE", "zset", number(first), number(first + kPage - 1), "WITHSCORES"});
        QCOMPARE(page.items.size(), std::size_t(2 * kPage));
        for (int i = 0; i < kPage; ++i) {
            QCOMPARE(page.items[std::size_t(2 * i)].bytes, "member:" + number(first + i).rightJustified(7, '0'));
            QCOMPARE(page.items[std::size_t(2 * i + 1)].toDouble(), double((first + i) / 2));
        }
    }
    QCOMPARE(ask({"ZREVRANGE", "zset", "0", "0"}).items.front().bytes, QByteArray("member:0999999"));
    QCOMPARE(ask({"ZSCORE", "zset", "member:0000101"}).toDouble(), 50.0);
}

void TestHugeValues::stream()
{
    QVERIFY(m_engine->keyspace().large(0, "stream"));
    QCOMPARE(ask({"XLEN", "stream"}).integer, kElements);
    QByteArray below = "+";
    std::int64_t i = kElements;
    while (i > 0) {
        const RespValue page = ask({"XREVRANGE", "stream", below, "-", "COUNT", number(kPage)});
        QVERIFY(!page.items.empty());
        for (const RespValue &entry : page.items) {
            --i;
            QCOMPARE(entry.items[0].bytes, number(i + 1) + "-0");
            QCOMPARE(entry.items[1].items[1].bytes, number(i));
            QCOMPARE(entry.items[1].items[3].bytes, "entry " + number(i * 7));
        }
        below = "(" + page.items.back().items[0].bytes;
    }
    QCOMPARE(ask({"XRANGE", "stream", "500000", "500009"}).items.size(), std::size_t(10));
}

void TestHugeValues::text()
{
    QCOMPARE(ask({"STRLEN", "text"}).integer, 10'000'000);
    QCOMPARE(ask({"GETRANGE", "text", "0", "19"}).bytes, QByteArray("01234567890123456789"));
    QCOMPARE(ask({"GETRANGE", "text", "4999995", "5000017"}).bytes, QByteArray("56789in the middle34567"));
}

void TestHugeValues::areSound()
{
    const Result<DeepCheckReport> report = checkDeep(*m_snapshot);
    QVERIFY(report.ok());
    QCOMPARE(report->values, 6);
    QVERIFY(report->damage.empty());
    QCOMPARE(report->elements, 5 * kElements + 10'000'000);
}

QTEST_GUILESS_MAIN(TestHugeValues)
#include "tst_huge_values.moc"
