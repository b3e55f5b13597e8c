// SPDX-License-Identifier: GPL-3.0-or-later
//
// Append-only files that a real redis-server writes: what openFile makes of them, saved as an RDB and loaded by a server, is
// what a server makes of the files themselves. The commands are rows and the random templates of tests/data/differential.
#include "core/base/escape.h"
#include "core/engine/command_table.h"
#include "core/engine/open_file.h"
#include "tests/support/command_generator.h"
#include "tests/support/raw_client.h"
#include "tests/support/redis_server.h"
#include "tests/support/server_fingerprint.h"
#include "tests/support/server_scene.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

namespace keyloupe::test {
namespace {

const QString kFolder = QStringLiteral("appendonlydir");

bool copyFolder(const QString &from, const QString &to)
{
    bool good = QDir().mkpath(to);
    const QStringList names = QDir(from).entryList(QDir::Files);
    for (const QString &name : names)
        good = good && QFile::copy(from + QLatin1Char('/') + name, to + QLatin1Char('/') + name);
    return good && !names.isEmpty();
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool writeTo(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(bytes) == bytes.size();
}

QString onlyFile(const QString &folder, const char *pattern)
{
    const QStringList names = QDir(folder).entryList({QString::fromLatin1(pattern)}, QDir::Files);
    return names.size() == 1 ? folder + QLatin1Char('/') + names.front() : QString();
}

bool waitUntilLoaded(RawClient &client)
{
    return QTest::qWaitFor([&] { return client.ask({"PING"}) == RespValue::simple("PONG"); }, 20'000);
}

// What XINFO STREAM FULL tells of groups, but for the times that each loading sets anew and the shape of the server's tree.
QByteArray printStream(const RespValue &value)
{
    if (!value.isAggregate())
        return value.isText() ? quoteBytes(value.bytes) : QByteArray::number(qint64(value.integer));
    QByteArray text = "(";
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        const RespValue &item = value.items[i];
        if (item.isText() && (item.bytes == "seen-time" || item.bytes == "radix-tree-keys" || item.bytes == "radix-tree-nodes")) {
            ++i;
            continue;
        }
        text += printStream(item) + ' ';
    }
    return text + ")";
}

// Everything of a server that its files should bring back.
QByteArray stateOf(RawClient &client)
{
    QByteArray text;
    for (int db = 0; db < 16; ++db) {
        client.ask({"SELECT", QByteArray::number(db)});
        const RespValue keys = client.ask({"KEYS", "*"}); // also lets go what has expired
        text += "db" + QByteArray::number(db) + " " + QByteArray::number(qint64(keys.items.size())) + "\n";
        QByteArrayList streams;
        for (const RespValue &key : keys.items) {
            if (client.ask({"TYPE", key.bytes}).bytes == "stream")
                streams += quoteBytes(key.bytes) + printStream(client.ask({"XINFO", "STREAM", key.bytes, "FULL", "COUNT", "0"}));
        }
        std::sort(streams.begin(), streams.end());
        text += streams.join('\n') + "\n";
    }
    text += "functions " + printStream(client.ask({"FUNCTION", "LIST", "WITHCODE"})) + "\n";
    return text + "digest " + client.ask({"DEBUG", "DIGEST"}).bytes;
}

void fill(CommandGenerator &generator)
{
    QDir folder(QStringLiteral(KEYLOUPE_TEST_DATA "/differential"));
    const QFileInfoList files = folder.entryInfoList({QStringLiteral("*.txt")}, QDir::Files, QDir::Name);
    for (const QFileInfo &info : files) {
        const QByteArray text = contentOf(info.filePath());
        const qsizetype random = text.indexOf("\n[random]\n");
        if (random < 0)
            continue;
        for (const QByteArray &line : text.mid(random + 10).split('\n')) {
            if (line.isEmpty() || line.startsWith('#'))
                continue;
            if (!line.startsWith('%')) {
                generator.addTemplate(line);
                continue;
            }
            QByteArrayList words = line.mid(1).split(' ');
            const QByteArray name = words.takeFirst();
            QByteArrayList unescaped;
            for (const QByteArray &word : words)
                unescaped += splitCommandLine(word).value();
            generator.addWords(name, unescaped);
        }
    }
}

// Only what changes keys, at once; a flush now and then is enough.
bool isWanted(const CommandTable &table, const QByteArrayList &args, int number)
{
    const QByteArray name = args[0].toLower();
    if (name == "flushall" || name == "flushdb")
        return number % 50 == 0;
    const CommandSpec *spec = table.find(name);
    if (spec && args.size() > 1 && !spec->subcommands.empty())
        spec = spec->subcommand(args[1]);
    if (!spec || !spec->isWrite() || (name.startsWith('b') && !name.startsWith("bit")))
        return false;
    return std::none_of(args.begin(), args.end(), [](const QByteArray &arg) { return arg.toLower() == "block"; });
}

} // namespace

class TestAofServer : public QObject
{
    Q_OBJECT

    static void runCommands(RawClient &client, int count, unsigned seed)
    {
        const CommandTable table;
        bool given = false;
        const int more = qEnvironmentVariableIntValue("KEYLOUPE_DIFF_SEED", &given); // other commands than every time
        CommandGenerator generator(seed + (given ? unsigned(more) * 100 : 0));
        fill(generator);
        for (int i = 0; i < count; ++i) {
            if (i % 37 == 0)
                client.ask({"SELECT", QByteArray::number(i % 5)});
            if (i % 50 == 20)
                client.ask({"MULTI"});
            const QByteArrayList args = generator.next();
            if (isWanted(table, args, i))
                client.ask(Command(args));
            if (i % 50 == 28)
                client.ask({"EXEC"});
        }
    }

    // Rows that random commands seldom meet.
    static void runRows(RawClient &client)
    {
        static const char *const kRows[] = {
            "SELECT 1", "SET expiring v EX 100000", "SET float 1", "INCRBYFLOAT float 0.1", "GETEX expiring PX 5000000000", "SETEX ex 99999 v",
            "HSET wide f1 v1 f2 v2", "HINCRBYFLOAT wide f3 0.25", "RPUSH l 1 2 3 4", "LMPOP 1 l RIGHT COUNT 2", "SADD s 1 2 3 a b c", "SPOP s 2",
            "GEOADD geo 13.36 38.11 Palermo 15.08 37.5 Catania", "GEORADIUS geo 15 37 200 km STORE near", "PFADD hll a b c", "PFADD hll2 d", "PFMERGE hll hll2",
            "BITFIELD bits SET u8 #0 200 INCRBY u8 #1 3", "SETBIT bits 900 1", "SORT l DESC STORE sorted", "COPY l copied DB 3", "MOVE hll2 4",
            "XADD st MAXLEN ~ 1000 1-1 f v", "XADD st 2-1 f v g w", "XADD st 3-1 f v", "XADD st 4-1 f v", "XGROUP CREATE st g 0 ENTRIESREAD 0",
            "XREADGROUP GROUP g alice COUNT 2 STREAMS st >", "XREADGROUP GROUP g bob COUNT 1 STREAMS st >", "XACK st g 1-1", "XCLAIM st g carol 0 2-1",
            "XAUTOCLAIM st g dave 0 0", "XGROUP CREATECONSUMER st g eve", "XDEL st 3-1", "XTRIM st MAXLEN 3", "XSETID st 9-9 ENTRIESADDED 20 MAXDELETEDID 3-1",
            "XADD gone 1-1 a b", "XGROUP CREATE gone left 0", "XDEL gone 1-1", "EVAL \"redis.call('set','byscript','1');redis.call('select',2);redis.call('lpush','byscript',1)\" 0",
            "FUNCTION LOAD \"#!lua name=one\\nredis.register_function('f1', function() return 1 end)\"",
            "FUNCTION LOAD \"#!lua name=two\\nredis.register_function('f2', function() return 2 end)\"", "FUNCTION DELETE one",
            "SELECT 0", "MULTI", "SELECT 3", "SET inmulti 1", "LPUSH inmulti x", "SELECT 0", "SET inmulti 2", "EXEC", "SWAPDB 1 4", "RENAME inmulti renamed"};
        for (const char *row : kRows)
            client.ask(Command(splitCommandLine(row).value()));
    }

    // A server over a copy of the files says what they stand for.
    static QByteArray asServer(const QString &folder, const QStringList &arguments)
    {
        RedisServer server;
        if (!copyFolder(folder, server.dir() + QLatin1Char('/') + kFolder) || !server.start(QStringList{QStringLiteral("--appendonly"), QStringLiteral("yes")} + arguments))
            return "the server does not start";
        RawClient client(server.port());
        return waitUntilLoaded(client) ? stateOf(client) : QByteArray("the server does not load");
    }

    // The same through our reader, saved as an RDB.
    static QByteArray asSaved(OpenedFile &opened)
    {
        RedisServer server;
        const Result<EngineSaveReport> saved = opened.engine->save(server.dir() + QStringLiteral("/dump.rdb"));
        if (!saved.ok())
            return describe(saved.error()).toUtf8();
        if (!server.start())
            return "the server does not start over the RDB";
        RawClient client(server.port());
        return waitUntilLoaded(client) ? stateOf(client) : QByteArray("the server does not load the RDB");
    }

    static void compare(const QByteArray &engine, const QByteArray &server)
    {
        if (engine == server)
            return;
        const QByteArrayList ours = engine.split('\n');
        const QByteArrayList theirs = server.split('\n');
        for (qsizetype i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
            if (ours.value(i) != theirs.value(i))
                qWarning("engine %s\nserver %s", ours.value(i).constData(), theirs.value(i).constData());
        }
        QFAIL("what is loaded differs");
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed; it writes the files that are opened here");
    }

    void files_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("rewrites");
        const auto with = [](const char *preamble, const char *timestamps) {
            return QStringList{QStringLiteral("--aof-use-rdb-preamble"), QString::fromLatin1(preamble), QStringLiteral("--aof-timestamp-enabled"), QString::fromLatin1(timestamps)};
        };
        QTest::newRow("commands only") << with("no", "no") << 0;
        QTest::newRow("RDB base") << with("yes", "no") << 0;
        QTest::newRow("RDB base, rewritten, timestamps") << with("yes", "yes") << 1;
        QTest::newRow("AOF base, rewritten, timestamps") << with("no", "yes") << 2;
    }

    void files()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, rewrites);
        QTemporaryDir dir;
        {
            RedisServer server;
            QVERIFY(server.start(QStringList{QStringLiteral("--appendonly"), QStringLiteral("yes")} + arguments));
            RawClient client(server.port());
            runRows(client);
            runCommands(client, 6000, 11);
            for (int i = 0; i < rewrites; ++i) {
                client.ask({"BGREWRITEAOF"});
                QTRY_VERIFY_WITH_TIMEOUT(client.ask({"INFO", "persistence"}).bytes.contains("aof_rewrite_in_progress:0"), 20'000);
                runCommands(client, 3000, unsigned(20 + i));
            }
            server.stop();
            QVERIFY(copyFolder(server.dir() + QLatin1Char('/') + kFolder, dir.path()));
        }
        Result<OpenedFile> opened = openFile(dir.path());
        QVERIFY2(opened.ok(), opened.ok() ? "" : qPrintable(describe(opened.error())));
        for (const OpenDamage &damage : opened->damage)
            qWarning("%s at %lld: %s %s", damage.command.constData(), static_cast<long long>(damage.offset), damage.key.constData(), qPrintable(damage.reason));
        QVERIFY(opened->sound);
        QVERIFY(!opened->aof.cut);
        QCOMPARE(opened->kind, FileKind::AofParts);
        const QByteArray server = asServer(dir.path(), arguments);
        for (const char *part : {"digest ", "library_name", "pel-count", "db3 "})
            QVERIFY2(server.contains(part), server.constData());
        QVERIFY(!server.contains("digest 0000000000000000000000000000000000000000"));
        compare(asSaved(*opened), server);
    }

    // Commands of newer servers stand in their files in forms of their own.
    void newerServers_data()
    {
        QTest::addColumn<QByteArray>("server");
        for (const KnownServer &server : KnownServer::all()) {
            if (hasFieldExpiry(server))
                QTest::newRow(server.name.constData()) << server.name;
        }
    }

    void newerServers()
    {
        QFETCH(QByteArray, server);
        const QList<KnownServer> all = KnownServer::all();
        const auto version = std::find_if(all.begin(), all.end(), [&](const KnownServer &known) { return known.name == server; });
        if (!version->isHere())
            QSKIP((server + " is not on this machine; tests/support/fetch_servers.sh gets it").constData());
        static const char *const kRows[] = {
            "SET a 1", "SET a 2 IFEQ 1", "SET b 1", "DELIFEQ b 1", "SET c 1", "DELEX c IFEQ 1", "MSETEX 2 d 1 e 2 PX 4000000000000", "HSET h a 1 b 2 c 3 d 4",
            "HGETDEL h FIELDS 1 a", "HGETEX h PX 4000000000000 FIELDS 1 b", "HSETEX h PX 4000000000000 FIELDS 2 c 9 e 5", "HSETEX h FNX KEEPTTL FIELDS 1 g 6",
            "HEXPIRE h 4000000000 FIELDS 1 d", "HPERSIST h FIELDS 1 d", "HINCRBYFLOAT h c 0.5", "HINCRBY h d 2", "HSET h d 7", "XADD s 1-1 a b", "XADD s 2-1 a b", "XADD s 3-1 a b",
            "XADD s 4-1 a b", "XADD s 5-1 a b", "XGROUP CREATE s g 0", "XGROUP CREATE s other 0", "XREADGROUP GROUP g c COUNT 4 STREAMS s >", "XREADGROUP GROUP other c COUNT 2 STREAMS s >",
            "XACKDEL s g DELREF IDS 1 1-1", "XACKDEL s g ACKED IDS 2 2-1 5-1", "XDELEX s KEEPREF IDS 1 3-1", "XADD s MAXLEN = 2 DELREF 6-1 a b", "XADD s KEEPREF 7-1 a b"};
        const QStringList arguments{QStringLiteral("--appendonly"), QStringLiteral("yes")};
        RedisServer writer(*version);
        QVERIFY(writer.start(arguments));
        RawClient client(writer.port());
        for (const char *row : kRows)
            client.ask(Command(splitCommandLine(row).value())); // not every version has them all
        writer.stop();
        // Not what the writer held: Redis 8.0 forgets in the file that a field had a time when HINCRBYFLOAT changed it.
        RedisServer over(*version);
        QVERIFY(copyFolder(writer.dir() + QLatin1Char('/') + kFolder, over.dir() + QLatin1Char('/') + kFolder));
        QVERIFY(over.start(arguments));
        RawClient overClient(over.port());
        QVERIFY(waitUntilLoaded(overClient));
        const ServerFingerprint expected = ServerFingerprint::of(over, *version);
        QVERIFY(expected.keyCount() >= 3);
        Result<OpenedFile> opened = openFile(writer.dir() + QLatin1Char('/') + kFolder);
        QVERIFY(opened.ok());
        QVERIFY2(opened->sound, opened->sound ? "" : qPrintable(QString::fromUtf8(opened->damage[0].command) + opened->damage[0].reason));
        RedisServer reader(*version);
        QVERIFY(opened->engine->save(reader.rdbPath()).ok());
        QVERIFY(reader.start());
        RawClient readerClient(reader.port());
        QVERIFY(waitUntilLoaded(readerClient));
        const QByteArray different = differences(expected, ServerFingerprint::of(reader, *version), ServerFingerprint::Way::Rebuilt);
        QVERIFY2(different.isEmpty(), different.constData());
    }

    // One file, as servers before 7.0 wrote it: the parts behind each other.
    void singleFile_data()
    {
        QTest::addColumn<QString>("preamble");
        QTest::addColumn<QString>("format");
        QTest::newRow("with a preamble") << "yes" << "AOF with RDB preamble";
        QTest::newRow("plain") << "no" << "AOF";
    }

    void singleFile()
    {
        QFETCH(QString, preamble);
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("appendonly.aof"));
        QStringList arguments{QStringLiteral("--appendonly"), QStringLiteral("yes"), QStringLiteral("--aof-use-rdb-preamble"), preamble};
        {
            RedisServer server;
            QVERIFY(server.start(arguments));
            RawClient client(server.port());
            runRows(client);
            client.ask({"BGREWRITEAOF"});
            QTRY_VERIFY_WITH_TIMEOUT(client.ask({"INFO", "persistence"}).bytes.contains("aof_rewrite_in_progress:0"), 20'000);
            runCommands(client, 3000, 5);
            server.stop();
            const QString folder = server.dir() + QLatin1Char('/') + kFolder;
            QVERIFY(writeTo(path, contentOf(onlyFile(folder, "*.base.*")) + contentOf(onlyFile(folder, "*.incr.aof"))));
        }
        RedisServer server;
        QVERIFY(QFile::copy(path, server.dir() + QStringLiteral("/appendonly.aof")));
        QVERIFY(server.start(arguments));
        RawClient client(server.port());
        QVERIFY(waitUntilLoaded(client));
        Result<OpenedFile> opened = openFile(path);
        QVERIFY(opened.ok());
        QTEST(opened->format, "format");
        QVERIFY(opened->sound);
        compare(asSaved(*opened), stateOf(client));
    }

    // A server cuts the last part where we do, and is left with the same keys.
    void truncated()
    {
        QTemporaryDir dir;
        const QStringList arguments{QStringLiteral("--appendonly"), QStringLiteral("yes"), QStringLiteral("--aof-timestamp-enabled"), QStringLiteral("yes")};
        {
            RedisServer server;
            QVERIFY(server.start(arguments));
            RawClient client(server.port());
            for (const char *row : {"SET a 1", "RPUSH l 1 2 3", "MULTI", "SET b 2", "SELECT 2", "SET c 3", "EXEC", "SELECT 0", "SET last value"})
                client.ask(Command(splitCommandLine(row).value()));
            server.stop();
            QVERIFY(copyFolder(server.dir() + QLatin1Char('/') + kFolder, dir.path()));
        }
        const QString part = onlyFile(dir.path(), "*.incr.aof");
        const QByteArray whole = contentOf(part);
        QVERIFY(whole.size() > 150);
        int inTransactions = 0;
        for (qsizetype size = 3; size < whole.size(); size += 17) {
            QVERIFY(writeTo(part, whole.first(size)));
            Result<OpenedFile> opened = openFile(dir.path());
            QVERIFY(opened.ok());
            QVERIFY(opened->sound);
            RedisServer server;
            const QString folder = server.dir() + QLatin1Char('/') + kFolder;
            QVERIFY(copyFolder(dir.path(), folder));
            QVERIFY(server.start(arguments));
            RawClient client(server.port());
            QVERIFY(waitUntilLoaded(client));
            compare(asSaved(*opened), stateOf(client));
            const std::optional<AofCut> &cut = opened->aof.cut;
            inTransactions += cut && cut->inTransaction ? 1 : 0;
            // Cut inside a command of a transaction, a server keeps the commands before it, which then never run.
            if (!cut || !cut->inTransaction)
                QCOMPARE(QFileInfo(onlyFile(folder, "*.incr.aof")).size(), cut ? cut->offset : size);
        }
        QVERIFY(inTransactions > 1);
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestAofServer)
#include "tst_aof_server.moc"
