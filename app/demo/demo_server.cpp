// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demo_server.h"

#include "app/demo/demo_traffic.h"
#include "core/async/post_to.h"
#include "core/engine/engine.h"
#include "core/engine/engine_server.h"

namespace keyloupe {

struct DemoServer::Server
{
    std::unique_ptr<Engine> engine;
    std::unique_ptr<EngineServer> server;
    std::unique_ptr<DemoTraffic> traffic;
};

DemoServer::DemoServer(QObject *parent)
    : QObject(parent), m_server(std::make_unique<Server>()), m_io(std::make_unique<IoThread>(QStringLiteral("demo")))
{
}

DemoServer::~DemoServer()
{
    m_io->post([server = m_server.get()] {
        server->traffic.reset();
        server->server.reset();
        server->engine.reset();
    });
    m_io.reset();
}

void DemoServer::start()
{
    if (std::exchange(m_started, true))
        return;
    m_io->post([this, server = m_server.get()] {
        server->engine = std::make_unique<Engine>();
        server->server = std::make_unique<EngineServer>(server->engine.get());
        Result<quint16> port = server->server->listenTcp(0);
        if (!port.ok()) {
            postTo(this, [this, error = port.error()] { Q_EMIT failed(error); });
            return;
        }
        server->traffic = std::make_unique<DemoTraffic>(*port);
        postTo(this, [this, number = *port] {
            m_port = number;
            Q_EMIT listening(number);
        });
    });
}

} // namespace keyloupe
