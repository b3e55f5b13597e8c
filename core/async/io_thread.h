// SPDX-License-Identifier: GPL-3.0-or-later
//
// IoThread: a thread with an event loop that owns the sockets (or the engine) of one open source.
//
// Objects that live there are created with `post` and must be deleted there: give them `context()` as parent, or delete
// them in a posted function. The destructor runs what was posted, ends the loop and joins.
#pragma once

#include <QObject>
#include <QThread>

#include <functional>
#include <memory>

namespace keyloupe {

class IoThread
{
public:
    explicit IoThread(const QString &name);
    ~IoThread();
    IoThread(const IoThread &) = delete;
    IoThread &operator=(const IoThread &) = delete;

    /// Runs fn on the thread, later, in order. Any thread may call.
    void post(std::function<void()> fn);

    /// An object that lives on the thread and dies with it; a parent for others that live there.
    QObject *context() const { return m_context; }

private:
    QThread m_thread;
    QObject *m_context;
};

} // namespace keyloupe
