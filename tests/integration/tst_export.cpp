// SPDX-License-Identifier: GPL-3.0-or-later
//
// keyloupe-cli export, from outside: what its formats and options give, from a file and from a server, what a server makes of
// it, and every wrong call. That each file's export has the digest of the file itself is tst_digest's.
#include "core/rdb/save_target.h"
#include "core/rdb/value_decoder.h"
#include "core/resp/reader.h"
#include "tests/integration/digest_check.h"
#include "tests/support/raw_client.h"
#include "tests/support/redis_server.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QtTest>

using namespace keyloupe;
using keyloupe::test::FileServer;
using keyloupe::test::KnownServer;
using keyloupe::test::RawClient;
using keyloupe::test::RedisServer;
using keyloupe::test::ServerFingerprint;

namespace {

constexpr qint64 kExpiry = 4'102'444'800'123; // 2100-01-01

struct Run
{
    int exitCode = -1;
    QByteArray out;
    QByteArray err;
};

Run cli(const QStringList &arguments)
{
    QProcess process;
    process.start(QStringLiteral(KEYLOUPE_BINARY_DIR "/keyloupe-cli"), QStringList{QStringLiteral("export")} + arguments);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        qWarning("keyloupe-cli did not end");
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray allBytes()
{
    QByteArray bytes;
    for (int i = 0; i < 256; ++i)
        bytes.append(char(i));
    return bytes;
}

// For which target that server stands; none for one that is like no target.
std::optional<SaveTarget> targetOf(const KnownServer &server)
{
    const int major = server.version() / 100;
    if (server.isValkey())
        return major == 8 ? std::optional(SaveTarget::Valkey8) : major == 9 ? std::optional(SaveTarget::Valkey9) : std::nullopt;
    switch (major) {
    case 5: return SaveTarget::Redis5;
    case 6: return SaveTarget::Redis6;
    case 7: return SaveTarget::Redis7;
    case 8: return SaveTarget::Redis8;
    default: return std::nullopt;
    }
}

// All that a test would miss in a digest: groups, pending entries, counters. Without times of last contact, and the shape
// of the tree.
QByteArray streamFacts(const RespValue &reply)
{
    QByteArray out;
    for (std::size_t i = 0; i < reply.items.size(); ++i) {
        const RespValue &item = reply.items[i];
        if (item.isText() && (item.bytes == "seen-time" || item.bytes == "active-time" || item.bytes.startsWith("radix-tree"))) {
            ++i;
            continue;
        }
        out += item.isAggregate() ? '(' + streamFacts(item) + ')' : item.isText() ? item.bytes.toPercentEncoding() : QByteArray::number(qint64(item.integer));
        out += ' ';
    }
    return out;
}

} // namespace

class TestExport : public QObject
{
    Q_OBJECT

private:
    struct Held
    {
        QByteArray digest;
        QByteArray streams;
        QByteArray functions;
        QByteArray expiries;
        bool operator==(const Held &) const = default;
    };

    Held held(const RedisServer &server) const
    {
        RawClient client(server.port());
        Held all;
        all.digest = client.ask(Command{"DEBUG", "DIGEST"}).bytes;
        for (const QByteArray &key : {"stream", "emptied", "busy"})
            all.streams += streamFacts(client.ask(Command{"XINFO", "STREAM", key, "FULL", "COUNT", "0"})) + '\n';
        all.functions = streamFacts(client.ask(Command{"FUNCTION", "LIST", "WITHCODE"}));
        for (const QByteArray &key : {"expiring", "stream", "large:zset"})
            all.expiries += QByteArray::number(qint64(client.ask(Command{"PEXPIRETIME", key}).integer)) + ' ';
        return all;
    }

    QString filled(const QString &name) const { return m_dir.filePath(name); }

    RedisServer m_server;
    QTemporaryDir m_dir;
    QString m_rdb;
    Held m_original;

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed");
        QVERIFY(m_server.start());
        RawClient client(m_server.port());
        const auto run = [&](const Command &command) {
            const RespValue reply = client.ask(command);
            QVERIFY2(!reply.isError(), (printableCommand(command) + ": " + reply.bytes).constData());
        };
        run({"SET", "text", "hello, \"world\"\r\n"});
        run({"SET", allBytes(), allBytes()});
        run({"SET", "", "empty name"});
        run({"SET", "expiring", "v", "PXAT", QByteArray::number(kExpiry)});
        for (int i = 0; i < 3000; ++i) {
            const QByteArray n = QByteArray::number(i);
            run({"RPUSH", "large:list", "item " + n});
            run({"SADD", "large:set", "member " + n});
            run({"HSET", "large:hash", "field " + n, n});
            run({"ZADD", "large:zset", n + ".1", "member " + n});
        }
        run({"PEXPIREAT", "large:zset", QByteArray::number(kExpiry + 1)});
        run({"RPUSH", "wide:list", QByteArray(100'000, 'a'), QByteArray(100'000, 'b'), ""});
        run({"ZADD", "scores", "-inf", "low", "inf", "high", "3.141592653589793", "pi", "1e-320", "tiny", "-0.5", "half"});
        run({"SADD", "ints", "1", "2", "-70000"});
        for (int i = 1; i <= 200; ++i)
            run({"XADD", "stream", QByteArray::number(1000 + i) + "-1", "f", QByteArray::number(i), "g", allBytes()});
        run({"XGROUP", "CREATE", "stream", "g1", "0"});
        run({"XGROUP", "CREATE", "stream", "g2", "1100-1", "ENTRIESREAD", "100"});
        run({"XREADGROUP", "GROUP", "g1", "alice", "COUNT", "50", "STREAMS", "stream", ">"});
        run({"XREADGROUP", "GROUP", "g1", "bob", "COUNT", "20", "STREAMS", "stream", ">"});
        run({"XGROUP", "CREATECONSUMER", "stream", "g2", "idle"});
        run({"XCLAIM", "stream", "g1", "carol", "0", "1003-1", "1030-1", "JUSTID"});
        run({"XACK", "stream", "g1", "1005-1", "1006-1"});
        run({"XDEL", "stream", "1030-1", "1031-1", "1200-1"}); // pending ones and the last
        run({"XTRIM", "stream", "MAXLEN", "185"});                // pending ones at the front
        run({"XADD", "emptied", "5-5", "a", "b"});
        run({"XDEL", "emptied", "5-5"});
        run({"XGROUP", "CREATE", "busy", "only", "0-0", "MKSTREAM"});
        run({"FUNCTION", "LOAD", "#!lua name=mylib\nredis.register_function('f', function() return 1 end)"});
        run({"SELECT", "7"});
        run({"SET", "other", "database"});
        run({"HSET", "text", "same", "name"});
        run({"SELECT", "0"});
        m_rdb = filled(QStringLiteral("original.rdb"));
        QVERIFY(QFile::copy(m_server.save(), m_rdb));
        m_original = held(m_server);
        QVERIFY(m_original.streams.contains("alice") && m_original.functions.contains("mylib"));
    }

    // Every source, format and way back.
    void exportsHoldEverything_data()
    {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("format");
        for (const char *source : {"file", "server"}) {
            for (const char *format : {"jsonl", "csv", "resp", "rdb"})
                QTest::newRow((QByteArray(source) + " as " + format).constData()) << QString::fromLatin1(source) << QString::fromLatin1(format);
        }
    }

    void exportsHoldEverything()
    {
        QFETCH(QString, source);
        QFETCH(QString, format);
        const QString out = filled(source + QLatin1Char('.') + format);
        const QString location = source == QLatin1String("file") ? m_rdb : QStringLiteral("127.0.0.1:%1").arg(m_server.port());
        const Run run = cli({location, QStringLiteral("--format"), format, QStringLiteral("--check"), QStringLiteral("-o"), out});
        QCOMPARE(run.err, QByteArray());
        QCOMPARE(run.exitCode, 0);
        QCOMPARE(run.out, QByteArray());
        if (format == QLatin1String("rdb")) {
            RedisServer copy;
            QVERIFY(QFile::copy(out, copy.rdbPath()));
            QVERIFY(copy.start());
            QVERIFY(held(copy) == m_original);
        } else if (format == QLatin1String("resp")) {
            RedisServer copy;
            QVERIFY(copy.start());
            const QByteArray said = copy.cli({QStringLiteral("--pipe")}, contentOf(out));
            QVERIFY2(said.contains("errors: 0"), said.constData());
            QCOMPARE(held(copy).streams, m_original.streams);
            QVERIFY(held(copy) == m_original);
        } else {
            // The order of a server is its own; the lines are the same.
            const Run other = cli({m_rdb, QStringLiteral("--format"), format});
            QCOMPARE(other.exitCode, 0);
            QByteArrayList left = contentOf(out).split('\n');
            QByteArrayList right = other.out.split('\n');
            std::sort(left.begin(), left.end());
            std::sort(right.begin(), right.end());
            QCOMPARE(left, right);
        }
    }

    // Old servers are asked in their own words; what they answer is what their dump has. Expiries to the second: before 7.0
    // a server only tells how much is left.
    void everyServerIsAsked_data()
    {
        QTest::addColumn<QByteArray>("server");
        for (const KnownServer &server : KnownServer::all())
            QTest::newRow(server.name.constData()) << server.name;
    }

    void everyServerIsAsked()
    {
        QFETCH(QByteArray, server);
        const QList<KnownServer> known = KnownServer::all();
        const auto found = std::find_if(known.begin(), known.end(), [&](const KnownServer &one) { return one.name == server; });
        if (!found->isHere())
            QSKIP((server + " is not on this machine").constData());
        RedisServer old(*found);
        QVERIFY(old.start());
        RawClient client(old.port());
        for (const Command &command : {Command{"SET", "a", "1"}, Command{"PEXPIREAT", "a", QByteArray::number(kExpiry)}, Command{"RPUSH", "l", "x", "y"},
                                       Command{"HSET", "h", "f", "v"}, Command{"XADD", "s", "1-1", "f", "v"}, Command{"SELECT", "3"},
                                       Command{"SADD", "set", "1", "b"}})
            QVERIFY2(!client.ask(command).isError(), command.name().constData());
        const Run live = cli({QStringLiteral("127.0.0.1:%1").arg(old.port()), QStringLiteral("--format"), QStringLiteral("jsonl")});
        const Run file = cli({old.save(), QStringLiteral("--format"), QStringLiteral("jsonl")});
        QCOMPARE(live.err + file.err, QByteArray());
        const auto seconds = [](const QByteArray &lines) {
            QByteArrayList all;
            for (QByteArray line : lines.split('\n')) {
                const qsizetype at = line.indexOf("\"expire_at_ms\":4");
                if (at >= 0) {
                    const std::int64_t ms = line.mid(at + 15, 13).toLongLong();
                    line.replace(at + 15, 13, QByteArray::number(qint64((ms + 500) / 1000)));
                }
                all.append(line);
            }
            std::sort(all.begin(), all.end());
            return all;
        };
        QCOMPARE(seconds(live.out), seconds(file.out));
        QCOMPARE(live.out.count('\n'), 5);
    }

    // A file that nobody edited comes out as it went in, to the last byte.
    void anUneditedFileIsTheSame_data()
    {
        QTest::addColumn<QString>("path");
        for (const QString &name : QDir(QStringLiteral(KEYLOUPE_TEST_DATA "/rdb")).entryList({QStringLiteral("*.rdb")}))
            QTest::newRow(name.toUtf8().constData()) << QStringLiteral(KEYLOUPE_TEST_DATA "/rdb/") + name;
    }

    void anUneditedFileIsTheSame()
    {
        QFETCH(QString, path);
        const Run run = cli({path, QStringLiteral("--format"), QStringLiteral("rdb")});
        QCOMPARE(run.err, QByteArray());
        QByteArray expected = contentOf(path);
        if (path.endsWith(QLatin1String("nochecksum.rdb"))) // ours always has one
            expected.replace(expected.size() - 8, 8, run.out.right(8));
        QVERIFY(run.out == expected);
    }

    // Not only through redis-cli: one reply a command, none an error, and no argument list too long.
    void commandsAreBoundedAndAnswered()
    {
        const Run run = cli({m_rdb, QStringLiteral("--format"), QStringLiteral("resp")});
        QCOMPARE(run.exitCode, 0);
        RedisServer copy;
        QVERIFY(copy.start());
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, copy.port());
        QVERIFY(socket.waitForConnected(5000));
        socket.write(run.out);
        socket.write("ECHO the-end\r\n");
        RespReader reader;
        int replies = 0;
        for (bool ended = false; !ended;) {
            Result<std::optional<RespValue>> next = reader.next();
            QVERIFY(next.ok());
            if (!next->has_value()) {
                QVERIFY(socket.bytesAvailable() > 0 || socket.waitForReadyRead(10'000));
                reader.feed(socket.readAll());
                continue;
            }
            QVERIFY2(!(*next)->isError(), (*next)->bytes.constData());
            ended = (*next)->bytes == "the-end";
            ++replies;
        }
        QVERIFY(replies > 200);
        QVERIFY(held(copy) == m_original);
        QVERIFY(!run.out.contains("*600\r\n"));
    }

    void whatIsAskedForIsWritten_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QByteArrayList>("keys");
        const auto row = [](const char *options, const QByteArrayList &keys) {
            QTest::newRow(options) << QString::fromLatin1(options).split(QLatin1Char(' ')) << keys;
        };
        row("--db 7", {"7/other", "7/text"});
        row("--match text", {"0/text", "7/text"});
        row("--db 0 --match text", {"0/text"});
        row("--match large:*", {"0/large:hash", "0/large:list", "0/large:set", "0/large:zset"});
        row("--match large:* --type zset", {"0/large:zset"});
        row("--type hash --db all", {"0/large:hash", "7/text"});
        row("--type stream", {"0/busy", "0/emptied", "0/stream"});
        row("--type module", {});
        row("--db 5", {});
    }

    void whatIsAskedForIsWritten()
    {
        QFETCH(QStringList, options);
        QFETCH(QByteArrayList, keys);
        for (const QString &location : {m_rdb, QStringLiteral("127.0.0.1:%1").arg(m_server.port())}) {
            const Run run = cli(QStringList{location, QStringLiteral("--format"), QStringLiteral("jsonl")} + options);
            QCOMPARE(run.err, QByteArray());
            QCOMPARE(run.exitCode, 0);
            QByteArrayList got;
            for (const QByteArray &line : run.out.split('\n')) {
                const QJsonObject row = QJsonDocument::fromJson(line).object();
                QVERIFY2(line.isEmpty() || row.contains(QStringLiteral("key")), line.left(100).constData());
                if (!line.isEmpty())
                    got.append(QByteArray::number(row.value(QStringLiteral("db")).toInt()) + '/' + row.value(QStringLiteral("key")).toString().toUtf8());
            }
            std::sort(got.begin(), got.end());
            QCOMPARE(got, keys);
        }
    }

    void wrongCallsAreRefused_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char *name, const QStringList &arguments, const char *says) { QTest::newRow(name) << arguments << QByteArray(says); };
        const QString f = QStringLiteral("--format");
        row("nothing", {}, "usage: keyloupe-cli export");
        row("no format", {m_rdb}, "--format takes jsonl or csv or resp or rdb");
        row("unknown format", {m_rdb, f, QStringLiteral("xml")}, "--format takes");
        row("no file", {filled(QStringLiteral("none.rdb")), f, QStringLiteral("jsonl")}, "none.rdb");
        row("two sources", {m_rdb, m_rdb, f, QStringLiteral("jsonl")}, "usage:");
        row("bad database", {m_rdb, f, QStringLiteral("jsonl"), QStringLiteral("--db"), QStringLiteral("x")}, "--db takes a database number");
        row("negative database", {m_rdb, f, QStringLiteral("jsonl"), QStringLiteral("--db=-1")}, "--db takes a database number");
        row("bad type", {m_rdb, f, QStringLiteral("jsonl"), QStringLiteral("--type"), QStringLiteral("tree")}, "--type takes string");
        row("bad target", {m_rdb, f, QStringLiteral("rdb"), QStringLiteral("--target"), QStringLiteral("redis4")}, "--target takes redis5");
        row("target of text", {m_rdb, f, QStringLiteral("jsonl"), QStringLiteral("--target"), QStringLiteral("redis7")}, "commands and RDB files only");
        row("check of a stream", {m_rdb, f, QStringLiteral("jsonl"), QStringLiteral("--check")}, "only a file can be read back");
        row("output is a folder", {m_rdb, f, QStringLiteral("jsonl"), QStringLiteral("-o"), m_dir.path()}, "not a regular file");
        row("output in no folder", {m_rdb, f, QStringLiteral("jsonl"), QStringLiteral("-o"), filled(QStringLiteral("no/where"))}, "no such folder");
        row("empty output", {m_rdb, f, QStringLiteral("jsonl"), QStringLiteral("-o"), QString()}, "-o takes the name of a file");
        row("unknown option", {m_rdb, f, QStringLiteral("jsonl"), QStringLiteral("--colour")}, "colour");
        row("live target to standard output",
            {QStringLiteral("127.0.0.1:%1").arg(m_server.port()), f, QStringLiteral("rdb"), QStringLiteral("--target"), QStringLiteral("redis7")},
            "name a file, or accept the loss");
        row("no server", {QStringLiteral("127.0.0.1:1"), f, QStringLiteral("jsonl")}, "127.0.0.1:1");
    }

    void wrongCallsAreRefused()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const Run run = cli(arguments);
        QCOMPARE(run.exitCode, 1);
        QCOMPARE(run.out, QByteArray());
        QVERIFY2(run.err.startsWith("keyloupe-cli: ") && run.err.count('\n') == 1 && run.err.contains(says), run.err.constData());
    }

    // Nothing is written where the target would lose something, until that is accepted; then the file loads here.
    void lossesComeFirst_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("source");
        QTest::addColumn<bool>("loses");
        for (const char *source : {"file", "server"}) {
            for (const char *format : {"rdb", "resp"}) {
                for (const char *target : {"redis5", "redis6", "redis7"}) {
                    QTest::newRow((QByteArray(source) + ", " + format + ", " + target).constData())
                            << QString::fromLatin1(target) << QString::fromLatin1(format) << QString::fromLatin1(source) << (QByteArray(target) != "redis7");
                }
            }
        }
    }

    void lossesComeFirst()
    {
        QFETCH(QString, target);
        QFETCH(QString, format);
        QFETCH(QString, source);
        QFETCH(bool, loses);
        const QString out = filled(QStringLiteral("%1.%2.%3").arg(target, format, source));
        const QString location = source == QLatin1String("file") ? m_rdb : QStringLiteral("127.0.0.1:%1").arg(m_server.port());
        const QStringList arguments{location, QStringLiteral("--format"), format, QStringLiteral("--target"), target, QStringLiteral("--check"),
                                    QStringLiteral("-o"), out};
        const QStringList before = QDir(m_dir.path()).entryList(QDir::Files | QDir::Hidden);
        const Run refused = cli(arguments);
        if (!loses) {
            QCOMPARE(refused.err, QByteArray());
            QCOMPARE(refused.exitCode, 0);
        } else {
            QCOMPARE(refused.exitCode, 3);
            QVERIFY(!QFile::exists(out));
            QCOMPARE(QDir(m_dir.path()).entryList(QDir::Files | QDir::Hidden), before);
            QVERIFY2(refused.err.contains("loss: \"mylib\": function: "), refused.err.constData());
            QVERIFY2(refused.err.contains("loss: db 0 \"stream\": stream-counters: "), refused.err.constData());
            const Run accepted = cli(arguments + QStringList{QStringLiteral("--accept-loss")});
            QCOMPARE(accepted.exitCode, 0);
            QVERIFY(accepted.err.contains("loss: "));
        }
        // The digest does not know functions, groups or counters, so it is the same in every form.
        RedisServer copy;
        if (format == QLatin1String("rdb")) {
            QVERIFY(QFile::copy(out, copy.rdbPath()));
            QVERIFY(copy.start());
        } else {
            QVERIFY(copy.start());
            const QByteArray said = copy.cli({QStringLiteral("--pipe")}, contentOf(out));
            QVERIFY2(said.contains("errors: 0"), said.constData());
        }
        QCOMPARE(held(copy).digest, m_original.digest);
        QCOMPARE(held(copy).expiries, m_original.expiries);
    }

    // Every file of the corpora for every target: only what the target reads is in it, and it holds the same.
    void everyFileForEveryTarget_data()
    {
        QTest::addColumn<QString>("path");
        QDirIterator files(QStringLiteral(KEYLOUPE_CORPORA), {QStringLiteral("*.rdb")}, QDir::Files, QDirIterator::Subdirectories);
        QStringList paths;
        while (files.hasNext())
            paths.append(files.next());
        paths.sort();
        for (const QString &path : paths) {
            if (!path.contains(QLatin1String("valkey-corrupt")))
                QTest::newRow(path.mid(QStringLiteral(KEYLOUPE_CORPORA).size()).toUtf8().constData()) << path;
        }
        if (paths.isEmpty())
            QTest::newRow("none") << QString();
    }

    void everyFileForEveryTarget()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the corpora are not on this machine");
        const QString out = filled(QStringLiteral("target.rdb"));
        for (const SaveTarget target : kSaveTargets) {
            const TargetFacts &facts = factsOf(target);
            const Run run = cli({path, QStringLiteral("--format"), QStringLiteral("rdb"), QStringLiteral("--target"), QString::fromLatin1(facts.name),
                                 QStringLiteral("--accept-loss"), QStringLiteral("--check"), QStringLiteral("-o"), out});
            // 2: the file is damaged, and that is said.
            QVERIFY2(run.exitCode == 0 || (run.exitCode == 2 && run.err.contains("damaged")), run.err.constData());
            const QByteArray image = contentOf(out);
            ScanCallbacks callbacks;
            QByteArray wrong;
            callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
                if (!takesAsItStands(target, facts.family, record.rdbType, QByteArrayView(image).sliced(record.valueOffset, record.valueLength)))
                    wrong = key.toByteArray();
                return wrong.isNull();
            };
            const Result<RdbSummary> summary = scanRdb(image, callbacks);
            QVERIFY(summary.ok() && summary->isSound());
            QVERIFY2(wrong.isNull(), wrong.constData());
            QCOMPARE(summary->version, facts.version);
            QVERIFY(summary->family == facts.family);
        }
    }

    // What the newest servers wrote, for every server that is here: it loads, and the commands for the same target make the
    // same, as far as that server can tell.
    void targetsLoadInTheirServers_data()
    {
        QTest::addColumn<QByteArray>("server");
        QTest::addColumn<QString>("folder");
        for (const KnownServer &server : KnownServer::all()) {
            for (const char *folder : {"redis-8.6.3", "valkey-9.1.2"})
                QTest::newRow((QByteArray(folder) + " for " + server.name).constData()) << server.name << QString::fromLatin1(folder);
        }
    }

    void targetsLoadInTheirServers()
    {
        QFETCH(QByteArray, server);
        QFETCH(QString, folder);
        const QList<KnownServer> known = KnownServer::all();
        const auto found = std::find_if(known.begin(), known.end(), [&](const KnownServer &one) { return one.name == server; });
        const std::optional<SaveTarget> target = targetOf(*found);
        const QString files = QStringLiteral(KEYLOUPE_CORPORA "/servers/") + folder;
        if (!found->isHere() || !target || !QFileInfo::exists(files))
            QSKIP("the server or the corpora are not on this machine");
        FileServer judge(*found);
        for (const char *scene : {"strings", "lists", "sets", "zsets", "hashes", "hfe", "streams", "idmp", "functions", "multidb", "ttl"}) {
            const QString path = files + QLatin1Char('/') + QLatin1String(scene) + QStringLiteral(".rdb");
            if (!QFileInfo::exists(path))
                continue;
            QByteArray why;
            std::optional<ServerFingerprint> loaded;
            for (const char *format : {"rdb", "resp"}) {
                const QString out = filled(QStringLiteral("server.%1").arg(QLatin1String(format)));
                const Run run = cli({path, QStringLiteral("--format"), QLatin1String(format), QStringLiteral("--target"),
                                     QString::fromLatin1(factsOf(*target).name), QStringLiteral("--accept-loss"), QStringLiteral("-o"), out});
                QVERIFY2(run.exitCode == 0, run.err.constData());
                if (!loaded) {
                    QVERIFY2(judge.load(out, &why), (QByteArray(scene) + ": " + why).constData());
                    loaded = judge.fingerprint();
                } else {
                    QVERIFY2(judge.rebuild(out, &why), (QByteArray(scene) + ": " + why).constData());
                    why = keyloupe::test::differences(*loaded, judge.fingerprint(), ServerFingerprint::Way::Rebuilt);
                    QVERIFY2(why.isEmpty(), (QByteArray(scene) + ": " + why).constData());
                }
            }
        }
    }

    // A broken value is said, with its key, and the others are exported.
    void damageIsSaid()
    {
        QByteArray image = contentOf(m_rdb);
        const qsizetype at = image.indexOf("large:set");
        QVERIFY(at > 0);
        const QString path = filled(QStringLiteral("damaged.rdb"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        // An element's length that is no length, inside the set.
        image[at + 20] = char(0xc7);
        file.write(image);
        file.close();
        const Run run = cli({path, QStringLiteral("--format"), QStringLiteral("jsonl")});
        QCOMPARE(run.exitCode, 2);
        QVERIFY2(run.err.contains("damaged at byte"), run.err.constData());
        QVERIFY(run.out.startsWith('{'));
    }

    // A reader that goes away ends it quietly.
    void aClosedPipeIsNoError()
    {
        QProcess shell;
        shell.start(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("'%1' export '%2' --format jsonl | head -c 10")
                                                                         .arg(QStringLiteral(KEYLOUPE_BINARY_DIR "/keyloupe-cli"), m_rdb)});
        QVERIFY(shell.waitForFinished(30'000));
        QCOMPARE(shell.readAllStandardError(), QByteArray());
        QCOMPARE(shell.readAllStandardOutput().size(), 10);
    }
};

QTEST_GUILESS_MAIN(TestExport)
#include "tst_export.moc"
