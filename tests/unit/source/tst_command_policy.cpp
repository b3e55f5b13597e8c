// SPDX-License-Identifier: GPL-3.0-or-later
//
// The policy against tables of commands written down here by hand, so that a slip in the product's own table shows.
// The whole command list of a real server is checked in tests/integration/tst_policy_server.
#include "core/source/command_policy.h"

#include <QtTest>

namespace keyloupe::test {
namespace {

Errc codeOf(const Result<void> &result)
{
    return result.ok() ? Errc::Internal : result.error().code;
}

Command words(const char *line)
{
    return Command(QByteArray(line).split(' '));
}

} // namespace

class TestCommandPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void judgesUnknownCommandsByTheServer()
    {
        const auto row = [](const char *name, std::initializer_list<const char *> flags, std::vector<RespValue> subcommands = {}) {
            std::vector<RespValue> words;
            for (const char *flag : flags)
                words.push_back(RespValue::simple(flag));
            std::vector<RespValue> items{RespValue::bulk(name), RespValue::ofInteger(-2), RespValue::set(std::move(words))};
            items.resize(9, RespValue::ofInteger(0));
            items.push_back(RespValue::array(std::move(subcommands)));
            return RespValue::array(std::move(items));
        };
        const RespValue reply = RespValue::array({row("mod.get", {"readonly", "fast"}), row("mod.set", {"write"}), row("mod.wait", {"readonly", "blocking"}),
                                                  row("mod.kill", {"admin", "readonly"}), row("mod.odd", {"fast"}), row("set", {"readonly"}),
                                                  row("modbox", {"readonly"}, {row("modbox|x", {"write"})}), RespValue::ofInteger(1), RespValue::array()});
        const QHash<QByteArray, LearnedCommand> learned = learnCommands(reply);
        QCOMPARE(learned.size(), 4); // SET is ours to judge, a container says nothing, "fast" alone may be anything
        CommandPolicy policy(true);
        policy.setReadOnly(true);
        QCOMPARE(codeOf(policy.check({"MOD.GET", "k"}, false)), Errc::ReadOnly);
        policy.learn(learned);
        QVERIFY(policy.check({"mod.get", "k"}, false).ok());
        for (const char *name : {"MOD.SET", "MOD.KILL", "MOD.ODD", "SET", "MODBOX"})
            QCOMPARE(codeOf(policy.check({name, "k"}, false)), Errc::ReadOnly);
        policy.setReadOnly(false);
        QVERIFY(policy.check({"MOD.SET", "k"}, false).ok());
        QCOMPARE(codeOf(policy.check({"MOD.KILL", "k"}, false)), Errc::InvalidArgument); // asks for a confirmation
        QVERIFY(policy.check({"MOD.KILL", "k"}, true).ok());
        QCOMPARE(codeOf(policy.check({"MOD.WAIT", "k"}, false)), Errc::InvalidArgument); // the connection is shared
        QVERIFY(learnCommands(RespValue::error("ERR unknown command")).isEmpty());
        QVERIFY(learnCommands(RespValue::null()).isEmpty());
    }

    void readOnlyRefuses_data()
    {
        QTest::addColumn<QByteArray>("line");
        for (const char *line :
             {"SET k v", "set k v", "sEt k v", "GETSET k v", "GETDEL k", "GETEX k", "DEL k", "UNLINK k", "EXPIRE k 1", "PERSIST k", "RENAME a b", "COPY a b",
              "RESTORE k 0 x", "SORT k", "SORT k STORE d", "GEORADIUS k 0 0 1 m", "GEORADIUS k 0 0 1 m STORE d", "GEORADIUSBYMEMBER k m 1 m", "PFCOUNT k",
              "PFADD k a", "PFMERGE a b", "XADD k * f v", "XREADGROUP GROUP g c STREAMS k >", "XACK k g 1-0", "XGROUP CREATE k g $", "XAUTOCLAIM k g c 0 0",
              "EVAL x 0", "EVALSHA x 0", "FCALL f 0", "PUBLISH c m", "SPUBLISH c m", "FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "MOVE k 1", "SPOP k", "LPOP k",
              "BLPOP k 0", "LMPOP 1 k LEFT", "ZPOPMIN k", "HSET k f v", "HEXPIRE k 1 FIELDS 1 f", "HGETEX k FIELDS 1 f", "HGETDEL k FIELDS 1 f", "HSETEX k FIELDS 1 f v",
              "BITFIELD k SET u8 0 1", "BITOP AND d a", "INCR k", "APPEND k v", "SETRANGE k 0 v", "MSETNX a b", "ZADD k 1 m", "SUNIONSTORE d a", "ZRANGESTORE d a 0 1",
              "GEOSEARCHSTORE d a FROMMEMBER m BYRADIUS 1 m", "MIGRATE h 1 k 0 1", "SCRIPT LOAD x", "SCRIPT FLUSH", "FUNCTION LOAD x", "FUNCTION DELETE x",
              "CONFIG SET a b", "CONFIG REWRITE", "CONFIG RESETSTAT", "SHUTDOWN", "SHUTDOWN NOSAVE", "SAVE", "BGSAVE", "BGREWRITEAOF", "DEBUG SLEEP 1", "DEBUG JMAP",
              "CLIENT KILL ID 1", "CLIENT PAUSE 1", "CLIENT NO-EVICT ON", "ACL SETUSER a", "ACL DELUSER a", "MODULE LOAD x", "REPLICAOF NO ONE", "SLAVEOF NO ONE",
              "CLUSTER RESET", "CLUSTER MEET h 1", "FAILOVER", "SLOWLOG RESET", "LATENCY RESET", "MEMORY PURGE", "MONITOR", "SYNC", "PSYNC ? -1", "MULTI", "SELECT 1",
              "SUBSCRIBE c", "RESET", "QUIT", "AUTH x", "CLIENT REPLY OFF",
              // Unknown: denied.
              "NOSUCH", "JSON.SET k $ 1", "FT.CREATE i", "TS.ADD k 1 1", "CLIENT NOSUCH", "CONFIG NOSUCH", "OBJECT NOSUCH k", "XGROUP NOSUCH", "MGET2 k"})
            QTest::newRow(line) << QByteArray(line);
    }

    void readOnlyRefuses()
    {
        QFETCH(QByteArray, line);
        for (const bool shared : {true, false}) {
            CommandPolicy policy(shared);
            policy.setReadOnly(true);
            // A confirmation does not open it.
            QCOMPARE(codeOf(policy.check(words(line.constData()), true)), Errc::ReadOnly);
            QCOMPARE(codeOf(policy.check(words(line.constData()), false)), Errc::ReadOnly);
        }
    }

    void readOnlyAllows_data()
    {
        QTest::addColumn<QByteArray>("line");
        for (const char *line : {"GET k", "get k", "MGET a b", "GETRANGE k 0 1", "STRLEN k", "HGETALL k", "HSCAN k 0", "LRANGE k 0 -1", "SMEMBERS k", "ZRANGE k 0 -1",
                                 "XRANGE k - +", "XREAD STREAMS k 0", "XINFO STREAM k", "XPENDING k g", "TYPE k", "TTL k", "PTTL k", "EXISTS k", "SCAN 0", "DBSIZE", "DUMP k",
                                 "OBJECT ENCODING k", "OBJECT FREQ k", "MEMORY USAGE k", "INFO", "INFO all", "PING", "TIME", "COMMAND", "COMMAND DOCS", "CONFIG GET *",
                                 "CLIENT LIST", "CLIENT INFO", "SLOWLOG GET 10", "LATENCY HISTOGRAM", "PUBSUB CHANNELS", "CLUSTER NODES", "ACL WHOAMI", "EVAL_RO x 0",
                                 "EVALSHA_RO x 0", "FCALL_RO f 0", "SORT_RO k", "GEORADIUS_RO k 0 0 1 m", "BITFIELD_RO k GET u8 0", "ROLE", "LASTSAVE", "MODULE LIST", "FUNCTION LIST"})
            QTest::newRow(line) << QByteArray(line);
    }

    void readOnlyAllows()
    {
        QFETCH(QByteArray, line);
        CommandPolicy policy(true);
        policy.setReadOnly(true);
        const Result<void> allowed = policy.check(words(line.constData()), false);
        QVERIFY2(allowed.ok(), qPrintable(allowed.ok() ? QString() : allowed.error().message));
    }

    void asksFirst_data()
    {
        QTest::addColumn<QByteArray>("line");
        for (const char *line : {"FLUSHALL", "flushall async", "FLUSHDB", "SWAPDB 0 1", "SHUTDOWN", "SHUTDOWN NOSAVE", "KEYS *", "DEBUG SLEEP 1", "DEBUG RELOAD", "CONFIG SET a b",
                                 "config set a b", "CONFIG REWRITE", "SAVE", "REPLICAOF NO ONE", "FAILOVER", "CLIENT KILL ID 1", "CLIENT PAUSE 1", "SCRIPT KILL", "SCRIPT FLUSH",
                                 "FUNCTION FLUSH", "ACL SETUSER a", "ACL DELUSER a", "MODULE LOAD x", "CLUSTER RESET", "CLUSTER FAILOVER"})
            QTest::newRow(line) << QByteArray(line);
    }

    void asksFirst()
    {
        QFETCH(QByteArray, line);
        const CommandPolicy policy(true);
        QCOMPARE(codeOf(policy.check(words(line.constData()), false)), Errc::InvalidArgument);
        QVERIFY(policy.check(words(line.constData()), true).ok());
    }

    // What would change the shared connection passes never, confirmed or not; a file has no such connection.
    void keepsTheSharedConnection_data()
    {
        QTest::addColumn<QByteArray>("line");
        for (const char *line : {"SUBSCRIBE c", "PSUBSCRIBE p", "SSUBSCRIBE c", "UNSUBSCRIBE", "MONITOR", "MULTI", "EXEC", "DISCARD", "WATCH k", "UNWATCH", "SELECT 1", "HELLO 2",
                                 "AUTH x", "RESET", "QUIT", "CLIENT REPLY OFF", "CLIENT TRACKING ON", "client reply skip", "BLPOP k 0", "BRPOP k 0", "BLMOVE a b LEFT LEFT 0", "BRPOPLPUSH a b 0", "BLMPOP 0 1 k LEFT",
                                 "BZPOPMIN k 0", "BZMPOP 0 1 k MIN", "XREAD BLOCK 0 STREAMS k $", "xread count 1 block 0 streams k $", "XREADGROUP GROUP g c BLOCK 0 STREAMS k >",
                                 "WAIT 1 0", "WAITAOF 1 1 0"})
            QTest::newRow(line) << QByteArray(line);
    }

    void keepsTheSharedConnection()
    {
        QFETCH(QByteArray, line);
        const CommandPolicy shared(true);
        QCOMPARE(codeOf(shared.check(words(line.constData()), true)), Errc::InvalidArgument);
        QVERIFY(CommandPolicy(false).check(words(line.constData()), true).ok());
    }

    void letsTheRestPass_data()
    {
        QTest::addColumn<QByteArray>("line");
        for (const char *line : {"SET k v", "DEL k", "XREAD STREAMS block 0", "XREAD COUNT 1 STREAMS k 0", "SORT k", "EVAL x 0", "PUBLISH c m", "NOSUCH x", "FT.SEARCH i q", "CLIENT LIST", "CLIENT UNPAUSE"})
            QTest::newRow(line) << QByteArray(line);
    }

    void letsTheRestPass()
    {
        QFETCH(QByteArray, line);
        const Result<void> allowed = CommandPolicy(true).check(words(line.constData()), false);
        QVERIFY2(allowed.ok(), qPrintable(allowed.ok() ? QString() : allowed.error().message));
    }

    void refusesNothingness()
    {
        const CommandPolicy policy(true);
        QCOMPARE(codeOf(policy.check(Command{}, true)), Errc::InvalidArgument);
        QCOMPARE(codeOf(policy.check(Command{""}, true)), Errc::InvalidArgument);
    }

    // Names made to look like rows of the table.
    void isNotFooledByNames_data()
    {
        QTest::addColumn<QByteArrayList>("args");
        QTest::newRow("two names") << QByteArrayList{"GET MGET"};
        QTest::newRow("a bar") << QByteArrayList{"CONFIG|GET"};
        QTest::newRow("space first") << QByteArrayList{" GET"};
        QTest::newRow("space last") << QByteArrayList{"GET "};
        QTest::newRow("line end") << QByteArrayList{"GET\r\nFLUSHALL"};
        QTest::newRow("zero") << QByteArrayList{QByteArray("GET\0", 4)};
        QTest::newRow("subcommand with a space") << QByteArrayList{"CONFIG", "GET CONFIG"};
        QTest::newRow("only a space") << QByteArrayList{" "};
        QTest::newRow("bar alone") << QByteArrayList{"XINFO", "STREAM XINFO"};
    }

    void isNotFooledByNames()
    {
        QFETCH(QByteArrayList, args);
        CommandPolicy policy(true);
        policy.setReadOnly(true);
        QCOMPARE(codeOf(policy.check(Command(args), true)), Errc::ReadOnly);
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestCommandPolicy)
#include "tst_command_policy.moc"
