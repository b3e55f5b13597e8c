// SPDX-License-Identifier: GPL-3.0-or-later
//
// Large values of a file: commands answer from the file's bytes as they do from the decoded value, scans lose nothing when
// the value is edited meanwhile, and what stands before damage is readable. Files are written here, so no server is needed.
#include "core/engine/deep_check.h"
#include "core/engine/engine.h"
#include "core/engine/engine_client.h"
#include "core/engine/keyspace.h"
#include "core/rdb/rdb_writer.h"

#include <QFile>
#include <QSet>
#include <QTemporaryDir>
#include <QtTest>

namespace keyloupe::test {
namespace {

constexpr int kElements = 20'000;

QByteArray number(std::int64_t value) { return QByteArray::number(qint64(value)); }

std::vector<std::pair<QByteArray, Value>> largeValues()
{
    HashValue hash;
    HashValue expiring;
    SetValue set;
    ListValue list;
    SortedSetValue zset;
    StreamValue stream;
    QByteArray text;
    for (int i = 0; i < kElements; ++i) {
        hash.fields.push_back({"field:" + number(i), "value " + number(i) + " of many", -1});
        expiring.fields.push_back({"field:" + number(i), "value " + number(i) + " of many", i % 3 == 0 ? 4'000'000'000'000 + i : -1});
        set.members.push_back(i % 2 == 0 ? number(i) : "member number " + number(i) + QByteArray(30, 'x'));
        list.items.push_back("item " + number(i) + " with some text");
        zset.members.push_back({"member:" + number(i) + QByteArray(8, 'z'), i % 100 / 4.0});
        stream.entries.push_back({{std::uint64_t(1000 + i / 3), std::uint64_t(i % 3)}, {{"sensor", number(i % 7)}, {"reading", "r" + number(i * 31)}}});
        text += "line " + number(i) + (i % 5 == 0 ? QByteArray(100, '-') : QByteArray()) + '\n';
    }
    // RdbWriter writes them as they come; servers write the highest first.
    std::sort(zset.members.begin(), zset.members.end(), [](const ScoredMember &a, const ScoredMember &b) {
        return a.score != b.score ? a.score > b.score : a.member > b.member;
    });
    stream.firstId = stream.entries.front().id;
    stream.lastId = stream.entries.back().id;
    stream.entriesAdded = kElements;
    return {{"hash", hash}, {"expiring", expiring}, {"set", set}, {"list", list}, {"zset", zset}, {"stream", stream}, {"text", text.repeated(10)}, {"small", QByteArray("small")}};
}

QByteArray imageOf(const std::vector<std::pair<QByteArray, Value>> &values)
{
    QByteArray image;
    RdbWriter writer([&](QByteArrayView bytes) -> Result<void> {
        image.append(bytes);
        return {};
    }, RdbFamily::Redis, 12);
    bool sound = writer.begin().ok() && writer.aux("ctime", "1700000000").ok() && writer.selectDb(0).ok();
    for (const auto &[key, value] : values)
        sound = sound && writer.key(key, value, -1, -1, -1).ok();
    return sound && writer.end().ok() ? image : QByteArray();
}

} // namespace

class TestLargeValues : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    std::shared_ptr<const Snapshot> m_snapshot;

    std::shared_ptr<const Snapshot> open(const QString &name, const QByteArray &image)
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(image) != image.size())
            return {};
        file.close();
        auto snapshot = Snapshot::open(file.fileName());
        return snapshot.ok() ? *snapshot : nullptr;
    }

    struct Side
    {
        Engine engine;
        std::shared_ptr<EngineClient> client;

        explicit Side(std::shared_ptr<const Snapshot> snapshot) : engine(std::move(snapshot)), client(engine.connect()) { }
        RespValue ask(const QByteArrayList &args) { return engine.execute(*client, Command(args)); }
        RespValue say(const QByteArray &line) { return ask(line.split(' ')); }
        bool isLarge(const QByteArray &key) { return engine.keyspace().large(0, key) != nullptr; }
    };

private Q_SLOTS:
    void initTestCase();
    void answersAsDecoded_data();
    void answersAsDecoded();
    void leavesSmallAndEditedValues();
    void scansAll_data();
    void scansAll();
    void losesNothingToAnEditDuringScan_data();
    void losesNothingToAnEditDuringScan();
    void readsWhatStandsBeforeDamage();
    void dumpsWhatRestores();
    void checksDeeply();
};

void TestLargeValues::initTestCase()
{
    m_snapshot = open(QStringLiteral("large.rdb"), imageOf(largeValues()));
    QVERIFY(m_snapshot);
    Side side(m_snapshot);
    for (const char *key : {"hash", "expiring", "set", "list", "zset", "stream", "text"})
        QVERIFY2(side.isLarge(key), key);
    QVERIFY(!side.isLarge("small"));
    QVERIFY(!side.isLarge("none"));
}

void TestLargeValues::answersAsDecoded_data()
{
    QTest::addColumn<QByteArray>("line");
    const char *lines[] = {"HLEN hash", "HGET hash field:0", "HGET hash field:19999", "HGET hash nothing", "HMGET hash field:7 no field:7 field:12345",
                           "HSTRLEN hash field:77", "HEXISTS hash field:5", "HEXISTS hash 5", "HGETALL hash", "HKEYS hash", "HVALS hash",
                           "HPEXPIRETIME expiring FIELDS 3 field:0 field:1 no", "HTTL expiring FIELDS 2 field:3 field:4", "HPTTL expiring FIELDS 1 field:3",
                           "HEXPIRETIME expiring FIELDS 1 field:6", "HPTTL expiring FIELDS 2 field:3", "HGET expiring field:33", "HGETALL expiring",
                           "SCARD set", "SISMEMBER set 0", "SISMEMBER set 1", "SMISMEMBER set 2 3 4", "SMEMBERS set",
                           "LLEN list", "LRANGE list 0 10", "LRANGE list 15000 15010", "LRANGE list -5 -1", "LRANGE list 10 5", "LRANGE list 19990 99999",
                           "LRANGE list -100000 3", "LRANGE list 3 -19990", "LRANGE list x 1", "LINDEX list 0", "LINDEX list -1", "LINDEX list 99999", "LINDEX list -99999", "LINDEX list x",
                           "LRANGE list 0 -1",
                           "ZCARD zset", "ZRANGE zset 0 5", "ZRANGE zset 0 5 WITHSCORES", "ZRANGE zset -3 -1 WITHSCORES", "ZRANGE zset 9999 10005 REV WITHSCORES",
                           "ZREVRANGE zset 0 4 WITHSCORES", "ZREVRANGE zset 100 90", "ZRANGE zset 0 -1 WITHSCORES", "ZRANGE zset 5 7 BYSCORE LIMIT 0 3",
                           "ZRANGE zset x 7", "ZRANGE zset 0 1 NONSENSE", "ZSCORE zset member:17zzzzzzzz", "ZSCORE zset no", "ZMSCORE zset no member:3zzzzzzzz",
                           "XLEN stream", "XRANGE stream - + COUNT 3", "XREVRANGE stream + - COUNT 3", "XRANGE stream 2000 2001", "XRANGE stream (2000-1 2001-0",
                           "XREVRANGE stream 3000 2999-2", "XRANGE stream 9999999 +", "XRANGE stream + -", "XRANGE stream - + COUNT 0", "XRANGE stream - + COUNT",
                           "XRANGE stream nonsense +", "XREVRANGE stream + - COUNT -5", "XRANGE stream - +",
                           "STRLEN text", "GETRANGE text 0 99", "GETRANGE text -50 -1", "GETRANGE text 10 5", "GETRANGE text -1 -5", "GETRANGE text 0 99999999",
                           "GETRANGE text 99999999 1", "GET text", "SUBSTR text 5 9", "GETRANGE text a b",
                           "HLEN set", "LRANGE hash 0 1", "STRLEN list", "ZCARD text", "XLEN zset", "SISMEMBER stream x",
                           "TYPE hash", "OBJECT ENCODING hash", "OBJECT ENCODING zset", "OBJECT ENCODING text", "EXISTS hash"};
    for (const char *line : lines)
        QTest::newRow(line) << QByteArray(line);
}

// The other side got every value by RESTORE, and so has it decoded.
void TestLargeValues::answersAsDecoded()
{
    QFETCH(QByteArray, line);
    static Side large(m_snapshot);
    static const std::unique_ptr<Side> decoded = [&] {
        auto side = std::make_unique<Side>(m_snapshot);
        for (const auto &[key, value] : largeValues())
            side->ask({"RESTORE", key, "0", side->ask({"DUMP", key}).bytes, "REPLACE"});
        return side;
    }();
    for (const char *protocol : {"2", "3"}) {
        large.ask({"HELLO", protocol});
        decoded->ask({"HELLO", protocol});
        const RespValue there = decoded->say(line);
        const RespValue here = large.say(line);
        QVERIFY2(here == there, qPrintable(QString::fromUtf8(here.bytes.left(300))));
    }
    QVERIFY(!decoded->isLarge("hash"));
}

void TestLargeValues::leavesSmallAndEditedValues()
{
    Side side(m_snapshot);
    QCOMPARE(side.say("HSET hash field:3 new").integer, 0);
    QVERIFY(!side.isLarge("hash"));
    QCOMPARE(side.say("HGET hash field:3").bytes, QByteArray("new"));
    QCOMPARE(side.say("HLEN hash").integer, kElements);
    // Only another name and another expiry: the bytes of the file are still the value.
    side.say("RENAME list other");
    side.say("PEXPIRE other 100000");
    QVERIFY(side.isLarge("other"));
    QCOMPARE(side.say("LINDEX other 19999").bytes, QByteArray("item 19999 with some text"));
    side.say("DEL set");
    QVERIFY(!side.isLarge("set"));
    QCOMPARE(side.say("SCARD set").integer, 0);
}

void TestLargeValues::scansAll_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("options");
    QTest::addColumn<int>("step");
    QTest::addColumn<int>("expected");
    QTest::newRow("hash") << QByteArray("HSCAN") << QByteArray("hash") << QByteArray("COUNT 333") << 2 << kElements;
    QTest::newRow("hash in small steps") << QByteArray("HSCAN") << QByteArray("hash") << QByteArray("COUNT 10") << 2 << kElements;
    QTest::newRow("hash at once") << QByteArray("HSCAN") << QByteArray("hash") << QByteArray("COUNT 100000") << 2 << kElements;
    QTest::newRow("hash without values") << QByteArray("HSCAN") << QByteArray("hash") << QByteArray("COUNT 1000 NOVALUES") << 1 << kElements;
    QTest::newRow("some of the hash") << QByteArray("HSCAN") << QByteArray("hash") << QByteArray("COUNT 1000 MATCH field:1999?") << 2 << 10;
    QTest::newRow("set") << QByteArray("SSCAN") << QByteArray("set") << QByteArray("COUNT 500") << 1 << kElements;
    QTest::newRow("zset") << QByteArray("ZSCAN") << QByteArray("zset") << QByteArray("COUNT 777") << 2 << kElements;
}

void TestLargeValues::scansAll()
{
    QFETCH(QByteArray, command);
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, options);
    QFETCH(int, step);
    QFETCH(int, expected);
    Side side(m_snapshot);
    QSet<QByteArray> names;
    QByteArray cursor = "0";
    int calls = 0;
    do {
        const RespValue page = side.ask(QByteArrayList{command, key, cursor} + options.split(' '));
        QCOMPARE(page.items.size(), std::size_t(2));
        cursor = page.items[0].bytes;
        for (std::size_t i = 0; i < page.items[1].items.size(); i += std::size_t(step)) {
            QVERIFY(!names.contains(page.items[1].items[i].bytes)); // in file order none comes twice
            names.insert(page.items[1].items[i].bytes);
        }
    } while (cursor != "0" && ++calls < 10'000);
    QCOMPARE(names.size(), expected);
    // A cursor that no scan gave: an end, not an error.
    QCOMPARE(side.ask({command, key, number((std::int64_t{1} << 62) + kElements * 2)}).items[0].bytes, QByteArray("0"));
}

void TestLargeValues::losesNothingToAnEditDuringScan_data()
{
    QTest::addColumn<QByteArray>("scan");
    QTest::addColumn<QByteArray>("edit");
    QTest::addColumn<int>("step");
    QTest::addColumn<QByteArray>("removed");
    QTest::newRow("hash") << QByteArray("HSCAN hash") << QByteArray("HDEL hash field:100") << 2 << QByteArray("field:100");
    QTest::newRow("set") << QByteArray("SSCAN set") << QByteArray("SREM set 100") << 1 << QByteArray("100");
    QTest::newRow("zset") << QByteArray("ZSCAN zset") << QByteArray("ZREM zset member:100zzzzzzzz") << 2 << QByteArray("member:100zzzzzzzz");
}

void TestLargeValues::losesNothingToAnEditDuringScan()
{
    QFETCH(QByteArray, scan);
    QFETCH(QByteArray, edit);
    QFETCH(int, step);
    QFETCH(QByteArray, removed);
    Side side(m_snapshot);
    QSet<QByteArray> names;
    QByteArray cursor = "0";
    int calls = 0;
    do {
        const RespValue page = side.say(scan + ' ' + cursor + " COUNT 700");
        cursor = page.items[0].bytes;
        for (std::size_t i = 0; i < page.items[1].items.size(); i += std::size_t(step))
            names.insert(page.items[1].items[i].bytes);
        if (calls == 7)
            QCOMPARE(side.say(edit).integer, 1);
    } while (cursor != "0" && ++calls < 1000);
    names.remove(removed);
    QCOMPARE(names.size(), kElements - 1);
}

void TestLargeValues::readsWhatStandsBeforeDamage()
{
    const std::vector<std::pair<QByteArray, Value>> values = largeValues();
    QByteArray image = imageOf(values);
    // A score that is none; where the value ends is known all the same.
    const auto &members = std::get<SortedSetValue>(std::find_if(values.begin(), values.end(), [](const auto &pair) { return pair.first == "zset"; })->second).members;
    const qsizetype score = image.indexOf(members[15'000].member) + members[15'000].member.size();
    image.replace(score, 8, QByteArray::fromHex("000000000000f87f"));
    const auto snapshot = open(QStringLiteral("nan.rdb"), image);
    QVERIFY(snapshot);
    Side side(snapshot);
    QVERIFY(side.isLarge("zset"));
    QCOMPARE(side.say("ZCARD zset").integer, kElements);
    QByteArray cursor = "0";
    QSet<QByteArray> names;
    RespValue page;
    for (int calls = 0; calls < 1000; ++calls) {
        page = side.say("ZSCAN zset " + cursor + " COUNT 700");
        if (page.isError())
            break;
        cursor = page.items[0].bytes;
        QVERIFY(cursor != "0");
        for (std::size_t i = 0; i < page.items[1].items.size(); i += 2)
            names.insert(page.items[1].items[i].bytes);
    }
    QCOMPARE(names.size(), 15'000);
    QVERIFY(page.bytes.contains("byte " + number(score)));
    QVERIFY(side.say("ZRANGE zset 0 10").isError());
    QVERIFY(side.say("ZSCORE zset " + members[20].member).kind != RespValue::Kind::Error);
    QVERIFY(side.say("DUMP zset").isError());
    QCOMPARE(side.say("HLEN hash").integer, kElements);
}

void TestLargeValues::dumpsWhatRestores()
{
    Side side(m_snapshot);
    for (const auto &[key, value] : largeValues()) {
        const RespValue payload = side.ask({"DUMP", key});
        QCOMPARE(side.ask({"RESTORE", "copy", "0", payload.bytes, "REPLACE"}), RespValue::ok());
        QCOMPARE(side.say("TYPE copy"), side.ask({"TYPE", key}));
    }
}

void TestLargeValues::checksDeeply()
{
    const Result<DeepCheckReport> sound = checkDeep(*m_snapshot, 2);
    QVERIFY(sound.ok());
    QCOMPARE(sound->values, 8);
    QVERIFY(sound->damage.empty());
    QVERIFY(sound->elements > 6 * kElements);

    // Damage that the index does not see: inside values, some of them many records apart.
    std::vector<std::pair<QByteArray, Value>> values;
    for (int i = 0; i < 10'000; ++i)
        values.emplace_back("key:" + number(i), SetValue{{"unique " + number(i), "other " + number(i)}});
    QByteArray image = imageOf(values);
    for (const int i : {5, 4000, 9999}) {
        const qsizetype at = image.indexOf("\x02" + QByteArray(1, char(7 + number(i).size())) + "unique " + number(i));
        QVERIFY(at > 0);
        image.replace(at + 2, 7, "other  ");
        image.replace(at + 2, 6 + number(i).size(), "other " + number(i));
        image[at + 1] = char(6 + number(i).size());
        image.remove(at + 2 + 6 + number(i).size(), 1);
    }
    const auto snapshot = open(QStringLiteral("twice.rdb"), image);
    QVERIFY(snapshot);
    for (const int threads : {1, 2, 5}) {
        const Result<DeepCheckReport> report = checkDeep(*snapshot, threads);
        QVERIFY(report.ok());
        QCOMPARE(report->values, 10'000);
        QCOMPARE(report->damage.size(), std::size_t(3));
        QByteArrayList keys;
        for (const ValueDamage &damage : report->damage) {
            keys << damage.place.key;
            QVERIFY(damage.place.reason.contains(QStringLiteral("twice")));
        }
        QCOMPARE(keys, (QByteArrayList{"key:5", "key:4000", "key:9999"}));
    }
    CancelToken cancel;
    cancel.cancel();
    QCOMPARE(checkDeep(*snapshot, 2, cancel).error().code, Errc::Cancelled);
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestLargeValues)
#include "tst_large_values.moc"
