// SPDX-License-Identifier: GPL-3.0-or-later
//
// LiveSource against peers that misbehave in a scripted way.
#include "core/source/command_policy.h"
#include "core/source/live_source.h"
#include "tests/support/await.h"
#include "tests/support/fake_server.h"
#include "tests/support/redis_server.h"

#include <QtTest>

namespace keyloupe::test {
namespace {

Endpoint at(quint16 port)
{
    Endpoint endpoint;
    endpoint.port = port;
    return endpoint;
}

} // namespace

class TestNetworkFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // What the server says of a module's command decides in read-only mode; a proxy that refuses COMMAND leaves it refused.
    void learnsUnknownCommandsFromTheServer_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("told") << QByteArray("*1\r\n*6\r\n$7\r\nmod.get\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n") << true;
        QTest::newRow("writes") << QByteArray("*1\r\n*6\r\n$7\r\nmod.get\r\n:2\r\n*1\r\n+write\r\n:1\r\n:1\r\n:1\r\n") << false;
        QTest::newRow("refused") << QByteArray("-ERR unknown command 'COMMAND'\r\n") << false;
        QTest::newRow("nonsense") << QByteArray("*2\r\n:1\r\n*0\r\n") << false;
    }
    void learnsUnknownCommandsFromTheServer()
    {
        QFETCH(QByteArray, answer);
        QFETCH(bool, allowed);
        FakeServer server;
        server.answer = [&](const Command &command) -> std::optional<QByteArray> {
            if (command.name() == "COMMAND")
                return answer;
            return command.name() == "MOD.GET" ? std::optional<QByteArray>("$1\r\nv\r\n") : std::nullopt;
        };
        Endpoint endpoint;
        endpoint.port = server.port();
        LiveSource source(endpoint);
        QVERIFY(openAndWait(source));
        source.policy()->setReadOnly(true);
        QVERIFY(ask(source, {"MOD.GET", "k"}).isError());
        QTRY_COMPARE_WITH_TIMEOUT(server.count("COMMAND"), 1, 10'000);
        if (allowed) {
            QTRY_COMPARE(ask(source, {"MOD.GET", "k"}).bytes, QByteArray("v"));
        } else {
            QTest::qWait(200);
            QVERIFY(ask(source, {"MOD.GET", "k"}).isError());
        }
    }

    void closedPort()
    {
        LiveSource source(at(RedisServer::freePort()));
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed));
        QCOMPARE(source.lastError().code, Errc::Io);
        QVERIFY2(source.lastError().message.contains(QLatin1String("refused"), Qt::CaseInsensitive), qPrintable(source.lastError().message));
        const auto reply = await(source.execute(Command{"PING"}));
        QVERIFY(!reply.ok());
        QCOMPARE(reply.error().code, Errc::Closed);
    }

    void missingSocketFile()
    {
        Endpoint endpoint;
        endpoint.kind = Endpoint::Kind::Unix;
        endpoint.path = QStringLiteral("/nonexistent/redis.sock");
        LiveSource source(endpoint);
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed));
        QVERIFY2(source.lastError().message.startsWith(endpoint.path), qPrintable(source.lastError().message));
    }

    void notRedis_data()
    {
        QTest::addColumn<QByteArray>("banner");
        QTest::addColumn<QByteArray>("garbage");
        QTest::addColumn<bool>("closes");
        QTest::addColumn<QString>("says");
        QTest::newRow("ssh") << QByteArray("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n") << QByteArray() << false << QStringLiteral("SSH-2.0-OpenSSH_9.2p1");
        QTest::newRow("ssh that hangs up") << QByteArray("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n") << QByteArray() << true << QStringLiteral("SSH-2.0-OpenSSH_9.2p1");
        QTest::newRow("http") << QByteArray() << QByteArray("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n<html>") << false << QStringLiteral("HTTP/1.1 400 Bad Request");
        QTest::newRow("smtp") << QByteArray("220 mail.example.org ESMTP\r\n") << QByteArray() << false << QStringLiteral("220 mail.example.org");
        QTest::newRow("terminal tricks") << QByteArray("\x1b[2Jboo\r\n") << QByteArray() << false << QStringLiteral("\\x1b[2Jboo");
        QTest::newRow("tls alert") << QByteArray() << QByteArray("\x15\x03\x01\x00\x02\x02\x46", 7) << false << QStringLiteral("speaks TLS; switch TLS on");
    }

    void notRedis()
    {
        QFETCH(QByteArray, banner);
        QFETCH(QByteArray, garbage);
        QFETCH(bool, closes);
        QFETCH(QString, says);
        FakeServer server;
        server.banner = banner;
        server.garbage = garbage;
        server.closeAfterBanner = closes;
        LiveSource source(at(server.port()));
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed));
        QCOMPARE(source.lastError().code, Errc::Protocol);
        const QString message = source.lastError().message;
        QVERIFY2(message.contains(says), qPrintable(message));
        QVERIFY2(message.startsWith(QStringLiteral("127.0.0.1:%1 ").arg(server.port())), qPrintable(message));
        QTest::qWait(700); // longer than the first back-off
        QCOMPARE(server.accepted(), 1);
    }

    void turnedAway()
    {
        FakeServer server;
        server.banner = "-ERR max number of clients reached\r\n";
        server.closeAfterBanner = true;
        LiveSource source(at(server.port()));
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed));
        QVERIFY2(source.lastError().message.contains(QLatin1String("max number of clients")), qPrintable(source.lastError().message));
    }

    void oldServer_data()
    {
        QTest::addColumn<QByteArray>("password");
        QTest::addColumn<QByteArray>("given");
        QTest::addColumn<bool>("opens");
        QTest::newRow("open") << QByteArray() << QByteArray() << true;
        QTest::newRow("right password") << QByteArray("pw") << QByteArray("pw") << true;
        QTest::newRow("wrong password") << QByteArray("pw") << QByteArray("no") << false;
        QTest::newRow("no password") << QByteArray("pw") << QByteArray() << false;
    }

    void oldServer()
    {
        QFETCH(QByteArray, password);
        QFETCH(QByteArray, given);
        QFETCH(bool, opens);
        FakeServer server;
        server.resp2Only = true;
        server.password = password;
        server.answer = [](const Command &command) -> std::optional<QByteArray> {
            if (command.name() == "HGETALL")
                return QByteArray("*2\r\n$1\r\nf\r\n$1\r\nv\r\n");
            return std::nullopt;
        };
        Endpoint endpoint = at(server.port());
        endpoint.password = given;
        LiveSource source(endpoint);
        source.open();
        QVERIFY(waitForState(source, opens ? SourceState::Ready : SourceState::Failed));
        if (!opens) {
            QCOMPARE(source.lastError().code, Errc::Auth);
            QTest::qWait(700);
            QCOMPARE(server.accepted(), 1);
            return;
        }
        QCOMPARE(source.info().protocol, 2);
        QCOMPARE(source.info().version, QStringLiteral("5.0.14"));
        QCOMPARE(ask(source, {"HGETALL", "h"}), RespValue::array({RespValue::bulk("f"), RespValue::bulk("v")}));
    }

    void repliesInDrips()
    {
        FakeServer server;
        server.oneByteWrites = true;
        QByteArray text;
        for (int i = 0; i < 5000; ++i)
            text.append(char(i * 7));
        server.answer = [text](const Command &command) -> std::optional<QByteArray> {
            if (command.name() == "GET")
                return "$" + QByteArray::number(text.size()) + "\r\n" + text + "\r\n";
            return std::nullopt;
        };
        LiveSource source(at(server.port()));
        QVERIFY(openAndWait(source));
        const auto replies = await(source.execute(std::vector<Command>(3, Command{"GET", "k"}), ExecOptions{}));
        QVERIFY(replies.ok());
        for (const RespValue &reply : *replies)
            QVERIFY(reply.bytes == text);
    }

    // Half a value is no value, and what was asked is never asked again by itself.
    void cutInTheMiddle()
    {
        FakeServer server;
        server.answer = [&](const Command &command) -> std::optional<QByteArray> {
            if (command.name() == "SET")
                return server.nothing();
            return std::nullopt;
        };
        LiveSource source(at(server.port()));
        QVERIFY(openAndWait(source));
        QSignalSpy states(&source, &Source::stateChanged);
        const auto first = source.execute(Command{"SET", "k", "v"});
        const auto second = source.execute(Command{"SET", "k2", "v"});
        QTRY_COMPARE(server.count("SET"), 2);
        server.writeAndDrop("$50000000\r\nhalf a val");
        for (const auto &future : {first, second}) {
            const auto result = await(future);
            QVERIFY(!result.ok());
            QCOMPARE(result.error().code, Errc::Closed);
        }
        QVERIFY(waitForState(source, SourceState::Ready));
        QVERIFY(states.size() >= 2); // Reconnecting, Ready
        QCOMPARE(states.first().first().value<SourceState>(), SourceState::Reconnecting);
        QCOMPARE(server.count("SET"), 2);
        QCOMPARE(ask(source, {"PING"}), RespValue::ok());
    }

    void brokenStreamNamesTheByte_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        for (const char *bytes : {"*4294967295000\r\n", "$9223372036854775807\r\n", "$-2\r\n", "?what\r\n", ":12x\r\n", "$3\r\nabcd\r\n"})
            QTest::newRow(bytes) << QByteArray(bytes);
    }

    void brokenStreamNamesTheByte()
    {
        QFETCH(QByteArray, bytes);
        FakeServer server;
        server.answer = [bytes](const Command &command) -> std::optional<QByteArray> {
            if (command.name() == "GET")
                return bytes;
            return std::nullopt;
        };
        LiveSource source(at(server.port()));
        QVERIFY(openAndWait(source));
        const auto reply = await(source.execute(Command{"GET", "k"}));
        QVERIFY(!reply.ok());
        QCOMPARE(reply.error().code, Errc::Closed);
        QVERIFY2(reply.error().message.contains(QLatin1String("breaks the Redis protocol")), qPrintable(reply.error().message));
        QVERIFY2(reply.error().offset > 0, qPrintable(describe(reply.error())));
        QVERIFY(waitForState(source, SourceState::Ready));
    }

    // A late reply must not be taken for the answer to the next question.
    void lateRepliesStayInStep()
    {
        FakeServer server;
        bool slow = true;
        server.answer = [&](const Command &command) -> std::optional<QByteArray> {
            if (command.name() == "GET" && slow)
                return server.nothing();
            if (command.name() == "GET")
                return "$4\r\n" + command.args[1] + "\r\n";
            return std::nullopt;
        };
        LiveSource source(at(server.port()));
        QVERIFY(openAndWait(source));
        ExecOptions shortly;
        shortly.timeoutMs = 300;
        const auto late = await(source.execute(Command{"GET", "slow"}, shortly));
        QVERIFY(!late.ok());
        QCOMPARE(late.error().code, Errc::Timeout);
        ExecOptions stopped;
        const auto cancelled = source.execute(Command{"GET", "stop"}, stopped);
        QTRY_COMPARE(server.count("GET"), 2);
        stopped.cancel.cancel();
        const auto answer = await(cancelled);
        QVERIFY(!answer.ok());
        QCOMPARE(answer.error().code, Errc::Cancelled);
        slow = false;
        const auto next = source.execute(Command{"GET", "next"});
        QTRY_COMPARE(server.count("GET"), 3);
        QTest::qWait(50);
        QVERIFY(!next.isFinished());
        // In-order servers answer the old questions first; ours already answered the third, so it counts as the first.
        server.write("$4\r\nstop\r\n$4\r\nnext\r\n");
        const auto reply = await(next);
        QVERIFY(reply.ok());
        QCOMPARE(reply->bytes, QByteArray("next"));
        QCOMPARE(source.state(), SourceState::Ready);
    }

    void nobodyAskedForThis()
    {
        FakeServer server;
        LiveSource source(at(server.port()));
        QVERIFY(openAndWait(source));
        QSignalSpy states(&source, &Source::stateChanged);
        server.write("+surprise\r\n");
        QTRY_VERIFY(!states.isEmpty());
        QCOMPARE(states.first().first().value<SourceState>(), SourceState::Reconnecting);
        QVERIFY2(source.lastError().message.contains(QLatin1String("nobody asked")), qPrintable(source.lastError().message));
        QVERIFY(waitForState(source, SourceState::Ready));
    }

    void pushesBetweenReplies()
    {
        FakeServer server;
        server.answer = [](const Command &command) -> std::optional<QByteArray> {
            if (command.name() == "GET")
                return ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n$1\r\n" + command.args[1] + "\r\n>3\r\n+message\r\n+c\r\n+m\r\n";
            return std::nullopt;
        };
        LiveSource source(at(server.port()));
        QVERIFY(openAndWait(source));
        std::vector<Command> commands;
        for (int i = 0; i < 1000; ++i)
            commands.push_back(Command{"GET", QByteArray(1, char('a' + i % 26))});
        const auto replies = await(source.execute(std::vector<Command>(commands), ExecOptions{}));
        QVERIFY(replies.ok());
        for (std::size_t i = 0; i < commands.size(); ++i)
            QCOMPARE((*replies)[i].bytes, commands[i].args[1]);
    }

    void loginRevokedIsFinal()
    {
        FakeServer server;
        server.resp2Only = true;
        LiveSource source(at(server.port()));
        QVERIFY(openAndWait(source));
        server.password = "changed meanwhile";
        server.dropClients();
        QVERIFY(waitForState(source, SourceState::Failed));
        QCOMPARE(source.lastError().code, Errc::Auth);
        const int tries = server.accepted();
        QTest::qWait(900);
        QCOMPARE(server.accepted(), tries);
    }

    // The guarded write behind a lost one must neither crash nor hang.
    void guardedWritesQueuedOverALoss()
    {
        FakeServer server;
        server.answer = [&](const Command &command) -> std::optional<QByteArray> {
            if (command.name() == "WATCH")
                return server.nothing();
            return std::nullopt;
        };
        LiveSource source(at(server.port()));
        QVERIFY(openAndWait(source));
        GuardedWrite write;
        write.watch = {"k"};
        write.writes = {{"SET", "k", "v"}};
        const auto first = source.executeGuarded(write, ExecOptions{});
        const auto second = source.executeGuarded(write, ExecOptions{});
        QTRY_COMPARE(server.count("WATCH"), 1);
        server.dropClients();
        const auto lost = await(first);
        QVERIFY(!lost.ok());
        QCOMPARE(lost.error().code, Errc::Closed);
        QTRY_COMPARE(server.count("WATCH"), 2);
        const auto third = source.executeGuarded(write, ExecOptions{});
        source.close();
        for (const auto &future : {second, third}) {
            const auto closed = await(future);
            QVERIFY(!closed.ok());
            QCOMPARE(closed.error().code, Errc::Closed);
        }
        QCOMPARE(server.count("SET"), 0);
    }

    void selectRefusedRunsNothing()
    {
        FakeServer server;
        server.answer = [](const Command &command) -> std::optional<QByteArray> {
            if (command == Command{"SELECT", "5"})
                return QByteArray("-NOPERM no\r\n");
            if (command.name() == "GET")
                return QByteArray("$5\r\nwrong\r\n");
            return std::nullopt;
        };
        LiveSource source(at(server.port()));
        QVERIFY(openAndWait(source));
        ExecOptions five;
        five.db = 5;
        const auto refused = await(source.execute(Command{"GET", "k"}, five));
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, Errc::Auth);
        const int selects = server.count("SELECT");
        QCOMPARE(ask(source, {"GET", "k"}).bytes, QByteArray("wrong"));
        QCOMPARE(server.count("SELECT"), selects + 1); // back to 0, by saying so
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestNetworkFaults)
#include "tst_network_faults.moc"
