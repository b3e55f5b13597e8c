// SPDX-License-Identifier: GPL-3.0-or-later
//
// Commands of the engine that the system's redis-server does not have, beside a server that has them: the replies are the
// same byte for byte, one command after the other over the same keys. Errors that each version words anew are left out.
#include "core/base/escape.h"
#include "core/engine/engine.h"
#include "core/resp/writer.h"
#include "tests/support/raw_client.h"
#include "tests/support/redis_server.h"

#include <QtTest>

namespace keyloupe::test {

class TestNewerCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sameReplies_data()
    {
        QTest::addColumn<int>("version");
        QTest::addColumn<QByteArrayList>("lines");
        QTest::newRow("fields with options") << 800 << QByteArrayList{
            "HSETEX h FIELDS 2 a 1 b 2", "HSETEX h FNX FIELDS 2 a 9 c 3", "HSETEX h FNX FIELDS 1 c 3", "HSETEX h FXX FIELDS 2 a 7 d 4",
            "HSETEX h FXX PXAT 4102444800000 FIELDS 2 a 7 b 8", "HPEXPIRETIME h FIELDS 4 a b c d", "HSETEX h KEEPTTL FIELDS 1 a 6", "HSETEX h FIELDS 1 b 5",
            "HPEXPIRETIME h FIELDS 2 a b", "HSETEX h EXAT 4102444801 FIELDS 1 b 4", "HEXPIRETIME h FIELDS 1 b", "HSETEX h PXAT 1 FIELDS 1 b 3", "HMGET h a b c",
            "HSETEX gone PXAT 1 FIELDS 1 a 1", "EXISTS gone", "HGETEX h FIELDS 2 a x", "HPEXPIRETIME h FIELDS 1 a", "HGETEX h PXAT 4102444802000 FIELDS 2 c x",
            "HPEXPIRETIME h FIELDS 1 c", "HGETEX h PERSIST FIELDS 1 c", "HPEXPIRETIME h FIELDS 1 c", "HGETEX h PXAT 1 FIELDS 1 c", "HEXISTS h c",
            "HGETEX none FIELDS 2 a b", "HGETDEL h FIELDS 3 a a x", "EXISTS h", "HGETDEL h FIELDS 1 a", "SET s 1", "HSETEX s FIELDS 1 a 1",
            "HGETEX s FIELDS 1 a", "HGETDEL s FIELDS 1 a",
            "HSETEX h EX 1 PX 2 FIELDS 1 a b", "HSETEX h EX x FIELDS 1 a b", "HSETEX h EX -1 FIELDS 1 a b", "HGETEX h FIELDS 1",
            "HGETDEL h FIELDS 2 a", "HGETDEL h FIELDS 0 a"};
    }

    void sameReplies()
    {
        QFETCH(int, version);
        QFETCH(QByteArrayList, lines);
        const QList<KnownServer> servers = KnownServer::all();
        const auto newest = std::find_if(servers.rbegin(), servers.rend(), [&](const KnownServer &server) {
            return server.isHere() && !server.isValkey() && server.version() >= version;
        });
        if (newest == servers.rend())
            QSKIP("no Redis 8 is on this machine; tests/support/fetch_servers.sh gets it");
        RedisServer server(*newest);
        QVERIFY(server.start());
        RawClient theirs(server.port());
        Engine engine;
        const std::shared_ptr<EngineClient> ours = engine.connect();
        for (const QByteArray &line : lines) {
            const Result<QByteArrayList> words = splitCommandLine(line);
            QVERIFY(words.ok());
            QByteArray actual, expected;
            appendReply(actual, engine.execute(*ours, Command(*words)), 2);
            appendReply(expected, theirs.ask(Command(*words)), 2);
            QVERIFY2(actual == expected, (line + "\n  engine " + quoteBytes(actual) + "\n  server " + quoteBytes(expected)).constData());
        }
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestNewerCommands)
#include "tst_newer_commands.moc"
