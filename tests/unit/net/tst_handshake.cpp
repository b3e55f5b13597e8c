// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/backoff.h"
#include "core/net/handshake.h"

#include <QtTest>

namespace keyloupe::test {

class TestHandshake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void greetsWithWhatTheEndpointHas()
    {
        Endpoint endpoint;
        QCOMPARE(helloCommand(endpoint), (Command{"HELLO", "3"}));
        QVERIFY(authCommand(endpoint).isEmpty());
        endpoint.password = "pw";
        QCOMPARE(helloCommand(endpoint), (Command{"HELLO", "3", "AUTH", "default", "pw"}));
        QCOMPARE(authCommand(endpoint), (Command{"AUTH", "pw"}));
        endpoint.user = "bob";
        QCOMPARE(helloCommand(endpoint), (Command{"HELLO", "3", "AUTH", "bob", "pw"}));
        QCOMPARE(authCommand(endpoint), (Command{"AUTH", "bob", "pw"}));
        endpoint.db = 7;
        QCOMPARE(settlingCommands(endpoint).front(), (Command{"SELECT", "7"}));
        // Looking must not count as use.
        const std::vector<Command> settling = settlingCommands(endpoint);
        QVERIFY(std::find(settling.begin(), settling.end(), Command{"CLIENT", "NO-TOUCH", "ON"}) != settling.end());
    }

    void knowsOldServers_data()
    {
        QTest::addColumn<QByteArray>("reply");
        QTest::addColumn<bool>("old");
        QTest::newRow("redis 5") << QByteArray("ERR unknown command `HELLO`, with args beginning with: `3`, ") << true;
        QTest::newRow("refused protocol") << QByteArray("NOPROTO unsupported protocol version") << true;
        QTest::newRow("wrong password") << QByteArray("WRONGPASS invalid username-password pair or user is disabled.") << false;
        QTest::newRow("password wanted") << QByteArray("NOAUTH HELLO must be called with the client already authenticated") << false;
        QTest::newRow("loading") << QByteArray("LOADING Redis is loading the dataset in memory") << false;
    }

    void knowsOldServers()
    {
        QFETCH(QByteArray, reply);
        QFETCH(bool, old);
        QCOMPARE(needsResp2(RespValue::error(reply)), old);
        QVERIFY(!needsResp2(RespValue::map({})));
    }

    void readsWhoAnswers_data()
    {
        QTest::addColumn<QByteArray>("info");
        QTest::addColumn<QString>("server");
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("role");
        QTest::newRow("redis") << QByteArray("# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrole:master\r\n")
                               << QStringLiteral("redis") << QStringLiteral("7.0.15") << QStringLiteral("master");
        QTest::newRow("valkey") << QByteArray("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0\r\nserver_mode:standalone\r\nrole:slave\r\n")
                                << QStringLiteral("valkey") << QStringLiteral("8.1.0") << QStringLiteral("replica");
        QTest::newRow("nonsense") << QByteArray("no colon\r\n:\r\nrole:\r\n") << QStringLiteral("redis") << QString() << QString();
    }

    void readsWhoAnswers()
    {
        QFETCH(QByteArray, info);
        ServerIdentity identity;
        refineIdentity(identity, info);
        QTEST(identity.server, "server");
        QTEST(identity.version, "version");
        QTEST(identity.role, "role");
    }

    void readsHello()
    {
        const RespValue hello = RespValue::map({RespValue::bulk("server"), RespValue::bulk("valkey"), RespValue::bulk("proto"), RespValue::ofInteger(3),
                                                RespValue::bulk("mode"), RespValue::bulk("cluster"), RespValue::bulk("modules"), RespValue::array()});
        const ServerIdentity identity = identityFromHello(hello);
        QCOMPARE(identity.server, QStringLiteral("valkey"));
        QCOMPARE(identity.protocol, 3);
        QCOMPARE(identity.mode, QStringLiteral("cluster"));
        QCOMPARE(identityFromHello(RespValue::ofInteger(5)).protocol, 2);
    }

    void waitsLongerEachTime()
    {
        Backoff middle;
        for (const int expected : {500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000})
            QCOMPARE(middle.nextDelayMs(0.5), expected);
        middle.reset();
        QCOMPARE(middle.nextDelayMs(0.0), 400);
        QCOMPARE(middle.nextDelayMs(1.0), 1200);
        // Ten minutes of a closed port: few tries.
        Backoff fastest;
        int tries = 0;
        for (int waited = 0; waited < 600'000; ++tries)
            waited += fastest.nextDelayMs(0.0);
        QVERIFY2(tries <= 30, QByteArray::number(tries).constData());
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestHandshake)
#include "tst_handshake.moc"
