// SPDX-License-Identifier: GPL-3.0-or-later
// Replies and commands as text: held against a real redis-cli, typed JSON, and the log line that hides secrets.
#include "core/base/escape.h"
#include "core/resp/command.h"
#include "core/resp/print.h"
#include "core/resp/reader.h"
#include "core/resp/writer.h"
#include "tests/support/redis_server.h"

#include <QTcpSocket>
#include <QtTest>

#include <limits>

namespace keyloupe::test {

class TestRespText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void prints_data();
    void prints();
    void printsAsRedisCliDoes();
    void json_data();
    void json();
    void names_data();
    void names();
    void hidesSecrets_data();
    void hidesSecrets();
};

void TestRespText::prints_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nested") << QByteArray("*2\r\n*2\r\n:1\r\n$1\r\na\r\n*0\r\n") << QByteArray("1) 1) (integer) 1\n   2) \"a\"\n2) (empty array)\n");
    QTest::newRow("map") << QByteArray("%1\r\n+a\r\n*2\r\n:1\r\n:2\r\n") << QByteArray("1# a => \n   1) (integer) 1\n   2) (integer) 2\n");
    QTest::newRow("nil") << QByteArray("_\r\n") << QByteArray("(nil)\n");
    QTest::newRow("bytes") << QByteArray("$2\r\n\xff\n\r\n") << QByteArray("\"\\xff\\n\"\n");
}

void TestRespText::prints()
{
    QFETCH(QByteArray, wire);
    QFETCH(QByteArray, text);
    RespReader reader;
    reader.feed(wire);
    auto value = reader.next();
    QVERIFY(value.ok() && *value);
    QCOMPARE(printReply(**value), text);
}

void TestRespText::printsAsRedisCliDoes()
{
    if (!RedisServer::isAvailable())
        QSKIP("redis-server is not installed");
    RedisServer server;
    QVERIFY(server.start());
    server.cli({QStringLiteral("RPUSH"), QStringLiteral("l"), QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c d"), QStringLiteral("5"), QStringLiteral("6"),
                QStringLiteral("7"), QStringLiteral("8"), QStringLiteral("9"), QStringLiteral("10"), QStringLiteral("11"), QStringLiteral("12")});
    server.cli({QStringLiteral("HSET"), QStringLiteral("h"), QStringLiteral("f\"1"), QStringLiteral("v"), QStringLiteral("g"), QStringLiteral("ж")});
    server.cli({QStringLiteral("SADD"), QStringLiteral("s"), QStringLiteral("one")});
    server.cli({QStringLiteral("ZADD"), QStringLiteral("z"), QStringLiteral("1.5"), QStringLiteral("m"), QStringLiteral("inf"), QStringLiteral("n")});
    server.cli({QStringLiteral("XADD"), QStringLiteral("x"), QStringLiteral("1-1"), QStringLiteral("k"), QStringLiteral("v"), QStringLiteral("k2"), QStringLiteral("v2")});
    const QByteArrayList lines{"PING", "GET none", "LLEN l", "LRANGE l 0 -1", "LRANGE none 0 -1", "HGETALL h", "HGETALL none", "SMEMBERS s", "SMEMBERS none", "ZSCORE z m", "ZSCORE z n",
                               "ZRANGE z 0 -1 WITHSCORES", "XRANGE x - +", "XINFO STREAM x", "XINFO STREAM x FULL", "COMMAND DOCS get", "COMMAND DOCS zadd", "CONFIG GET maxmemory", "FUNCTION STATS", "CLIENT TRACKINGINFO", "LPUSH h 1", "HMGET h g none", "DEBUG PROTOCOL double", "DEBUG PROTOCOL null",
                               "DEBUG PROTOCOL set", "DEBUG PROTOCOL map", "DEBUG PROTOCOL true", "DEBUG PROTOCOL false", "DEBUG PROTOCOL verbatim", "DEBUG PROTOCOL array",
                               "DEBUG PROTOCOL integer", "DEBUG PROTOCOL string", "ECHO \"\\x00\\xff a\\n\\\"\"", "COMMAND INFO get", "OBJECT HELP"};
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, server.port());
    QVERIFY(socket.waitForConnected(3000));
    for (const int protocol : {2, 3}) {
        QByteArray request;
        appendCommand(request, Command{"HELLO", QByteArray::number(protocol)});
        for (const QByteArray &line : lines)
            appendCommand(request, Command(*splitCommandLine(line)));
        socket.write(request);
        RespReader reader;
        for (qsizetype n = -1; n < lines.size();) {
            auto value = reader.next();
            QVERIFY(value.ok());
            if (!*value) {
                QVERIFY(socket.bytesAvailable() > 0 || socket.waitForReadyRead(5000));
                reader.feed(socket.readAll());
                continue;
            }
            if (n >= 0) {
                // redis-cli reads the command from its standard input, so that it splits the line itself.
                const QByteArray theirs = server.cli({protocol == 3 ? QStringLiteral("-3") : QStringLiteral("-2"), QStringLiteral("--no-raw")}, lines[n] + '\n');
                const QByteArray ours = printReply(**value);
                QVERIFY2(ours == theirs, (lines[n] + " in RESP" + QByteArray::number(protocol) + "\nours:\n" + ours + "redis-cli:\n" + theirs).constData());
            }
            ++n;
        }
    }
}

void TestRespText::json_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, QByteArray wire, const char *json) { QTest::newRow(name) << wire << QByteArray(json); };
    row("nil", "$-1\r\n", "null");
    row("status", "+OK\r\n", "\"OK\"");
    row("text", "$3\r\n\xd0\xb6\"\r\n", "\"\xd0\xb6\\\"\"");
    row("bytes", "$2\r\n\xff\x01\r\n", "{\"base64\":\"/wE=\"}");
    row("NUL", QByteArray("$1\r\n\0\r\n", 7), "{\"base64\":\"AA==\"}");
    row("largest integer", ":9223372036854775807\r\n", "9223372036854775807");
    row("error", "-ERR no\r\n", "{\"error\":\"ERR no\"}");
    row("double", ",1.5\r\n", "1.5");
    row("infinite", ",-inf\r\n", "{\"double\":\"-inf\"}");
    row("boolean", "#t\r\n", "true");
    row("big number", "(123456789012345678901\r\n", "{\"bignumber\":\"123456789012345678901\"}");
    row("array", "*2\r\n:1\r\n*0\r\n", "[1,[]]");
    row("map keeps order and key types", "%2\r\n:2\r\n+b\r\n:1\r\n+a\r\n", "{\"map\":[[2,\"b\"],[1,\"a\"]]}");
    row("set", "~1\r\n+a\r\n", "{\"set\":[\"a\"]}");
}

void TestRespText::json()
{
    QFETCH(QByteArray, wire);
    QFETCH(QByteArray, json);
    RespReader reader;
    reader.feed(wire);
    auto value = reader.next();
    QVERIFY(value.ok() && *value);
    QCOMPARE(replyToJson(**value), json);
}

void TestRespText::names_data()
{
    QTest::addColumn<QByteArrayList>("args");
    QTest::addColumn<QByteArray>("full");
    QTest::newRow("none") << QByteArrayList() << QByteArray();
    QTest::newRow("plain") << QByteArrayList{"get", "k"} << QByteArray("GET");
    QTest::newRow("container") << QByteArrayList{"client", "list", "x"} << QByteArray("CLIENT LIST");
    QTest::newRow("container alone") << QByteArrayList{"Config"} << QByteArray("CONFIG");
}

void TestRespText::names()
{
    QFETCH(QByteArrayList, args);
    QFETCH(QByteArray, full);
    QCOMPARE(Command(args).fullName(), full);
}

void TestRespText::hidesSecrets_data()
{
    QTest::addColumn<QByteArrayList>("args");
    QTest::addColumn<QByteArray>("line");
    const auto row = [](const char *name, QByteArrayList args, const char *line) { QTest::newRow(name) << args << QByteArray(line); };
    row("plain", {"SET", "a b", "1"}, "SET \"a b\" 1");
    row("auth", {"auth", "s3cret"}, "auth (secret)");
    row("auth with user", {"AUTH", "ann", "s3cret"}, "AUTH ann (secret)");
    row("hello", {"HELLO", "3", "auth", "ann", "s3cret", "SETNAME", "x"}, "HELLO 3 auth ann (secret) SETNAME x");
    row("config set", {"CONFIG", "SET", "maxmemory", "1", "requirepass", "s3cret"}, "CONFIG SET maxmemory 1 requirepass (secret)");
    row("config masterauth", {"config", "set", "MasterAuth", "s3cret"}, "config set MasterAuth (secret)");
    row("config tls", {"CONFIG", "SET", "tls-key-file-pass", "s3cret"}, "CONFIG SET tls-key-file-pass (secret)");
    row("config get", {"CONFIG", "GET", "requirepass"}, "CONFIG GET requirepass");
    row("acl", {"ACL", "SETUSER", "ann", "on", ">s3cret", "~*", "#5e88"}, "ACL SETUSER ann on (secret) ~* (secret)");
    row("migrate", {"MIGRATE", "h", "1", "k", "0", "10", "COPY", "AUTH", "s3cret"}, "MIGRATE h 1 k 0 10 COPY AUTH (secret)");
    row("migrate auth2", {"MIGRATE", "h", "1", "", "0", "10", "AUTH2", "ann", "s3cret", "KEYS", "k"}, "MIGRATE h 1 \"\" 0 10 AUTH2 ann (secret) KEYS k");
    row("sentinel", {"SENTINEL", "SET", "m", "auth-pass", "s3cret"}, "SENTINEL SET m auth-pass (secret)");
    row("auth without argument", {"AUTH"}, "AUTH");
    row("long argument", {"SET", "k", QByteArray(300, 'x')}, ("SET k " + QByteArray(256, 'x') + "…(300 bytes)").constData());
}

void TestRespText::hidesSecrets()
{
    QFETCH(QByteArrayList, args);
    QFETCH(QByteArray, line);
    QCOMPARE(printableCommand(Command(args)), line);
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestRespText)
#include "tst_resp_text.moc"
