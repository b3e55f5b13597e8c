// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every Source promises, asked of each kind with the same rows: a file over the engine, a real server, and our own
// engine served over a socket.
#include "core/source/command_log.h"
#include "core/source/command_policy.h"
#include "core/source/open_source.h"
#include "tests/contract/contract_sources.h"

#include <QtTest>

namespace keyloupe::test {
namespace {

const QByteArray kBinaryKey("bin\0\xff\r\n key", 11);
const QByteArray kBinaryValue("\0\x01\xfe\xff\r\n$5\r\nabc", 14);

std::vector<Command> dataset()
{
    std::vector<Command> all;
    for (int i = 0; i < 3000; ++i)
        all.push_back(Command{"SET", "user:" + QByteArray::number(i), "name " + QByteArray::number(i)});
    for (int i = 0; i < 40; ++i)
        all.push_back(Command{"HSET", "hash:" + QByteArray::number(i), "field", QByteArray::number(i)});
    all.push_back(Command{"RPUSH", "list", "a", "b", "c"});
    all.push_back(Command{"SADD", "set", "x", "y"});
    all.push_back(Command{"ZADD", "zset", "1.5", "one", "2", "two"});
    all.push_back(Command{"SET", kBinaryKey, kBinaryValue});
    all.push_back(Command{"SET", "counter", "10"});
    all.push_back(Command{"SELECT", "3"});
    all.push_back(Command{"SET", "only in three", "yes"});
    all.push_back(Command{"SELECT", "0"});
    return all;
}

} // namespace

class TestSource : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<Source> make()
    {
        QFETCH(QString, kind);
        return m_sources.make(kind);
    }

    static bool isFile()
    {
        QFETCH(QString, kind);
        return kind == QLatin1String("file");
    }

    ContractSources m_sources;

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed; the contract is held against a real one");
        QVERIFY(m_sources.start(dataset()));
    }
    void cleanup() { m_sources.release(); }

    void opensAndSaysWhatItIs_data() { ContractSources::rows(); }
    void opensAndSaysWhatItIs()
    {
        const auto source = make();
        QCOMPARE(source->state(), SourceState::Closed);
        QVERIFY(openAndWait(*source));
        const SourceInfo info = source->info();
        QCOMPARE(info.kind, isFile() ? SourceKind::File : SourceKind::Server);
        QVERIFY(!info.title.isEmpty() && !info.location.isEmpty() && !info.version.isEmpty() && !info.serverName.isEmpty());
        QCOMPARE(info.protocol, 3);
        QVERIFY(info.databases >= 16);
        QVERIFY(!info.readOnly);
        QString why;
        QCOMPARE(source->openPubSub(&why) == nullptr, isFile());
        QCOMPARE(why.isEmpty(), !isFile());
        QCOMPARE(source->fileActions() != nullptr, isFile());
        QVERIFY(source->commandLog() && source->policy());
    }

    void answersInOrder_data() { ContractSources::rows(); }
    void answersInOrder()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        std::vector<Command> commands;
        for (int i = 0; i < 2000; ++i)
            commands.push_back(Command{"GET", "user:" + QByteArray::number(i)});
        const auto replies = await(source->execute(std::move(commands), ExecOptions{}));
        QVERIFY2(replies.ok(), qPrintable(replies.ok() ? QString() : replies.error().message));
        QCOMPARE(replies->size(), 2000u);
        for (int i = 0; i < 2000; ++i)
            QCOMPARE((*replies)[std::size_t(i)].bytes, "name " + QByteArray::number(i));
        const auto none = await(source->execute(std::vector<Command>{}, ExecOptions{}));
        QVERIFY(none.ok() && none->empty());
    }

    void readsEveryType_data() { ContractSources::rows(); }
    void readsEveryType()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        QCOMPARE(ask(*source, {"TYPE", "hash:7"}).bytes, QByteArray("hash"));
        const RespValue hash = ask(*source, {"HGETALL", "hash:7"});
        QCOMPARE(hash.kind, RespValue::Kind::Map);
        QCOMPARE(hash.items.size(), 2u);
        QCOMPARE(ask(*source, {"LRANGE", "list", "0", "-1"}), RespValue::array({RespValue::bulk("a"), RespValue::bulk("b"), RespValue::bulk("c")}));
        QCOMPARE(ask(*source, {"SMEMBERS", "set"}).kind, RespValue::Kind::Set);
        QCOMPARE(ask(*source, {"ZSCORE", "zset", "one"}), RespValue::ofDouble(1.5));
        QVERIFY(ask(*source, {"GET", "no such key"}).isNull());
        QCOMPARE(ask(*source, {"TTL", "list"}), RespValue::ofInteger(-1));
    }

    void keepsEveryByte_data() { ContractSources::rows(); }
    void keepsEveryByte()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        QCOMPARE(ask(*source, {"GET", kBinaryKey}).bytes, kBinaryValue);
        QByteArray all;
        for (int i = 0; i < 256; ++i)
            all.append(char(i));
        QCOMPARE(ask(*source, {"SET", all, all}), RespValue::ok());
        QCOMPARE(ask(*source, {"GET", all}).bytes, all);
        const QByteArray large(3 * 1024 * 1024, '\xa5');
        QCOMPARE(ask(*source, {"SET", "large", large}), RespValue::ok());
        QVERIFY(ask(*source, {"GET", "large"}).bytes == large);
    }

    // A refusal is a reply of its own; its neighbours stand.
    void errorsAreReplies_data() { ContractSources::rows(); }
    void errorsAreReplies()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        const auto replies = await(source->execute(std::vector<Command>{{"GET", "counter"}, {"LPUSH", "counter", "x"}, {"NOSUCHCOMMAND", "a"}, {"GET"}, {"INCR", "counter"}}, ExecOptions{}));
        QVERIFY(replies.ok());
        QCOMPARE(replies->size(), 5u);
        QCOMPARE((*replies)[0].bytes, QByteArray("10"));
        QCOMPARE((*replies)[1].bytes, QByteArray("WRONGTYPE Operation against a key holding the wrong kind of value"));
        QVERIFY2((*replies)[2].bytes.startsWith("ERR unknown command"), (*replies)[2].bytes.constData());
        QCOMPARE((*replies)[3].bytes, QByteArray("ERR wrong number of arguments for 'get' command"));
        QCOMPARE((*replies)[4], RespValue::ofInteger(11));
    }

    void scansEveryKeyOnce_data() { ContractSources::rows(); }
    void scansEveryKeyOnce()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        const auto scanAll = [&](ScanSpec spec) {
            const auto scan = source->scan(spec);
            QSet<QByteArray> seen;
            for (int calls = 0; calls < 1000; ++calls) {
                const auto batch = await(scan->next());
                if (!batch.ok()) {
                    qWarning("%s", qPrintable(batch.error().message));
                    return QSet<QByteArray>();
                }
                for (const QByteArray &key : batch->keys)
                    seen.insert(key);
                if (batch->done)
                    return seen;
            }
            return QSet<QByteArray>();
        };
        ScanSpec spec;
        spec.count = 100;
        QCOMPARE(scanAll(spec).size(), 3000 + 40 + 5);
        QVERIFY(scanAll(spec).contains(kBinaryKey));
        spec.match = "user:1?";
        QCOMPARE(scanAll(spec).size(), 10);
        spec.match.clear();
        spec.type = "hash";
        QCOMPARE(scanAll(spec).size(), 40);
        spec.type.clear();
        spec.db = 3;
        QCOMPARE(scanAll(spec), QSet<QByteArray>{"only in three"});
        spec.db = 4;
        QCOMPARE(scanAll(spec).size(), 0);
        const auto cancelled = source->scan(ScanSpec{});
        cancelled->cancel();
        const auto batch = await(cancelled->next());
        QVERIFY(!batch.ok() && batch.error().code == Errc::Cancelled);
    }

    void switchesDatabases_data() { ContractSources::rows(); }
    void switchesDatabases()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        ExecOptions three;
        three.db = 3;
        // Sent at once, without waiting in between.
        const auto a = source->execute(Command{"GET", "only in three"}, three);
        const auto b = source->execute(Command{"GET", "counter"}, ExecOptions{});
        const auto c = source->execute(Command{"DBSIZE"}, three);
        QCOMPARE(await(a)->bytes, QByteArray("yes"));
        QCOMPARE(await(b)->bytes, QByteArray("10"));
        QCOMPARE(*await(c), RespValue::ofInteger(1));
        ExecOptions tooHigh;
        tooHigh.db = 9999;
        const auto refused = await(source->execute(Command{"SET", "x", "in the wrong place"}, tooHigh));
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, Errc::Server);
        QCOMPARE(ask(*source, {"EXISTS", "x"}), RespValue::ofInteger(0));
        QCOMPARE(ask(*source, {"GET", "counter"}).bytes, QByteArray("10"));
    }

    void guardedWriteHappens_data() { ContractSources::rows(); }
    void guardedWriteHappens()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        GuardedWrite write;
        write.watch = {"counter"};
        write.reads = {{"GET", "counter"}, {"PTTL", "counter"}};
        write.check = [](const std::vector<RespValue> &seen) -> Result<void> {
            if (seen.size() == 2 && seen[0].bytes == "10" && seen[1].toInteger() == -1)
                return {};
            return Error{Errc::Conflict, QStringLiteral("changed"), -1, {}};
        };
        write.writes = {{"SET", "counter", "11"}, {"EXPIRE", "counter", "1000"}};
        const auto done = await(source->executeGuarded(write, ExecOptions{}));
        QVERIFY2(done.ok(), qPrintable(done.ok() ? QString() : done.error().message));
        QCOMPARE(done->size(), 2u);
        QCOMPARE((*done)[0], RespValue::ok());
        QCOMPARE(ask(*source, {"GET", "counter"}).bytes, QByteArray("11"));
        QVERIFY(ask(*source, {"TTL", "counter"}).toInteger() > 900);
        // What the person saw is no longer there.
        const auto refused = await(source->executeGuarded(write, ExecOptions{}));
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, Errc::Conflict);
        QCOMPARE(ask(*source, {"GET", "counter"}).bytes, QByteArray("11"));
        // And a refusal leaves nothing behind that would spoil the next one.
        write.check = nullptr;
        QVERIFY(await(source->executeGuarded(write, ExecOptions{})).ok());
    }

    void guardedWriteExplainsRefusals_data() { ContractSources::rows(); }
    void guardedWriteExplainsRefusals()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        GuardedWrite write;
        write.watch = {"list"};
        write.writes = {{"SET", "must not be", "1"}, {"SET", "too few"}};
        const auto unqueued = await(source->executeGuarded(write, ExecOptions{}));
        QVERIFY(!unqueued.ok());
        QCOMPARE(unqueued.error().code, Errc::Server);
        QVERIFY2(unqueued.error().message.contains(QLatin1String("wrong number of arguments")), qPrintable(unqueued.error().message));
        QCOMPARE(ask(*source, {"EXISTS", "must not be"}), RespValue::ofInteger(0));
        write.writes = {{"INCR", "list"}};
        const auto failed = await(source->executeGuarded(write, ExecOptions{}));
        QVERIFY(!failed.ok());
        QVERIFY2(failed.error().message.contains(QLatin1String("WRONGTYPE")), qPrintable(failed.error().message));
    }

    void policyHolds_data() { ContractSources::rows(); }
    void policyHolds()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        QVERIFY(ask(*source, {"FLUSHALL"}).bytes.startsWith("!invalid-argument"));
        source->policy()->setReadOnly(true);
        QVERIFY(source->info().readOnly);
        QVERIFY(ask(*source, {"SET", "counter", "1"}).bytes.startsWith("!read-only"));
        QVERIFY(ask(*source, {"EVAL", "return 1", "0"}).bytes.startsWith("!read-only"));
        ExecOptions confirmed;
        confirmed.confirmed = true;
        QVERIFY(ask(*source, {"FLUSHALL"}, confirmed).bytes.startsWith("!read-only"));
        GuardedWrite write;
        write.writes = {{"SET", "counter", "1"}};
        const auto refused = await(source->executeGuarded(write, ExecOptions{}));
        QVERIFY(!refused.ok() && refused.error().code == Errc::ReadOnly);
        QCOMPARE(ask(*source, {"GET", "counter"}).bytes, QByteArray("10"));
        source->policy()->setReadOnly(false);
        QCOMPARE(ask(*source, {"FLUSHDB"}, confirmed), RespValue::ok());
        QCOMPARE(ask(*source, {"DBSIZE"}), RespValue::ofInteger(0));
    }

    // A MULTI typed without its EXEC, or a HELLO 2, must not change what everything else sees.
    void nobodyCanBreakTheSession_data() { ContractSources::rows(); }
    void nobodyCanBreakTheSession()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        for (const Command &command : std::vector<Command>{{"MULTI"}, {"SELECT", "3"}, {"HELLO", "2"}, {"SUBSCRIBE", "a"}, {"RESET"}, {"QUIT"}, {"CLIENT", "REPLY", "OFF"}}) {
            ask(*source, command);
            QCOMPARE(ask(*source, {"GET", "counter"}), RespValue::bulk("10"));
            QCOMPARE(ask(*source, {"HGETALL", "hash:1"}).kind, RespValue::Kind::Map);
        }
    }

    void logsWhatWasSent_data() { ContractSources::rows(); }
    void logsWhatWasSent()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        QSignalSpy added(source->commandLog(), &CommandLog::entriesAdded);
        ExecOptions background;
        background.background = true;
        background.db = 3;
        ask(*source, {"GET", "list"});
        ask(*source, {"DBSIZE"}, background);
        QTRY_VERIFY(!added.isEmpty());
        std::uint64_t next = 0;
        const std::vector<CommandLogEntry> entries = source->commandLog()->since(0, &next);
        QCOMPARE(entries.size(), 2u);
        QCOMPARE(next, 2u);
        QCOMPARE(entries[0].text, QByteArray("GET list"));
        QVERIFY(entries[0].error.startsWith("WRONGTYPE"));
        QVERIFY(entries[0].durationUs >= 0 && entries[0].timeMs > 1'600'000'000'000);
        QCOMPARE(entries[1].db, 3);
        QVERIFY(entries[1].background && entries[1].error.isEmpty());
    }

    void cancelledAnswersCancelled_data() { ContractSources::rows(); }
    void cancelledAnswersCancelled()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        ExecOptions options;
        options.cancel.cancel();
        const auto reply = await(source->execute(Command{"GET", "counter"}, options));
        QVERIFY(!reply.ok());
        QCOMPARE(reply.error().code, Errc::Cancelled);
        QCOMPARE(ask(*source, {"GET", "counter"}).bytes, QByteArray("10"));
    }

    void closeEndsEverything_data() { ContractSources::rows(); }
    void closeEndsEverything()
    {
        const auto source = make();
        QVERIFY(openAndWait(*source));
        QSignalSpy states(source.get(), &Source::stateChanged);
        source->close();
        QVERIFY(waitForState(*source, SourceState::Closed));
        const auto reply = await(source->execute(Command{"GET", "counter"}));
        QVERIFY(!reply.ok());
        QCOMPARE(reply.error().code, Errc::Closed);
        GuardedWrite write;
        write.writes = {{"SET", "counter", "99"}};
        QVERIFY(openAndWait(*source));
        QCOMPARE(ask(*source, {"GET", "counter"}).bytes, QByteArray("10"));
    }

    void closedWhileOpening_data() { ContractSources::rows(); }
    void closedWhileOpening()
    {
        const auto source = make();
        source->open();
        source->close();
        QTest::qWait(300); // a late "ready" would arrive within this
        QCOMPARE(source->state(), SourceState::Closed);
        QVERIFY(openAndWait(*source));
    }

    void diesWithRequestsInFlight_data() { ContractSources::rows(); }
    void diesWithRequestsInFlight()
    {
        QFuture<Result<RespValue>> pending;
        QFuture<Result<std::vector<RespValue>>> guarded;
        {
            const auto source = make();
            QVERIFY(openAndWait(*source));
            GuardedWrite write;
            write.watch = {"counter"};
            write.writes = {{"INCR", "counter"}};
            for (int i = 0; i < 20; ++i) {
                pending = source->execute(Command{"GET", "counter"});
                guarded = source->executeGuarded(write, ExecOptions{});
            }
        }
        QVERIFY(QTest::qWaitFor([&] { return guarded.isFinished(); }));
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestSource)
#include "tst_source.moc"
