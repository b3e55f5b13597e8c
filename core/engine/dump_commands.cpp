// SPDX-License-Identifier: GPL-3.0-or-later
//
// DUMP and RESTORE: values as payloads that any server takes and gives.
#include "core/engine/command_context.h"

#include "core/rdb/crc64.h"
#include "core/rdb/rdb_writer.h"
#include "core/rdb/value_decoder.h"

#include <QtEndian>

namespace keyloupe {
namespace {

// In the lowest version that holds the value, so that old servers take it too.
RespValue dump(CommandContext &ctx)
{
    const Object *object = ctx.read(ctx.arg(1));
    if (!object)
        return RespValue::null();
    const Snapshot *snapshot = ctx.keys().snapshot();
    const RdbFamily family = snapshot ? snapshot->summary().family : RdbFamily::Redis;
    const Value value = object->toValue();
    Result<QByteArray> payload = encodeDumpPayload(value, family, lowestVersionFor(value, family));
    return payload ? reply::bulk(*payload) : reply::err(describe(payload.error()).toUtf8());
}

bool hasSoundFooter(const QByteArray &payload)
{
    constexpr qsizetype kChecksum = 8;
    if (payload.size() < kChecksum + 2)
        return false;
    const auto stored = qFromLittleEndian<std::uint64_t>(payload.constData() + payload.size() - kChecksum);
    return crc64(0, QByteArrayView(payload).chopped(kChecksum)) == stored;
}

struct RestoreOptions
{
    bool replace = false;
    bool absoluteTtl = false;
    std::int64_t idleSeconds = -1;
    std::int64_t frequency = -1;
};

std::optional<RespValue> parseRestoreOptions(const CommandContext &ctx, RestoreOptions *options)
{
    for (int i = 4; i < ctx.argc(); ++i) {
        const bool next = i + 1 < ctx.argc();
        if (ctx.is(i, "replace")) {
            options->replace = true;
        } else if (ctx.is(i, "absttl")) {
            options->absoluteTtl = true;
        } else if (ctx.is(i, "idletime") && next && options->frequency == -1) {
            const std::optional<std::int64_t> seconds = parseInt64(ctx.arg(++i));
            if (!seconds)
                return reply::notInteger();
            if (*seconds < 0)
                return reply::err("Invalid IDLETIME value, must be >= 0");
            options->idleSeconds = *seconds;
        } else if (ctx.is(i, "freq") && next && options->idleSeconds == -1) {
            const std::optional<std::int64_t> frequency = parseInt64(ctx.arg(++i));
            if (!frequency)
                return reply::notInteger();
            if (*frequency < 0 || *frequency > 255)
                return reply::err("Invalid FREQ value, must be >= 0 and <= 255");
            options->frequency = *frequency;
        } else {
            return reply::syntax();
        }
    }
    return std::nullopt;
}

RespValue restore(CommandContext &ctx)
{
    RestoreOptions options;
    if (std::optional<RespValue> error = parseRestoreOptions(ctx, &options))
        return *error;
    const QByteArray &key = ctx.arg(1);
    if (!options.replace && ctx.exists(key))
        return RespValue::error("BUSYKEY Target key name already exists.");
    const std::optional<std::int64_t> ttl = parseInt64(ctx.arg(2));
    if (!ttl)
        return reply::notInteger();
    if (*ttl < 0)
        return reply::err("Invalid TTL value, must be >= 0");
    if (!hasSoundFooter(ctx.arg(3)))
        return reply::err("DUMP payload version or checksum are wrong");
    Result<DecodedValue> decoded = decodeDumpPayload(ctx.arg(3));
    if (!decoded)
        return reply::err("Bad data format");
    const bool replaced = options.replace && ctx.keys().remove(ctx.db(), key);
    std::int64_t when = *ttl == 0 ? -1 : *ttl;
    if (when > 0 && !options.absoluteTtl)
        when = addOverflows(when, ctx.now()) ? 0 : when + ctx.now(); // a server's sum wraps around, into the past
    if (when >= 0 && ctx.isDue(when)) { // its time has come already
        if (replaced)
            ctx.notify('g', "del", key);
        return RespValue::ok();
    }
    ctx.store(key, Object::fromValue(std::move(decoded.value().value)), 'g', "restore");
    if (when >= 0)
        ctx.keys().setExpiry(ctx.db(), key, when);
    // A server keeps the one that its policy works by.
    const bool byFrequency = ctx.state.config["maxmemory-policy"].contains("lfu");
    if (byFrequency ? options.frequency >= 0 : options.idleSeconds >= 0)
        ctx.keys().setAccess(ctx.db(), key, byFrequency ? -1 : options.idleSeconds, byFrequency ? static_cast<int>(options.frequency) : -1);
    return RespValue::ok();
}

} // namespace

void registerDumpCommands(CommandTable &table)
{
    table.add({"dump", 2, "readonly", 1, 1, 1, "generic", "Returns a value as a payload for RESTORE.", dump});
    table.add({"restore", -4, "write denyoom", 1, 1, 1, "generic", "Makes a key from a payload of DUMP.", restore});
}

} // namespace keyloupe
