// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pages of collections: what is sent, and how answers of both protocols and of hostile servers are read.
#include "core/values/element_paging.h"
#include "core/values/key_header.h"
#include "core/values/value_reader.h"

#include <QtTest>

namespace keyloupe::test {
namespace {

RespValue text(const char *bytes) { return RespValue::bulk(bytes); }
RespValue scanReply(const char *cursor, std::vector<RespValue> items) { return RespValue::array({text(cursor), RespValue::array(std::move(items))}); }
RespValue entry(const char *id) { return RespValue::array({text(id), RespValue::array({text("f"), text("v"), text("f"), text("w")})}); }

} // namespace

class TestElementPaging : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void asksForPages()
    {
        ElementPaging list(ValueKind::List, "k");
        QCOMPARE(list.next(2), (Command{"LRANGE", "k", "0", "1"}));
        Result<ValuePage> page = list.take(RespValue::array({text("a"), text("b")}));
        QVERIFY(page.ok() && !page->done);
        QCOMPARE(page->elements[1].index, 1);
        QCOMPARE(list.next(2), (Command{"LRANGE", "k", "2", "3"}));
        page = list.take(RespValue::array({text("c")}));
        QVERIFY(page.ok() && page->done);
        QCOMPARE(page->elements[0].index, 2);
        QCOMPARE(page->elements[0].value, QByteArray("c"));
    }

    void goesThroughHashesAndSetsByCursor()
    {
        ElementPaging hash(ValueKind::Hash, "k");
        QCOMPARE(hash.next(10), (Command{"HSCAN", "k", "0", "COUNT", "10"}));
        Result<ValuePage> page = hash.take(scanReply("17", {text("f"), text("v")}));
        QVERIFY(page.ok() && !page->done);
        QCOMPARE(page->elements[0].name, QByteArray("f"));
        QCOMPARE(page->elements[0].value, QByteArray("v"));
        QCOMPARE(hash.next(10), (Command{"HSCAN", "k", "17", "COUNT", "10"}));
        page = hash.take(scanReply("0", {}));
        QVERIFY(page.ok() && page->done && page->elements.empty());

        ElementPaging filtered(ValueKind::Set, "k", "a*");
        QCOMPARE(filtered.next(5), (Command{"SSCAN", "k", "0", "MATCH", "a*", "COUNT", "5"}));
    }

    void readsScoresOfBothProtocols()
    {
        for (const RespValue &reply : {RespValue::array({text("m"), text("1.5"), text("n"), text("inf")}),
                                       RespValue::array({RespValue::array({text("m"), RespValue::ofDouble(1.5)}),
                                                         RespValue::array({text("n"), RespValue::ofDouble(HUGE_VAL)})})}) {
            ElementPaging zset(ValueKind::SortedSet, "k");
            QCOMPARE(zset.next(2), (Command{"ZRANGE", "k", "0", "1", "WITHSCORES"}));
            const Result<ValuePage> page = zset.take(reply);
            QVERIFY(page.ok());
            QCOMPARE(page->elements.size(), 2u);
            QCOMPARE(page->elements[0].score, 1.5);
            QCOMPARE(page->elements[1].score, HUGE_VAL);
            QCOMPARE(page->elements[1].index, 1);
        }
        ElementPaging filtered(ValueKind::SortedSet, "k", "m");
        QCOMPARE(filtered.next(5), (Command{"ZSCAN", "k", "0", "MATCH", "m", "COUNT", "5"}));
        const Result<ValuePage> page = filtered.take(scanReply("0", {text("m"), text("2")}));
        QVERIFY(page.ok() && page->done);
        QCOMPARE(page->elements[0].score, 2.0);
        QCOMPARE(page->elements[0].index, -1);
    }

    void goesDownAStream()
    {
        ElementPaging stream(ValueKind::Stream, "k");
        QCOMPARE(stream.next(1), (Command{"XREVRANGE", "k", "+", "-", "COUNT", "1"}));
        const Result<ValuePage> page = stream.take(RespValue::array({entry("5-0")}));
        QVERIFY(page.ok() && !page->done);
        const StreamPairs pairs = page->elements[0].fields;
        QCOMPARE(pairs.size(), 2u); // a field may come twice
        QCOMPARE(pairs[1].second, QByteArray("w"));
        QCOMPARE(stream.next(1), (Command{"XREVRANGE", "k", "4-18446744073709551615", "-", "COUNT", "1"}));
        const Result<ValuePage> last = stream.take(RespValue::array({entry("0-1")}));
        QVERIFY(last.ok());
        QCOMPARE(stream.next(1), (Command{"XREVRANGE", "k", "0-0", "-", "COUNT", "1"}));
    }

    void idsBefore_data()
    {
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<QByteArray>("before");
        QTest::newRow("sequence") << QByteArray("7-3") << QByteArray("7-2");
        QTest::newRow("borrow") << QByteArray("7-0") << QByteArray("6-18446744073709551615");
        QTest::newRow("largest") << QByteArray("18446744073709551615-18446744073709551615") << QByteArray("18446744073709551615-18446744073709551614");
        QTest::newRow("none below") << QByteArray("0-0") << QByteArray();
    }
    void idsBefore()
    {
        QFETCH(QByteArray, id);
        QFETCH(QByteArray, before);
        QCOMPARE(streamIdBefore(id), before);
    }

    void refusesOtherShapes_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<RespValue>("reply");
        QTest::newRow("list: text") << int(ValueKind::List) << text("a");
        QTest::newRow("list: null") << int(ValueKind::List) << RespValue::null();
        QTest::newRow("hash: odd") << int(ValueKind::Hash) << scanReply("0", {text("f")});
        QTest::newRow("hash: no cursor") << int(ValueKind::Hash) << RespValue::array({RespValue::array()});
        QTest::newRow("set: cursor is a list") << int(ValueKind::Set) << RespValue::array({RespValue::array(), RespValue::array()});
        QTest::newRow("zset: odd") << int(ValueKind::SortedSet) << RespValue::array({text("m")});
        QTest::newRow("zset: triple") << int(ValueKind::SortedSet) << RespValue::array({RespValue::array({text("m"), text("1"), text("2")})});
        QTest::newRow("stream: id alone") << int(ValueKind::Stream) << RespValue::array({text("1-0")});
    }
    void refusesOtherShapes()
    {
        QFETCH(int, kind);
        QFETCH(RespValue, reply);
        ElementPaging paging(ValueKind(kind), "k");
        static_cast<void>(paging.next(10));
        const Result<ValuePage> page = paging.take(reply);
        QVERIFY(!page.ok());
        QCOMPARE(page.error().code, Errc::Protocol);
    }

    void passesOnRefusals()
    {
        ElementPaging paging(ValueKind::List, "k");
        static_cast<void>(paging.next(10));
        const Result<ValuePage> page = paging.take(RespValue::error("WRONGTYPE Operation against a key holding the wrong kind of value"));
        QVERIFY(!page.ok());
        QCOMPARE(page.error().code, Errc::Server);
    }

    void asksForFewLargeElements()
    {
        QCOMPARE(pageCount(0), 200);
        QCOMPARE(pageCount(100), 200);
        QCOMPARE(pageCount(1024 * 1024), 4);
        QCOMPARE(pageCount(500'000'000), 1);
    }

    void readsHeaders()
    {
        const std::vector<RespValue> replies{RespValue::simple("hash"), RespValue::ofInteger(1500), RespValue::ofInteger(9),
                                             RespValue::error("ERR An LFU maxmemory policy is not selected"), text("listpack"), RespValue::ofInteger(4000)};
        const Result<KeyHeader> header = readKeyHeader(replies, 1'000'000);
        QVERIFY(header.ok());
        QCOMPARE(header->kind, ValueKind::Hash);
        QCOMPARE(header->expireAtMs, 1'001'500);
        QCOMPARE(header->idleSeconds, 9);
        QCOMPARE(header->frequency, -1);
        QCOMPARE(header->memoryBytes, 4000);
        QCOMPARE(lengthCommand(header->kind, "k"), (Command{"HLEN", "k"}));
        QVERIFY(!readKeyHeader({}, 0).ok());
        QVERIFY(!readKeyHeader({RespValue::error("NOPERM no"), {}, {}, {}, {}, {}}, 0).ok());
        QCOMPARE(valueKindOf("ReJSON-RL"), ValueKind::Other);
        QVERIFY(lengthCommand(ValueKind::Other, "k").isEmpty());
    }

private:
    using StreamPairs = std::vector<std::pair<QByteArray, QByteArray>>;
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestElementPaging)
#include "tst_element_paging.moc"
