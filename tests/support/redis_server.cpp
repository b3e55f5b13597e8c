// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redis_server.h"

#include <QDir>
#include <QElapsedTimer>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

#include <algorithm>
#include <csignal>

#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

namespace keyloupe::test {

int KnownServer::version() const
{
    const QByteArrayList parts = name.mid(name.indexOf('-') + 1).split('.');
    return parts.value(0).toInt() * 100 + parts.value(1).toInt();
}

QList<KnownServer> KnownServer::all()
{
    QList<KnownServer> servers;
    for (const char *name : {"redis-6.0", "redis-7.0", "redis-8.0", "redis-8.6", "valkey-8.0", "valkey-8.1", "valkey-9.1"})
        servers.append(KnownServer{name, {}});
    const auto have = [&](const KnownServer &found) {
        const auto known = std::find_if(servers.begin(), servers.end(), [&](const KnownServer &server) { return server.name == found.name; });
        if (known == servers.end())
            servers.append(found);
        else if (!known->isHere())
            *known = found;
    };
    const QString folder = qEnvironmentVariable("KEYLOUPE_SERVERS", QDir::homePath() + QStringLiteral("/.cache/keyloupe/servers"));
    static const QRegularExpression shape(QStringLiteral("^(redis|valkey)-[0-9]+\\.[0-9]+$"));
    for (const QString &file : QDir(folder).entryList(QDir::Files | QDir::Executable)) {
        if (shape.match(file).hasMatch())
            have({file.toLatin1(), folder + QLatin1Char('/') + file});
    }
    // The system's own: its version is what it says.
    QProcess system;
    system.start(QStringLiteral("redis-server"), {QStringLiteral("--version")});
    if (system.waitForFinished(5000)) {
        static const QRegularExpression says(QStringLiteral("^(Redis|Valkey) server v=([0-9]+\\.[0-9]+)\\."));
        const QRegularExpressionMatch match = says.match(QString::fromLatin1(system.readAllStandardOutput()));
        if (match.hasMatch())
            have({(match.captured(1).toLower() + QLatin1Char('-') + match.captured(2)).toLatin1(), QStringLiteral("redis-server")});
    }
    return servers;
}

bool RedisServer::isAvailable()
{
    return !QStandardPaths::findExecutable(QStringLiteral("redis-server")).isEmpty();
}

quint16 RedisServer::freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost, 0);
    return server.serverPort();
}

bool RedisServer::start(const QStringList &extraArguments, quint16 port)
{
    stop();
    m_port = port != 0 ? port : freePort();
    QStringList arguments{QStringLiteral("--port"), QString::number(m_port), QStringLiteral("--bind"), QStringLiteral("127.0.0.1"),
                          QStringLiteral("--save"), QString(), QStringLiteral("--dir"), m_dir.path(),
                          QStringLiteral("--unixsocket"), unixSocket()};
    if (m_options.debugCommand)
        arguments += {QStringLiteral("--enable-debug-command"), QStringLiteral("yes")};
    arguments += extraArguments;
    m_process.setProcessChannelMode(QProcess::MergedChannels);
#ifdef Q_OS_LINUX
    // A test that crashes must not leave its server behind.
    m_process.setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGKILL); });
#endif
    m_process.start(m_options.binary, arguments);
    if (!m_process.waitForStarted(5000)) {
        qWarning("%s did not start: %s", qPrintable(m_options.binary), qPrintable(m_process.errorString()));
        return false;
    }
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 10'000 && m_process.state() == QProcess::Running) {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, m_port);
        if (socket.waitForConnected(200)) {
            socket.write("PING\r\n");
            // A password makes it answer NOAUTH, TLS nothing readable: both mean that it is up.
            // While it loads a file it answers, but holds only a part.
            if (socket.waitForReadyRead(1000) && !socket.readAll().startsWith("-LOADING"))
                return true;
        }
        // A server without a plain port (TLS only) is up when its socket file is there.
        if (extraArguments.contains(QStringLiteral("--tls-port")) && QFile::exists(unixSocket()))
            return true;
        QThread::msleep(20);
    }
    m_process.waitForReadyRead(100);
    qWarning("%s did not answer: %s", qPrintable(m_options.binary), m_process.readAll().constData());
    stop();
    return false;
}

void RedisServer::stop()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    resume();
    m_process.terminate();
    if (!m_process.waitForFinished(3000)) {
        m_process.kill();
        m_process.waitForFinished(3000);
    }
}

void RedisServer::kill()
{
    m_process.kill();
    m_process.waitForFinished(3000);
}

void RedisServer::suspend()
{
    ::kill(static_cast<pid_t>(pid()), SIGSTOP);
}

void RedisServer::resume()
{
    ::kill(static_cast<pid_t>(pid()), SIGCONT);
}

QByteArray RedisServer::cli(const QStringList &arguments, const QByteArray &input) const
{
    QProcess cli;
    cli.start(QStringLiteral("redis-cli"), QStringList{QStringLiteral("-p"), QString::number(m_port)} + arguments);
    if (!input.isEmpty())
        cli.write(input);
    cli.closeWriteChannel();
    cli.waitForFinished(60'000);
    return cli.readAllStandardOutput();
}

QString RedisServer::save() const
{
    cli({QStringLiteral("SAVE")});
    return rdbPath();
}

} // namespace keyloupe::test
