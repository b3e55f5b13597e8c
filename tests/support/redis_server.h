// SPDX-License-Identifier: GPL-3.0-or-later
//
// RedisServer: a real redis-server for one test, on a free loopback port, in a temporary folder, stopped by pid.
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

namespace keyloupe::test {

class RedisServer
{
public:
    RedisServer() = default;
    ~RedisServer() { stop(); }
    RedisServer(const RedisServer &) = delete;
    RedisServer &operator=(const RedisServer &) = delete;

    /// True when the program is on this machine; tests skip, and say so, where it is not.
    static bool isAvailable();

    /// Starts with `--port <free> --bind 127.0.0.1 --save ""` and the extra arguments; waits until it answers PING.
    /// With `port` it takes that one (a restart). False, with a warning printed, if it does not come up within 10 s.
    bool start(const QStringList &extraArguments = {}, quint16 port = 0);
    void stop();      ///< SIGTERM, then SIGKILL after 3 s
    void kill();      ///< SIGKILL at once, as a crash
    void suspend();   ///< SIGSTOP
    void resume();    ///< SIGCONT

    quint16 port() const { return m_port; }
    qint64 pid() const { return m_process.processId(); }
    QString dir() const { return m_dir.path(); }
    QString unixSocket() const { return m_dir.filePath(QStringLiteral("redis.sock")); }
    QString rdbPath() const { return m_dir.filePath(QStringLiteral("dump.rdb")); }

    /// Runs redis-cli with these arguments and the optional standard input; its output. For set-up and as the oracle.
    QByteArray cli(const QStringList &arguments, const QByteArray &input = {}) const;
    /// SAVE, and the path of the dump.
    QString save() const;

    static quint16 freePort();

private:
    QTemporaryDir m_dir;
    QProcess m_process;
    quint16 m_port = 0;
};

} // namespace keyloupe::test
