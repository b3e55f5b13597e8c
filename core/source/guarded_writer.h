// SPDX-License-Identifier: GPL-3.0-or-later
//
// GuardedWriter: runs GuardedWrites one after another on a connection of its own, so that WATCH and MULTI see only their own
// commands. Lives on the I/O thread. The connection is opened at the first write.
#pragma once

#include "core/net/connection.h"
#include "core/source/source.h"

#include <QObject>

#include <deque>

namespace keyloupe {

class GuardedWriter : public QObject
{
    Q_OBJECT

public:
    using Replies = std::vector<RespValue>;
    using Done = std::function<void(Result<Replies>)>;

    explicit GuardedWriter(const Endpoint &endpoint, QObject *parent = nullptr);
    ~GuardedWriter() override;

    void run(GuardedWrite write, ExecOptions options, Done done);
    void close();

private:
    struct Task
    {
        GuardedWrite write;
        ExecOptions options;
        Done done;
    };

    void startNext();
    void look();
    void commit();
    void finish(Result<Replies> result);
    void send(std::vector<Command> commands, Done done);

    Connection m_connection;
    std::deque<Task> m_tasks; // the first is at work when m_busy
    bool m_busy = false;
    bool m_clean = false;     // the task at work left no WATCH or MULTI behind
};

} // namespace keyloupe
