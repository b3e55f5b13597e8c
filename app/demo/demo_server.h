// SPDX-License-Identifier: GPL-3.0-or-later
//
// DemoServer: the embedded engine served on a free loopback port, with traffic, so that charts and messages have something
// to show without any server installed. Everything runs on a thread of its own; the facade lives on the GUI thread.
#pragma once

#include "core/async/io_thread.h"
#include "core/base/result.h"

#include <QObject>

#include <memory>

namespace keyloupe {

class DemoServer : public QObject
{
    Q_OBJECT

public:
    explicit DemoServer(QObject *parent = nullptr);
    ~DemoServer() override;

    /// Starts once; later calls do nothing.
    void start();
    quint16 port() const { return m_port; } ///< 0 until listening

Q_SIGNALS:
    void listening(quint16 port);
    void failed(const keyloupe::Error &error);

private:
    struct Server;
    std::unique_ptr<Server> m_server; // used on m_io only
    quint16 m_port = 0;
    bool m_started = false;
    std::unique_ptr<IoThread> m_io; // last: joined before the server dies
};

} // namespace keyloupe
