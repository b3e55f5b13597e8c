// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/serve_task.h"

#include "core/engine/engine.h"
#include "core/engine/engine_server.h"
#include "core/engine/open_file.h"

#include <QSocketNotifier>
#include <QTimer>

#include <csignal>
#ifdef Q_OS_UNIX
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace keyloupe::cli {
namespace {

#ifdef Q_OS_UNIX
int g_signalPipe[2] = {-1, -1}; // a signal handler may do nothing but write a byte

void onSignal(int)
{
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = ::write(g_signalPipe[0], &byte, 1);
}
#else
volatile std::sig_atomic_t g_stop = 0;

void onSignal(int)
{
    g_stop = 1;
}
#endif

} // namespace

ServeTask::ServeTask(QString path, int port, QString unixPath)
    : m_path(std::move(path)), m_port(port), m_unixPath(std::move(unixPath))
{
}

ServeTask::~ServeTask() = default;

void ServeTask::start()
{
    const bool isPiped = namesStandardInput(m_path);
    if (const Result<void> fed = isPiped ? checkStandardInput() : Result<void>(); !fed.ok())
        return fail(fed.error());
    Result<OpenedFile> opened = isPiped ? openStandardInput() : openFile(m_path);
    if (!opened.ok())
        return fail(opened.error());
    for (const OpenNote &note : opened->notes)
        printError(QStringLiteral("%1: %2").arg(m_path, note.text));
    if (!opened->sound)
        printError(QStringLiteral("%1 is damaged; serving what is readable, see keyloupe-cli check").arg(m_path));
    m_engine = std::move(opened->engine);
    m_server = std::make_unique<EngineServer>(m_engine.get());
    if (!m_unixPath.isEmpty()) {
        Result<void> listening = m_server->listenUnix(m_unixPath);
        if (!listening.ok())
            return fail(listening.error());
        writeOut("listening on unix://" + m_unixPath.toUtf8() + '\n');
    }
    if (m_port >= 0 || m_unixPath.isEmpty()) {
        Result<quint16> port = m_server->listenTcp(quint16(std::max(m_port, 0)));
        if (!port.ok())
            return fail(port.error());
        writeOut("listening on 127.0.0.1:" + QByteArray::number(*port) + '\n');
    }
    flushOut();
    watchSignals();
}

void ServeTask::watchSignals()
{
    const auto stop = [this] {
        m_server->close();
        end(kOk);
    };
#ifdef Q_OS_UNIX
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, g_signalPipe) == 0) {
        auto *notifier = new QSocketNotifier(g_signalPipe[1], QSocketNotifier::Read, this);
        connect(notifier, &QSocketNotifier::activated, this, stop);
    }
#else
    auto *timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, [stop] {
        if (g_stop)
            stop();
    });
    timer->start(200);
#endif
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
}

} // namespace keyloupe::cli
