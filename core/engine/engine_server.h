// SPDX-License-Identifier: GPL-3.0-or-later
//
// EngineServer: serves an Engine over TCP and a unix socket, so that redis-cli and any client can query a snapshot.
// Lives on the engine's thread. Binds to loopback only. Clients have bounded query and output buffers.
#pragma once

#include "core/base/result.h"

#include <QObject>
#include <QString>

#include <memory>

namespace keyloupe {

class Engine;

class EngineServer : public QObject
{
    Q_OBJECT

public:
    explicit EngineServer(Engine *engine, QObject *parent = nullptr);
    ~EngineServer() override;

    /// Listens on 127.0.0.1; port 0 picks a free one. The port really used.
    Result<quint16> listenTcp(quint16 port);
    Result<void> listenUnix(const QString &path);
    void close();
    int clientCount() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace keyloupe
