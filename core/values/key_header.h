// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyHeader: what is known of a key before its value is read. Asked for in two round trips that cost the server the same
// whatever the value's size. Pure: makes commands and reads their replies; any thread.
#pragma once

#include "core/base/result.h"
#include "core/resp/command.h"
#include "core/resp/value.h"
#include "core/values/value_kind.h"

#include <cstdint>
#include <vector>

namespace keyloupe {

struct KeyHeader
{
    ValueKind kind = ValueKind::None;
    QByteArray typeName;             ///< as TYPE answers
    std::int64_t expireAtMs = -1;    ///< ms since the epoch by the given clock, -1 none
    QByteArray encoding;             ///< OBJECT ENCODING, empty where refused
    std::int64_t memoryBytes = -1;   ///< MEMORY USAGE with its default of 5 samples, -1 unknown
    std::int64_t idleSeconds = -1;   ///< OBJECT IDLETIME, -1 unknown (an LFU policy)
    int frequency = -1;              ///< OBJECT FREQ, -1 unknown (an LRU policy)
    std::int64_t length = -1;        ///< elements, or bytes of a string; -1 until asked for, and of module values

    /// Bytes of one element on average, for choosing how many to ask for; 0 unknown.
    std::int64_t bytesPerElement() const;
};

/// First round trip: TYPE, PTTL and what OBJECT and MEMORY tell.
std::vector<Command> keyHeaderCommands(const QByteArray &key);
/// Their replies. `nowMs` is the source's clock, to make PTTL absolute. Only an error reply to TYPE is an Error.
Result<KeyHeader> readKeyHeader(const std::vector<RespValue> &replies, std::int64_t nowMs);
/// Second round trip: STRLEN, HLEN … ; empty for kinds without a length.
Command lengthCommand(ValueKind kind, const QByteArray &key);

} // namespace keyloupe
