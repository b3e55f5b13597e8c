// SPDX-License-Identifier: GPL-3.0-or-later
//
// Streams, values 15, 19, 21 and 26: any bytes as one, one node whose listpack is any elements in a sound frame, and whole
// streams put together here from the input, which must come back from every version that can hold them.
#include "tests/fuzz/checks.h"

#include "core/rdb/length_codec.h"

#include <cstddef>
#include <cstdint>

using namespace keyloupe;
using namespace keyloupe::fuzz;
using namespace keyloupe::rdb;

namespace {

constexpr std::uint8_t kTypes[] = {15, 19, 21, 26};

QByteArray oneNode(ByteCursor &in)
{
    const bool mayCompress = (in.u8() & 1) != 0;
    const QByteArrayView elements = takeUpTo(in, in.u8() * 2U);
    QByteArray blob;
    appendLittleEndian(blob, static_cast<std::uint32_t>(elements.size() + 7));
    appendLittleEndian(blob, std::uint16_t{65535});
    blob.append(elements.data(), elements.size()).append('\xff');
    QByteArray out;
    appendLength(out, 1);
    appendRawString(out, QByteArray(16, '\x01'));
    out.append(asString(blob, mayCompress));
    const QByteArrayView tail = takeUpTo(in, in.remaining());
    return out.append(tail.data(), tail.size());
}

StreamId readStreamId(ByteCursor &in)
{
    const std::uint8_t shape = in.u8();
    if (shape < 200)
        return {shape, in.u8()};
    return {in.le<std::uint64_t>(), in.le<std::uint64_t>()};
}

std::vector<StreamEntry> readEntries(ByteCursor &in)
{
    std::vector<StreamEntry> entries;
    for (std::uint8_t left = in.u8(); left > 0 && !in.atEnd(); --left) {
        StreamEntry entry;
        entry.id = readStreamId(in);
        for (int fields = in.u8() % 4; fields > 0; --fields) {
            const QByteArray field = takeUpTo(in, in.u8() % 4).toByteArray();
            entry.fields.emplace_back(field, takeUpTo(in, in.u8()).toByteArray());
        }
        if (entries.empty() || entries.back().id < entry.id)
            entries.push_back(std::move(entry));
    }
    return entries;
}

StreamGroup readGroup(ByteCursor &in)
{
    StreamGroup group;
    group.name = takeUpTo(in, in.u8() % 8).toByteArray();
    group.lastDelivered = readStreamId(in);
    group.entriesRead = in.u8() - 1;
    for (int left = in.u8() % 16; left > 0 && !in.atEnd(); --left) {
        const StreamPending pending{readStreamId(in), in.le<std::int64_t>(), in.u8()};
        if (group.pending.empty() || group.pending.back().id < pending.id)
            group.pending.push_back(pending);
    }
    std::vector<StreamId> unowned;
    for (const StreamPending &pending : group.pending)
        unowned.push_back(pending.id);
    for (int left = in.u8() % 4; left > 0 && !in.atEnd(); --left) {
        StreamConsumer consumer;
        consumer.name = takeUpTo(in, in.u8() % 8).toByteArray() + static_cast<char>(left);
        consumer.seenMs = in.le<std::int64_t>();
        consumer.activeMs = in.u8() % 2 == 0 ? consumer.seenMs : in.le<std::int64_t>();
        for (int take = in.u8() % 8; take > 0 && !unowned.empty(); --take) {
            consumer.pending.push_back(unowned.back());
            unowned.pop_back();
        }
        group.consumers.push_back(std::move(consumer));
    }
    return group;
}

StreamValue readStreamValue(ByteCursor &in)
{
    StreamValue stream;
    stream.entries = readEntries(in);
    stream.firstId = stream.entries.empty() ? StreamId{} : stream.entries.front().id;
    stream.lastId = std::max(readStreamId(in), stream.entries.empty() ? StreamId{} : stream.entries.back().id);
    stream.entriesAdded = stream.entries.size();
    if (in.u8() % 2 == 0) {
        stream.maxDeletedId = readStreamId(in);
        stream.entriesAdded += in.u8();
    }
    while (!in.atEnd()) {
        StreamGroup group = readGroup(in);
        const bool isNew = std::none_of(stream.groups.begin(), stream.groups.end(), [&](const StreamGroup &other) { return other.name == group.name; });
        if (isNew)
            stream.groups.push_back(std::move(group));
    }
    return stream;
}

void checkVersions(const StreamValue &stream)
{
    for (const RdbFamily family : {RdbFamily::Redis, RdbFamily::Valkey}) {
        for (const int version : {9, 10, 11, 13, 80}) {
            if ((version == 80) != (family == RdbFamily::Valkey))
                continue;
            if (version >= lowestVersionFor(stream, family)) {
                checkEncoded(stream, family, version);
                continue;
            }
            QByteArray out;
            std::uint8_t rdbType = 0;
            require(appendEncodedValue(out, stream, family, version, &rdbType).ok(), "an old version takes a stream");
            const Result<DecodedValue> old = decodeValue(rdbType, out, family);
            require(old.ok() && std::get<StreamValue>(old->value).entries == stream.entries, "an old version keeps the entries");
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const QByteArrayView input = QByteArrayView(data, qsizetype(size)).sliced(1);
    const std::uint8_t rdbType = kTypes[data[0] & 3];
    checkValue(rdbType, input, RdbFamily::Redis);
    ByteCursor node(input);
    checkValue(rdbType, oneNode(node), RdbFamily::Redis);
    ByteCursor in(input);
    checkVersions(readStreamValue(in));
    return 0;
}
