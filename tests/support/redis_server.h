// SPDX-License-Identifier: GPL-3.0-or-later
//
// RedisServer: a real redis-server for one test, on a free loopback port, in a temporary folder, stopped by pid.
// KnownServer: the other versions of Redis and Valkey that tests/support/fetch_servers.sh may have put on this machine.
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

namespace keyloupe::test {

/// A version of Redis or Valkey that tests know, here or not.
struct KnownServer
{
    QByteArray name;  ///< "redis-8.0", "valkey-9.1"
    QString launcher; ///< runs it; empty where it is not on this machine

    bool isHere() const { return !launcher.isEmpty(); }
    bool isValkey() const { return name.startsWith("valkey"); }
    int version() const; ///< 800 for 8.0

    /// The versions that tests go over, oldest first, and whatever else is in the folder. The system's redis-server is one.
    static QList<KnownServer> all();
};

class RedisServer
{
public:
    struct Options
    {
        QString binary = QStringLiteral("redis-server"); ///< or the launcher of a KnownServer
        bool debugCommand = true;                        ///< versions before 7 have it anyway, and refuse the option
    };

    RedisServer() = default;
    explicit RedisServer(Options options) : m_options(std::move(options)) {}
    explicit RedisServer(const KnownServer &server) : RedisServer(Options{server.launcher, server.version() >= 700}) {}
    ~RedisServer() { stop(); }
    RedisServer(const RedisServer &) = delete;
    RedisServer &operator=(const RedisServer &) = delete;

    /// True when the program is on this machine; tests skip, and say so, where it is not.
    static bool isAvailable();

    /// Starts with `--port <free> --bind 127.0.0.1 --save ""` and the extra arguments; waits until it answers PING
    /// and has loaded its file. With `port` it takes that one (a restart). False, with a warning printed, if it does not come up within 10 s.
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
    Options m_options;
    QTemporaryDir m_dir;
    QProcess m_process;
    quint16 m_port = 0;
};

} // namespace keyloupe::test
