// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redis_server.h"

#include <QElapsedTimer>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

#include <csignal>

#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

namespace keyloupe::test {

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
                          QStringLiteral("--unixsocket"), unixSocket(), QStringLiteral("--enable-debug-command"), QStringLiteral("yes")};
    arguments += extraArguments;
    m_process.setProcessChannelMode(QProcess::MergedChannels);
#ifdef Q_OS_LINUX
    // A test that crashes must not leave its server behind.
    m_process.setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGKILL); });
#endif
    m_process.start(QStringLiteral("redis-server"), arguments);
    if (!m_process.waitForStarted(5000)) {
        qWarning("redis-server did not start: %s", qPrintable(m_process.errorString()));
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
            if (socket.waitForReadyRead(1000))
                return true;
        }
        // A server without a plain port (TLS only) is up when its socket file is there.
        if (extraArguments.contains(QStringLiteral("--tls-port")) && QFile::exists(unixSocket()))
            return true;
        QThread::msleep(20);
    }
    m_process.waitForReadyRead(100);
    qWarning("redis-server did not answer: %s", m_process.readAll().constData());
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
