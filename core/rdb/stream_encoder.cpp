// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/stream_encoder.h"

#include "core/rdb/length_codec.h"
#include "core/rdb/packed/listpack.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"

#include <QtEndian>

namespace keyloupe::rdb {

namespace {

// The servers' default node limits, and the size that no listpack may reach.
constexpr std::size_t kNodeEntries = 100;
constexpr std::uint64_t kNodeBytes = 4096;
constexpr std::uint64_t kMaxListpack = std::uint64_t{1} << 30;

constexpr std::int64_t kSameFields = 2;

struct RawId
{
    explicit RawId(const StreamId &id)
    {
        qToBigEndian(id.ms, bytes);
        qToBigEndian(id.seq, bytes + 8);
    }
    QByteArrayView view() const { return {bytes, 16}; }
    char bytes[16];
};

void appendId(QByteArray &out, const StreamId &id)
{
    appendLength(out, id.ms);
    appendLength(out, id.seq);
}

void appendRawId(QByteArray &out, const StreamId &id)
{
    const RawId raw(id);
    out.append(raw.bytes, sizeof raw.bytes);
}

void appendTime(QByteArray &out, std::int64_t ms)
{
    char raw[8];
    qToLittleEndian(ms, raw);
    out.append(raw, sizeof raw);
}

bool hasFieldsOf(const StreamEntry &entry, const StreamEntry &master)
{
    return std::equal(entry.fields.begin(), entry.fields.end(), master.fields.begin(), master.fields.end(),
                      [](const auto &a, const auto &b) { return a.first == b.first; });
}

// An upper bound of what the entry adds to a listpack.
std::uint64_t packedSize(const StreamEntry &entry)
{
    std::uint64_t size = 60;
    for (const auto &[field, value] : entry.fields)
        size += static_cast<std::uint64_t>(field.size()) + static_cast<std::uint64_t>(value.size()) + 20;
    return size;
}

void appendEntry(ListpackBuilder &node, const StreamEntry &entry, const StreamEntry &master)
{
    const bool isSame = hasFieldsOf(entry, master);
    const auto fields = static_cast<std::int64_t>(entry.fields.size());
    node.appendInteger(isSame ? kSameFields : 0);
    // Differences wrap around: a later millisecond may have a smaller sequence number.
    node.appendInteger(static_cast<std::int64_t>(entry.id.ms - master.id.ms));
    node.appendInteger(static_cast<std::int64_t>(entry.id.seq - master.id.seq));
    if (!isSame)
        node.appendInteger(fields);
    for (const auto &[field, value] : entry.fields) {
        if (!isSame)
            node.append(field);
        node.append(value);
    }
    node.appendInteger(isSame ? 3 + fields : 4 + 2 * fields);
}

// Entries [first, last) as one node.
void appendNode(QByteArray &out, const std::vector<StreamEntry> &entries, std::size_t first, std::size_t last, RdbFamily family)
{
    const StreamEntry &master = entries[first];
    ListpackBuilder node(family);
    node.appendInteger(static_cast<std::int64_t>(last - first));
    node.appendInteger(0);
    node.appendInteger(static_cast<std::int64_t>(master.fields.size()));
    for (const auto &[field, value] : master.fields)
        node.append(field);
    node.appendInteger(0);
    for (std::size_t i = first; i < last; ++i)
        appendEntry(node, entries[i], master);
    appendRawString(out, RawId(master.id).view());
    appendString(out, node.finish());
}

Result<void> appendNodes(QByteArray &out, const StreamValue &stream, RdbFamily family)
{
    const std::vector<StreamEntry> &entries = stream.entries;
    QByteArray nodes;
    std::uint64_t count = 0;
    std::size_t first = 0;
    while (first < entries.size()) {
        // The first entry counts twice: its fields are the master's too.
        std::uint64_t size = 2 * packedSize(entries[first]);
        if (size >= kMaxListpack)
            return Error{Errc::LimitExceeded, QStringLiteral("a stream entry is too large to be written"), -1, {}};
        std::size_t last = first + 1;
        while (last < entries.size() && last - first < kNodeEntries) {
            if (!(entries[last - 1].id < entries[last].id))
                return Error{Errc::InvalidArgument, QStringLiteral("stream entries are not in ascending order"), -1, {}};
            size += packedSize(entries[last]);
            if (size > kNodeBytes)
                break;
            ++last;
        }
        appendNode(nodes, entries, first, last, family);
        ++count;
        first = last;
    }
    appendLength(out, count);
    out.append(nodes);
    return {};
}

void appendGroup(QByteArray &out, const StreamGroup &group, std::uint8_t rdbType)
{
    appendString(out, group.name);
    appendId(out, group.lastDelivered);
    if (rdbType >= kTypeStream2)
        appendLength(out, static_cast<std::uint64_t>(group.entriesRead));
    appendLength(out, group.pending.size());
    for (const StreamPending &pending : group.pending) {
        appendRawId(out, pending.id);
        appendTime(out, pending.deliveredMs);
        appendLength(out, pending.deliveries);
    }
    appendLength(out, group.consumers.size());
    for (const StreamConsumer &consumer : group.consumers) {
        appendString(out, consumer.name);
        appendTime(out, consumer.seenMs);
        if (rdbType >= kTypeStream3)
            appendTime(out, consumer.activeMs);
        appendLength(out, consumer.pending.size());
        for (const StreamId &id : consumer.pending)
            appendRawId(out, id);
    }
}

bool hasOwnActiveTimes(const StreamValue &stream)
{
    for (const StreamGroup &group : stream.groups) {
        for (const StreamConsumer &consumer : group.consumers) {
            if (consumer.activeMs != consumer.seenMs)
                return true;
        }
    }
    return false;
}

std::uint8_t typeFor(const StreamValue &stream, RdbFamily family, int version)
{
    if (family == RdbFamily::Redis && version >= 13 && !stream.idempotencyTail.isEmpty())
        return kTypeStream4;
    if (version >= 11)
        return kTypeStream3;
    return version >= 10 ? kTypeStream2 : kTypeStream1;
}

} // namespace

int lowestStreamVersion(const StreamValue &stream)
{
    if (!stream.idempotencyTail.isEmpty())
        return 13;
    if (hasOwnActiveTimes(stream))
        return 11;
    const StreamId firstId = stream.entries.empty() ? StreamId{} : stream.entries.front().id;
    const bool isPlain = stream.maxDeletedId == StreamId{} && stream.entriesAdded == stream.entries.size()
        && stream.firstId == firstId
        && std::all_of(stream.groups.begin(), stream.groups.end(), [](const StreamGroup &g) { return g.entriesRead == -1; });
    return isPlain ? 9 : 10;
}

Result<void> appendStream(QByteArray &out, const StreamValue &stream, RdbFamily family, int version, std::uint8_t *rdbType)
{
    *rdbType = typeFor(stream, family, version);
    KL_CHECK(appendNodes(out, stream, family));
    appendLength(out, stream.entries.size());
    appendId(out, stream.lastId);
    if (*rdbType >= kTypeStream2) {
        appendId(out, stream.firstId);
        appendId(out, stream.maxDeletedId);
        appendLength(out, stream.entriesAdded);
    }
    appendLength(out, stream.groups.size());
    for (const StreamGroup &group : stream.groups)
        appendGroup(out, group, *rdbType);
    if (*rdbType == kTypeStream4)
        out.append(stream.idempotencyTail);
    return {};
}

} // namespace keyloupe::rdb
