// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/endpoint.h"

#include <QtTest>

namespace keyloupe::test {

class TestEndpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("publicUrl");
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<QByteArray>("password");
        QTest::addColumn<int>("db");
        QTest::addColumn<bool>("tls");
        const auto row = [](const char *text, const char *title, const char *publicUrl, const char *user, const char *password, int db, bool tls) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(title) << QString::fromUtf8(publicUrl) << QByteArray(user)
                                << QByteArray(password) << db << tls;
        };
        row("redis://localhost", "localhost:6379", "redis://localhost:6379", "", "", 0, false);
        row("redis://localhost/", "localhost:6379", "redis://localhost:6379", "", "", 0, false);
        row("  redis://localhost:7000/2 ", "localhost:7000", "redis://localhost:7000/2", "", "", 2, false);
        row("redis://:secret@h:1", "h:1", "redis://h:1", "", "secret", 0, false);
        row("redis://bob:secret@h", "h:6379", "redis://h:6379", "bob", "secret", 0, false);
        row("redis://bob@h", "h:6379", "redis://h:6379", "bob", "", 0, false);
        row("redis://:p%40ss%2F%3A%25%20@h", "h:6379", "redis://h:6379", "", "p@ss/:% ", 0, false);
        row("redis://:%C3%A9@h", "h:6379", "redis://h:6379", "", "\xC3\xA9", 0, false);
        row("redis://h?db=5", "h:6379", "redis://h:6379/5", "", "", 5, false);
        row("redis://[::1]:7001", "[::1]:7001", "redis://[::1]:7001", "", "", 0, false);
        row("rediss://h", "h:6379", "rediss://h:6379", "", "", 0, true);
        row("valkey://h:9/3", "h:9", "redis://h:9/3", "", "", 3, false);
        row("valkeys://u:p@h:9", "h:9", "rediss://h:9", "u", "p", 0, true);
        row("unix:///run/redis.sock", "/run/redis.sock", "unix:///run/redis.sock", "", "", 0, false);
        row("unix:///run/my%20redis.sock?db=4", "/run/my redis.sock", "unix:///run/my redis.sock?db=4", "", "", 4, false);
        row("redis-socket:///run/redis.sock", "/run/redis.sock", "unix:///run/redis.sock", "", "", 0, false);
        row("127.0.0.1:6380", "127.0.0.1:6380", "redis://127.0.0.1:6380", "", "", 0, false);
        row("[fe80::1]:6380", "[fe80::1]:6380", "redis://[fe80::1]:6380", "", "", 0, false);
    }

    void parses()
    {
        QFETCH(QString, text);
        const Result<Endpoint> parsed = parseEndpoint(text);
        QVERIFY2(parsed.ok(), qPrintable(parsed.ok() ? QString() : parsed.error().message));
        QTEST(parsed->title(), "title");
        QTEST(parsed->publicUrl(), "publicUrl");
        QTEST(parsed->user, "user");
        QTEST(parsed->password, "password");
        QTEST(parsed->db, "db");
        QTEST(parsed->tls.enabled, "tls");
        QVERIFY(parsed->tls.verify);
        QVERIFY(looksLikeEndpoint(text.trimmed()));
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *text, const char *says) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(says); };
        row("", "neither");
        row("localhost", "neither");
        row("h:0", "neither");
        row("h:65536", "neither");
        row("h:99999999", "neither");
        row("two words:1", "neither");
        row("::1:6379", "neither");
        row("http://h:80", "\"http://\" is not supported");
        row("redis://", "host");
        row("redis://h:70000", "not valid");
        row("redis://h/x", "\"x\" is no database number");
        row("redis://h/-1", "\"-1\" is no database number");
        row("redis://h?db=999999", "\"999999\" is no database number");
        row("unix://", "path of the socket");
    }

    void refuses()
    {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const Result<Endpoint> parsed = parseEndpoint(text);
        QVERIFY(!parsed.ok());
        QCOMPARE(parsed.error().code, Errc::InvalidArgument);
        QVERIFY2(parsed.error().message.contains(says), qPrintable(parsed.error().message));
    }

    // A password that was pasted without escaping must not come back in the message.
    void refusalsKeepThePassword_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"redis://:hunter2@h:70000", "redis://:hunter2 x@h", "redis://:hunter2@h/db", "http://:hunter2@h", "redis://:hunter2@"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }

    void refusalsKeepThePassword()
    {
        QFETCH(QString, text);
        const Result<Endpoint> parsed = parseEndpoint(text);
        QVERIFY(!parsed.ok());
        QVERIFY2(!parsed.error().message.contains(QLatin1String("hunter2")), qPrintable(parsed.error().message));
    }

    void filesAreNoEndpoints_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"dump.rdb", "/var/lib/redis/dump.rdb", "./a:b", "C:\\dump.rdb", "http://h", ""})
            QTest::newRow(text) << QString::fromUtf8(text);
    }

    void filesAreNoEndpoints()
    {
        QFETCH(QString, text);
        QVERIFY(!looksLikeEndpoint(text));
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestEndpoint)
#include "tst_endpoint.moc"
