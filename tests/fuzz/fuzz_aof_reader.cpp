// SPDX-License-Identifier: GPL-3.0-or-later
//
// Arbitrary bytes as an append-only file and as a manifest. The reader gives what stands there, byte for byte, and a file cut
// where it says is whole; a manifest's names stay in its folder; a replay crashes, hangs or swallows memory over nothing, and
// what it leaves can be dumped and read back.
#include "core/engine/aof/aof_manifest.h"
#include "core/engine/aof/aof_replay.h"
#include "core/engine/engine_client.h"
#include "core/engine/keyspace.h"
#include "core/rdb/rdb_scanner.h"
#include "core/rdb/value_decoder.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace keyloupe;

namespace {

constexpr std::int64_t kNow = 1'700'000'000'000;
constexpr int kManyDatabases = 64; // an engine with more is not used again: emptying it takes too long

void require(bool holds)
{
    if (!holds)
        std::abort();
}

void checkReader(QByteArrayView bytes, std::int64_t start)
{
    AofReader reader(bytes, start);
    AofCommand command;
    std::int64_t last = start;
    std::int64_t outside = 0; // commands up to the last one outside of a transaction
    std::int64_t count = 0;
    while (reader.next(&command)) {
        require(!command.args.empty() && command.offset >= last && command.end > command.offset && command.end <= bytes.size());
        for (const QByteArrayView arg : command.args) {
            const std::int64_t at = arg.data() - bytes.data();
            require(at > command.offset && at + arg.size() + 2 <= command.end);
        }
        last = command.end;
        ++count;
        if (!reader.isInTransaction())
            outside = count;
    }
    const AofEnd &end = reader.end();
    require(end.offset >= start && end.offset <= last && end.badAt < bytes.size());
    require(!reader.next(&command));
    AofReader again(bytes.first(end.offset), start);
    std::int64_t countAgain = 0;
    while (again.next(&command))
        ++countAgain;
    require(again.end().kind == AofEnd::Kind::Whole && countAgain == outside);
}

void checkManifest(QByteArrayView bytes)
{
    const Result<AofManifest> parsed = parseAofManifest(bytes);
    if (!parsed.ok())
        return;
    const AofManifest &manifest = parsed.value();
    std::int64_t highest = 0;
    const auto check = [](const AofManifestEntry &entry) {
        require(!entry.name.isEmpty() && entry.name != "." && entry.name != ".." && !entry.name.contains('/') && !entry.name.contains('\\'));
    };
    if (manifest.base)
        check(*manifest.base);
    for (const AofManifestEntry &entry : manifest.history)
        check(entry);
    for (const AofManifestEntry &entry : manifest.increments) {
        check(entry);
        require(entry.sequence > highest);
        highest = entry.sequence;
    }
}

void checkValues(Engine &engine)
{
    const auto client = engine.connect();
    std::vector<QByteArray> keys;
    engine.keyspace().forEach(0, [&](const QByteArray &key, const KeyFacts &) {
        keys.push_back(key);
        return true;
    });
    for (const QByteArray &key : keys) {
        const RespValue payload = engine.execute(*client, Command{"DUMP", key});
        require(payload.isText() && decodeDumpPayload(payload.bytes).ok());
    }
}

void replay(Engine &engine, QByteArrayView bytes, std::int64_t start, bool finish)
{
    AofLimits limits;
    limits.maxString = 65'536;
    limits.maxMemory = 8 << 20;
    AofReplay replay(engine, kNow, {}, limits);
    require(replay.run({bytes, start, QStringLiteral("input"), true}).ok());
    if (!finish)
        return;
    replay.finish(kNow);
    require(!engine.isModified());
    checkValues(engine);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    std::int64_t start = 0;
    if (looksLikeRdb(bytes)) {
        const Result<RdbSummary> scanned = scanRdb(bytes, {});
        start = scanned.ok() && scanned->reachedEof ? scanned->endOffset : 0;
    }
    checkReader(bytes, start);
    checkManifest(bytes);

    // Making an engine takes longer than most inputs, so most are replayed into one that is emptied.
    static int number = 0;
    static std::unique_ptr<Engine> reused;
    if (number++ % 16 == 0) {
        const auto engine = Engine::forLoading(nullptr);
        replay(*engine, bytes, start, true);
        return 0;
    }
    if (!reused || reused->keyspace().databaseCount() > kManyDatabases)
        reused = Engine::forLoading(nullptr);
    const auto client = reused->connect();
    reused->replay(*client, Command{"FLUSHALL"}, kNow);
    replay(*reused, bytes, start, false);
    return 0;
}
