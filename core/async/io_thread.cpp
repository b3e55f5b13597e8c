// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/async/io_thread.h"

#include "core/async/post_to.h"

namespace keyloupe {

IoThread::IoThread(const QString &name) : m_context(new QObject)
{
    m_thread.setObjectName(name);
    m_context->moveToThread(&m_thread);
    m_thread.start();
}

IoThread::~IoThread()
{
    // Posted last, so it runs behind everything posted before; the context's children die on their own thread.
    QThread *thread = &m_thread;
    QObject *context = m_context;
    post([thread, context] {
        context->deleteLater(); // runs when the loop ends, still on this thread
        thread->quit();
    });
    m_thread.wait();
}

void IoThread::post(std::function<void()> fn)
{
    postTo(m_context, std::move(fn));
}

} // namespace keyloupe
