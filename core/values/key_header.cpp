// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/key_header.h"

namespace keyloupe {
namespace {

std::int64_t integerOr(const RespValue &reply, std::int64_t fallback)
{
    return reply.kind == RespValue::Kind::Integer ? reply.integer : fallback;
}

} // namespace

std::int64_t KeyHeader::bytesPerElement() const
{
    return memoryBytes > 0 && length > 0 ? memoryBytes / length : 0;
}

std::vector<Command> keyHeaderCommands(const QByteArray &key)
{
    // OBJECT and MEMORY leave idle time and hits as they are; idle time is asked for first all the same.
    return {Command{"TYPE", key},           Command{"PTTL", key},          Command{"OBJECT", "IDLETIME", key},
            Command{"OBJECT", "FREQ", key}, Command{"OBJECT", "ENCODING", key}, Command{"MEMORY", "USAGE", key}};
}

Result<KeyHeader> readKeyHeader(const std::vector<RespValue> &replies, std::int64_t nowMs)
{
    if (replies.size() != 6)
        return Error{Errc::Internal, QStringLiteral("a key's header has six replies, not %1").arg(replies.size()), -1, {}};
    if (replies[0].isError())
        return errorFromReply(replies[0]);
    KeyHeader header;
    header.typeName = replies[0].bytes;
    header.kind = valueKindOf(header.typeName);
    const std::int64_t ttl = integerOr(replies[1], -1);
    header.expireAtMs = ttl < 0 ? -1 : nowMs + ttl;
    header.idleSeconds = integerOr(replies[2], -1);
    header.frequency = int(integerOr(replies[3], -1));
    if (replies[4].isText())
        header.encoding = replies[4].bytes;
    header.memoryBytes = integerOr(replies[5], -1);
    return header;
}

Command lengthCommand(ValueKind kind, const QByteArray &key)
{
    switch (kind) {
    case ValueKind::String:
        return Command{"STRLEN", key};
    case ValueKind::List:
        return Command{"LLEN", key};
    case ValueKind::Set:
        return Command{"SCARD", key};
    case ValueKind::SortedSet:
        return Command{"ZCARD", key};
    case ValueKind::Hash:
        return Command{"HLEN", key};
    case ValueKind::Stream:
        return Command{"XLEN", key};
    case ValueKind::None:
    case ValueKind::Other:
        break;
    }
    return {};
}

} // namespace keyloupe
