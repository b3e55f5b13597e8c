// SPDX-License-Identifier: GPL-3.0-or-later
//
// The index of a snapshot: every key is found, numbered and sorted, however its name is stored and whatever stands between
// the records; and it stays small.
#include "core/engine/engine.h"
#include "core/engine/keyspace.h"
#include "core/engine/name_index.h"
#include "core/engine/snapshot.h"
#include "core/rdb/rdb_writer.h"

#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <set>

namespace keyloupe::test {
namespace {

using Name = std::pair<int, QByteArray>;

// Writes names with the value "v" in the order given; `raw` goes before the end.
class Image
{
public:
    explicit Image(int version = 10) : m_writer(sink(), RdbFamily::Redis, version) { ok(m_writer.begin()); }

    Image &key(int db, const QByteArray &name, std::int64_t expireAtMs = -1)
    {
        select(db);
        ok(m_writer.key(name, QByteArray("v"), expireAtMs, -1, -1));
        return *this;
    }
    Image &raw(QByteArrayView bytes)
    {
        ok(m_writer.raw(bytes));
        return *this;
    }
    Image &sizes(std::int64_t keys)
    {
        ok(m_writer.resizeDb(keys, 0));
        return *this;
    }
    Image &select(int db)
    {
        if (std::exchange(m_db, db) != db)
            ok(m_writer.selectDb(db));
        return *this;
    }
    QByteArray done()
    {
        ok(m_writer.end());
        return m_sound ? m_bytes : QByteArray();
    }

private:
    RdbWriter::Sink sink()
    {
        return [this](QByteArrayView bytes) -> Result<void> {
            m_bytes.append(bytes);
            return {};
        };
    }
    void ok(const Result<void> &result) { m_sound = m_sound && result.ok(); }

    QByteArray m_bytes;
    RdbWriter m_writer;
    int m_db = -1;
    bool m_sound = true;
};

QByteArray longName(int i)
{
    return QByteArray("session:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:") + QByteArray::number(i); // stored with LZF
}

} // namespace

class TestSnapshot : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    QString pathOf(const char *name) const { return m_dir.filePath(QLatin1String(name)); }

    std::shared_ptr<const Snapshot> open(const QByteArray &image, const SnapshotOptions &options = {})
    {
        QFile file(pathOf("s.rdb"));
        if (image.isEmpty() || !file.open(QIODevice::WriteOnly) || file.write(image) != image.size())
            return {};
        file.close();
        auto snapshot = Snapshot::open(file.fileName(), options);
        return snapshot.ok() ? *snapshot : nullptr;
    }

    static void compareAll(const Snapshot &snapshot, const std::vector<Name> &names)
    {
        std::map<int, std::vector<QByteArray>> byDb;
        for (const auto &[db, name] : names)
            byDb[db].push_back(name);
        std::vector<int> databases;
        for (auto &[db, list] : byDb) {
            databases.push_back(db);
            QCOMPARE(snapshot.keyCount(db), std::int64_t(list.size()));
            QByteArray storage;
            for (std::size_t i = 0; i < list.size(); ++i) {
                QCOMPARE(snapshot.keyAt(db, std::int64_t(i)), list[i]);
                QCOMPARE(snapshot.keyAt(db, std::int64_t(i), storage), QByteArrayView(list[i]));
                QCOMPARE(snapshot.numberOf(db, list[i]), std::optional<std::int64_t>(i));
                const std::optional<RecordInfo> record = snapshot.find(db, list[i]);
                QVERIFY(record);
                QCOMPARE(record->db, db);
                QCOMPARE(snapshot.valueBytes(*record), QByteArrayView("\x01v"));
                QCOMPARE(record->recordOffset, snapshot.recordAt(db, std::int64_t(i)).recordOffset);
            }
            const std::vector<std::uint32_t> order = snapshot.sortedByName(db);
            std::vector<QByteArray> sorted;
            for (const std::uint32_t i : order)
                sorted.push_back(list[i]);
            std::sort(list.begin(), list.end(), [](const QByteArray &a, const QByteArray &b) { return QByteArrayView(a) < QByteArrayView(b); });
            QCOMPARE(sorted, list);
        }
        QCOMPARE(snapshot.databases(), databases);
        QVERIFY(!snapshot.find(0, "no such key"));
        QVERIFY(!snapshot.find(99, names.front().second));
    }

private Q_SLOTS:
    void findsNamesOfEveryForm()
    {
        const std::vector<Name> names{{0, "plain"},
                                      {0, "12345"},                    // an integer in the file
                                      {0, "-7"},
                                      {0, ""},
                                      {0, QByteArray("a\0b", 3)},
                                      {0, QByteArray("a\0", 2)},
                                      {0, "a"},
                                      {0, QByteArray(20, 'x')},
                                      {0, longName(1)},                // compressed in the file
                                      {0, longName(12)},
                                      {0, QByteArray(300, 'k') + "1"}, // a length of two bytes
                                      {0, QByteArray(300, 'k') + "2"},
                                      {0, "\xff\xfe"},
                                      {3, "plain"},                    // the same name elsewhere
                                      {3, "12345"}};
        Image image;
        for (const auto &[db, name] : names)
            image.key(db, name, name == "plain" ? 4'000'000'000'000 : -1);
        const auto snapshot = open(image.done());
        QVERIFY(snapshot);
        QVERIFY(snapshot->summary().isSound());
        compareAll(*snapshot, names);
        QCOMPARE(snapshot->expiryCount(0), 1);
        std::vector<std::pair<std::int64_t, std::int64_t>> expiries;
        snapshot->forEachExpiry(0, [&](std::int64_t i, std::int64_t when) { expiries.emplace_back(i, when); });
        QCOMPARE(snapshot->earliestExpiry(0), 4'000'000'000'000);
        QCOMPARE(snapshot->earliestExpiry(1), std::numeric_limits<std::int64_t>::max());
        QCOMPARE(expiries, (std::vector<std::pair<std::int64_t, std::int64_t>>{{0, 4'000'000'000'000}}));
        QCOMPARE(snapshot->recordAt(3, 0).expireAtMs, 4'000'000'000'000);
        QCOMPARE(snapshot->keyCount(0, ValueType::String), 13);
        QCOMPARE(snapshot->keyCount(0, ValueType::Hash), 0);
    }

    void aDatabaseMayComeTwice()
    {
        const std::vector<Name> names{{1, "z"}, {1, "b"}, {0, "q"}, {1, "a"}, {1, "y"}, {0, "c"}};
        Image image;
        for (const auto &[db, name] : names)
            image.key(db, name);
        const auto snapshot = open(image.done());
        QVERIFY(snapshot);
        compareAll(*snapshot, names);
    }

    void ofTwoRecordsOfAKeyTheFirstCounts()
    {
        const auto snapshot = open(Image().key(0, "a").key(0, "b", 4'000'000'000'000).key(0, "a", 5'000'000'000'000).key(2, "a").key(0, "c").key(0, "b").done());
        QVERIFY(snapshot);
        compareAll(*snapshot, {{0, "a"}, {0, "b"}, {2, "a"}, {0, "c"}});
        QCOMPARE(snapshot->recordAt(0, 0).expireAtMs, -1);
        QCOMPARE(snapshot->recordAt(0, 1).expireAtMs, 4'000'000'000'000);
        QCOMPARE(snapshot->summary().damage.size(), std::size_t(2));
        QCOMPARE(snapshot->summary().damage[0].key, QByteArray("a"));
        QCOMPARE(snapshot->summary().damage[1].key, QByteArray("b"));
        QVERIFY(snapshot->summary().damage[0].offset > 0);
        QVERIFY(!snapshot->summary().isSound());
    }

    void wrongSizeHintsCostNothing()
    {
        // A hint of 2^62 keys in a file of some bytes.
        const QByteArray huge("\xfb\x81\x40\0\0\0\0\0\0\0\x00", 11);
        const auto snapshot = open(Image().select(0).raw(huge).key(0, "a").sizes(0).key(0, "b").done());
        QVERIFY(snapshot);
        QVERIFY(snapshot->summary().isSound());
        compareAll(*snapshot, {{0, "a"}, {0, "b"}});
        QVERIFY(snapshot->memoryBytes() < 64 * 1024);
    }

    // Another database is chosen between a key's expiry and the key: servers take it, and a copy must not carry that along.
    void attributesMayBeApartFromTheirKey()
    {
        const QByteArray apart = QByteArray("\xfc\0\x40\x94\x52\xa3\x03\0\0", 9) + QByteArray("\xfe\x02", 2) + QByteArray("\0\x01k\x01v", 5);
        const auto snapshot = open(Image().key(0, "a").raw(apart).select(2).key(2, "z").done());
        QVERIFY(snapshot);
        compareAll(*snapshot, {{0, "a"}, {2, "k"}, {2, "z"}});
        QCOMPARE(snapshot->recordAt(2, 0).expireAtMs, 4'000'000'000'000);
        QVERIFY(snapshot->recordAt(2, 0).isInterrupted);
        QCOMPARE(snapshot->interruptedKeys(2), std::vector<std::int64_t>{0});

        Engine engine(snapshot);
        QVERIFY(engine.save(pathOf("copy.rdb")).ok());
        const auto copy = Snapshot::open(pathOf("copy.rdb"));
        QVERIFY(copy.ok() && (*copy)->summary().isSound());
        compareAll(**copy, {{0, "a"}, {2, "k"}, {2, "z"}});
        QVERIFY(!(*copy)->recordAt(2, 0).isInterrupted);
        QCOMPARE((*copy)->recordAt(2, 0).expireAtMs, 4'000'000'000'000);
    }

    // What stands between records is not copied with them, and records are copied whole around it.
    void savesAroundEditsAndGaps()
    {
        const QByteArray aux("\xfa\x03xyz\x01q", 7);
        Image image;
        std::vector<Name> names;
        for (int i = 0; i < 1000; ++i) {
            names.emplace_back(0, "k" + QByteArray::number(i));
            image.key(0, names.back().second, i % 3 == 0 ? 4'000'000'000'000 + i : -1);
            if (i % 100 == 50)
                image.raw(aux);
        }
        const auto snapshot = open(image.done());
        QVERIFY(snapshot);
        compareAll(*snapshot, names);
        QCOMPARE(snapshot->recordSpans(0, 0, 1000).size(), std::size_t(11));
        QCOMPARE(snapshot->recordSpans(0, 51, 151).size(), std::size_t(1));
        QCOMPARE(snapshot->recordSpans(0, 50, 52).size(), std::size_t(2));
        QVERIFY(snapshot->recordSpans(0, 7, 7).empty());

        Engine engine(snapshot);
        const auto client = engine.connect();
        const auto run = [&](const QByteArrayList &args) { return engine.execute(*client, Command(args)); };
        QCOMPARE(run({"DEL", "k0", "k50", "k51", "k999"}), RespValue::ofInteger(4));
        QCOMPARE(run({"PERSIST", "k3"}), RespValue::ofInteger(1));
        QCOMPARE(run({"RENAME", "k500", "renamed"}), RespValue::ok());
        QCOMPARE(run({"APPEND", "k501", "w"}), RespValue::ofInteger(2));
        QCOMPARE(run({"SET", "new", "v"}), RespValue::ok());
        const Result<EngineSaveReport> report = engine.save(pathOf("copy.rdb"));
        QVERIFY(report.ok());
        QCOMPARE(report->keys, 997);
        QCOMPARE(report->encodedRecords, 2);
        QCOMPARE(report->copiedRecords, 995);
        const auto copy = Snapshot::open(pathOf("copy.rdb"));
        QVERIFY(copy.ok() && (*copy)->summary().isSound());
        QCOMPARE((*copy)->keyCount(0), 997);
        QCOMPARE((*copy)->expiryCount(0), 334 - 4); // k0, k51, k999 are gone, k3 persists
        QCOMPARE((*copy)->summary().fileRecords.size(), std::size_t(10));
        for (int i = 0; i < 1000; ++i) {
            const bool isGone = i == 0 || i == 50 || i == 51 || i == 999 || i == 500;
            const auto record = (*copy)->find(0, "k" + QByteArray::number(i));
            QCOMPARE(record.has_value(), !isGone);
            if (record)
                QCOMPARE(record->expireAtMs, i % 3 == 0 && i != 3 ? 4'000'000'000'000 + i : -1);
        }
        QVERIFY((*copy)->find(0, "renamed") && (*copy)->find(0, "new"));
    }

    // Long common beginnings, one name the beginning of another, many equal windows; more names than one thread sorts.
    void sortsManyNames()
    {
        QRandomGenerator random(4711);
        std::vector<Name> names;
        std::set<QByteArray> seen;
        Image image;
        const auto add = [&](const QByteArray &name) {
            if (!seen.insert(name).second)
                return;
            names.emplace_back(0, name);
            image.key(0, name);
        };
        for (int i = 0; i < 150'000; ++i) {
            switch (random.bounded(5)) {
            case 0: add("user:" + QByteArray::number(random.bounded(3000)) + ":name" + QByteArray::number(random.bounded(30))); break;
            case 1: add(QByteArray::number(random.generate())); break;
            case 2: add(QByteArray(random.bounded(40), 'a')); break;
            case 3: add(QByteArray(random.bounded(20), '\0') + QByteArray(random.bounded(3), '\x01')); break;
            default: add("cache:very:long:common:prefix:" + QByteArray::number(random.bounded(1 << 20), 16)); break;
            }
        }
        const auto snapshot = open(image.done());
        QVERIFY(snapshot);
        compareAll(*snapshot, names);
        QVERIFY(snapshot->memoryBytes() < names.size() * 24);

        const CancelToken cancelled;
        cancelled.cancel();
        QVERIFY(snapshot->sortedByName(0, cancelled).empty());
        QVERIFY(!Snapshot::open(pathOf("s.rdb"), {cancelled, {}, -1}).ok());
    }

    // Large enough for the checksum to be taken by the second thread.
    void knowsAChangedByteInALargeFile()
    {
        Image image;
        for (int i = 0; i < 600'000; ++i)
            image.key(0, "key:" + QByteArray::number(i));
        QByteArray bytes = image.done();
        QVERIFY(bytes.size() > 4 * 1024 * 1024);
        auto snapshot = open(bytes);
        QVERIFY(snapshot);
        QCOMPARE(snapshot->summary().checksum, ChecksumState::Good);
        bytes[bytes.size() - 12] = 'w'; // of the last value
        snapshot = open(bytes);
        QVERIFY(snapshot);
        QCOMPARE(snapshot->summary().checksum, ChecksumState::Bad);
        QCOMPARE(snapshot->keyCount(0), 600'000);

        snapshot = open(bytes, {{}, {}, 1000});
        QVERIFY(snapshot);
        QCOMPARE(snapshot->keyCount(0), 1000);
        QVERIFY(!snapshot->summary().reachedEof);
    }

    void nameIndexTellsCollidingHashesApart()
    {
        NameIndex index;
        const std::uint64_t hash = 0x1234'5678'9abc'def0;
        for (std::uint32_t i = 0; i < 100; ++i)
            index.add(hash, i);
        std::vector<std::uint32_t> doubles;
        for (int part = 0; part < NameIndex::kParts; ++part)
            index.build(part, [](std::uint32_t a, std::uint32_t b) { return a % 50 == b % 50; }, doubles);
        QCOMPARE(doubles.size(), std::size_t(50));
        QCOMPARE(doubles.front(), 50u);
        for (std::uint32_t i = 0; i < 50; ++i)
            QCOMPARE(index.find(hash, [i](std::uint32_t p) { return p == i; }), i);
        QCOMPARE(index.find(hash, [](std::uint32_t) { return false; }), NameIndex::kNone);
        QCOMPARE(index.find(hash ^ 1, [](std::uint32_t) { return true; }), NameIndex::kNone);
    }
};

} // namespace keyloupe::test

QTEST_APPLESS_MAIN(keyloupe::test::TestSnapshot)
#include "tst_snapshot.moc"
