// SPDX-License-Identifier: GPL-3.0-or-later
//
// The commands that rebuild a decoded value byte for byte in a server that does not have the key: what a server's own
// append-only file would hold, and more: entries that are gone but still pending stay pending. Pieces are bounded, so that a
// collection of millions of elements goes as many small commands. Pure; any thread. What commands cannot say is in
// docs/export.md.
#pragma once

#include "core/base/result.h"
#include "core/rdb/rdb_types.h"
#include "core/resp/command.h"

#include <functional>

namespace keyloupe {

/// Gets each command as it is made; an Error ends the run and comes back.
using CommandSink = std::function<Result<void>(const Command &)>;

/// What the server that shall run the commands knows.
struct CommandForm
{
    bool fieldExpiry = true;        ///< HPEXPIREAT: Redis 7.4, Valkey 9
    bool streamCounters = true;     ///< the options of XSETID and XGROUP CREATE of Redis 7.0
    bool createConsumer = true;     ///< XGROUP CREATECONSUMER: Redis 6.2
    bool idempotency = true;        ///< producers of streams, which only RESTORE can set: Redis 8.6
    bool packedScores = false;      ///< the sorted set stood in a ziplist or listpack, where a score of -0 stays what it is
    RdbFamily dumpFamily = RdbFamily::Redis;
    int dumpVersion = 9;            ///< lowest version of RESTORE payloads
};

/// The value, and last of all its expiry (-1 none). The sink sees at least one command.
Result<void> rebuildCommands(const QByteArray &key, const Value &value, std::int64_t expireAtMs, const CommandForm &form, const CommandSink &sink);

/// Elements and bytes of one command, at most (but always one element).
constexpr qsizetype kRebuildElements = 512;
constexpr qsizetype kRebuildBytes = 64 * 1024;

/// The part of rebuildCommands for streams.
Result<void> rebuildStream(const QByteArray &key, const StreamValue &stream, const CommandForm &form, const CommandSink &sink);

} // namespace keyloupe
