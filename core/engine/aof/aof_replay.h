// SPDX-License-Identifier: GPL-3.0-or-later
//
// AofReplay: runs the commands of an append-only file in an engine that is loading, as a server does when it starts: a
// transaction as a whole or not at all, database by database. What cannot be run is told and passed over.
//
// Lives on the engine's thread while a file is loaded; opens no files. What it finds is in report().
#pragma once

#include "core/base/cancel_token.h"
#include "core/engine/aof/aof_reader.h"
#include "core/engine/aof/function_libraries.h"
#include "core/engine/engine.h"

#include <functional>
#include <optional>
#include <vector>

namespace keyloupe {

/// One command that was not run, or the place where reading had to end.
struct AofDamage
{
    QString file;           ///< name of the part
    std::int64_t offset = 0;
    int db = 0;
    QByteArray command;     ///< its name as it stands; empty where no command could be read
    QByteArray key;         ///< empty where there is none or it is not known
    QString reason;
};

/// The end of the last part that a server would cut off, and load the rest.
struct AofCut
{
    QString file;
    std::int64_t offset = 0;
    std::int64_t bytes = 0; ///< from there to the end, lost
    bool inTransaction = false;
};

struct AofReport
{
    std::int64_t commands = 0; ///< run, SELECT included, MULTI and EXEC not
    std::int64_t refused = 0;  ///< not known here, or answered with an error
    std::int64_t lastTimestampMs = -1;
    std::optional<AofCut> cut;
    std::vector<AofDamage> damage;
};

struct AofLimits
{
    std::int64_t maxString = 0;        ///< of one string, 0: as on a server
    std::int64_t maxMemory = 4ll << 30; ///< rough bytes that what was replayed may take, so that a few bytes cannot ask for all
};

class AofReplay
{
public:
    /// The engine must be loading; `nowMs` is what relative times are counted from until an annotation tells better.
    AofReplay(Engine &engine, std::int64_t nowMs, CancelToken cancel, const AofLimits &limits = {});

    FunctionLibraries &functions() { return m_functions; }

    struct Part
    {
        QByteArrayView bytes;
        std::int64_t start = 0; ///< behind an RDB preamble
        QString name;
        bool isLast = true;     ///< only the last one may be cut
    };
    /// Whether the parts behind it may be run too: after a gap they would build something that never was. Errc::Cancelled.
    Result<bool> run(const Part &part, const std::function<void(std::int64_t bytesDone)> &progress = {});

    /// Hands the functions to the engine and lets its time begin.
    void finish(std::int64_t nowMs);

    const AofReport &report() const { return m_report; }
    void addDamage(AofDamage damage);

private:
    Result<bool> runTransaction(const Part &part, std::int64_t from, std::int64_t to);
    bool runOne(const Part &part, const AofCommand &command);
    bool isWithinMemory(const Part &part, const AofCommand &command);
    void refuse(const Part &part, const AofCommand &command, const QByteArray &key, const QString &reason);
    bool conclude(const Part &part, const AofEnd &end);

    Engine &m_engine;
    std::shared_ptr<EngineClient> m_client;
    std::int64_t m_nowMs;
    CancelToken m_cancel;
    AofLimits m_limits;
    FunctionLibraries m_functions;
    AofReport m_report;
};

} // namespace keyloupe
