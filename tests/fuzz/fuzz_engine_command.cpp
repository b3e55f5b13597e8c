// SPDX-License-Identifier: GPL-3.0-or-later
//
// Requests as bytes into the engine: nothing they ask for may crash it, hang it or take memory beyond its limits; every
// reply can be written in both protocols, and every value that comes about can be dumped and read back.
#include "core/engine/engine.h"
#include "core/engine/keyspace.h"
#include "core/rdb/value_decoder.h"
#include "core/resp/reader.h"
#include "core/resp/request_parser.h"
#include "core/resp/writer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace keyloupe;

namespace {

constexpr int kMaxRequests = 64;
constexpr qsizetype kMaxArguments = 64;
constexpr qsizetype kMaxArgument = 2048;

bool isSmall(const Command &command)
{
    return command.args.size() <= kMaxArguments
        && std::all_of(command.args.begin(), command.args.end(), [](const QByteArray &arg) { return arg.size() <= kMaxArgument; });
}

// A hundred thousand random members with repeats are sound, but slow under sanitizers.
bool isSlow(const Command &command)
{
    const QByteArray name = command.args[0].toLower();
    if (name != "srandmember" && name != "hrandfield" && name != "zrandmember")
        return false;
    return command.args.size() > 2 && command.args[2].toLongLong() < -1000;
}

void checkReply(const RespValue &reply)
{
    for (const int protocol : {2, 3}) {
        QByteArray bytes;
        appendReply(bytes, reply, protocol);
        RespReader reader;
        reader.feed(bytes);
        const auto read = reader.next();
        if (!read.ok() || !read->has_value() || reader.pendingBytes() != 0)
            std::abort();
    }
}

void checkValues(Engine &engine, EngineClient &client)
{
    engine.execute(client, Command{"RESET"});
    std::vector<QByteArray> keys;
    engine.keyspace().forEach(0, [&](const QByteArray &key, const KeyFacts &) {
        keys.push_back(key);
        return true;
    });
    for (const QByteArray &key : keys) {
        const RespValue payload = engine.execute(client, Command{"DUMP", key});
        if (payload.isNull()) // it lapsed meanwhile
            continue;
        const Result<DecodedValue> decoded = decodeDumpPayload(payload.bytes);
        if (!decoded.ok()) {
            std::fprintf(stderr, "%s: %s\n", key.constData(), payload.bytes.constData());
            std::abort();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    // One engine for all inputs, emptied for each: making one takes longer than most inputs.
    static std::int64_t now = 1'700'000'000'000;
    static Engine engine([] { return now; });
    const auto client = engine.connect([](const RespValue &message) { checkReply(message); });
    engine.execute(*client, Command{"CONFIG", "SET", "proto-max-bulk-len", "65536"});
    engine.execute(*client, Command{"FLUSHALL"});
    RequestParser parser;
    parser.feed(QByteArrayView(data, qsizetype(size)));
    for (int i = 0; i < kMaxRequests; ++i) {
        Result<std::optional<Command>> next = parser.next();
        if (!next.ok() || !next->has_value())
            break;
        const Command &command = **next;
        if (!isSmall(command) || isSlow(command) || command.args[0].toLower() == "config")
            continue;
        checkReply(engine.execute(*client, command));
        ++now;
    }
    checkValues(engine, *client);
    return 0;
}
