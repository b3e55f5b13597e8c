// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/quit_on_signal.h"

#include <QCoreApplication>
#include <QSocketNotifier>

#ifdef Q_OS_UNIX
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>
#endif

namespace keyloupe {

#ifdef Q_OS_UNIX
namespace {

constexpr std::array kSignals{SIGTERM, SIGINT, SIGHUP};
int g_pipe[2] = {-1, -1}; // a signal handler has nothing else to reach

void onSignal(int)
{
    const int saved = errno;
    const char byte = 0;
    // A full pipe means that it is told already.
    if (::write(g_pipe[1], &byte, 1) < 0) { }
    errno = saved;
}

} // namespace

QuitOnSignal::QuitOnSignal()
{
    if (::pipe(g_pipe) != 0)
        return; // signals then end the program at once, as they do by default
    for (const int end : g_pipe) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
    auto *notifier = new QSocketNotifier(g_pipe[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [] {
        char bytes[16];
        while (::read(g_pipe[0], bytes, sizeof bytes) > 0) { }
        QCoreApplication::quit(); // closes the windows first; one with unsaved edits asks
    });
    for (const int number : kSignals) {
        struct sigaction before = {};
        ::sigaction(number, nullptr, &before);
        if (before.sa_handler == SIG_IGN)
            continue; // nohup
        struct sigaction action = {};
        action.sa_handler = onSignal;
        action.sa_flags = SA_RESTART;
        ::sigaction(number, &action, nullptr);
    }
}

QuitOnSignal::~QuitOnSignal()
{
    if (g_pipe[0] < 0)
        return;
    for (const int number : kSignals) {
        struct sigaction before = {};
        ::sigaction(number, nullptr, &before);
        if (before.sa_handler == onSignal)
            std::signal(number, SIG_DFL);
    }
    for (int &end : g_pipe)
        ::close(std::exchange(end, -1));
}
#else
QuitOnSignal::QuitOnSignal() = default;
QuitOnSignal::~QuitOnSignal() = default;
#endif

} // namespace keyloupe
