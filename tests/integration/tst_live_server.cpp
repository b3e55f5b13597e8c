// SPDX-License-Identifier: GPL-3.0-or-later
//
// LiveSource against a real redis-server: logins, sockets, crashes, stalls, pub/sub, and the policy over the server's own
// list of commands.
#include "core/source/command_policy.h"
#include "core/source/live_source.h"
#include "core/source/open_source.h"
#include "tests/support/await.h"
#include "tests/support/raw_client.h"
#include "tests/support/redis_server.h"

#include <QtTest>

namespace keyloupe::test {
namespace {

Endpoint at(const RedisServer &server)
{
    Endpoint endpoint;
    endpoint.port = server.port();
    return endpoint;
}

// An ACL user, as arguments of the server: each word by itself.
QStringList user(const char *rules)
{
    return QStringList{QStringLiteral("--user")} + QString::fromLatin1(rules).split(QLatin1Char(' '));
}

std::vector<QByteArray> payloads(PubSubFeed &feed)
{
    std::vector<QByteArray> all;
    for (const PubSubMessage &message : feed.take(100'000))
        all.push_back(message.payload);
    return all;
}

} // namespace

class TestLiveServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed; these tests need a real one");
    }

    void saysHelloPolitely()
    {
        RedisServer server;
        QVERIFY(server.start({QStringLiteral("--databases"), QStringLiteral("20")}));
        LiveSource source(at(server));
        QVERIFY(openAndWait(source));
        const SourceInfo info = source.info();
        QCOMPARE(info.serverName, QStringLiteral("redis"));
        QVERIFY(!info.version.isEmpty());
        QCOMPARE(info.mode, QStringLiteral("standalone"));
        QCOMPARE(info.role, QStringLiteral("master"));
        QCOMPARE(info.databases, 20);
        QVERIFY(server.cli({QStringLiteral("CLIENT"), QStringLiteral("LIST")}).contains("name=keyloupe"));
        QVERIFY(ask(source, {"PING"}).isText());
        QVERIFY(source.info().roundTripMs >= 0);
    }

    void passwords_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("opens");
        QTest::newRow("right") << QStringLiteral("redis://:p%40ss%20word@127.0.0.1:%1") << true;
        QTest::newRow("right, default user") << QStringLiteral("redis://default:p%40ss%20word@127.0.0.1:%1") << true;
        QTest::newRow("other user") << QStringLiteral("redis://reader:read@127.0.0.1:%1") << true;
        QTest::newRow("wrong") << QStringLiteral("redis://:wrong@127.0.0.1:%1") << false;
        QTest::newRow("none") << QStringLiteral("redis://127.0.0.1:%1") << false;
        QTest::newRow("no such user") << QStringLiteral("redis://nobody:read@127.0.0.1:%1") << false;
    }

    void passwords()
    {
        QFETCH(QString, url);
        QFETCH(bool, opens);
        RedisServer server;
        QVERIFY(server.start(QStringList{QStringLiteral("--requirepass"), QStringLiteral("p@ss word")}
                             + user("reader on >read ~open:* +@read +ping +select +client|setname")));
        auto made = makeSource(url.replace(QLatin1String("%1"), QString::number(server.port())));
        QVERIFY(made.ok());
        Source &source = **made;
        source.open();
        QVERIFY(waitForState(source, opens ? SourceState::Ready : SourceState::Failed));
        QVERIFY(!source.info().location.contains(QLatin1String("p@ss")) && !source.info().location.contains(QLatin1String("read")));
        if (!opens) {
            QCOMPARE(source.lastError().code, Errc::Auth);
            QTest::qWait(700);
            QCOMPARE(source.state(), SourceState::Failed);
        }
    }

    void limitedUser()
    {
        RedisServer server;
        QVERIFY(server.start(user("reader on >read ~open:* +get +ping")));
        Endpoint endpoint = at(server);
        endpoint.user = "reader";
        endpoint.password = "read";
        LiveSource source(endpoint);
        QVERIFY(openAndWait(source));
        QVERIFY(ask(source, {"GET", "open:1"}).isNull());
        QCOMPARE(ask(source, {"GET", "secret:1"}).errorCode(), QByteArray("NOPERM"));
        QCOMPARE(ask(source, {"SET", "open:1", "x"}).errorCode(), QByteArray("NOPERM"));
        GuardedWrite write;
        write.watch = {"open:1"};
        write.writes = {{"SET", "open:1", "x"}};
        const auto refused = await(source.executeGuarded(write, ExecOptions{}));
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, Errc::Auth);
        QCOMPARE(source.state(), SourceState::Ready);
    }

    void unixSocketAndDatabase()
    {
        RedisServer server;
        QVERIFY(server.start());
        RawClient raw(server.port());
        raw.ask({"SELECT", "5"});
        raw.ask({"SET", "k", "five"});
        auto made = makeSource(QStringLiteral("unix://%1?db=5").arg(server.unixSocket()));
        QVERIFY(made.ok());
        QVERIFY(openAndWait(**made));
        ExecOptions five;
        five.db = 5;
        QCOMPARE(ask(**made, {"GET", "k"}, five).bytes, QByteArray("five"));
        QVERIFY(ask(**made, {"GET", "k"}).isNull());
        QCOMPARE(ask(**made, {"GET", "k"}, five).bytes, QByteArray("five"));
    }

    // WATCH and EXEC: somebody writes between the look and the write.
    void raceIsAConflict()
    {
        RedisServer server;
        QVERIFY(server.start());
        auto raw = std::make_shared<RawClient>(server.port());
        raw->ask({"SET", "k", "seen"});
        LiveSource source(at(server));
        QVERIFY(openAndWait(source));
        GuardedWrite write;
        write.watch = {"k"};
        write.reads = {{"GET", "k"}};
        write.writes = {{"SET", "k", "mine"}};
        const quint16 port = server.port();
        write.check = [port](const std::vector<RespValue> &) -> Result<void> {
            RawClient other(port);
            other.ask({"SET", "k", "theirs"});
            return {};
        };
        const auto lost = await(source.executeGuarded(write, ExecOptions{}));
        QVERIFY(!lost.ok());
        QCOMPARE(lost.error().code, Errc::Conflict);
        QCOMPARE(raw->ask({"GET", "k"}).bytes, QByteArray("theirs"));
        write.check = nullptr;
        QVERIFY(await(source.executeGuarded(write, ExecOptions{})).ok());
        QCOMPARE(raw->ask({"GET", "k"}).bytes, QByteArray("mine"));
    }

    void killedMidScanAndBack()
    {
        RedisServer server;
        QVERIFY(server.start());
        RawClient(server.port()).ask({"DEBUG", "POPULATE", "50000"});
        LiveSource source(at(server));
        QVERIFY(openAndWait(source));
        const auto scan = source.scan(ScanSpec{});
        QVERIFY(await(scan->next()).ok());
        QSignalSpy states(&source, &Source::stateChanged);
        server.kill();
        const auto broken = await(scan->next());
        QVERIFY(!broken.ok());
        QCOMPARE(broken.error().code, Errc::Closed);
        QTRY_VERIFY(!states.isEmpty());
        QCOMPARE(states.first().first().value<SourceState>(), SourceState::Reconnecting);
        QVERIFY(!source.lastError().message.isEmpty());
        QVERIFY(server.start({}, server.port()));
        source.open(); // "retry now"
        QVERIFY(waitForState(source, SourceState::Ready));
        QCOMPARE(ask(source, {"DBSIZE"}), RespValue::ofInteger(0));
    }

    // A thousand increments in flight when the server dies: none is sent again.
    void killedMidPipeline()
    {
        RedisServer server;
        QVERIFY(server.start());
        LiveSource source(at(server));
        QVERIFY(openAndWait(source));
        server.suspend();
        const auto pipeline = source.execute(std::vector<Command>(1000, Command{"INCR", "n"}), ExecOptions{});
        QTest::qWait(100);
        QSignalSpy states(&source, &Source::stateChanged);
        server.kill();
        const auto result = await(pipeline);
        QVERIFY(!result.ok());
        QCOMPARE(result.error().code, Errc::Closed);
        QTRY_VERIFY(!states.isEmpty());
        QVERIFY(server.start({}, server.port()));
        QVERIFY(waitForState(source, SourceState::Ready)); // by itself
        QVERIFY(ask(source, {"GET", "n"}).isNull());
    }

    // The server hangs: requests time out, cancel works, and this thread's event loop goes on turning.
    void stalledServer()
    {
        RedisServer server;
        QVERIFY(server.start());
        LiveSource source(at(server));
        QVERIFY(openAndWait(source));
        server.suspend();
        int beats = 0;
        QTimer heart;
        connect(&heart, &QTimer::timeout, this, [&] { ++beats; });
        heart.start(10);
        ExecOptions shortly;
        shortly.timeoutMs = 1000;
        const auto late = source.execute(Command{"SET", "k", "v"}, shortly);
        ExecOptions patient;
        const auto stopped = source.execute(Command{"GET", "k"}, patient);
        QTest::qWait(100);
        patient.cancel.cancel();
        const auto cancelled = await(stopped, 3000);
        QVERIFY(!cancelled.ok());
        QCOMPARE(cancelled.error().code, Errc::Cancelled);
        QVERIFY(!late.isFinished());
        const auto timedOut = await(late, 5000);
        QVERIFY(!timedOut.ok());
        QCOMPARE(timedOut.error().code, Errc::Timeout);
        QVERIFY2(beats > 20, QByteArray::number(beats).constData());
        server.resume();
        // The late replies arrive now and are dropped; the next answer is the right one.
        QCOMPARE(ask(source, {"ECHO", "nonce"}).bytes, QByteArray("nonce"));
        QCOMPARE(source.state(), SourceState::Ready);
    }

    void pubSub()
    {
        RedisServer server;
        QVERIFY(server.start());
        LiveSource source(at(server));
        QVERIFY(openAndWait(source));
        const auto feed = source.openPubSub(nullptr);
        QVERIFY(feed);
        feed->subscribe({"news", QByteArray("b\0in", 4)});
        feed->psubscribe({"log.*"});
        RawClient raw(server.port());
        QTRY_COMPARE(raw.ask({"PUBSUB", "NUMPAT"}).toInteger(), 1);
        QTRY_COMPARE(raw.ask({"PUBSUB", "NUMSUB", "news"}).items.at(1).toInteger(), 1);
        QSignalSpy available(feed.get(), &PubSubFeed::messagesAvailable);
        raw.ask({"PUBLISH", "news", QByteArray("a\0b\r\n", 5)});
        raw.ask({"PUBLISH", "log.x", "line"});
        raw.ask({"PUBLISH", "elsewhere", "not for us"});
        raw.ask({"PUBLISH", QByteArray("b\0in", 4), "binary channel"});
        std::vector<PubSubMessage> messages;
        QTRY_VERIFY(([&] {
            for (PubSubMessage &message : feed->take(2))
                messages.push_back(std::move(message));
            return messages.size() == 3;
        })());
        QCOMPARE(messages[0].payload, QByteArray("a\0b\r\n", 5));
        QVERIFY(messages[0].pattern.isEmpty() && messages[0].timeMs > 1'600'000'000'000);
        QCOMPARE(messages[1].pattern, QByteArray("log.*"));
        QCOMPARE(messages[1].channel, QByteArray("log.x"));
        QCOMPARE(messages[2].channel, QByteArray("b\0in", 4));
        QVERIFY(!available.isEmpty());
        // One of them is left out from now on.
        feed->unsubscribe({"news"});
        QTRY_COMPARE(raw.ask({"PUBSUB", "NUMSUB", "news"}).items.at(1).toInteger(), 0);
        QCOMPARE(feed->channels(), QByteArrayList{QByteArray("b\0in", 4)});
        // A dead server is said, and everything still wanted is subscribed again.
        QSignalSpy failed(feed.get(), &PubSubFeed::failed);
        server.kill();
        QTRY_VERIFY(!failed.isEmpty());
        QVERIFY(server.start({}, server.port()));
        RawClient again(server.port());
        QTRY_COMPARE_WITH_TIMEOUT(again.ask({"PUBSUB", "NUMPAT"}).toInteger(), 1, 20'000);
        again.ask({"PUBLISH", "log.y", "after"});
        again.ask({"PUBLISH", "news", "unwanted"});
        std::vector<QByteArray> after;
        QTRY_VERIFY(([&] {
            for (const QByteArray &payload : payloads(*feed))
                after.push_back(payload);
            return !after.empty();
        })());
        QCOMPARE(after, std::vector<QByteArray>{"after"});
        QCOMPARE(feed->dropped(), 0u);
    }

    // More than fits, with nobody taking: the newest stay, and the count of the lost is exact.
    void pubSubFlood()
    {
        RedisServer server;
        QVERIFY(server.start());
        LiveSource source(at(server));
        QVERIFY(openAndWait(source));
        const auto feed = source.openPubSub(nullptr);
        feed->subscribe({"flood"});
        RawClient raw(server.port());
        QTRY_COMPARE(raw.ask({"PUBSUB", "NUMSUB", "flood"}).items.at(1).toInteger(), 1);
        constexpr int kSent = 60'000;
        raw.ask({"EVAL", "for i = 1, 60000 do redis.call('PUBLISH', 'flood', i) end return 1", "0"});
        QTRY_COMPARE_WITH_TIMEOUT(feed->dropped(), std::uint64_t(kSent - 50'000), 20'000);
        const std::vector<QByteArray> kept = payloads(*feed);
        QCOMPARE(kept.size(), 50'000u);
        QCOMPARE(kept.front(), QByteArray::number(kSent - 50'000 + 1));
        QCOMPARE(kept.back(), QByteArray::number(kSent));
    }

    void pubSubRefused()
    {
        RedisServer server;
        QVERIFY(server.start(user("limited on >pw ~* +@all resetchannels &allowed")));
        Endpoint endpoint = at(server);
        endpoint.user = "limited";
        endpoint.password = "pw";
        LiveSource source(endpoint);
        QVERIFY(openAndWait(source));
        const auto feed = source.openPubSub(nullptr);
        QSignalSpy failed(feed.get(), &PubSubFeed::failed);
        feed->subscribe({"forbidden"});
        QTRY_VERIFY(!failed.isEmpty());
        const Error error = failed.first().first().value<Error>();
        QCOMPARE(error.code, Errc::Auth);
        QVERIFY2(error.message.contains(QLatin1String("NOPERM")), qPrintable(error.message));
    }

    // Every command that the server itself calls writing, administrative or dangerous is refused in read-only mode.
    void readOnlyOverTheServersOwnList()
    {
        RedisServer server;
        QVERIFY(server.start());
        RawClient raw(server.port());
        const RespValue list = raw.ask({"COMMAND"});
        CommandPolicy policy(true);
        policy.setReadOnly(true);
        int refusedWrites = 0;
        QByteArrayList passed;
        // The row of a command: name, arity, flags, …, and its subcommands as rows of the same shape at place 9.
        const std::function<void(const RespValue &)> judge = [&](const RespValue &row) {
            if (row.items.size() > 9 && !row.items[9].items.empty()) {
                for (const RespValue &subcommand : row.items[9].items)
                    judge(subcommand);
                return;
            }
            const auto has = [&](const char *flag) {
                return std::any_of(row.items[2].items.begin(), row.items[2].items.end(), [&](const RespValue &f) { return f.bytes == flag; });
            };
            if (!has("write"))
                return;
            const Command command(row.items[0].bytes.split('|'));
            if (policy.check(command, true).ok())
                passed.append(row.items[0].bytes);
            else
                ++refusedWrites;
        };
        for (const RespValue &row : list.items)
            judge(row);
        QCOMPARE(passed, QByteArrayList());
        QVERIFY2(refusedWrites > 100, QByteArray::number(refusedWrites).constData());
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestLiveServer)
#include "tst_live_server.moc"
