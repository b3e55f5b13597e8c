// SPDX-License-Identifier: GPL-3.0-or-later
//
// Engine: a small in-process Redis over an opened snapshot (or over nothing). It answers commands with Redis's replies and
// error texts, reads values lazily from the mapped file and keeps edits in an overlay until they are saved.
//
// Lives on one thread (the source's I/O thread, or the server's); nothing in it is thread-safe. Commands are one file a
// family (`*_commands.cpp`), registered by being there. Expiry is judged by the engine's own `now`.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/resp/command.h"
#include "core/resp/value.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace keyloupe {

class Snapshot;      // core/engine/snapshot.h: the mapped file and its index
class CommandTable;  // core/engine/command_table.h
class Keyspace;      // core/engine/keyspace.h
class SourceFiles;   // core/engine/source_files.h
struct SaveOptions;  // core/engine/save_options.h

/// Per-connection state: selected database, protocol, transaction, subscriptions. Made by Engine::connect.
class EngineClient;

struct EngineSaveReport
{
    std::int64_t bytes = 0;
    std::int64_t keys = 0;
    std::int64_t copiedRecords = 0;
    std::int64_t encodedRecords = 0;
    std::int64_t leftOut = 0; ///< damaged values that the target's form would have needed to be decoded
};

class Engine
{
public:
    /// An empty keyspace with 16 databases; `clock` gives the time expiry is judged by.
    explicit Engine(Clock clock = systemNowMs);
    /// Over a snapshot; expiry as of the file's ctime unless a clock is given.
    explicit Engine(std::shared_ptr<const Snapshot> snapshot, Clock clock = {});
    ~Engine();
    Engine(const Engine &) = delete;
    Engine &operator=(const Engine &) = delete;

    /// `push` receives pub/sub messages and invalidations for that client; may be null. The client dies with the pointer,
    /// and must not outlive the engine.
    std::shared_ptr<EngineClient> connect(std::function<void(RespValue)> push = {});

    /// Runs one command to its end. Errors are replies. Never blocks: blocking commands behave as in a transaction.
    /// The reply has RESP3 kinds; where Redis shapes RESP2 replies otherwise, it follows the client's HELLO. A (P)SUBSCRIBE
    /// to several channels answers with the last confirmation; those before it come by `push`.
    RespValue execute(EngineClient &client, const Command &command);

    bool isModified() const;
    std::int64_t nowMs() const;

    /// Writes everything as an RDB to `path` through a temporary file beside it: synced, read back, renamed.
    Result<EngineSaveReport> save(const QString &path, const CancelToken &cancel = {});
    /// The same for a chosen server: see findLosses (core/engine/save_options.h) for what that may cost.
    Result<EngineSaveReport> save(const QString &path, const SaveOptions &options, const CancelToken &cancel = {});

    /// Called after a change of isModified(), on the engine's thread.
    void onModifiedChanged(std::function<void(bool)> fn);

    const CommandTable &commands() const;
    Keyspace &keyspace();

    /// The protocol a client negotiated with HELLO: 2 at first.
    static int protocolOf(const EngineClient &client);
    static bool wantsClose(const EngineClient &client); ///< after QUIT or CLIENT KILL
    static bool wantsReply(const EngineClient &client); ///< false for what CLIENT REPLY OFF and SKIP hold back
    static void setAddress(EngineClient &client, const QByteArray &address); ///< "ip:port", for CLIENT LIST
    /// For replaying an append-only file: over its RDB part, or over nothing (null). Nothing lapses in it until finishLoading.
    static std::unique_ptr<Engine> forLoading(std::shared_ptr<const Snapshot> base);
    /// Runs a command of a file; only between forLoading and finishLoading. `nowMs`: what relative times are counted from.
    RespValue replay(EngineClient &client, const Command &command, std::int64_t nowMs);
    /// Time stands still at `nowMs` from here on; keys whose time has come by then go, and nothing counts as modified.
    void finishLoading(std::int64_t nowMs);
    /// The files that it was opened from: save() minds them.
    SourceFiles &files();

    void countTraffic(std::int64_t in, std::int64_t out); ///< bytes, for INFO

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace keyloupe
