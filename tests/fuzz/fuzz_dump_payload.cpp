// SPDX-License-Identifier: GPL-3.0-or-later
//
// DUMP payloads: any bytes as one, and any bytes as the body before a right footer, given to the decoder and to the engine's
// RESTORE. What the engine takes it answers for: it can be read, dumped to the same value, changed and taken apart by the
// commands of its type. A sound payload with one bit wrong is refused.
#include "tests/fuzz/checks.h"

#include "core/engine/engine.h"
#include "core/rdb/crc64.h"

#include <cstddef>
#include <cstdint>

using namespace keyloupe;
using namespace keyloupe::fuzz;

namespace {

constexpr int kVersions[] = {9, 10, 11, 12, 13, 80};
constexpr std::int64_t kNowMs = 1'700'000'000'000;

QByteArray withFooter(QByteArrayView body, int version)
{
    QByteArray payload = body.toByteArray();
    appendLittleEndian(payload, static_cast<std::uint16_t>(version));
    appendLittleEndian(payload, crc64(0, payload));
    return payload;
}

using Commands = std::vector<Command>;

Commands commandsFor(const StreamValue &stream)
{
    Commands all{{"XLEN", "k"}, {"XINFO", "STREAM", "k"}, {"XINFO", "STREAM", "k", "FULL"}, {"XINFO", "GROUPS", "k"}, {"XRANGE", "k", "-", "+"},
                 {"XREVRANGE", "k", "+", "-", "COUNT", "3"}, {"XREAD", "STREAMS", "k", "0"}};
    for (const StreamGroup &group : stream.groups) {
        all.insert(all.end(), {{"XPENDING", "k", group.name}, {"XPENDING", "k", group.name, "-", "+", "10"}, {"XINFO", "CONSUMERS", "k", group.name},
                               {"XREADGROUP", "GROUP", group.name, "new", "COUNT", "2", "STREAMS", "k", ">"},
                               {"XAUTOCLAIM", "k", group.name, "other", "0", "0"}, {"XREADGROUP", "GROUP", group.name, "other", "STREAMS", "k", "0"}});
        for (const StreamPending &pending : group.pending) {
            const QByteArray id = QByteArray::number(qulonglong(pending.id.ms)) + '-' + QByteArray::number(qulonglong(pending.id.seq));
            all.insert(all.end(), {{"XCLAIM", "k", group.name, "third", "0", id}, {"XACK", "k", group.name, id}});
        }
        for (const StreamConsumer &consumer : group.consumers)
            all.push_back({"XGROUP", "DELCONSUMER", "k", group.name, consumer.name});
    }
    all.insert(all.end(), {{"XADD", "k", "*", "f", "v"}, {"XTRIM", "k", "MAXLEN", "1"}, {"XSETID", "k", "18446744073709551615-18446744073709551615"}});
    return all;
}

// Reading first, then changing.
Commands commandsFor(const Value &value)
{
    switch (typeOf(value)) {
    case ValueType::String:
        return {{"GETRANGE", "k", "0", "99"}, {"STRLEN", "k"}, {"BITCOUNT", "k"}, {"APPEND", "k", "x"}, {"INCR", "k"}};
    case ValueType::List:
        return {{"LRANGE", "k", "0", "-1"}, {"LLEN", "k"}, {"LPOS", "k", "x"}, {"SORT", "k", "ALPHA"}, {"LSET", "k", "-1", "x"}, {"LPOP", "k"}, {"LTRIM", "k", "1", "-2"}};
    case ValueType::Set:
        return {{"SMEMBERS", "k"}, {"SSCAN", "k", "0"}, {"SCARD", "k"}, {"SADD", "k", "new"}, {"SUNIONSTORE", "k", "k", "none"}, {"SPOP", "k"}};
    case ValueType::SortedSet:
        return {{"ZRANGE", "k", "0", "-1", "WITHSCORES"}, {"ZSCAN", "k", "0"}, {"ZRANGE", "k", "(1", "inf", "BYSCORE"}, {"ZRANGE", "k", "-", "+", "BYLEX"},
                {"ZINCRBY", "k", "1", "new"}, {"ZUNIONSTORE", "k", "1", "k"}, {"ZPOPMIN", "k"}, {"ZREMRANGEBYRANK", "k", "0", "-2"}};
    case ValueType::Hash:
        return {{"HGETALL", "k"}, {"HSCAN", "k", "0"}, {"HLEN", "k"}, {"HRANDFIELD", "k", "2", "WITHVALUES"}, {"HSET", "k", "new", "v"}, {"HDEL", "k", "new"}};
    case ValueType::Stream:
        return commandsFor(std::get<StreamValue>(value));
    case ValueType::Module:
        break;
    }
    return {};
}

void checkRestored(const QByteArray &payload, const Value &value)
{
    static Engine engine([] { return kNowMs; });
    const auto client = engine.connect();
    const auto run = [&](const Command &command) { return engine.execute(*client, command); };
    run({"FLUSHALL"});
    require(!run({"RESTORE", "k", "0", payload}).isError(), "the engine takes what the decoder takes");
    const RespValue dump = run({"DUMP", "k"});
    // All fields of a hash may have lapsed, and Valkey's may expire later than the engine, which dumps for Redis, can tell.
    const bool isHash = typeOf(value) == ValueType::Hash;
    if (!dump.isNull() && !(isHash && dump.isError())) {
        const Result<DecodedValue> again = decodeDumpPayload(dump.bytes);
        require(again.ok(), "what the engine dumps decodes");
        if (!isHash)
            require(again->value == value, "what the engine dumps is what it took");
    }
    for (const Command &command : {Command{"TYPE", "k"}, Command{"OBJECT", "ENCODING", "k"}, Command{"MEMORY", "USAGE", "k"}, Command{"COPY", "k", "copy"}})
        require(!run(command).isError(), "every value answers the commands of all types");
    for (const Command &command : commandsFor(value)) {
        require(run(command).errorCode() != "WRONGTYPE", "a value answers the commands of its type");
        const RespValue after = run({"DUMP", "k"});
        const bool isReadable = after.isNull() || (isHash && after.isError()) || decodeDumpPayload(after.bytes).ok();
        if (!isReadable)
            std::fprintf(stderr, "after %s: %s\n", command.args.join(' ').constData(), after.bytes.toPercentEncoding().constData());
        require(isReadable, "what an edit leaves can be dumped and read");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const QByteArrayView input(data, qsizetype(size));
    static_cast<void>(decodeDumpPayload(input));

    const int version = kVersions[data[0] % 6];
    const RdbFamily family = version == 80 ? RdbFamily::Valkey : RdbFamily::Redis;
    QByteArray payload = withFooter(input.sliced(1), version);
    const Result<DecodedValue> decoded = decodeDumpPayload(payload);
    if (!decoded.ok()) {
        require(decoded.error().offset <= payload.size() && !decoded.error().message.isEmpty(), "an error has its place and its reason");
        return 0;
    }
    const Result<QByteArray> encoded = encodeDumpPayload(decoded->value, family, family == RdbFamily::Valkey ? 80 : 13);
    require(encoded.ok(), "what decodes can be encoded");
    const Result<DecodedValue> again = decodeDumpPayload(*encoded);
    require(again.ok() && again->value == decoded->value, "what was encoded decodes to the same value");
    checkRestored(payload, decoded->value);

    const qsizetype at = (data[0] * 7919) % payload.size();
    payload[at] = static_cast<char>(payload[at] ^ 1 << data[0] % 8);
    require(!decodeDumpPayload(payload).ok(), "a payload with one bit wrong is refused");
    return 0;
}
