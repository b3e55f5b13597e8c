// SPDX-License-Identifier: GPL-3.0-or-later
//
// `keyloupe-cli serve`: answers Redis clients from a snapshot on a loopback port or a unix socket, until a signal.
#pragma once

#include "app/cli/cli_task.h"

#include <memory>

namespace keyloupe {
class Engine;
class EngineServer;
}

namespace keyloupe::cli {

class ServeTask final : public CliTask
{
    Q_OBJECT

public:
    /// `port` -1: no TCP unless no unix path is given either, then 0 (a free one).
    ServeTask(QString path, int port, QString unixPath);
    ~ServeTask() override;
    void start() override;

private:
    void watchSignals();

    QString m_path;
    int m_port;
    QString m_unixPath;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<EngineServer> m_server;
};

} // namespace keyloupe::cli
