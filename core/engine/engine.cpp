// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"

#include "core/engine/engine_client.h"
#include "core/engine/engine_save.h"
#include "core/engine/engine_state.h"
#include "core/engine/save_options.h"
#include "core/engine/source_files.h"

#include <QFileInfo>

#include <algorithm>

namespace keyloupe {
namespace {

// A snapshot stands still at the moment it was written, so that nothing in it lapses while it is looked at. Without a
// ctime in the file its time of change on disk is the best guess, and before that nothing has lapsed at all.
std::int64_t timeOf(const Snapshot &snapshot)
{
    if (snapshot.summary().ctimeMs >= 0)
        return snapshot.summary().ctimeMs;
    const QDateTime changed = QFileInfo(snapshot.path()).lastModified();
    return changed.isValid() ? static_cast<std::int64_t>(changed.toMSecsSinceEpoch()) : 0;
}

Clock clockFor(const Snapshot &snapshot, Clock clock)
{
    if (clock)
        return clock;
    return [now = timeOf(snapshot)] { return now; };
}

} // namespace

struct Engine::Private : EngineState
{
    using EngineState::EngineState;

    std::function<void(bool)> modifiedChanged;
    bool reportedModified = false;
    SourceFiles files;

    void reportModified()
    {
        if (reportedModified == keyspace->isModified())
            return;
        reportedModified = keyspace->isModified();
        if (modifiedChanged)
            modifiedChanged(reportedModified);
    }
};

Engine::Engine(Clock clock)
{
    auto keyspace = std::make_unique<Keyspace>(16);
    keyspace->advance(clock());
    d = std::make_unique<Private>(std::move(keyspace), std::move(clock));
}

Engine::Engine(std::shared_ptr<const Snapshot> snapshot, Clock clock)
{
    const bool clockRuns = static_cast<bool>(clock);
    Clock time = clockFor(*snapshot, std::move(clock));
    auto keyspace = std::make_unique<Keyspace>(std::move(snapshot), time(), clockRuns);
    d = std::make_unique<Private>(std::move(keyspace), std::move(time));
}

Engine::~Engine() = default;

std::unique_ptr<Engine> Engine::forLoading(std::shared_ptr<const Snapshot> base)
{
    // At the beginning of time nothing has lapsed; the running clock lets finishLoading() find what has by then.
    const Clock beginning = [] { return std::int64_t{0}; };
    auto engine = base ? std::make_unique<Engine>(std::move(base), beginning) : std::make_unique<Engine>(beginning);
    engine->d->isLoading = true;
    return engine;
}

RespValue Engine::replay(EngineClient &client, const Command &command, std::int64_t nowMs)
{
    d->loadingNowMs = nowMs;
    return d->replay(client, command.args);
}

void Engine::finishLoading(std::int64_t nowMs)
{
    d->isLoading = false;
    d->clock = [nowMs] { return nowMs; };
    d->keyspace->advance(nowMs);
    d->keyspace->setReplayed();
    d->keyspace->setModified(false);
    d->reportedModified = false;
    d->statistics = EngineStatistics{};
}

SourceFiles &Engine::files()
{
    return d->files;
}

std::shared_ptr<EngineClient> Engine::connect(std::function<void(RespValue)> push)
{
    auto client = std::make_shared<EngineClient>();
    client->id = d->nextClientId++;
    client->connectedMs = systemNowMs();
    client->lastCommandMs = client->connectedMs;
    client->push = std::move(push);
    client->onGone = [state = d.get()](EngineClient &gone) {
        state->pubsub.forget(&gone);
        std::erase(state->clients, &gone);
    };
    d->clients.push_back(client.get());
    ++d->statistics.connections;
    return client;
}

RespValue Engine::execute(EngineClient &client, const Command &command)
{
    RespValue reply = d->execute(client, command);
    d->reportModified();
    return reply;
}

bool Engine::isModified() const
{
    return d->keyspace->isModified();
}

std::int64_t Engine::nowMs() const
{
    return d->clock();
}

Result<EngineSaveReport> Engine::save(const QString &path, const CancelToken &cancel)
{
    return save(path, SaveOptions(), cancel);
}

Result<EngineSaveReport> Engine::save(const QString &path, const SaveOptions &options, const CancelToken &cancel)
{
    const auto maySave = [&] { return d->files.maySave(path, options.overwriteChanged); };
    KL_CHECK(maySave());
    Result<EngineSaveReport> report = saveKeyspace(*d->keyspace, path, options, cancel, maySave);
    if (report) {
        d->keyspace->setModified(false);
        d->files.saved(path);
    }
    d->reportModified();
    return report;
}

void Engine::onModifiedChanged(std::function<void(bool)> fn)
{
    d->modifiedChanged = std::move(fn);
}

const CommandTable &Engine::commands() const
{
    return d->commands;
}

Keyspace &Engine::keyspace()
{
    return *d->keyspace;
}

int Engine::protocolOf(const EngineClient &client)
{
    return client.protocol;
}

bool Engine::wantsClose(const EngineClient &client)
{
    return client.wantsClose;
}

bool Engine::wantsReply(const EngineClient &client)
{
    return client.reply == EngineClient::Reply::On || client.reply == EngineClient::Reply::SkipNext;
}

void Engine::setAddress(EngineClient &client, const QByteArray &address)
{
    client.address = address;
}

void Engine::countTraffic(std::int64_t in, std::int64_t out)
{
    d->statistics.netInput += in;
    d->statistics.netOutput += out;
}

} // namespace keyloupe
