// SPDX-License-Identifier: GPL-3.0-or-later
//
// keyloupe-cli against a real redis-server: what it lists, reads, edits, saves and serves, and how it fails.
#include "tests/support/redis_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QtTest>

#include <csignal>

using keyloupe::test::RedisServer;

namespace {

struct Run
{
    int exitCode = -1;
    QByteArray out;
    QByteArray err;
};

Run cli(const QStringList &arguments, const QByteArray &input = {})
{
    QProcess process;
    process.start(QStringLiteral(KEYLOUPE_BINARY_DIR "/keyloupe-cli"), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        qWarning("keyloupe-cli did not end");
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

// Every line of `keys`, by database and key.
QMap<QByteArray, QJsonObject> rows(const QByteArray &jsonLines)
{
    QMap<QByteArray, QJsonObject> all;
    for (const QByteArray &line : jsonLines.split('\n')) {
        if (line.isEmpty())
            continue;
        const QJsonObject row = QJsonDocument::fromJson(line).object();
        all.insert(QByteArray::number(row.value(QStringLiteral("db")).toInt()) + '/'
                           + QByteArray::fromBase64(row.value(QStringLiteral("key_b64")).toString().toLatin1()),
                   row);
    }
    return all;
}

QByteArray allBytes()
{
    QByteArray bytes;
    for (int i = 0; i < 256; ++i)
        bytes.append(char(i));
    return bytes;
}

// A bulk request for redis-cli --pipe: bytes as they are.
QByteArray request(const QByteArrayList &args)
{
    QByteArray out = '*' + QByteArray::number(args.size()) + "\r\n";
    for (const QByteArray &arg : args)
        out += '$' + QByteArray::number(arg.size()) + "\r\n" + arg + "\r\n";
    return out;
}

constexpr qint64 kExpiry = 4'102'444'800'123; // 2100-01-01, with milliseconds that must survive

} // namespace

class TestCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed");
        QVERIFY(m_server.start());
        QVERIFY(m_locked.start({QStringLiteral("--requirepass"), QStringLiteral("right")}));
        QByteArray pipe;
        const auto add = [&](const QByteArrayList &args) { pipe += request(args); };
        add({"SET", "text", "hello"});
        add({"SET", "number", "12345"});
        add({"SET", "binary", allBytes()});
        add({"PEXPIREAT", "binary", QByteArray::number(kExpiry)});
        add({"SET", QByteArray("k\0\xff\n", 4), "binary name"});
        add({"SET", "", "empty name"});
        add({"SETRANGE", "long", "30000", "x"});
        add({"HSET", "hash:small", "a", "1", "b", "2"});
        for (int i = 0; i < 100; ++i) {
            const QByteArray n = QByteArray::number(i);
            add({"HSET", "hash:large", "field" + n, QByteArray(70, 'v') + n});
            add({"RPUSH", "list:large", QByteArray(200, 'a') + n});
            add({"SADD", "set:ints", n});
            add({"SADD", "set:large", "member " + n + QByteArray(70, 'y')});
            add({"ZADD", "zset:large", n + ".5", "m" + n + QByteArray(70, 'z')});
            add({"XADD", "stream", QByteArray::number(1000 + i) + "-1", "f", n});
        }
        add({"ZADD", "zset:small", "-inf", "low", "3.25", "mid", "inf", "high"});
        add({"RPUSH", "list:small", "one", "two", "three"});
        add({"XGROUP", "CREATE", "stream", "group", "0"});
        add({"XREADGROUP", "GROUP", "group", "alice", "COUNT", "3", "STREAMS", "stream", ">"});
        add({"SELECT", "5"});
        add({"SET", "other", "database"});
        m_server.cli({QStringLiteral("--pipe")}, pipe);
        m_rdb = m_server.save();
        QVERIFY(QFile::exists(m_rdb));
    }

    // The keys, types, encodings and expiries of the dump are those that the server itself tells.
    void keysOfADumpAreThoseOfTheServer()
    {
        const Run ofFile = cli({QStringLiteral("keys"), m_rdb, QStringLiteral("--db"), QStringLiteral("all")});
        QCOMPARE(ofFile.err, QByteArray());
        QCOMPARE(ofFile.exitCode, 0);
        const Run ofServer = cli({QStringLiteral("keys"), url(), QStringLiteral("--db"), QStringLiteral("all")});
        QCOMPARE(ofServer.err, QByteArray());
        QCOMPARE(ofServer.exitCode, 0);
        const auto file = rows(ofFile.out);
        const auto server = rows(ofServer.out);
        QCOMPARE(file.keys(), server.keys());
        QCOMPARE(file.size(), 16);
        for (const QByteArray &key : file.keys()) {
            QCOMPARE(file[key].value(QStringLiteral("type")), server[key].value(QStringLiteral("type")));
            QCOMPARE(file[key].value(QStringLiteral("encoding")), server[key].value(QStringLiteral("encoding")));
            QCOMPARE(file[key].value(QStringLiteral("key")), server[key].value(QStringLiteral("key")));
        }
        // And the oracle is the server, not our own client.
        for (const QByteArray &key : file.keys()) {
            if (!key.startsWith("0/") || key.contains('\0') || key == "0/")
                continue;
            const QString name = QString::fromLatin1(key.mid(2));
            QCOMPARE(file[key].value(QStringLiteral("type")).toString().toLatin1(), m_server.cli({QStringLiteral("TYPE"), name}).trimmed());
            QCOMPARE(file[key].value(QStringLiteral("encoding")).toString().toLatin1(),
                     m_server.cli({QStringLiteral("OBJECT"), QStringLiteral("ENCODING"), name}).trimmed());
        }
        QCOMPARE(cli({QStringLiteral("exec"), m_rdb, QStringLiteral("--"), QStringLiteral("PEXPIRETIME"), QStringLiteral("binary")}).out,
                 "(integer) " + QByteArray::number(kExpiry) + "\n");
    }

    void keysFiltersByGlobAndType()
    {
        const Run run = cli({QStringLiteral("keys"), m_rdb, QStringLiteral("--match"), QStringLiteral("*:large"), QStringLiteral("--type"),
                             QStringLiteral("set")});
        QCOMPARE(rows(run.out).keys(), QList<QByteArray>({"0/set:large"}));
        const Run csv = cli({QStringLiteral("keys"), m_rdb, QStringLiteral("--match"), QStringLiteral("text"), QStringLiteral("--format"),
                             QStringLiteral("csv")});
        QVERIFY(csv.out.startsWith("db,key,key_b64,type,encoding,ttl_ms,bytes\n0,text,dGV4dA==,string,embstr,-1,"));
    }

    // Every value reads the same from the file, from the server through us, and from redis-cli.
    void valuesReadTheSame_data()
    {
        QTest::addColumn<QString>("key");
        for (const char *key : {"text", "number", "binary", "long", "hash:small", "hash:large", "list:small", "list:large", "set:ints",
                                "set:large", "zset:small", "zset:large", "stream"})
            QTest::newRow(key) << QString::fromLatin1(key);
    }
    void valuesReadTheSame()
    {
        QFETCH(QString, key);
        const Run ofFile = cli({QStringLiteral("get"), m_rdb, key});
        const Run ofServer = cli({QStringLiteral("get"), url(), key});
        QCOMPARE(ofFile.exitCode, 0);
        QCOMPARE(ofServer.exitCode, 0);
        const QJsonObject file = QJsonDocument::fromJson(ofFile.out).object();
        const QJsonObject server = QJsonDocument::fromJson(ofServer.out).object();
        QCOMPARE(file.value(QStringLiteral("type")), server.value(QStringLiteral("type")));
        QVERIFY(!file.value(QStringLiteral("value")).isUndefined());
        // Sets and hashes have no order of their own.
        const auto sorted = [](const QJsonValue &value) {
            if (!value.isArray())
                return QList<QByteArray>{QJsonDocument(QJsonObject{{QStringLiteral("v"), value}}).toJson(QJsonDocument::Compact)};
            QList<QByteArray> items;
            const QJsonArray array = value.toArray();
            for (const QJsonValue &item : array)
                items.append(QJsonDocument(QJsonObject{{QStringLiteral("v"), item}}).toJson(QJsonDocument::Compact));
            std::sort(items.begin(), items.end());
            return items;
        };
        QCOMPARE(sorted(file.value(QStringLiteral("value"))), sorted(server.value(QStringLiteral("value"))));
    }

    void rawGetGivesTheExactBytes()
    {
        const Run run = cli({QStringLiteral("get"), m_rdb, QStringLiteral("binary"), QStringLiteral("--format"), QStringLiteral("raw")});
        QCOMPARE(run.exitCode, 0);
        QCOMPARE(run.out, allBytes());
        QCOMPARE(cli({QStringLiteral("get"), m_rdb, QStringLiteral("\"k\\x00\\xff\\n\""), QStringLiteral("--format"), QStringLiteral("raw")}).out,
                 QByteArray("binary name"));
    }

    // One byte of 256 changed; the saved file, loaded by redis-server, differs in nothing else.
    void oneByteEditedAndSavedChangesNothingElse()
    {
        const QString saved = m_server.dir() + QStringLiteral("/edited.rdb");
        const QByteArray before = fileBytes(m_rdb);
        const Run edit = cli({QStringLiteral("exec"), m_rdb, QStringLiteral("--save"), saved}, "SETRANGE binary 200 \"\\x01\"\n");
        QCOMPARE(edit.err, QByteArray());
        QCOMPARE(edit.out, QByteArray("(integer) 256\n"));
        QCOMPARE(edit.exitCode, 0);
        QCOMPARE(fileBytes(m_rdb), before); // the source is only read

        QByteArray expected = allBytes();
        expected[200] = 1;
        QCOMPARE(cli({QStringLiteral("get"), saved, QStringLiteral("binary"), QStringLiteral("--format"), QStringLiteral("raw")}).out, expected);

        RedisServer second;
        QVERIFY(QFile::copy(saved, second.rdbPath()));
        QVERIFY(second.start());
        const QByteArray names = m_server.cli({QStringLiteral("--scan")});
        QCOMPARE(second.cli({QStringLiteral("DBSIZE")}), m_server.cli({QStringLiteral("DBSIZE")}));
        for (const QByteArray &name : names.split('\n')) {
            const QString key = QString::fromLatin1(name);
            if (key.isEmpty() || key == QLatin1String("binary") || key.startsWith(QLatin1String("k")))
                continue;
            const QStringList digest{QStringLiteral("DEBUG"), QStringLiteral("DIGEST-VALUE"), key};
            QCOMPARE(second.cli(digest), m_server.cli(digest));
        }
        QCOMPARE(second.cli({QStringLiteral("PEXPIRETIME"), QStringLiteral("binary")}).trimmed(), QByteArray::number(kExpiry));
        QCOMPARE(second.cli({QStringLiteral("--no-raw"), QStringLiteral("GETRANGE"), QStringLiteral("binary"), QStringLiteral("199"), QStringLiteral("201")}),
                 QByteArray("\"\\xc7\\x01\\xc9\"\n"));
        QCOMPARE(second.cli({QStringLiteral("-n"), QStringLiteral("5"), QStringLiteral("GET"), QStringLiteral("other")}), QByteArray("database\n"));
        QVERIFY(second.cli({QStringLiteral("XINFO"), QStringLiteral("GROUPS"), QStringLiteral("stream")}).contains("group"));
    }

    // Without an edit a save loads with the same digest of everything.
    void aSaveWithoutEditsHasTheSameDigest()
    {
        const QString saved = m_server.dir() + QStringLiteral("/copy.rdb");
        QCOMPARE(cli({QStringLiteral("exec"), m_rdb, QStringLiteral("--save"), saved, QStringLiteral("--"), QStringLiteral("DBSIZE")}).exitCode, 0);
        RedisServer second;
        QVERIFY(QFile::copy(saved, second.rdbPath()));
        QVERIFY(second.start());
        QCOMPARE(second.cli({QStringLiteral("DEBUG"), QStringLiteral("DIGEST")}), m_server.cli({QStringLiteral("DEBUG"), QStringLiteral("DIGEST")}));
    }

    // Killed while it writes: the file that was there stays whole, and the next save works.
    void killedInASaveLeavesTheOldFile()
    {
        RedisServer server;
        QVERIFY(server.start({QStringLiteral("--rdbcompression"), QStringLiteral("no")}));
        server.cli({QStringLiteral("DEBUG"), QStringLiteral("POPULATE"), QStringLiteral("30000"), QStringLiteral("key"), QStringLiteral("4000")});
        const QString large = server.save(); // 120 MB: some tenths of a second to write, sync and read back
        QTemporaryDir out;
        const QString target = out.filePath(QStringLiteral("old.rdb"));
        QVERIFY(QFile::copy(m_rdb, target));
        const auto contentOf = [](const QString &path) {
            QFile file(path);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QByteArray before = contentOf(target);
        QVERIFY(!before.isEmpty());
        const QStringList arguments{QStringLiteral("exec"), large, QStringLiteral("--save"), target, QStringLiteral("--"), QStringLiteral("SET"), QStringLiteral("key:1"), QStringLiteral("edited")};
        const auto beside = [&] { return QDir(out.path()).entryInfoList(QDir::Files | QDir::Hidden).size() - 1; };

        QProcess process;
        process.start(QStringLiteral(KEYLOUPE_BINARY_DIR "/keyloupe-cli"), arguments);
        QVERIFY(process.waitForStarted());
        while (beside() == 0 && !process.waitForFinished(1)) { }
        process.kill();
        QVERIFY(process.state() == QProcess::NotRunning || process.waitForFinished(10'000));
        QCOMPARE(process.exitStatus(), QProcess::CrashExit); // it was killed, not done before us
        QCOMPARE(beside(), 1);                               // in the middle: what it was writing lies there
        QVERIFY(contentOf(target) == before);
        QCOMPARE(cli({QStringLiteral("check"), target}).exitCode, 0);

        QCOMPARE(cli(arguments).exitCode, 0);
        QCOMPARE(cli({QStringLiteral("get"), target, QStringLiteral("key:1"), QStringLiteral("--format"), QStringLiteral("raw")}).out, QByteArray("edited"));
    }

    void execPrintsAsRedisCli_data()
    {
        QTest::addColumn<QStringList>("command");
        for (const char *line : {"GET text", "GET nothing", "STRLEN binary", "HGETALL hash:small", "LRANGE list:small 0 -1", "TYPE stream",
                                 "ZRANGE zset:small 0 -1 WITHSCORES", "XRANGE stream - + COUNT 2", "LPUSH text x", "NOSUCH", "EXISTS text number"})
            QTest::newRow(line) << QString::fromLatin1(line).split(QLatin1Char(' '));
    }
    void execPrintsAsRedisCli()
    {
        QFETCH(QStringList, command);
        const QByteArray expected = m_server.cli(QStringList{QStringLiteral("--no-raw"), QStringLiteral("-3")} + command);
        const Run ofServer = cli(QStringList{QStringLiteral("exec"), url(), QStringLiteral("--")} + command);
        const Run ofFile = cli(QStringList{QStringLiteral("exec"), m_rdb, QStringLiteral("--")} + command);
        // redis-cli puts an empty line behind an error.
        QCOMPARE(ofServer.out.trimmed(), expected.trimmed());
        QCOMPARE(ofFile.out.trimmed(), expected.trimmed());
        QCOMPARE(ofServer.exitCode, expected.startsWith("(error)") ? 1 : 0);
    }

    void execReadsLinesAndPrintsJson()
    {
        const Run run = cli({QStringLiteral("exec"), m_rdb, QStringLiteral("--json")}, "GET text\n\nGET binary\nHGETALL hash:small\n");
        const QByteArrayList lines = run.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 3);
        QCOMPARE(lines[0], QByteArray("\"hello\""));
        QCOMPARE(lines[1], "{\"base64\":\"" + allBytes().toBase64() + "\"}");
        QCOMPARE(lines[2], QByteArray("{\"map\":[[\"a\",\"1\"],[\"b\",\"2\"]]}"));
        QCOMPARE(run.exitCode, 0);
    }

    void deepCheckLooksIntoValues()
    {
        // One set with a member twice; the index, which only steps over values, cannot see that.
        const QByteArray image = QByteArray("REDIS0009\xfe", 10) + QByteArray("\x00\x00\x01k\x01v\x02\x04pair\x02\x01" "a\x01" "a\x00\x01z\x01w\xff", 23) + QByteArray(8, '\0');
        const QString path = writeFile(QStringLiteral("twice.rdb"), image);
        const Run shallow = cli({QStringLiteral("check"), path});
        QCOMPARE(shallow.exitCode, 0);
        const Run deep = cli({QStringLiteral("check"), QStringLiteral("--deep"), path});
        QCOMPARE(deep.exitCode, 2);
        const QJsonObject report = QJsonDocument::fromJson(deep.out).object();
        QCOMPARE(report.value(QStringLiteral("sound")).toBool(true), false);
        QCOMPARE(report.value(QStringLiteral("keys")).toInt(), 3);
        QCOMPARE(report.value(QStringLiteral("elements")).toInt(), 2);
        const QJsonArray damage = report.value(QStringLiteral("damage")).toArray();
        QCOMPARE(damage.size(), 1);
        QCOMPARE(damage[0].toObject().value(QStringLiteral("key")).toString(), QStringLiteral("pair"));
        QCOMPARE(damage[0].toObject().value(QStringLiteral("offset")).toInt(), 22);
        QVERIFY(damage[0].toObject().value(QStringLiteral("reason")).toString().contains(QStringLiteral("twice")));
        QCOMPARE(cli({QStringLiteral("check"), QStringLiteral("--deep"), m_rdb}).exitCode, 0);
    }

    void checkTellsSoundFromDamaged()
    {
        const Run sound = cli({QStringLiteral("check"), m_rdb});
        QCOMPARE(sound.exitCode, 0);
        const QJsonObject report = QJsonDocument::fromJson(sound.out).object();
        QCOMPARE(report.value(QStringLiteral("keys")).toInt(), 16);
        QCOMPARE(report.value(QStringLiteral("checksum")).toString(), QStringLiteral("good"));

        const QByteArray bytes = fileBytes(m_rdb);
        const QString cut = writeFile(QStringLiteral("cut.rdb"), bytes.left(bytes.size() / 2));
        const Run truncated = cli({QStringLiteral("check"), cut});
        QCOMPARE(truncated.exitCode, 2);
        const QJsonObject damaged = QJsonDocument::fromJson(truncated.out).object();
        QCOMPARE(damaged.value(QStringLiteral("complete")).toBool(), false);
        QVERIFY(!damaged.value(QStringLiteral("damage")).toArray().isEmpty());
        // What stands before the cut is listed all the same.
        QCOMPARE(rows(cli({QStringLiteral("keys"), cut, QStringLiteral("--db"), QStringLiteral("all")}).out).size(),
                 damaged.value(QStringLiteral("keys")).toInt());

        QByteArray flipped = bytes;
        flipped[flipped.size() - 1] = char(flipped[flipped.size() - 1] ^ 1);
        const Run badSum = cli({QStringLiteral("check"), writeFile(QStringLiteral("sum.rdb"), flipped)});
        QCOMPARE(badSum.exitCode, 2);
        QCOMPARE(QJsonDocument::fromJson(badSum.out).object().value(QStringLiteral("checksum")).toString(), QStringLiteral("bad"));
    }

    // One line on standard error, exit 1, nothing on standard output.
    void failuresAreOneClearLine_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        const QString text = writeFile(QStringLiteral("notes.txt"), "just some text\n");
        const QString empty = writeFile(QStringLiteral("empty.rdb"), {});
        const QString closed = QStringLiteral("127.0.0.1:%1").arg(RedisServer::freePort());
        QTest::newRow("not an RDB") << QStringList{QStringLiteral("check"), text} << QByteArray("RDB");
        QTest::newRow("empty file") << QStringList{QStringLiteral("check"), empty} << QByteArray("empty");
        QTest::newRow("folder") << QStringList{QStringLiteral("check"), m_server.dir()} << QByteArray();
        QTest::newRow("no such file") << QStringList{QStringLiteral("keys"), QStringLiteral("/nowhere/dump.rdb")} << QByteArray("/nowhere/dump.rdb");
        QTest::newRow("closed port") << QStringList{QStringLiteral("keys"), closed} << QByteArray("refused");
        QTest::newRow("wrong password") << QStringList{QStringLiteral("keys"), QStringLiteral("redis://:wrong@127.0.0.1:%1").arg(m_locked.port())}
                                        << QByteArray("WRONGPASS");
        QTest::newRow("no password") << QStringList{QStringLiteral("keys"), QStringLiteral("redis://127.0.0.1:%1").arg(m_locked.port())}
                                     << QByteArray("NOAUTH");
        QTest::newRow("no such key") << QStringList{QStringLiteral("get"), m_rdb, QStringLiteral("nothing")} << QByteArray("no key");
        QTest::newRow("bad URL") << QStringList{QStringLiteral("keys"), QStringLiteral("http://127.0.0.1")} << QByteArray("not supported");
        QTest::newRow("save of a server") << QStringList{QStringLiteral("exec"), url(), QStringLiteral("--save"), QStringLiteral("x.rdb"),
                                                         QStringLiteral("--"), QStringLiteral("PING")}
                                          << QByteArray("--save");
        QTest::newRow("unknown command") << QStringList{QStringLiteral("frobnicate")} << QByteArray("frobnicate");
    }
    void failuresAreOneClearLine()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const Run run = cli(arguments);
        QCOMPARE(run.exitCode, 1);
        QCOMPARE(run.out, QByteArray());
        QVERIFY2(run.err.startsWith("keyloupe-cli: "), run.err.constData());
        QCOMPARE(run.err.count('\n'), 1);
        QVERIFY2(run.err.contains(says), run.err.constData());
        QVERIFY2(!run.err.contains("wrong@"), run.err.constData());
    }

    void theRightPasswordOpens()
    {
        const Run run = cli({QStringLiteral("exec"), QStringLiteral("redis://:right@127.0.0.1:%1/3").arg(m_locked.port()), QStringLiteral("--"),
                             QStringLiteral("PING")});
        QCOMPARE(run.err, QByteArray());
        QCOMPARE(run.out, QByteArray("PONG\n"));
    }

    void aPortThatIsNotRedisIsNamed()
    {
        QTcpServer web;
        QVERIFY(web.listen(QHostAddress::LocalHost, 0));
        connect(&web, &QTcpServer::newConnection, &web, [&web] {
            QTcpSocket *socket = web.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                socket->write("HTTP/1.1 400 Bad Request\r\n\r\n");
                socket->disconnectFromHost();
            });
        });
        QProcess process;
        process.start(QStringLiteral(KEYLOUPE_BINARY_DIR "/keyloupe-cli"),
                      {QStringLiteral("keys"), QStringLiteral("127.0.0.1:%1").arg(web.serverPort())});
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 15'000);
        QCOMPARE(process.exitCode(), 1);
        const QByteArray err = process.readAllStandardError();
        QVERIFY2(err.contains("does not speak the Redis protocol") && err.contains("HTTP/1.1 400"), err.constData());
    }

    // redis-cli talks to the served snapshot as to a server; a signal ends it cleanly.
    void serveAnswersRedisCli()
    {
        QProcess serve;
        serve.start(QStringLiteral(KEYLOUPE_BINARY_DIR "/keyloupe-cli"), {QStringLiteral("serve"), m_rdb});
        QByteArray greeting;
        QTRY_VERIFY_WITH_TIMEOUT((greeting += serve.readAllStandardOutput()).endsWith('\n'), 15'000);
        QVERIFY(greeting.startsWith("listening on 127.0.0.1:"));
        const QString port = QString::fromLatin1(greeting.trimmed().mid(greeting.lastIndexOf(':') + 1));
        const auto ask = [&](const QStringList &command) {
            QProcess client;
            client.start(QStringLiteral("redis-cli"), QStringList{QStringLiteral("-p"), port} + command);
            client.waitForFinished(10'000);
            return client.readAllStandardOutput();
        };
        QCOMPARE(ask({QStringLiteral("DBSIZE")}), QByteArray("15\n"));
        QCOMPARE(ask({QStringLiteral("GET"), QStringLiteral("text")}), QByteArray("hello\n"));
        QCOMPARE(ask({QStringLiteral("--scan"), QStringLiteral("--pattern"), QStringLiteral("hash:*")}).split('\n').size(), 3);
        QCOMPARE(ask({QStringLiteral("-3"), QStringLiteral("--no-raw"), QStringLiteral("HGETALL"), QStringLiteral("hash:small")}),
                 QByteArray("1# \"a\" => \"1\"\n2# \"b\" => \"2\"\n"));
        ::kill(static_cast<pid_t>(serve.processId()), SIGTERM);
        QVERIFY(serve.waitForFinished(5000));
        QCOMPARE(serve.exitStatus(), QProcess::NormalExit);
        QCOMPARE(serve.exitCode(), 0);
    }

private:
    QString url() const { return QStringLiteral("redis://127.0.0.1:%1").arg(m_server.port()); }

    static QByteArray fileBytes(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QString writeFile(const QString &name, const QByteArray &bytes) const
    {
        const QString path = m_server.dir() + QLatin1Char('/') + name;
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(bytes);
        return path;
    }

    RedisServer m_server;
    RedisServer m_locked; // asks for a password
    QString m_rdb;
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
