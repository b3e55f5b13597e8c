// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/guarded_writer.h"

namespace keyloupe {

GuardedWriter::GuardedWriter(const Endpoint &endpoint, QObject *parent) : QObject(parent), m_connection(endpoint, this) { }

void GuardedWriter::run(GuardedWrite write, ExecOptions options, Done done)
{
    m_tasks.push_back({std::move(write), std::move(options), std::move(done)});
    if (!m_busy)
        startNext();
}

GuardedWriter::~GuardedWriter()
{
    close();
}

// The connection answers the task at work; nobody else would answer those behind it.
void GuardedWriter::close()
{
    std::deque<Task> behind;
    const std::size_t atWork = m_busy ? 1 : 0;
    while (m_tasks.size() > atWork) {
        behind.push_front(std::move(m_tasks.back()));
        m_tasks.pop_back();
    }
    m_connection.close();
    for (Task &task : behind)
        task.done(Result<Replies>(Error{Errc::Closed, QStringLiteral("the source was closed"), -1, {}}));
}

void GuardedWriter::startNext()
{
    if (m_tasks.empty())
        return;
    m_busy = true;
    m_clean = false;
    m_connection.open();
    look();
}

void GuardedWriter::send(std::vector<Command> commands, Done done)
{
    const ExecOptions &options = m_tasks.front().options;
    m_connection.send(std::move(commands), options.db, options.timeoutMs, options.cancel, std::move(done));
}

// Watches the keys and reads what the check wants to see, in one round trip.
void GuardedWriter::look()
{
    const GuardedWrite &write = m_tasks.front().write;
    std::vector<Command> commands;
    if (!write.watch.isEmpty()) {
        Command watch{"WATCH"};
        for (const QByteArray &key : write.watch)
            watch << key;
        commands.push_back(std::move(watch));
    }
    const std::size_t skip = commands.size();
    commands.insert(commands.end(), write.reads.begin(), write.reads.end());
    send(std::move(commands), [this, skip](Result<Replies> replies) {
        if (!replies.ok())
            return finish(std::move(replies));
        if (skip == 1 && replies->front().isError())
            return finish(errorFromReply(replies->front()));
        replies->erase(replies->begin(), replies->begin() + std::ptrdiff_t(skip));
        const GuardedWrite &current = m_tasks.front().write;
        if (current.check) {
            if (Result<void> agreed = current.check(*replies); !agreed.ok()) {
                const Error error = agreed.error();
                send({Command{"UNWATCH"}}, [this, error](const Result<Replies> &unwatched) {
                    m_clean = unwatched.ok();
                    finish(error);
                });
                return;
            }
        }
        commit();
    });
}

void GuardedWriter::commit()
{
    std::vector<Command> commands;
    commands.push_back(Command{"MULTI"});
    const std::vector<Command> &writes = m_tasks.front().write.writes;
    commands.insert(commands.end(), writes.begin(), writes.end());
    commands.push_back(Command{"EXEC"});
    // From here on a cancel could no longer say whether it was in time.
    m_tasks.front().options.cancel = CancelToken();
    send(std::move(commands), [this](Result<Replies> replies) {
        if (!replies.ok()) {
            Error error = replies.error();
            error.message = QStringLiteral("%1; the change may or may not have been made, refresh to see").arg(error.message);
            return finish(error);
        }
        m_clean = true;
        RespValue &executed = replies->back();
        if (executed.isNull())
            return finish(Error{Errc::Conflict, QStringLiteral("the key was changed by somebody else in the meantime"), -1, {}});
        if (executed.isError()) {
            // EXECABORT only says that a command was refused; the refusal itself stands in its place in the queue.
            for (const RespValue &queued : *replies) {
                if (queued.isError() && &queued != &executed)
                    return finish(errorFromReply(queued));
            }
            return finish(errorFromReply(executed));
        }
        Replies results = std::move(executed.items);
        for (const RespValue &result : results) {
            if (result.isError())
                return finish(errorFromReply(result));
        }
        finish(std::move(results));
    });
}

void GuardedWriter::finish(Result<Replies> result)
{
    Task task = std::move(m_tasks.front());
    m_tasks.pop_front();
    // What did not end with EXEC or UNWATCH may have left a WATCH or MULTI behind on the connection.
    if (!m_clean)
        m_connection.close();
    m_busy = false;
    task.done(std::move(result));
    if (!m_busy)
        startNext();
}

} // namespace keyloupe
