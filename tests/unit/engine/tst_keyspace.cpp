// SPDX-License-Identifier: GPL-3.0-or-later
//
// The keyspace over a file: expiry as of the file's time, edits over records, what is saved. Files are written here with
// RdbWriter, so no server is needed.
#include "core/engine/engine.h"
#include "core/engine/keyspace.h"
#include "core/rdb/rdb_writer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

namespace keyloupe::test {
namespace {

constexpr std::int64_t kWritten = 1'700'000'000'000; // when the file says it was written

struct Key
{
    int db;
    QByteArray name;
    Value value;
    std::int64_t expireAtMs = -1;
    std::int64_t idle = -1;
    int frequency = -1;
};

// `records` stand behind the keys as they are.
QByteArray imageOf(const std::vector<Key> &keys, QByteArrayView records = {})
{
    QByteArray image;
    RdbWriter writer([&](QByteArrayView bytes) -> Result<void> {
        image.append(bytes);
        return {};
    }, RdbFamily::Redis, 10);
    int db = -1;
    bool sound = writer.begin().ok() && writer.aux("ctime", QByteArray::number(qint64(kWritten / 1000))).ok();
    for (const Key &key : keys) {
        if (key.db != db)
            sound = sound && writer.selectDb(key.db).ok();
        db = key.db;
        sound = sound && writer.key(key.name, key.value, key.expireAtMs, key.idle, key.frequency).ok();
    }
    sound = sound && writer.raw(records).ok();
    return sound && writer.end().ok() ? image : QByteArray();
}

std::vector<Key> sample()
{
    return {{0, "plain", QByteArray("value")},
            {0, "lapsed", QByteArray("old"), kWritten - 1},
            {0, "lives", QByteArray("new"), kWritten + 60'000},
            {0, "idle", QByteArray("x"), -1, 500, -1},
            {0, "list", ListValue{{"a", "b", "c"}}},
            {0, "set", SetValue{{"1", "2"}}},
            {0, "zset", SortedSetValue{{{"a", 1}, {"b", 2}}}},
            {0, "hash", HashValue{{{"f", "v", -1}}}},
            {5, "five", QByteArray("in five")}};
}

} // namespace

class TestKeyspace : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    std::shared_ptr<const Snapshot> write(const QString &name, const QByteArray &image)
    {
        const QString path = m_dir.filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(image) != image.size())
            return {};
        file.close();
        auto snapshot = Snapshot::open(path);
        return snapshot.ok() ? *snapshot : nullptr;
    }

    static RespValue ask(Engine &engine, EngineClient &client, const QByteArrayList &args) { return engine.execute(client, Command(args)); }

private Q_SLOTS:
    void expiryIsAsOfTheFile()
    {
        const auto snapshot = write(QStringLiteral("a.rdb"), imageOf(sample()));
        QVERIFY(snapshot);
        Engine engine(snapshot);
        const auto client = engine.connect();
        QCOMPARE(engine.nowMs(), kWritten);
        QCOMPARE(ask(engine, *client, {"EXISTS", "lapsed"}), RespValue::ofInteger(0));
        QCOMPARE(ask(engine, *client, {"PTTL", "lives"}), RespValue::ofInteger(60'000));
        QCOMPARE(ask(engine, *client, {"DBSIZE"}), RespValue::ofInteger(7));
        QCOMPARE(ask(engine, *client, {"TIME"}).items[0], RespValue::bulk("1700000000"));
        // Time stands still: what lives now lives on.
        QTest::qWait(5);
        QCOMPARE(ask(engine, *client, {"PTTL", "lives"}), RespValue::ofInteger(60'000));
        QVERIFY(!engine.isModified());
    }

    void expiryFollowsAClock()
    {
        const auto snapshot = write(QStringLiteral("clock.rdb"), imageOf(sample()));
        std::int64_t now = kWritten;
        Engine engine(snapshot, [&] { return now; });
        const auto client = engine.connect();
        std::vector<QByteArray> events;
        const auto listener = engine.connect([&](RespValue message) { events.push_back(message.items.back().bytes); });
        ask(engine, *client, {"CONFIG", "SET", "notify-keyspace-events", "Ex"});
        ask(engine, *listener, {"PSUBSCRIBE", "__keyevent@*__:expired"});
        events.clear();
        ask(engine, *client, {"SET", "mine", "v", "PX", "1000"});
        ask(engine, *client, {"PEXPIRE", "plain", "2000"});
        QCOMPARE(ask(engine, *client, {"DBSIZE"}), RespValue::ofInteger(8));
        now = kWritten + 1000;
        QCOMPARE(ask(engine, *client, {"EXISTS", "mine"}), RespValue::ofInteger(1)); // its last millisecond
        now = kWritten + 1001;
        QCOMPARE(ask(engine, *client, {"EXISTS", "mine"}), RespValue::ofInteger(0));
        QCOMPARE(ask(engine, *client, {"EXISTS", "plain"}), RespValue::ofInteger(1));
        now = kWritten + 60'001;
        QCOMPARE(ask(engine, *client, {"EXISTS", "plain", "lives"}), RespValue::ofInteger(0));
        QCOMPARE(ask(engine, *client, {"DBSIZE"}), RespValue::ofInteger(5));
        QCOMPARE(events, (std::vector<QByteArray>{"mine", "plain", "lives"}));
        // A clock that goes back brings nothing back.
        now = kWritten;
        QCOMPARE(ask(engine, *client, {"EXISTS", "plain", "lives", "mine"}), RespValue::ofInteger(0));
    }

    void watchedKeyThatLapsesBreaksATransaction()
    {
        std::int64_t now = kWritten;
        Engine engine([&] { return now; });
        const auto client = engine.connect();
        ask(engine, *client, {"SET", "k", "v", "PX", "10"});
        ask(engine, *client, {"WATCH", "k"});
        now += 11;
        ask(engine, *client, {"MULTI"});
        ask(engine, *client, {"SET", "other", "1"});
        QVERIFY(ask(engine, *client, {"EXEC"}).isNull());
    }

    void editsLieOverTheFile()
    {
        const QByteArray image = imageOf(sample());
        const auto snapshot = write(QStringLiteral("b.rdb"), image);
        Engine engine(snapshot);
        std::vector<bool> reports;
        engine.onModifiedChanged([&](bool modified) { reports.push_back(modified); });
        const auto client = engine.connect();
        for (const QByteArrayList &reading : QList<QByteArrayList>{{"GET", "plain"}, {"LRANGE", "list", "0", "-1"}, {"HGETALL", "hash"}, {"OBJECT", "ENCODING", "zset"}, {"SORT", "list", "ALPHA"}, {"LSET", "list", "99", "x"}, {"SADD", "set", "1"}, {"DEL", "nosuch"}, {"SETRANGE", "plain", "0", ""}})
            ask(engine, *client, reading);
        QVERIFY(!engine.isModified());
        ask(engine, *client, {"RPUSH", "list", "d"});
        QVERIFY(engine.isModified());
        QCOMPARE(reports, std::vector<bool>{true});
        ask(engine, *client, {"DEL", "set"});
        ask(engine, *client, {"RENAME", "plain", "renamed"});
        ask(engine, *client, {"COPY", "hash", "copied"});
        ask(engine, *client, {"HSET", "copied", "f", "other"});
        ask(engine, *client, {"EXPIRE", "zset", "100"});
        ask(engine, *client, {"MOVE", "idle", "5"});
        ask(engine, *client, {"SET", "fresh", "1"});
        QCOMPARE(ask(engine, *client, {"HGET", "hash", "f"}), RespValue::bulk("v")); // what was copied is not shared
        QCOMPARE(ask(engine, *client, {"OBJECT", "IDLETIME", "lives"}), RespValue::ofInteger(0));

        const QString path = m_dir.filePath(QStringLiteral("saved.rdb"));
        const auto report = engine.save(path);
        QVERIFY(report.ok());
        QVERIFY(!engine.isModified());
        QCOMPARE(reports, (std::vector<bool>{true, false}));
        QVERIFY(report->copiedRecords > 0 && report->encodedRecords > 0);

        const auto again = Snapshot::open(path);
        QVERIFY(again.ok());
        Engine second(*again);
        const auto reader = second.connect();
        QCOMPARE(second.nowMs() / 1000, kWritten / 1000);
        QCOMPARE(ask(second, *reader, {"LRANGE", "list", "-1", "-1"}).items.at(0), RespValue::bulk("d"));
        QCOMPARE(ask(second, *reader, {"EXISTS", "set", "plain"}), RespValue::ofInteger(0));
        QCOMPARE(ask(second, *reader, {"GET", "renamed"}), RespValue::bulk("value"));
        QCOMPARE(ask(second, *reader, {"HGET", "copied", "f"}), RespValue::bulk("other"));
        QCOMPARE(ask(second, *reader, {"HGET", "hash", "f"}), RespValue::bulk("v"));
        QCOMPARE(ask(second, *reader, {"PTTL", "zset"}), RespValue::ofInteger(100'000));
        QCOMPARE(ask(second, *reader, {"PTTL", "lives"}), RespValue::ofInteger(60'000));
        ask(second, *reader, {"SELECT", "5"});
        QCOMPARE(ask(second, *reader, {"GET", "five"}), RespValue::bulk("in five"));
        QCOMPARE(ask(second, *reader, {"OBJECT", "IDLETIME", "idle"}), RespValue::ofInteger(500));

        // The file that was opened is as it was.
        QFile original(snapshot->path());
        QVERIFY(original.open(QIODevice::ReadOnly));
        QVERIFY(original.readAll() == image);
    }

    // What a server of Redis 8.6 notes at a key for its modules is not ours to drop when something else is edited.
    void metadataOfAKeyStaysThroughEdits()
    {
        const auto metadata = [](const QByteArray &note) { return QByteArray("\xf3\x01" "ABCD" "\x05") + char(note.size()) + note + '\0'; };
        const auto record = [&](const QByteArray &key) { return metadata("of " + key) + '\0' + char(key.size()) + key + "\x05value"; };
        QByteArray records;
        for (const char *key : {"left", "timed", "edited", "old", "copied", "replaced", "gone"})
            records += record(key);
        Engine engine(write(QStringLiteral("m.rdb"), imageOf({}, records)));
        const auto client = engine.connect();
        for (const QByteArrayList &edit : QList<QByteArrayList>{{"EXPIRE", "timed", "100"}, {"APPEND", "edited", "!"}, {"RENAME", "old", "new"},
                                                                {"COPY", "copied", "copy"}, {"SET", "replaced", "other"}, {"DEL", "gone"}, {"SET", "gone", "back"}})
            QVERIFY(!ask(engine, *client, edit).isError());
        const QString path = m_dir.filePath(QStringLiteral("metadata.rdb"));
        QVERIFY(engine.save(path).ok());
        QFile saved(path);
        QVERIFY(saved.open(QIODevice::ReadOnly));
        const QByteArray bytes = saved.readAll();
        for (const char *note : {"left", "timed", "edited", "old", "copied"})
            QCOMPARE(bytes.count(metadata(QByteArray("of ") + note)), note == QByteArray("copied") ? 2 : 1);
        QVERIFY(bytes.contains(metadata("of old") + QByteArray("\0\x03new", 5)));
        QVERIFY(bytes.contains(metadata("of copied") + QByteArray("\0\x04" "copy", 6)));
        // A new value under the name is another key to a server too.
        QVERIFY(!bytes.contains("of replaced"));
        QVERIFY(!bytes.contains("of gone"));
        Engine second(*Snapshot::open(path));
        const auto reader = second.connect();
        QCOMPARE(ask(second, *reader, {"GET", "edited"}), RespValue::bulk("value!"));
        QCOMPARE(ask(second, *reader, {"PTTL", "timed"}), RespValue::ofInteger(100'000));
        QCOMPARE(ask(second, *reader, {"DBSIZE"}), RespValue::ofInteger(8));
    }

    // A record that lapsed is hidden, but a save is no reason to lose it: the file's time is not today.
    void lapsedRecordsAreKeptBySaves()
    {
        Engine engine(write(QStringLiteral("c.rdb"), imageOf(sample())));
        const auto client = engine.connect();
        ask(engine, *client, {"SET", "fresh", "1"});
        const QString path = m_dir.filePath(QStringLiteral("kept.rdb"));
        QVERIFY(engine.save(path).ok());
        const auto saved = Snapshot::open(path);
        QVERIFY(saved.ok());
        QVERIFY((*saved)->find(0, "lapsed"));
        // Written over, it is a key of its own.
        ask(engine, *client, {"SET", "lapsed", "alive"});
        QCOMPARE(ask(engine, *client, {"TTL", "lapsed"}), RespValue::ofInteger(-1));
        QVERIFY(engine.save(path).ok());
        Engine second(*Snapshot::open(path));
        QCOMPARE(ask(second, *second.connect(), {"GET", "lapsed"}), RespValue::bulk("alive"));
    }

    void scansSeeEveryKeyThroughEdits()
    {
        std::vector<Key> keys;
        for (int i = 0; i < 300; ++i)
            keys.push_back({0, "file " + QByteArray::number(i), QByteArray("v")});
        Engine engine(write(QStringLiteral("d.rdb"), imageOf(keys)));
        const auto client = engine.connect();
        for (int i = 0; i < 100; ++i)
            ask(engine, *client, {"SET", "new " + QByteArray::number(i), "v"});
        QSet<QByteArray> seen;
        QByteArray cursor = "0";
        int step = 0;
        do {
            const RespValue page = ask(engine, *client, {"SCAN", cursor, "COUNT", "7"});
            for (const RespValue &key : page.items.at(1).items)
                seen.insert(key.bytes);
            cursor = page.items.at(0).bytes;
            // In between keys come, go and change.
            ask(engine, *client, {"SET", "file " + QByteArray::number(step), "changed"});
            ask(engine, *client, {"DEL", "new " + QByteArray::number(99 - step)});
            ask(engine, *client, {"SET", "later " + QByteArray::number(step), "v"});
            ++step;
            QVERIFY(step < 1000);
        } while (cursor != "0");
        for (int i = 0; i < 300; ++i)
            QVERIFY(seen.contains("file " + QByteArray::number(i)));
        for (int i = 0; i < 100; ++i) {
            if (ask(engine, *client, {"EXISTS", "new " + QByteArray::number(i)}).integer == 1)
                QVERIFY2(seen.contains("new " + QByteArray::number(i)), QByteArray::number(i).constData());
        }
    }

    void flushAndSwap()
    {
        Engine engine(write(QStringLiteral("e.rdb"), imageOf(sample())));
        const auto client = engine.connect();
        QCOMPARE(ask(engine, *client, {"SWAPDB", "0", "5"}), RespValue::ok());
        QCOMPARE(ask(engine, *client, {"GET", "five"}), RespValue::bulk("in five"));
        QCOMPARE(ask(engine, *client, {"FLUSHDB"}), RespValue::ok());
        QCOMPARE(ask(engine, *client, {"DBSIZE"}), RespValue::ofInteger(0));
        QCOMPARE(ask(engine, *client, {"EXISTS", "five"}), RespValue::ofInteger(0));
        ask(engine, *client, {"SET", "five", "again"});
        const QString path = m_dir.filePath(QStringLiteral("swapped.rdb"));
        QVERIFY(engine.save(path).ok());
        Engine second(*Snapshot::open(path));
        const auto reader = second.connect();
        QCOMPARE(ask(second, *reader, {"GET", "five"}), RespValue::bulk("again"));
        QCOMPARE(ask(second, *reader, {"SELECT", "5"}), RespValue::ok());
        QCOMPARE(ask(second, *reader, {"GET", "plain"}), RespValue::bulk("value"));
    }

    // PFCOUNT keeps the count in the value: that is no edit.
    void askingIsNoEdit()
    {
        Engine engine;
        const auto client = engine.connect();
        ask(engine, *client, {"PFADD", "p", "a", "b"});
        const QString path = m_dir.filePath(QStringLiteral("hll.rdb"));
        QVERIFY(engine.save(path).ok());
        QCOMPARE(ask(engine, *client, {"PFCOUNT", "p"}), RespValue::ofInteger(2));
        QVERIFY(!engine.isModified());
        Engine second(*Snapshot::open(path));
        const auto reader = second.connect();
        QCOMPARE(ask(second, *reader, {"PFCOUNT", "p"}), RespValue::ofInteger(2));
        QCOMPARE(ask(second, *reader, {"XREAD", "STREAMS", "nosuch", "0"}).kind, RespValue::Kind::Null);
        QVERIFY(!second.isModified());
    }

    void damagedValuesAreTold()
    {
        // An intset whose numbers are 3 bytes wide, which there is not.
        const QByteArray record("\x0b\x03" "bad" "\x0b" "\x03\0\0\0\x01\0\0\0" "abc", 17);
        const auto snapshot = write(QStringLiteral("damaged.rdb"), imageOf({{0, "good", QByteArray("x")}}, record));
        QVERIFY(snapshot && snapshot->find(0, "bad"));
        Engine engine(snapshot);
        const auto client = engine.connect();
        for (const QByteArrayList &args : QList<QByteArrayList>{{"SMEMBERS", "bad"}, {"SADD", "bad", "x"}, {"SUNIONSTORE", "good", "bad"}, {"DUMP", "bad"}, {"SORT", "bad"}}) {
            const RespValue reply = ask(engine, *client, args);
            QVERIFY2(reply.bytes.startsWith("ERR the value of this key cannot be read"), reply.bytes.constData());
        }
        QVERIFY(!engine.isModified());
        QCOMPARE(ask(engine, *client, {"GET", "good"}), RespValue::bulk("x"));
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestKeyspace)
#include "tst_keyspace.moc"
