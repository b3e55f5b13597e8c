// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/live_source.h"

#include "core/async/io_thread.h"
#include "core/async/on_ready.h"
#include "core/async/post_to.h"
#include "core/base/clock.h"
#include "core/net/connection.h"
#include "core/source/command_log.h"
#include "core/source/command_policy.h"
#include "core/source/guarded_writer.h"
#include "core/source/live_pubsub.h"
#include "core/source/server_commands.h"

#include <QTimer>

#include <chrono>

namespace keyloupe {
namespace {

using Replies = std::vector<RespValue>;
std::int64_t steadyNowUs()
{
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

// COMMAND is a large answer: not while the first screen is being filled.
constexpr int kLearnDelayMs = 1500;

SourceState stateOf(Connection::State state, bool wasReady)
{
    switch (state) {
    case Connection::State::Idle:
    case Connection::State::Connecting: return wasReady ? SourceState::Reconnecting : SourceState::Connecting;
    case Connection::State::Ready: return SourceState::Ready;
    case Connection::State::Waiting: return SourceState::Reconnecting;
    case Connection::State::Failed: return SourceState::Failed;
    case Connection::State::Closed: return SourceState::Closed;
    }
    return SourceState::Closed;
}

} // namespace

struct LiveSource::Private
{
    Endpoint endpoint;
    CommandLog log;
    CommandPolicy policy{true};
    SourceInfo info;
    SourceState state = SourceState::Closed;
    Error error;
    std::shared_ptr<std::atomic<double>> roundTripMs = std::make_shared<std::atomic<double>>(-1.0);
    // Below: used on the I/O thread only, and deleted there by the thread's end.
    std::unique_ptr<IoThread> io;
    Connection *connection = nullptr;
    GuardedWriter *writer = nullptr;

    void logReplies(const std::vector<CommandLogEntry> &entries, const Result<Replies> &result, std::int64_t startedUs)
    {
        std::vector<CommandLogEntry> done = entries;
        const std::int64_t tookUs = steadyNowUs() - startedUs;
        for (std::size_t i = 0; i < done.size(); ++i) {
            done[i].durationUs = tookUs;
            if (!result.ok())
                done[i].error = result.error().message.toUtf8();
            else if (i < result->size() && (*result)[i].isError())
                done[i].error = (*result)[i].bytes;
        }
        log.append(std::move(done));
    }

    static std::vector<CommandLogEntry> entriesOf(const std::vector<Command> &commands, const ExecOptions &options)
    {
        std::vector<CommandLogEntry> entries;
        entries.reserve(commands.size());
        const std::int64_t now = systemNowMs();
        for (const Command &command : commands)
            entries.push_back({now, options.db, printableCommand(command), -1, {}, options.background});
        return entries;
    }
};

LiveSource::LiveSource(Endpoint endpoint, QObject *parent) : Source(parent), d(std::make_unique<Private>())
{
    d->endpoint = std::move(endpoint);
    d->info.kind = SourceKind::Server;
    d->info.title = d->endpoint.title();
    d->info.location = d->endpoint.publicUrl();
    d->info.tls = d->endpoint.tls.enabled;
    d->io = std::make_unique<IoThread>(QStringLiteral("io ") + d->endpoint.title());
    // The connections are made on their thread before anything can be posted to them.
    d->io->post([this, context = d->io->context(), target = d->endpoint, roundTrip = d->roundTripMs] {
        auto *connection = new Connection(target, context);
        d->connection = connection;
        d->writer = new GuardedWriter(target, context);
        connect(connection, &Connection::stateChanged, context, [this, connection, roundTrip, wasReady = false]() mutable {
            const SourceState next = stateOf(connection->state(), wasReady);
            wasReady = wasReady || next == SourceState::Ready;
            const ServerIdentity identity = connection->identity();
            const int databases = connection->databases();
            const Error error = connection->lastError();
            postTo(this, [this, next, identity, databases, error] {
                d->error = error;
                d->info.serverName = identity.server;
                d->info.version = identity.version;
                d->info.mode = identity.mode;
                d->info.role = identity.role;
                d->info.protocol = identity.protocol;
                d->info.databases = databases;
                const bool changed = d->state != next;
                d->state = next;
                Q_EMIT infoChanged();
                if (changed)
                    Q_EMIT stateChanged(next);
                if (changed && next == SourceState::Ready) {
                    d->policy.learn({}); // it may be another server by now
                    QTimer::singleShot(kLearnDelayMs, this, &LiveSource::learnCommands);
                }
            });
        });
    });
}

LiveSource::~LiveSource()
{
    d->io.reset(); // joins: nothing on the I/O thread sees `this` from here on
}

void LiveSource::open()
{
    if (d->state == SourceState::Closed) {
        d->state = SourceState::Connecting;
        Q_EMIT stateChanged(d->state);
    }
    d->io->post([this] { d->connection->open(); });
}

void LiveSource::close()
{
    d->io->post([this] {
        d->connection->close();
        d->writer->close();
    });
}

// A proxy that refuses COMMAND leaves us with our own table.
void LiveSource::learnCommands()
{
    if (d->state != SourceState::Ready)
        return;
    ExecOptions options;
    options.background = true;
    onReady(Source::execute(Command{"COMMAND"}, options), this, [this](const Result<RespValue> &reply) {
        if (reply.ok() && reply->isAggregate())
            d->policy.learn(keyloupe::learnCommands(*reply));
    });
}

SourceState LiveSource::state() const
{
    return d->state;
}

Error LiveSource::lastError() const
{
    return d->error;
}

SourceInfo LiveSource::info() const
{
    SourceInfo info = d->info;
    info.readOnly = d->policy.isReadOnly();
    info.roundTripMs = d->roundTripMs->load();
    return info;
}

QFuture<Result<Replies>> LiveSource::execute(std::vector<Command> commands, ExecOptions options)
{
    for (const Command &command : commands) {
        if (Result<void> allowed = d->policy.check(command, options.confirmed); !allowed.ok())
            return readyFuture<Replies>(allowed.error());
    }
    const SharedPromise<Replies> promise = makePromise<Replies>();
    QFuture<Result<Replies>> future = promise->future();
    d->io->post([this, commands = std::move(commands), options = std::move(options), promise]() mutable {
        std::vector<CommandLogEntry> entries = Private::entriesOf(commands, options);
        const std::int64_t started = steadyNowUs();
        d->connection->send(std::move(commands), options.db, options.timeoutMs, options.cancel,
                            [this, promise, entries = std::move(entries), started](Result<Replies> result) {
                                d->logReplies(entries, result, started);
                                d->roundTripMs->store(d->connection->roundTripMs());
                                fulfil<Replies>(promise, std::move(result));
                            });
    });
    return future;
}

QFuture<Result<Replies>> LiveSource::executeGuarded(GuardedWrite write, ExecOptions options)
{
    for (const std::vector<Command> *part : {&write.reads, &write.writes}) {
        for (const Command &command : *part) {
            if (Result<void> allowed = d->policy.check(command, options.confirmed); !allowed.ok())
                return readyFuture<Replies>(allowed.error());
        }
    }
    const SharedPromise<Replies> promise = makePromise<Replies>();
    QFuture<Result<Replies>> future = promise->future();
    d->io->post([this, write = std::move(write), options = std::move(options), promise]() mutable {
        std::vector<CommandLogEntry> entries = Private::entriesOf(write.writes, options);
        const std::int64_t started = steadyNowUs();
        d->writer->run(std::move(write), options, [this, promise, entries = std::move(entries), started](Result<Replies> result) {
            d->logReplies(entries, result, started);
            fulfil<Replies>(promise, std::move(result));
        });
    });
    return future;
}

std::unique_ptr<PubSubFeed> LiveSource::openPubSub(QString *whyNot)
{
    if (whyNot)
        whyNot->clear();
    return std::make_unique<LivePubSub>(d->endpoint);
}

CommandLog *LiveSource::commandLog() const
{
    return &d->log;
}

CommandPolicy *LiveSource::policy() const
{
    return &d->policy;
}

} // namespace keyloupe
