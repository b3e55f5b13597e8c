// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every kind of local file through openFile: append-only files alone, behind an RDB and in parts; what is cut, refused,
// missing or out of reach. Files are written here, so no server is needed; tst_aof_server compares with one.
#include "core/engine/keyspace.h"
#include "core/engine/open_file.h"
#include "core/rdb/rdb_writer.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

namespace keyloupe::test {
namespace {

constexpr std::int64_t kWritten = 1'700'000'000'000; // ctime of the RDB part
const QByteArray kFuture = "4102444800123";

QByteArray encode(const QByteArrayList &args)
{
    QByteArray bytes = "*" + QByteArray::number(args.size()) + "\r\n";
    for (const QByteArray &arg : args)
        bytes += "$" + QByteArray::number(arg.size()) + "\r\n" + arg + "\r\n";
    return bytes;
}

QByteArray print(const RespValue &reply)
{
    if (reply.isNull())
        return "nil";
    if (!reply.isAggregate())
        return reply.kind == RespValue::Kind::Integer ? QByteArray::number(qint64(reply.integer)) : reply.bytes;
    QByteArrayList items;
    for (const RespValue &item : reply.items)
        items.append(print(item));
    return '[' + items.join(' ') + ']';
}

QByteArray rdbWith(const QByteArray &key, const Value &value, std::int64_t expireAtMs = -1)
{
    QByteArray image;
    RdbWriter writer([&](QByteArrayView bytes) -> Result<void> {
        image.append(bytes);
        return {};
    }, RdbFamily::Redis, 10);
    const bool sound = writer.begin().ok() && writer.aux("ctime", QByteArray::number(qint64(kWritten / 1000))).ok() && writer.aux("aof-base", "1").ok()
        && writer.selectDb(0).ok() && writer.key(key, value, expireAtMs, -1, -1).ok() && writer.end().ok();
    return sound ? image : QByteArray();
}

} // namespace

class TestOpenFile : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;

    QString write(const QString &name, const QByteArray &bytes)
    {
        const QString path = m_dir->filePath(name);
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? path : QString();
    }

    static QByteArray get(OpenedFile &opened, const QByteArray &key, const QByteArray &db = "0")
    {
        const auto client = opened.engine->connect();
        opened.engine->execute(*client, Command{"SELECT", db});
        return opened.engine->execute(*client, Command{"GET", key}).bytes;
    }

    static std::int64_t count(const OpenedFile &opened, int db = 0) { return opened.engine->keyspace().size(db); }

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void formats_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("saveTo");
        QTest::addColumn<qint64>("keys");
        const QByteArray set = encode({"SET", "b", "1"});
        const QByteArray rdb = rdbWith("a", QByteArray("1"));
        QTest::newRow("rdb") << "dump.rdb" << rdb << "RDB 10" << "dump.rdb" << qint64(1);
        QTest::newRow("aof") << "x.aof" << set << "AOF" << "x.rdb" << qint64(1);
        QTest::newRow("aof with a time first") << "x.AOF" << "#TS:1700000000\r\n" + set << "AOF" << "x.rdb" << qint64(1);
        QTest::newRow("aof of another name") << "backup.bin" << set << "AOF" << "backup.bin.rdb" << qint64(1);
        QTest::newRow("empty aof") << "x.aof" << QByteArray() << "AOF" << "x.rdb" << qint64(0);
        QTest::newRow("preamble") << "x.aof" << rdb + set << "AOF with RDB preamble" << "x.rdb" << qint64(2);
        QTest::newRow("preamble, cut behind it") << "x.aof" << rdb + "*" << "AOF with RDB preamble" << "x.rdb" << qint64(1);
    }

    void formats()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, saveTo);
        Result<OpenedFile> opened = openFile(write(name, bytes));
        QVERIFY(opened.ok());
        QTEST(opened->format, "format");
        QVERIFY(opened->sound);
        QCOMPARE(opened->suggestedSavePath, m_dir->filePath(saveTo));
        QTEST(qint64(count(*opened)), "keys");
        QVERIFY(!opened->engine->isModified());
    }

    void refusals_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << QByteArray() << "empty";
        QTest::newRow("text") << QByteArray("hello") << "hello";
        QTest::newRow("script") << QByteArray("#!/bin/sh") << "#!/bin/sh";
    }

    void refusals()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const Result<OpenedFile> opened = openFile(write(QStringLiteral("file"), bytes));
        QVERIFY(!opened.ok());
        QCOMPARE(opened.error().code, Errc::Corrupt);
        QVERIFY2(opened.error().message.contains(says), qPrintable(opened.error().message));
        QCOMPARE(openFile(m_dir->filePath(QStringLiteral("absent"))).error().code, Errc::Io);
    }

    void bytesBehindAnRdb()
    {
        const QByteArray rdb = rdbWith("a", QByteArray("1"));
        Result<OpenedFile> opened = openFile(write(QStringLiteral("x.rdb"), rdb + "0123456789abcdef"));
        QVERIFY(opened.ok());
        QCOMPARE(opened->kind, FileKind::Rdb);
        QCOMPARE(opened->notes.size(), std::size_t(1));
        QCOMPARE(opened->notes[0].kind, OpenNote::Kind::IgnoredTail);
        QVERIFY(opened->notes[0].text.startsWith(QStringLiteral("16 bytes")));
    }

    // Every command that the cut leaves whole has run, a transaction as a whole or not at all.
    void cutAtEveryByte()
    {
        QByteArray bytes = rdbWith("base", QByteArray("1"));
        const qsizetype start = bytes.size();
        std::vector<std::pair<qsizetype, int>> keysAt{{start, 1}};
        const auto add = [&](const QByteArrayList &args, int keys) {
            bytes += encode(args);
            if (keys > 0)
                keysAt.emplace_back(bytes.size(), keys);
        };
        add({"SET", "a", "1"}, 2);
        add({"MULTI"}, 0);
        add({"SET", "b", "1"}, 0);
        add({"SET", "c", "1"}, 0);
        add({"EXEC"}, 4);
        add({"SET", "d", "1"}, 5);
        for (qsizetype size = start + 1; size <= bytes.size(); ++size) {
            Result<OpenedFile> opened = openFile(write(QStringLiteral("x.aof"), bytes.first(size)));
            QVERIFY(opened.ok());
            QVERIFY(opened->sound);
            auto last = keysAt.begin();
            while (last + 1 != keysAt.end() && (last + 1)->first <= size)
                ++last;
            QCOMPARE(count(*opened), last->second);
            const std::optional<AofCut> &cut = opened->aof.cut;
            QCOMPARE(cut.has_value(), last->first != size);
            if (cut) {
                QCOMPARE(cut->offset, last->first);
                QCOMPARE(cut->bytes, size - last->first);
                QCOMPARE(opened->notes.size(), std::size_t(1));
                QCOMPARE(opened->notes[0].kind, OpenNote::Kind::CutTail);
            }
        }
    }

    // What a real server wrote, in every layout: the same keys.
    void serverFiles_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"plain.aof", "stamped.aof", "rewritten.aof", "preamble.aof", "parts"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void serverFiles()
    {
        QFETCH(QString, name);
        Result<OpenedFile> opened = openFile(QStringLiteral(KEYLOUPE_TEST_DATA "/aof/") + name);
        QVERIFY(opened.ok());
        QVERIFY(opened->sound);
        QVERIFY(opened->notes.empty());
        QCOMPARE(opened->aof.refused, 0);
        QCOMPARE(count(*opened), 12);
        QCOMPARE(count(*opened, 3), 1);
        QCOMPARE(count(*opened, 5), 1);
        QCOMPARE(get(*opened, "number"), QByteArray("12.5"));
        QCOMPARE(get(*opened, "in2", "3"), QByteArray("2"));
        QCOMPARE(opened->engine->keyspace().functions().has_value(), name == QLatin1String("rewritten.aof"));
    }

    // One bit wrong anywhere: what stands before it is there, and nothing worse happens.
    void everyByteFlipped()
    {
        QFile file(QStringLiteral(KEYLOUPE_TEST_DATA "/aof/plain.aof"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        std::vector<std::int64_t> ends; // of commands outside of transactions, and of transactions
        AofReader reader(bytes);
        AofCommand command;
        while (reader.next(&command)) {
            if (!reader.isInTransaction())
                ends.push_back(command.end);
        }
        for (qsizetype at = 2; at < bytes.size(); ++at) { // the first two bytes tell that it is an AOF
            QByteArray flipped = bytes;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
            Result<OpenedFile> opened = openFile(write(QStringLiteral("x.aof"), flipped));
            QVERIFY(opened.ok());
            const auto whole = std::count_if(ends.begin(), ends.end(), [&](std::int64_t end) { return end <= at; });
            QVERIFY(opened->aof.commands + opened->aof.refused >= whole);
            for (const OpenDamage &damage : opened->damage)
                QVERIFY(damage.offset >= 0 && damage.offset < flipped.size());
        }
    }

    void damageInTheMiddle()
    {
        const QByteArray head = encode({"SET", "a", "1"}) + encode({"SET", "b", "2"});
        Result<OpenedFile> opened = openFile(write(QStringLiteral("x.aof"), head + "?" + encode({"SET", "c", "3"})));
        QVERIFY(opened.ok());
        QVERIFY(!opened->sound);
        QCOMPARE(count(*opened), 2);
        QCOMPARE(opened->damage.size(), std::size_t(1));
        QCOMPARE(opened->damage[0].offset, head.size());
        QVERIFY(!opened->aof.cut);
    }

    void refusedCommands_data()
    {
        QTest::addColumn<QByteArrayList>("args");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("says");
        QTest::newRow("module") << QByteArrayList{"JSON.SET", "doc", "$", "{}"} << "doc" << "not known";
        QTest::newRow("script") << QByteArrayList{"EVAL", "return 1", "1", "k"} << "k" << "scripts";
        QTest::newRow("script without keys") << QByteArrayList{"EVALSHA", "abc", "0"} << "" << "scripts";
        QTest::newRow("wrong type") << QByteArrayList{"LPUSH", "a", "x"} << "a" << "WRONGTYPE";
        QTest::newRow("a moved key") << QByteArrayList{"RESTORE-ASKING", "k", "0", "x"} << "k" << "DUMP payload";
        QTest::newRow("arguments") << QByteArrayList{"SET", "z"} << "z" << "wrong number";
        QTest::newRow("exec alone") << QByteArrayList{"EXEC"} << "" << "without MULTI";
        QTest::newRow("database") << QByteArrayList{"SELECT", "99999999"} << "" << "out of range";
        QTest::newRow("function") << QByteArrayList{"FUNCTION", "LOAD", "no name"} << "" << "name";
    }

    // Said with its place, and passed over.
    void refusedCommands()
    {
        QFETCH(QByteArrayList, args);
        QFETCH(QString, key);
        QFETCH(QString, says);
        const QByteArray head = encode({"SET", "a", "1"});
        Result<OpenedFile> opened = openFile(write(QStringLiteral("x.aof"), head + encode(args) + encode({"SET", "b", "2"})));
        QVERIFY(opened.ok());
        QVERIFY(!opened->sound);
        QCOMPARE(opened->damage.size(), std::size_t(1));
        QCOMPARE(opened->damage[0].offset, head.size());
        QCOMPARE(opened->damage[0].command, args[0]);
        QCOMPARE(QString::fromUtf8(opened->damage[0].key), key);
        QVERIFY2(opened->damage[0].reason.contains(says), qPrintable(opened->damage[0].reason));
        QCOMPARE(opened->aof.refused, 1);
        QCOMPARE(opened->aof.commands, 2);
        QCOMPARE(get(*opened, "b"), QByteArray("2"));
    }

    // Writes of servers after 7.2, as they stand in their files.
    void newerCommands_data()
    {
        QTest::addColumn<QByteArrayList>("lines");
        QTest::addColumn<QByteArray>("question");
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("SET IFEQ") << QByteArrayList{"SET k old", "SET k new IFEQ old"} << QByteArray("GET k") << QByteArray("new");
        QTest::newRow("SET IFEQ and a time") << QByteArrayList{"SET k v IFNE x PXAT 4102444800123"} << QByteArray("PEXPIRETIME k") << QByteArray("4102444800123");
        QTest::newRow("SET of a word") << QByteArrayList{"SET k ifeq"} << QByteArray("GET k") << QByteArray("ifeq");
        QTest::newRow("MSETEX") << QByteArrayList{"MSETEX 2 a 1 k 2 NX PXAT 4102444800123"} << QByteArray("MGET a k") << QByteArray("[1 2]");
        QTest::newRow("MSETEX time") << QByteArrayList{"MSETEX 2 a 1 k 2 PXAT 4102444800123"} << QByteArray("PEXPIRETIME k") << QByteArray("4102444800123");
        QTest::newRow("DELEX") << QByteArrayList{"SET k v", "DELEX k IFEQ v"} << QByteArray("EXISTS k") << QByteArray("0");
        QTest::newRow("HGETDEL") << QByteArrayList{"HSET h a 1 b 2 c 3", "HGETDEL h FIELDS 2 a b"} << QByteArray("HKEYS h") << QByteArray("[c]");
        QTest::newRow("HGETEX") << QByteArrayList{"HSET h a 1", "HGETEX h PXAT 4102444800123 FIELDS 1 a"} << QByteArray("HPEXPIRETIME h FIELDS 1 a") << QByteArray("[4102444800123]");
        QTest::newRow("HGETEX PERSIST") << QByteArrayList{"HSETEX h PXAT 4102444800123 FIELDS 1 a 1", "HGETEX h PERSIST FIELDS 1 a"} << QByteArray("HPEXPIRETIME h FIELDS 1 a") << QByteArray("[-1]");
        QTest::newRow("HSETEX") << QByteArrayList{"HSETEX h FNX PXAT 4102444800123 FIELDS 2 a 1 b 2"} << QByteArray("HPEXPIRETIME h FIELDS 2 a b") << QByteArray("[4102444800123 4102444800123]");
        QTest::newRow("HSETEX without time") << QByteArrayList{"HSETEX h EXAT 4102444800 FIELDS 1 a 1", "HSETEX h FIELDS 1 a 2"} << QByteArray("HPEXPIRETIME h FIELDS 1 a") << QByteArray("[-1]");
        QTest::newRow("HSETEX KEEPTTL") << QByteArrayList{"HSETEX h PXAT 4102444800123 FIELDS 1 a 1", "HSETEX h KEEPTTL FIELDS 2 a 2 b 3"}
                                        << QByteArray("HPEXPIRETIME h FIELDS 2 a b") << QByteArray("[4102444800123 -1]");
        const QByteArrayList stream{"XADD s 1-1 f v", "XADD s 2-1 f v", "XADD s 3-1 f v", "XGROUP CREATE s g 0", "XGROUP CREATE s h 0",
                                    "XCLAIM s g c 0 1-1 TIME 1700000000000 RETRYCOUNT 1 FORCE JUSTID LASTID 1-1", "XCLAIM s h c 0 1-1 TIME 1700000000000 RETRYCOUNT 1 FORCE JUSTID LASTID 1-1",
                                    "XCLAIM s g c 0 2-1 TIME 1700000000000 RETRYCOUNT 1 FORCE JUSTID LASTID 2-1"};
        QTest::newRow("XDELEX") << stream + QByteArrayList{"XDELEX s KEEPREF IDS 1 1-1"} << QByteArray("XPENDING s g") << QByteArray("[2 1-1 2-1 [[c 2]]]");
        QTest::newRow("XDELEX DELREF") << stream + QByteArrayList{"XDELEX s DELREF IDS 1 1-1"} << QByteArray("XPENDING s g") << QByteArray("[1 2-1 2-1 [[c 1]]]");
        QTest::newRow("XDELEX ACKED, waiting") << stream + QByteArrayList{"XDELEX s ACKED IDS 2 1-1 3-1"} << QByteArray("XLEN s") << QByteArray("3");
        QTest::newRow("XACKDEL") << stream + QByteArrayList{"XACKDEL s g IDS 2 1-1 3-1"} << QByteArray("XLEN s") << QByteArray("2");
        QTest::newRow("XACKDEL DELREF") << stream + QByteArrayList{"XACKDEL s g DELREF IDS 1 1-1"} << QByteArray("XPENDING s h") << QByteArray("[0 nil nil nil]");
        QTest::newRow("XACKDEL ACKED") << stream + QByteArrayList{"XACK s h 1-1", "XACKDEL s g ACKED IDS 2 1-1 2-1"} << QByteArray("XLEN s") << QByteArray("2");
        QTest::newRow("XTRIM DELREF") << stream + QByteArrayList{"XTRIM s MAXLEN = 2 DELREF"} << QByteArray("XPENDING s g") << QByteArray("[1 2-1 2-1 [[c 1]]]");
        QTest::newRow("XTRIM KEEPREF") << stream + QByteArrayList{"XTRIM s MAXLEN = 0 LIMIT 0 KEEPREF"} << QByteArray("XPENDING s h") << QByteArray("[1 1-1 1-1 [[c 1]]]");
        QTest::newRow("XADD KEEPREF") << stream + QByteArrayList{"XADD s MAXLEN = 1 KEEPREF 4-1 delref v"} << QByteArray("XRANGE s - +") << QByteArray("[[4-1 [delref v]]]");
    }

    void newerCommands()
    {
        QFETCH(QByteArrayList, lines);
        QFETCH(QByteArray, question);
        QByteArray bytes;
        for (const QByteArray &line : lines)
            bytes += encode(line.split(' '));
        Result<OpenedFile> opened = openFile(write(QStringLiteral("x.aof"), bytes));
        QVERIFY(opened.ok());
        QVERIFY2(opened->sound, opened->sound ? "" : qPrintable(opened->damage[0].reason));
        const auto client = opened->engine->connect();
        QTEST(print(opened->engine->execute(*client, Command(question.split(' ')))), "answer");
    }

    void newerCommandsThatAreNotWhole_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("count") << QByteArray("MSETEX 3 a 1 b 2");
        QTest::newRow("no count") << QByteArray("MSETEX x a 1");
        QTest::newRow("fields") << QByteArray("HSETEX h FIELDS 2 a 1");
        QTest::newRow("fields of nothing") << QByteArray("HGETDEL h FIELDS 0 a");
        QTest::newRow("option") << QByteArray("HSETEX h SOON FIELDS 1 a 1");
        QTest::newRow("ids") << QByteArray("XDELEX s IDS 9223372036854775807 1-1");
        QTest::newRow("acknowledged only") << QByteArray("XTRIM s MAXLEN = 1 ACKED");
        QTest::newRow("a producer") << QByteArray("XADD s IDMP p once 1-1 f v"); // added, but not whole
    }

    void newerCommandsThatAreNotWhole()
    {
        QFETCH(QByteArray, line);
        Result<OpenedFile> opened = openFile(write(QStringLiteral("x.aof"), encode(line.split(' '))));
        QVERIFY(opened.ok());
        QVERIFY(!opened->sound);
        QCOMPARE(opened->damage.size(), std::size_t(1));
        QCOMPARE(opened->damage[0].command, line.split(' ')[0]);
    }

    void harmlessCommands()
    {
        QByteArray bytes;
        for (const QByteArrayList &args : {QByteArrayList{"SCRIPT", "LOAD", "return 1"}, QByteArrayList{"PUBLISH", "c", "m"}, QByteArrayList{"PING"},
                                           QByteArrayList{"GET", "x"}, QByteArrayList{"REPLCONF", "a", "b"}})
            bytes += encode(args);
        Result<OpenedFile> opened = openFile(write(QStringLiteral("x.aof"), bytes));
        QVERIFY(opened.ok());
        QVERIFY(opened->sound);
        QCOMPARE(opened->aof.commands, 5);
    }

    void databases()
    {
        const QByteArray bytes = encode({"SET", "zero", "1"}) + encode({"SELECT", "40"}) + encode({"SET", "forty", "1"}) + encode({"MULTI"})
            + encode({"SELECT", "3"}) + encode({"SET", "three", "1"}) + encode({"EXEC"}) + encode({"MOVE", "three", "41"});
        Result<OpenedFile> opened = openFile(write(QStringLiteral("x.aof"), bytes));
        QVERIFY(opened.ok());
        QVERIFY(opened->sound);
        QCOMPARE(opened->engine->keyspace().databaseCount(), 42);
        QCOMPARE(get(*opened, "forty", "40"), QByteArray("1"));
        QCOMPARE(get(*opened, "three", "41"), QByteArray("1"));
        QCOMPARE(count(*opened, 3), 0);
    }

    // While loading nothing lapses, so that a later PERSIST finds its key; after it, what is past goes.
    void expiryWhileLoading()
    {
        const QByteArray past = "1600000000000";
        const QByteArray bytes = rdbWith("old", QByteArray("1"), kWritten - 1000) + encode({"PERSIST", "old"}) + encode({"SET", "saved", "1", "PXAT", past})
            + encode({"PERSIST", "saved"}) + encode({"SET", "gone", "1"}) + encode({"PEXPIREAT", "gone", past}) + encode({"SET", "stays", "1", "PXAT", kFuture})
            + encode({"RESTORE", "bad", "1", "x", "ABSTTL"}) + encode({"HSET", "h", "f", "v", "g", "w"}) + encode({"HPEXPIREAT", "h", past, "FIELDS", "1", "f"})
            + encode({"HPERSIST", "h", "FIELDS", "1", "f"});
        Result<OpenedFile> opened = openFile(write(QStringLiteral("x.aof"), bytes));
        QVERIFY(opened.ok());
        QCOMPARE(opened->damage.size(), std::size_t(1)); // the RESTORE
        QCOMPARE(get(*opened, "old"), QByteArray("1"));
        QCOMPARE(get(*opened, "saved"), QByteArray("1"));
        QCOMPARE(get(*opened, "stays"), QByteArray("1"));
        QVERIFY(!opened->engine->keyspace().exists(0, "gone"));
        const auto client = opened->engine->connect();
        QCOMPARE(opened->engine->execute(*client, Command{"HGET", "h", "f"}).bytes, QByteArray("v"));
        QCOMPARE(opened->engine->nowMs(), kWritten);
    }

    // The last annotation, else the RDB's, else the file's own time.
    void timeOfTheFile()
    {
        const QByteArray set = encode({"SET", "a", "1"});
        const QByteArray stamped = "#TS:1700000100\r\n" + set + "#TS:1700000200\r\n" + encode({"SET", "b", "1", "EX", "10"});
        QCOMPARE(openFile(write(QStringLiteral("x.aof"), stamped))->engine->nowMs(), 1'700'000'200'000);
        QCOMPARE(openFile(write(QStringLiteral("x.aof"), rdbWith("r", QByteArray("1")) + stamped))->engine->nowMs(), 1'700'000'200'000);
        QCOMPARE(openFile(write(QStringLiteral("x.aof"), rdbWith("r", QByteArray("1")) + set))->engine->nowMs(), kWritten);
        const QString path = write(QStringLiteral("x.aof"), set);
        QCOMPARE(openFile(path)->engine->nowMs(), std::int64_t(QFileInfo(path).lastModified().toMSecsSinceEpoch()));
        Result<OpenedFile> relative = openFile(write(QStringLiteral("x.aof"), stamped));
        const auto client = relative->engine->connect();
        QCOMPARE(relative->engine->execute(*client, Command{"PEXPIRETIME", "b"}).integer, 1'700'000'210'000);
    }

    void parts()
    {
        write(QStringLiteral("x.aof.manifest"), "file x.1.base.rdb seq 1 type b\nfile x.0.incr.aof seq 9 type h\nfile x.1.incr.aof seq 1 type i\nfile x.2.incr.aof seq 2 type i\n");
        write(QStringLiteral("x.1.base.rdb"), rdbWith("a", QByteArray("1")));
        write(QStringLiteral("x.0.incr.aof"), encode({"FLUSHALL"}));
        write(QStringLiteral("x.1.incr.aof"), encode({"SELECT", "2"}) + encode({"SET", "b", "2"}));
        write(QStringLiteral("x.2.incr.aof"), encode({"SET", "c", "3"}) + "*3\r\n$3\r\nSE");
        for (const QString &path : {m_dir->path(), m_dir->filePath(QStringLiteral("x.aof.manifest"))}) {
            Result<OpenedFile> opened = openFile(path);
            QVERIFY(opened.ok());
            QCOMPARE(opened->kind, FileKind::AofParts);
            QVERIFY(opened->sound);
            QCOMPARE(opened->parts.size(), std::size_t(3));
            QCOMPARE(get(*opened, "a"), QByteArray("1"));
            QCOMPARE(get(*opened, "b", "2"), QByteArray("2"));
            QCOMPARE(get(*opened, "c"), QByteArray("3")); // each part begins in database 0
            QVERIFY(opened->aof.cut.has_value());
            QCOMPARE(opened->aof.cut->file, QStringLiteral("x.2.incr.aof"));
            QCOMPARE(QFileInfo(opened->suggestedSavePath).absolutePath(), QFileInfo(m_dir->path()).absolutePath());
        }
        // A part alone says where the whole is.
        Result<OpenedFile> part = openFile(m_dir->filePath(QStringLiteral("x.1.incr.aof")));
        QVERIFY(part.ok());
        QCOMPARE(part->notes.size(), std::size_t(1));
        QCOMPARE(part->notes[0].kind, OpenNote::Kind::PartOfMany);
        QVERIFY(part->notes[0].text.contains(QStringLiteral("x.aof.manifest")));
    }

    // After a gap nothing may be run: it would build what never was.
    void brokenParts_data()
    {
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<QString>("says");
        QTest::newRow("cut") << encode({"SET", "b", "2"}) + "*1\r\n" << "only the last one may";
        QTest::newRow("damaged") << encode({"SET", "b", "2"}) + "junk" << "not a command";
        QTest::newRow("missing") << QByteArray() << "there is no file";
    }

    void brokenParts()
    {
        QFETCH(QByteArray, second);
        QFETCH(QString, says);
        write(QStringLiteral("x.manifest"), "file one seq 1 type i\nfile two seq 2 type i\nfile three seq 3 type i\n");
        write(QStringLiteral("one"), encode({"SET", "a", "1"}));
        if (!second.isEmpty())
            write(QStringLiteral("two"), second);
        write(QStringLiteral("three"), encode({"SET", "c", "1"}));
        Result<OpenedFile> opened = openFile(m_dir->path());
        QVERIFY(opened.ok());
        QVERIFY(!opened->sound);
        QVERIFY(!opened->aof.cut);
        QCOMPARE(get(*opened, "a"), QByteArray("1"));
        QVERIFY(!opened->engine->keyspace().exists(0, "c"));
        QVERIFY(!opened->parts[2].isRead);
        QCOMPARE(opened->damage.size(), std::size_t(1));
        QCOMPARE(opened->damage[0].file, QStringLiteral("two"));
        QVERIFY2(opened->damage[0].reason.contains(says), qPrintable(opened->damage[0].reason));
    }

    void folders()
    {
        QVERIFY(openFile(m_dir->path()).error().message.contains(QStringLiteral("without the manifest")));
        write(QStringLiteral("a.manifest"), "file one seq 1 type i\n");
        QCOMPARE(openFile(m_dir->path()).error().code, Errc::Io); // its first file is not there
        write(QStringLiteral("temp-a.manifest"), "half");
        QCOMPARE(manifestIn(m_dir->path()).value(), m_dir->filePath(QStringLiteral("a.manifest")));
        write(QStringLiteral("b.manifest"), "#\n");
        QVERIFY(openFile(m_dir->path()).error().message.contains(QStringLiteral("a.manifest, b.manifest")));
        QVERIFY(!openFile(m_dir->filePath(QStringLiteral("b.manifest"))).ok());
    }

    void savesAnRdb()
    {
        const QByteArray bytes = rdbWith("a", QByteArray("1")) + encode({"SET", "b", "2"}) + encode({"FUNCTION", "LOAD", "#!lua name=lib\nreturn 1"})
            + "#TS:1700009999\r\n" + encode({"SELECT", "1"});
        const QString path = write(QStringLiteral("x.aof"), bytes);
        Result<OpenedFile> opened = openFile(path);
        QVERIFY(opened.ok());
        const Result<EngineSaveReport> refused = opened->engine->save(path);
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, Errc::InvalidArgument);
        QFile untouched(path);
        QVERIFY(untouched.open(QIODevice::ReadOnly));
        QCOMPARE(untouched.readAll(), bytes);

        QVERIFY(opened->engine->save(opened->suggestedSavePath).ok());
        Result<OpenedFile> again = openFile(opened->suggestedSavePath);
        QVERIFY(again.ok());
        QCOMPARE(again->kind, FileKind::Rdb);
        QVERIFY(again->sound);
        QCOMPARE(get(*again, "a"), QByteArray("1"));
        QCOMPARE(get(*again, "b"), QByteArray("2"));
        QCOMPARE(again->engine->nowMs(), 1'700'009'999'000);
        QByteArrayList functions;
        for (const RdbFileRecord &record : again->snapshot->summary().fileRecords) {
            QVERIFY(record.name != "aof-base");
            if (record.opcode == 245)
                functions.append(record.value);
        }
        QCOMPARE(functions, QByteArrayList{"#!lua name=lib\nreturn 1"});
    }

    void savesOverNoPart()
    {
        write(QStringLiteral("x.manifest"), "file base seq 1 type b\nfile old seq 1 type h\n");
        write(QStringLiteral("base"), rdbWith("a", QByteArray("1")));
        write(QStringLiteral("old"), QByteArray());
        Result<OpenedFile> opened = openFile(m_dir->path());
        QVERIFY(opened.ok());
        for (const char *name : {"x.manifest", "base", "old"})
            QVERIFY2(!opened->engine->save(m_dir->filePath(QString::fromLatin1(name))).ok(), name);
        QVERIFY(QFile::link(m_dir->filePath(QStringLiteral("base")), m_dir->filePath(QStringLiteral("link"))));
        QVERIFY(!opened->engine->save(m_dir->filePath(QStringLiteral("link"))).ok());
        QVERIFY(opened->engine->save(m_dir->filePath(QStringLiteral("new.rdb"))).ok());
    }

    void cancelled()
    {
        const QString path = write(QStringLiteral("x.aof"), encode({"SET", "a", "1"}));
        OpenOptions options;
        options.cancel.cancel();
        QCOMPARE(openFile(path, options).error().code, Errc::Cancelled);
    }

    void progress()
    {
        QByteArray bytes;
        for (int i = 0; i < 40; ++i)
            bytes += encode({"SET", "key" + QByteArray::number(i), QByteArray(500'000, 'x')});
        std::vector<double> told;
        OpenOptions options;
        options.progress = [&](double fraction) { told.push_back(fraction); };
        QVERIFY(openFile(write(QStringLiteral("x.aof"), bytes), options).ok());
        QVERIFY(told.size() >= 4);
        QVERIFY(std::is_sorted(told.begin(), told.end()));
        QCOMPARE(told.back(), 1.0);
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestOpenFile)
#include "tst_open_file.moc"
