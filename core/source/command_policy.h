// SPDX-License-Identifier: GPL-3.0-or-later
//
// CommandPolicy: decides what may leave. It sits inside Source::execute, the only way out, so no panel, console or script can
// get around it. In read-only mode only commands known to change nothing pass; unknown ones are refused. Commands that no
// person takes back need ExecOptions::confirmed. Commands that would change the shared connection under everybody's feet
// never pass on a server. Commands that our table does not have are judged by what the server's COMMAND said of them, if it
// answered. Any thread.
#pragma once

#include "core/base/result.h"
#include "core/resp/command.h"
#include "core/source/server_commands.h"

#include <QHash>
#include <QMutex>

#include <atomic>

namespace keyloupe {

class CommandPolicy
{
public:
    /// `shared`: commands go over a connection that others use at the same time (a server).
    explicit CommandPolicy(bool shared) : m_shared(shared) { }

    void setReadOnly(bool on) { m_readOnly.store(on); }
    bool isReadOnly() const { return m_readOnly.load(); }

    /// Errc::ReadOnly, or Errc::InvalidArgument with what to do instead.
    Result<void> check(const Command &command, bool confirmed) const;

    /// Replaces what was learned before.
    void learn(QHash<QByteArray, LearnedCommand> commands);

private:
    LearnedCommand learned(const QByteArray &name) const;

    bool m_shared;
    std::atomic<bool> m_readOnly{false};
    mutable QMutex m_mutex;
    QHash<QByteArray, LearnedCommand> m_learned; // under m_mutex
};

} // namespace keyloupe
