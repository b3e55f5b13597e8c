// SPDX-License-Identifier: GPL-3.0-or-later
//
// PFADD, PFCOUNT, PFMERGE.
#include "core/engine/command_context.h"
#include "core/engine/hyperloglog.h"

namespace keyloupe {
namespace {

RespValue corrupt() { return RespValue::error("INVALIDOBJ Corrupted HLL object detected"); }

// The bytes for reading, null where there is no key; an error reply when they are none.
std::optional<RespValue> check(const Object *object, const QByteArray **bytes)
{
    *bytes = nullptr;
    if (!object)
        return std::nullopt;
    if (!object->is<StringObject>())
        return reply::wrongType();
    *bytes = &object->as<StringObject>().bytes;
    if (!hll::isHyperLogLog(**bytes))
        return RespValue::error("WRONGTYPE Key is not a valid HyperLogLog string value.");
    return std::nullopt;
}

// The bytes for writing, an empty one where there is no key.
QByteArray &editBytes(CommandContext &ctx, const QByteArray &key)
{
    const bool isNew = !ctx.exists(key);
    StringObject &string = ctx.editOrCreate<StringObject>(key);
    string.edited = true;
    if (isNew)
        string.bytes = hll::make();
    return string.bytes;
}

RespValue pfadd(CommandContext &ctx)
{
    const QByteArray &key = ctx.arg(1);
    const QByteArray *there = nullptr;
    if (std::optional<RespValue> error = check(ctx.peek(key), &there))
        return *error;
    bool changed = !there;
    QByteArray &bytes = editBytes(ctx, key);
    for (int i = 2; i < ctx.argc(); ++i) {
        const hll::Added added = hll::add(bytes, ctx.arg(i));
        if (added == hll::Added::Corrupt)
            return corrupt();
        changed = changed || added == hll::Added::Yes;
    }
    if (changed) {
        hll::forgetCount(bytes);
        ctx.changed(key, '$', "pfadd");
    }
    return reply::integer(changed ? 1 : 0);
}

RespValue pfcount(CommandContext &ctx)
{
    const QByteArray *bytes = nullptr;
    if (ctx.argc() > 2) {
        auto registers = std::make_unique<hll::Registers>();
        for (int i = 1; i < ctx.argc(); ++i) {
            if (std::optional<RespValue> error = check(ctx.read(ctx.arg(i)), &bytes))
                return *error;
            if (bytes && !hll::merge(*registers, *bytes))
                return corrupt();
        }
        return reply::integer(static_cast<std::int64_t>(hll::count(*registers)));
    }
    const QByteArray &key = ctx.arg(1);
    if (std::optional<RespValue> error = check(ctx.read(key), &bytes))
        return *error;
    if (!bytes)
        return reply::integer(0);
    if (const std::optional<std::uint64_t> cached = hll::cachedCount(*bytes))
        return reply::integer(static_cast<std::int64_t>(*cached));
    const std::optional<std::uint64_t> count = hll::count(*bytes);
    if (!count)
        return corrupt();
    // As on a server the count is kept in the value. That is no edit: asking does not make a file worth saving.
    hll::cacheCount(editBytes(ctx, key), *count);
    return reply::integer(static_cast<std::int64_t>(*count));
}

RespValue pfmerge(CommandContext &ctx)
{
    auto registers = std::make_unique<hll::Registers>();
    bool dense = false;
    for (int i = 1; i < ctx.argc(); ++i) {
        const QByteArray *bytes = nullptr;
        if (std::optional<RespValue> error = check(ctx.read(ctx.arg(i)), &bytes))
            return *error;
        if (!bytes)
            continue;
        dense = dense || hll::isDense(*bytes);
        if (!hll::merge(*registers, *bytes))
            return corrupt();
    }
    QByteArray &bytes = editBytes(ctx, ctx.arg(1));
    if (dense && !hll::toDense(bytes))
        return corrupt();
    for (int i = 0; i < hll::kRegisters; ++i) {
        const std::uint8_t value = (*registers)[static_cast<std::size_t>(i)];
        if (value > 0)
            hll::setRegister(bytes, i, value);
    }
    hll::forgetCount(bytes);
    ctx.changed(ctx.arg(1), '$', "pfadd");
    return RespValue::ok();
}

} // namespace

void registerHyperloglogCommands(CommandTable &table)
{
    table.add({"pfadd", -2, "write denyoom fast", 1, 1, 1, "hyperloglog", "Adds elements.", pfadd});
    table.add({"pfcount", -2, "readonly", 1, -1, 1, "hyperloglog", "Estimates how many different elements were added.", pfcount});
    table.add({"pfmerge", -2, "write denyoom", 1, -1, 1, "hyperloglog", "Merges into one.", pfmerge});
}

} // namespace keyloupe
