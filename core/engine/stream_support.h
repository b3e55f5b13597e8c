// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the families of stream commands share: looking streams up, ids and bounds, and the books of consumer groups, which
// stay sorted as a server's are: groups and consumers by name, pending entries by id. Engine's thread.
#pragma once

#include "core/engine/command_context.h"

#include <limits>

namespace keyloupe {

/// Null when there is no key; *wrong when it holds another type. The read form counts a hit or miss.
const StreamValue *readStream(const CommandContext &ctx, const QByteArray &key, bool *wrong);
const StreamValue *peekStream(const CommandContext &ctx, const QByteArray &key, bool *wrong);

inline constexpr std::uint64_t kMaxIdPart = std::numeric_limits<std::uint64_t>::max();
QByteArray idText(const StreamId &id);
RespValue idReply(const StreamId &id);
RespValue badId();
/// "ms" or "ms-seq"; the missing part is `missingSeq`. Neither "-" nor "+".
std::optional<StreamId> parseId(const QByteArray &text, std::uint64_t missingSeq);
bool increment(StreamId &id); ///< false: there is none behind
bool decrement(StreamId &id);
/// A bound of XRANGE: "-", "+", an id, or "(" before one.
std::optional<StreamId> parseBound(const QByteArray &text, bool isStart, std::optional<RespValue> *error);

std::vector<StreamEntry>::const_iterator firstNotBelow(const StreamValue &stream, const StreamId &id);
const StreamEntry *findEntry(const StreamValue &stream, const StreamId &id);
RespValue entryReply(const StreamEntry &entry);

const StreamGroup *findGroup(const StreamValue &stream, const QByteArray &name);
StreamGroup *findGroup(StreamValue &stream, const QByteArray &name);
const StreamConsumer *findConsumer(const StreamGroup &group, const QByteArray &name);
StreamConsumer *findConsumer(StreamGroup &group, const QByteArray &name);
/// The consumer, made when it is not there yet. Pointers to others of the group end.
StreamConsumer &ensureConsumer(CommandContext &ctx, const QByteArray &key, StreamGroup &group, const QByteArray &name);

std::vector<StreamPending>::iterator firstPending(StreamGroup &group, const StreamId &id); ///< first not below
StreamPending *findPending(StreamGroup &group, const StreamId &id);
const StreamPending *findPending(const StreamGroup &group, const StreamId &id);
const StreamConsumer *ownerOf(const StreamGroup &group, const StreamId &id); ///< of a pending entry; null when damaged
void removePending(StreamGroup &group, const StreamId &id);
void removePending(StreamGroup &group, const std::vector<StreamId> &sortedIds); ///< many at once, in one pass
/// In order, each once.
void sortIds(std::vector<StreamId> &ids);
/// Gives an entry to a consumer, taking it from who had it; made when it was not pending.
StreamPending &assignPending(StreamGroup &group, StreamConsumer &consumer, const StreamId &id);

/// Milliseconds since then; whatever a file says of when that was, at least 0.
std::int64_t elapsedSince(std::int64_t then, std::int64_t now);

/// Counters that a file or a person set to anything wrap around, as a server's do.
constexpr std::int64_t wrappingSum(std::int64_t a, std::int64_t b)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
constexpr std::int64_t wrappingDifference(std::int64_t a, std::int64_t b)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

/// How many entries were ever added up to an id; -1 when that cannot be told.
std::int64_t entriesUpTo(const StreamValue &stream, const StreamId &id);
/// Whether entries behind an id were deleted, so that counting on is no use.
bool hasGapsBehind(const StreamValue &stream, const StreamId &id);

RespValue noSuchGroup(const QByteArray &key, const QByteArray &group); ///< "NOGROUP No such key … or consumer group …"
RespValue subcommandSyntax(const CommandContext &ctx);

} // namespace keyloupe
