// SPDX-License-Identifier: GPL-3.0-or-later
//
// TLS against a real redis-server with certificates made by openssl when the test starts: who is let in, who is not, and
// what the person is told.
#include "core/source/live_source.h"
#include "tests/support/await.h"
#include "tests/support/redis_server.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QtTest>

namespace keyloupe::test {

class TestTls : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    RedisServer m_server;
    quint16 m_tlsPort = 0;

    QString path(const char *name) const { return m_dir.filePath(QString::fromLatin1(name)); }

    bool openssl(const QStringList &arguments)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral("openssl"), arguments);
        const bool done = process.waitForFinished(30'000) && process.exitCode() == 0;
        if (!done)
            qWarning("%s", process.readAll().constData());
        return done;
    }

    bool makeAuthority(const char *name)
    {
        const QString base = path(name);
        return openssl({QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"), QStringLiteral("-nodes"), QStringLiteral("-days"),
                        QStringLiteral("2"), QStringLiteral("-keyout"), base + QStringLiteral(".key"), QStringLiteral("-out"), base + QStringLiteral(".crt"),
                        QStringLiteral("-subj"), QStringLiteral("/CN=Keyloupe test %1").arg(QString::fromLatin1(name))});
    }

    // A certificate for localhost only, signed by the authority.
    bool makeCertificate(const char *name, const char *authority, int days = 2)
    {
        const QString base = path(name);
        const QString ca = path(authority);
        QFile extensions(base + QStringLiteral(".ext"));
        if (!extensions.open(QIODevice::WriteOnly))
            return false;
        extensions.write("subjectAltName=DNS:localhost\n");
        extensions.close();
        return openssl({QStringLiteral("req"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"), QStringLiteral("-nodes"), QStringLiteral("-keyout"), base + QStringLiteral(".key"),
                        QStringLiteral("-out"), base + QStringLiteral(".csr"), QStringLiteral("-subj"), QStringLiteral("/CN=localhost")})
                && openssl({QStringLiteral("x509"), QStringLiteral("-req"), QStringLiteral("-in"), base + QStringLiteral(".csr"), QStringLiteral("-CA"), ca + QStringLiteral(".crt"),
                            QStringLiteral("-CAkey"), ca + QStringLiteral(".key"), QStringLiteral("-CAcreateserial"), QStringLiteral("-days"), QString::number(days),
                            QStringLiteral("-extfile"), extensions.fileName(), QStringLiteral("-out"), base + QStringLiteral(".crt")});
    }

    Endpoint endpoint(const char *host, const char *authority) const
    {
        Endpoint made;
        made.host = QString::fromLatin1(host);
        made.port = m_tlsPort;
        made.tls.enabled = true;
        if (authority)
            made.tls.caFile = path(authority);
        return made;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable() || QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty())
            QSKIP("redis-server and openssl are needed for the TLS tests");
        QVERIFY(makeAuthority("ca") && makeAuthority("other") && makeCertificate("server", "ca") && makeCertificate("client", "ca"));
        m_tlsPort = RedisServer::freePort();
        QVERIFY(m_server.start({QStringLiteral("--tls-port"), QString::number(m_tlsPort), QStringLiteral("--tls-cert-file"), path("server.crt"), QStringLiteral("--tls-key-file"),
                                path("server.key"), QStringLiteral("--tls-ca-cert-file"), path("ca.crt"), QStringLiteral("--tls-auth-clients"), QStringLiteral("optional")}));
    }

    void good()
    {
        LiveSource source(endpoint("localhost", "ca.crt"));
        QVERIFY(openAndWait(source));
        QVERIFY(source.info().tls);
        QCOMPARE(ask(source, {"ECHO", "over TLS"}).bytes, QByteArray("over TLS"));
        const QByteArray large(2 * 1024 * 1024, 'x');
        QCOMPARE(ask(source, {"SET", "k", large}), RespValue::ok());
        QVERIFY(ask(source, {"GET", "k"}).bytes == large);
    }

    void goodWithServerName()
    {
        Endpoint made = endpoint("127.0.0.1", "ca.crt");
        made.tls.serverName = QStringLiteral("localhost");
        LiveSource source(made);
        QVERIFY(openAndWait(source));
    }

    void goodWithClientCertificate()
    {
        Endpoint made = endpoint("localhost", "ca.crt");
        made.tls.certFile = path("client.crt");
        made.tls.keyFile = path("client.key");
        LiveSource source(made);
        QVERIFY(openAndWait(source));
    }

    void unverifiedIsAChoice()
    {
        Endpoint made = endpoint("127.0.0.1", nullptr);
        made.tls.verify = false;
        LiveSource source(made);
        QVERIFY(openAndWait(source));
    }

    void refused_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("authority");
        QTest::addColumn<QString>("says");
        QTest::newRow("another authority") << QStringLiteral("localhost") << QStringLiteral("other.crt") << QStringLiteral("not trusted");
        QTest::newRow("the system's authorities") << QStringLiteral("localhost") << QString() << QStringLiteral("not trusted");
        QTest::newRow("another host") << QStringLiteral("127.0.0.1") << QStringLiteral("ca.crt") << QStringLiteral("not trusted");
        QTest::newRow("no such file") << QStringLiteral("localhost") << QStringLiteral("missing.crt") << QStringLiteral("no certificate can be read");
        QTest::newRow("not a certificate") << QStringLiteral("localhost") << QStringLiteral("server.key") << QStringLiteral("no certificate can be read");
    }

    void refused()
    {
        QFETCH(QString, host);
        QFETCH(QString, authority);
        QFETCH(QString, says);
        Endpoint made = endpoint(host.toLatin1().constData(), nullptr);
        if (!authority.isEmpty())
            made.tls.caFile = m_dir.filePath(authority);
        made.password = "must not leave";
        LiveSource source(made);
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed));
        QVERIFY2(source.lastError().message.contains(says), qPrintable(source.lastError().message));
    }

    // Servers that a careful client leaves alone: each is refused at once, with the reason.
    void refusesBadServers_data()
    {
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("says");
        QTest::newRow("expired") << QStringLiteral("expired") << QStringList() << QStringLiteral("expired");
        QTest::newRow("TLS 1.1 only") << QStringLiteral("server")
                                      << QStringList{QStringLiteral("--tls-protocols"), QStringLiteral("TLSv1.1"), QStringLiteral("--tls-ciphers"),
                                                     QStringLiteral("DEFAULT@SECLEVEL=0")}
                                      << QStringLiteral("must offer TLS 1.2");
    }
    void refusesBadServers()
    {
        QFETCH(QString, certificate);
        QFETCH(QStringList, options);
        QFETCH(QString, says);
        QVERIFY(makeCertificate("expired", "ca", -1));
        const QString base = m_dir.filePath(certificate);
        RedisServer server;
        Endpoint made = endpoint("localhost", "ca.crt");
        made.port = RedisServer::freePort();
        made.password = "must not leave";
        QVERIFY(server.start(QStringList{QStringLiteral("--tls-port"), QString::number(made.port), QStringLiteral("--tls-cert-file"), base + QStringLiteral(".crt"),
                                         QStringLiteral("--tls-key-file"), base + QStringLiteral(".key"), QStringLiteral("--tls-ca-cert-file"), path("ca.crt"),
                                         QStringLiteral("--tls-auth-clients"), QStringLiteral("no")}
                             + options));
        LiveSource source(made);
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed, 5000));
        QVERIFY2(source.lastError().message.contains(says), qPrintable(source.lastError().message));
    }

    void tlsToAPlainPort()
    {
        Endpoint made = endpoint("localhost", "ca.crt");
        made.port = m_server.port();
        LiveSource source(made);
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed));
        // The sentence is the probe's; the time-out has another.
        QVERIFY2(source.lastError().message.contains(QLatin1String("without TLS")), qPrintable(source.lastError().message));
    }

    // A password on the plain port makes it answer -NOAUTH, which tells as much.
    void tlsToALockedPlainPort()
    {
        RedisServer server;
        QVERIFY(server.start({QStringLiteral("--requirepass"), QStringLiteral("right")}));
        Endpoint made = endpoint("localhost", "ca.crt");
        made.port = server.port();
        made.password = "right";
        LiveSource source(made);
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed));
        QVERIFY2(source.lastError().message.contains(QLatin1String("without TLS")), qPrintable(source.lastError().message));
    }

    // A peer that takes the connection and says nothing at all is not called a Redis: the usual time-out names it.
    void tlsToASilentPort()
    {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        Endpoint made = endpoint("127.0.0.1", "ca.crt");
        made.port = silent.serverPort();
        LiveSource source(made);
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed, 20'000));
        QCOMPARE(source.lastError().code, Errc::Timeout);
        QVERIFY2(source.lastError().message.contains(QLatin1String("did not begin TLS")), qPrintable(source.lastError().message));
    }

    void plainToATlsPort()
    {
        Endpoint made;
        made.host = QStringLiteral("localhost");
        made.port = m_tlsPort;
        LiveSource source(made);
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed));
        QVERIFY2(source.lastError().message.contains(QLatin1String("TLS")), qPrintable(source.lastError().message));
    }

    void feedsAndWritesUseTlsToo()
    {
        LiveSource source(endpoint("localhost", "ca.crt"));
        QVERIFY(openAndWait(source));
        GuardedWrite write;
        write.watch = {"guarded"};
        write.writes = {{"SET", "guarded", "1"}};
        QVERIFY(await(source.executeGuarded(write, ExecOptions{})).ok());
        const auto feed = source.openPubSub(nullptr);
        feed->subscribe({"c"});
        QTRY_COMPARE(ask(source, {"PUBSUB", "NUMSUB", "c"}).items.at(1).toInteger(), 1);
        ask(source, {"PUBLISH", "c", "m"});
        std::vector<PubSubMessage> messages;
        QTRY_VERIFY(([&] {
            for (PubSubMessage &message : feed->take(10))
                messages.push_back(std::move(message));
            return !messages.empty();
        })());
        QCOMPARE(messages.front().payload, QByteArray("m"));
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestTls)
#include "tst_tls.moc"
