// SPDX-License-Identifier: GPL-3.0-or-later
//
// The engine as a server on loopback, driven over plain sockets: several clients, pipelines, half requests, what is no
// request, and peers that never read.
#include "core/engine/engine.h"
#include "core/engine/engine_server.h"
#include "core/resp/writer.h"
#include "tests/support/reply_tree.h"

#include <QHostAddress>
#include <QLocalSocket>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QtTest>

namespace keyloupe::test {
namespace {

// A socket in the same thread as the server; waiting lets the server work.
class Peer
{
public:
    explicit Peer(quint16 port)
    {
        m_socket.connectToHost(QHostAddress::LocalHost, port);
        (void)QTest::qWaitFor([&] { return m_socket.state() == QAbstractSocket::ConnectedState; });
    }

    void send(const QByteArray &bytes) { m_socket.write(bytes); }
    bool isClosed() const { return m_socket.state() == QAbstractSocket::UnconnectedState; }
    bool waitClosed() { return QTest::qWaitFor([&] { return isClosed(); }, 5000); }
    QTcpSocket &socket() { return m_socket; }

    // Everything that comes until there is at least that much.
    QByteArray read(qsizetype size)
    {
        (void)QTest::qWaitFor([&] {
            m_seen += m_socket.readAll();
            return m_seen.size() >= size;
        }, 5000);
        return std::exchange(m_seen, {});
    }

    QByteArray ask(const QByteArray &bytes)
    {
        send(bytes);
        QByteArray seen;
        (void)QTest::qWaitFor([&] {
            seen += m_socket.readAll();
            qsizetype at = 0;
            ReplyTree tree;
            return !seen.isEmpty() && ReplyTree::read(seen, &at, &tree);
        }, 5000);
        return seen;
    }

private:
    QTcpSocket m_socket;
    QByteArray m_seen;
};

QByteArray request(const QByteArrayList &args)
{
    QByteArray bytes;
    appendCommand(bytes, Command(args));
    return bytes;
}

} // namespace

class TestEngineServer : public QObject
{
    Q_OBJECT

    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<EngineServer> m_server;
    quint16 m_port = 0;

private Q_SLOTS:
    void init()
    {
        m_engine = std::make_unique<Engine>();
        m_server = std::make_unique<EngineServer>(m_engine.get());
        const Result<quint16> port = m_server->listenTcp(0);
        QVERIFY(port.ok());
        m_port = *port;
    }

    void cleanup()
    {
        m_server.reset();
        m_engine.reset();
    }

    void answers_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("ping") << QByteArray("PING\r\n") << QByteArray("+PONG\r\n");
        QTest::newRow("request") << request({"ECHO", "hi"}) << QByteArray("$2\r\nhi\r\n");
        QTest::newRow("wrong arity") << request({"GET"}) << QByteArray("-ERR wrong number of arguments for 'get' command\r\n");
        QTest::newRow("unknown") << QByteArray("NOSUCH a\r\n") << QByteArray("-ERR unknown command 'NOSUCH', with args beginning with: 'a' \r\n");
        QTest::newRow("auth without a password") << request({"AUTH", "secret"})
                                                 << QByteArray("-ERR AUTH <password> called without any password configured for the default user. Are you "
                                                               "sure your configuration is correct?\r\n");
        QTest::newRow("auth of a stranger") << request({"AUTH", "bob", "secret"}) << QByteArray("-WRONGPASS invalid username-password pair or user is disabled.\r\n");
        QTest::newRow("auth of default") << request({"AUTH", "default", "anything"}) << QByteArray("+OK\r\n");
        QTest::newRow("hello 4") << request({"HELLO", "4"}) << QByteArray("-NOPROTO unsupported protocol version\r\n");
        QTest::newRow("null") << request({"GET", "nosuch"}) << QByteArray("$-1\r\n");
        QTest::newRow("null array") << request({"LPOP", "nosuch", "1"}) << QByteArray("*-1\r\n");
    }

    void answers()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, expected);
        Peer peer(m_port);
        peer.send(bytes);
        QCOMPARE(peer.read(expected.size()), expected);
        QVERIFY(!peer.isClosed());
    }

    void protocolIsPerClient()
    {
        Peer two(m_port);
        Peer three(m_port);
        QVERIFY(three.ask(request({"HELLO", "3"})).startsWith("%7\r\n"));
        QCOMPARE(three.ask(request({"GET", "nosuch"})), QByteArray("_\r\n"));
        QCOMPARE(two.ask(request({"GET", "nosuch"})), QByteArray("$-1\r\n"));
        QVERIFY(three.ask(request({"HELLO", "2"})).startsWith("*14\r\n"));
        QCOMPARE(three.ask(request({"GET", "nosuch"})), QByteArray("$-1\r\n"));
    }

    void clientsShareKeysNotSessions()
    {
        Peer a(m_port);
        Peer b(m_port);
        QCOMPARE(a.ask(request({"SET", "k", "v"})), QByteArray("+OK\r\n"));
        QCOMPARE(b.ask(request({"GET", "k"})), QByteArray("$1\r\nv\r\n"));
        QCOMPARE(a.ask(request({"SELECT", "3"})), QByteArray("+OK\r\n"));
        QCOMPARE(a.ask(request({"GET", "k"})), QByteArray("$-1\r\n"));
        QCOMPARE(b.ask(request({"GET", "k"})), QByteArray("$1\r\nv\r\n"));
        // A watched key touched by another: the transaction does not run.
        QCOMPARE(b.ask(request({"WATCH", "k"})), QByteArray("+OK\r\n"));
        QCOMPARE(b.ask(request({"MULTI"})), QByteArray("+OK\r\n"));
        QCOMPARE(b.ask(request({"SET", "k", "b"})), QByteArray("+QUEUED\r\n"));
        QCOMPARE(a.ask(request({"SELECT", "0"})), QByteArray("+OK\r\n"));
        QCOMPARE(a.ask(request({"SET", "k", "a"})), QByteArray("+OK\r\n"));
        QCOMPARE(b.ask(request({"EXEC"})), QByteArray("*-1\r\n"));
        QCOMPARE(b.ask(request({"GET", "k"})), QByteArray("$1\r\na\r\n"));
        QCOMPARE(m_server->clientCount(), 2);
        a.socket().disconnectFromHost();
        QTRY_COMPARE(m_server->clientCount(), 1);
    }

    void messagesReachSubscribers()
    {
        Peer a(m_port);
        Peer b(m_port);
        QCOMPARE(a.ask(request({"SUBSCRIBE", "news"})), QByteArray("*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n"));
        QVERIFY(a.ask(request({"GET", "k"})).startsWith("-ERR Can't execute 'get'"));
        QCOMPARE(b.ask(request({"PUBLISH", "news", "hi"})), QByteArray(":1\r\n"));
        const QByteArray expected("*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n");
        QCOMPARE(a.read(expected.size()), expected);
        a.socket().abort();
        QTRY_COMPARE(m_server->clientCount(), 1);
        QCOMPARE(b.ask(request({"PUBLISH", "news", "nobody"})), QByteArray(":0\r\n"));
    }

    void pipelinesAreAnsweredInOrder()
    {
        Peer peer(m_port);
        QByteArray requests;
        QByteArray expected;
        for (int i = 0; i < 5000; ++i) {
            requests += request({"INCR", "n"});
            expected += ":" + QByteArray::number(i + 1) + "\r\n";
        }
        peer.send(requests);
        QCOMPARE(peer.read(expected.size()), expected);
    }

    void halfRequestsWait()
    {
        Peer peer(m_port);
        const QByteArray whole = request({"SET", "key", QByteArray("a\r\nb\0c", 6)});
        for (qsizetype i = 0; i + 1 < whole.size(); ++i) {
            peer.send(whole.mid(i, 1));
            peer.socket().flush();
            if (i % 7 == 0)
                QTest::qWait(1);
        }
        Peer other(m_port); // others are served meanwhile
        QCOMPARE(other.ask("PING\r\n"), QByteArray("+PONG\r\n"));
        QCOMPARE(other.ask(request({"EXISTS", "key"})), QByteArray(":0\r\n"));
        QCOMPARE(peer.ask(whole.last(1)), QByteArray("+OK\r\n"));
        QCOMPARE(other.ask(request({"STRLEN", "key"})), QByteArray(":6\r\n"));
        // One that leaves in the middle leaves nothing behind.
        peer.send("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$100\r\nabc");
        peer.socket().flush();
        QTest::qWait(10);
        peer.socket().abort();
        QTRY_COMPARE(m_server->clientCount(), 1);
        QCOMPARE(other.ask(request({"EXISTS", "x"})), QByteArray(":0\r\n"));
    }

    void whatIsNoRequestEndsTheConnection_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("error");
        QTest::newRow("bulk too large") << QByteArray("*2\r\n$3\r\nGET\r\n$536870913\r\n") << QByteArray("-ERR Protocol error: invalid bulk length\r\n");
        QTest::newRow("too many arguments") << QByteArray("*1048577\r\n") << QByteArray("-ERR Protocol error: invalid multibulk length\r\n");
        QTest::newRow("quotes") << QByteArray("GET \"a\r\n") << QByteArray("-ERR Protocol error: unbalanced quotes in request\r\n");
        QTest::newRow("endless line") << QByteArray(100'000, 'a') << QByteArray("-ERR Protocol error: too big inline request\r\n");
        QTest::newRow("no bulk") << QByteArray("*1\r\n:5\r\n") << QByteArray("-ERR Protocol error: expected '$', got ':'\r\n");
    }

    void whatIsNoRequestEndsTheConnection()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, error);
        Peer peer(m_port);
        peer.send("PING\r\n" + bytes + "PING\r\n");
        QCOMPARE(peer.read(error.size() + 7), QByteArray("+PONG\r\n" + error));
        QVERIFY(peer.waitClosed());
        QTRY_COMPARE(m_server->clientCount(), 0);
        Peer other(m_port);
        QCOMPARE(other.ask("PING\r\n"), QByteArray("+PONG\r\n"));
    }

    void quitCloses()
    {
        Peer peer(m_port);
        peer.send("QUIT\r\nPING\r\n");
        QCOMPARE(peer.read(5), QByteArray("+OK\r\n"));
        QVERIFY(peer.waitClosed());
    }

    // One that asks for much and never reads is not run ahead of: what waits for it stays bounded, and others are served.
    void whoNeverReadsIsHeldBack()
    {
        Peer lazy(m_port);
        lazy.socket().setReadBufferSize(1024);
        Peer other(m_port);
        const QByteArray large(1024 * 1024, 'x');
        QCOMPARE(other.ask(request({"SET", "large", large})), QByteArray("+OK\r\n"));
        QByteArray requests;
        for (int i = 0; i < 120; ++i)
            requests += request({"GET", "large"}) + request({"INCR", "served"});
        lazy.send(requests);
        QTest::qWait(300);
        QCOMPARE(other.ask("PING\r\n"), QByteArray("+PONG\r\n"));
        const QByteArray counted = other.ask(request({"GET", "served"}));
        const int served = counted.split('\n').value(1).trimmed().toInt();
        QVERIFY2(served > 0 && served < 60, counted.constData()); // some megabytes of 120
        // When it reads after all, it gets everything.
        lazy.socket().setReadBufferSize(0);
        qint64 got = 0;
        QVERIFY(QTest::qWaitFor([&] {
            got += lazy.socket().readAll().size();
            return got >= 120ll * (large.size() + 12);
        }, 30'000));
        QTRY_COMPARE(other.ask(request({"GET", "served"})), QByteArray("$3\r\n120\r\n"));
        // And one that leaves without reading takes what waited with it.
        Peer gone(m_port);
        gone.socket().setReadBufferSize(1024);
        gone.send(requests);
        QTest::qWait(50);
        gone.socket().abort();
        QTRY_COMPARE(m_server->clientCount(), 2);
        QCOMPARE(other.ask("PING\r\n"), QByteArray("+PONG\r\n"));
    }

    void manyClients()
    {
        std::vector<std::unique_ptr<Peer>> peers;
        for (int i = 0; i < 50; ++i)
            peers.push_back(std::make_unique<Peer>(m_port));
        for (std::size_t i = 0; i < peers.size(); ++i)
            peers[i]->send(request({"SET", "from " + QByteArray::number(int(i)), "x"}));
        for (auto &peer : peers)
            QCOMPARE(peer->read(5), QByteArray("+OK\r\n"));
        QCOMPARE(m_server->clientCount(), 50);
        QCOMPARE(peers[0]->ask(request({"DBSIZE"})), QByteArray(":50\r\n"));
        peers.clear();
        QTRY_COMPARE(m_server->clientCount(), 0);
    }

    void unixSocket()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("engine.sock"));
        QVERIFY(m_server->listenUnix(path).ok());
        QLocalSocket socket;
        socket.connectToServer(path);
        QTRY_COMPARE(socket.state(), QLocalSocket::ConnectedState);
        socket.write("PING\r\n");
        QTRY_COMPARE(socket.bytesAvailable(), 7);
        QCOMPARE(socket.readAll(), QByteArray("+PONG\r\n"));
    }

    void closedServerTakesNobody()
    {
        Peer peer(m_port);
        m_server->close();
        QTcpSocket late;
        late.connectToHost(QHostAddress::LocalHost, m_port);
        QTRY_COMPARE(late.state(), QAbstractSocket::UnconnectedState);
        // The engine outlives the server, and the server's clients do not outlive it.
        m_server.reset();
        QVERIFY(peer.waitClosed());
        QVERIFY(!m_engine->isModified());
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestEngineServer)
#include "tst_engine_server.moc"
