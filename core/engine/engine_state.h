// SPDX-License-Identifier: GPL-3.0-or-later
//
// EngineState: what the command families share: keyspace, clients, pub/sub, statistics, settings, slow log.
// Private to core/engine; lives and dies with its Engine, on its thread.
#pragma once

#include "core/base/clock.h"
#include "core/base/ring_buffer.h"
#include "core/engine/command_table.h"
#include "core/engine/keyspace.h"
#include "core/engine/pubsub_hub.h"
#include "core/resp/command.h"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace keyloupe {

class EngineClient;

struct EngineStatistics
{
    std::int64_t connections = 0;
    std::int64_t commands = 0;
    std::int64_t hits = 0;
    std::int64_t misses = 0;
    std::int64_t expired = 0;
    std::int64_t errorReplies = 0;
    std::int64_t netInput = 0;
    std::int64_t netOutput = 0;
    std::int64_t peakMemory = 0;
    struct PerCommand
    {
        std::int64_t calls = 0;
        std::int64_t usec = 0;
        std::int64_t rejected = 0;
        std::int64_t failed = 0;
    };
    std::map<QByteArray, PerCommand> perCommand;
    std::map<QByteArray, std::int64_t> errors; ///< by code word

    // Commands of the last full second, for instantaneous_ops_per_sec.
    std::int64_t windowStartMs = 0;
    std::int64_t windowCommands = 0;
    std::int64_t opsPerSecond = 0;
};

struct SlowLogEntry
{
    std::int64_t id = 0;
    std::int64_t unixSeconds = 0;
    std::int64_t usec = 0;
    QByteArrayList args;
    QByteArray address;
    QByteArray clientName;
};

struct EngineState
{
    explicit EngineState(std::unique_ptr<Keyspace> space, Clock clockSource);
    ~EngineState();

    Clock clock;
    std::unique_ptr<Keyspace> keyspace;
    CommandTable commands;
    PubSubHub pubsub;
    std::vector<EngineClient *> clients; ///< in the order they came
    std::int64_t nextClientId = 1;
    EngineStatistics statistics;
    std::map<QByteArray, QByteArray> config;
    RingBuffer<SlowLogEntry> slowLog{128};
    std::int64_t nextSlowId = 0;
    std::int64_t startSteadyMs = 0;
    QByteArray runId;
    /// While a file's commands are replayed nothing lapses: what had is cleared away at the end, as a server does it.
    bool isLoading = false;
    std::int64_t loadingNowMs = 0; ///< what relative times are counted from meanwhile

    RespValue execute(EngineClient &client, const Command &command);
    /// Runs a command inside EXEC: no queueing, no checks that were made when it was queued.
    RespValue call(EngineClient &client, const CommandSpec &spec, const QByteArrayList &args);
    /// Runs a command of a file: not counted, not timed, told to nobody. An error is the reply.
    RespValue replay(EngineClient &client, const QByteArrayList &args);
    /// Whether there is such a database; a file being replayed gets what it names, as the server that wrote it had it.
    bool hasDatabase(std::int64_t db);
    void notify(char category, const char *event, int db, const QByteArray &key);
    void closeClient(EngineClient &client);
    std::int64_t usedMemory() const;
    std::int64_t configNumber(const char *name, std::int64_t fallback) const;

private:
    RespValue refuse(EngineClient &client, RespValue error);
    void countCommand(const QByteArray &name, std::int64_t usec, const RespValue &reply, bool rejected);
};

/// The spec that a request runs and its lower-case full name ("config|get"); null with the error reply filled.
const CommandSpec *resolveCommand(const CommandTable &table, const QByteArrayList &args, QByteArray *fullName, RespValue *error);

} // namespace keyloupe
