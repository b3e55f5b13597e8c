// SPDX-License-Identifier: GPL-3.0-or-later
//
// Times to live: reading, setting with NX XX GT LT, removing.
#include "core/engine/command_context.h"

#include <limits>

namespace keyloupe {
namespace {

enum class Unit { Seconds, Milliseconds };
enum class Base { FromNow, Absolute };

// TTL, PTTL, EXPIRETIME, PEXPIRETIME: -2 no key, -1 no expiry. Seconds of what is left are rounded to the nearest.
RespValue readExpiry(CommandContext &ctx, Unit unit, Base base)
{
    const std::optional<KeyFacts> facts = ctx.readFacts(ctx.arg(1));
    if (!facts)
        return reply::integer(-2);
    if (facts->expireAtMs < 0)
        return reply::integer(-1);
    const std::int64_t ms = base == Base::Absolute ? facts->expireAtMs : std::max<std::int64_t>(0, facts->expireAtMs - ctx.now());
    return reply::integer(unit == Unit::Milliseconds ? ms : base == Base::Absolute ? ms / 1000 : (ms + 500) / 1000);
}
RespValue ttl(CommandContext &ctx) { return readExpiry(ctx, Unit::Seconds, Base::FromNow); }
RespValue pttl(CommandContext &ctx) { return readExpiry(ctx, Unit::Milliseconds, Base::FromNow); }
RespValue expiretime(CommandContext &ctx) { return readExpiry(ctx, Unit::Seconds, Base::Absolute); }
RespValue pexpiretime(CommandContext &ctx) { return readExpiry(ctx, Unit::Milliseconds, Base::Absolute); }

struct Conditions
{
    bool nx = false;
    bool xx = false;
    bool gt = false;
    bool lt = false;
};

std::optional<RespValue> parseConditions(const CommandContext &ctx, Conditions *conditions)
{
    for (int i = 3; i < ctx.argc(); ++i) {
        if (ctx.is(i, "nx"))
            conditions->nx = true;
        else if (ctx.is(i, "xx"))
            conditions->xx = true;
        else if (ctx.is(i, "gt"))
            conditions->gt = true;
        else if (ctx.is(i, "lt"))
            conditions->lt = true;
        else
            return reply::err("Unsupported option " + ctx.arg(i));
    }
    if (conditions->nx && (conditions->xx || conditions->gt || conditions->lt))
        return reply::err("NX and XX, GT or LT options at the same time are not compatible");
    if (conditions->gt && conditions->lt)
        return reply::err("GT and LT options at the same time are not compatible");
    return std::nullopt;
}

// A key without an expiry counts as living for ever.
bool allows(const Conditions &conditions, std::int64_t current, std::int64_t wanted)
{
    if (conditions.nx && current >= 0)
        return false;
    if (conditions.xx && current < 0)
        return false;
    if (conditions.gt && (current < 0 || wanted <= current))
        return false;
    return !(conditions.lt && current >= 0 && wanted >= current);
}

RespValue setExpiry(CommandContext &ctx, Unit unit, Base base)
{
    Conditions conditions;
    if (std::optional<RespValue> error = parseConditions(ctx, &conditions))
        return *error;
    const std::optional<std::int64_t> given = parseInt64(ctx.arg(2));
    if (!given)
        return reply::notInteger();
    const RespValue invalid = reply::err("invalid expire time in '" + QByteArray(ctx.spec.name) + "' command");
    std::int64_t when = *given;
    if (unit == Unit::Seconds) {
        constexpr std::int64_t kLimit = std::numeric_limits<std::int64_t>::max() / 1000;
        if (when > kLimit || when < -kLimit)
            return invalid;
        when *= 1000;
    }
    if (base == Base::FromNow) {
        if (addOverflows(when, ctx.now()))
            return invalid;
        when += ctx.now();
    }
    const QByteArray &key = ctx.arg(1);
    const std::optional<KeyFacts> facts = ctx.keys().facts(ctx.db(), key);
    if (!facts || !allows(conditions, facts->expireAtMs, when))
        return reply::integer(0);
    if (ctx.isDue(when)) { // its time has come already
        ctx.remove(key);
        return reply::integer(1);
    }
    ctx.keys().setExpiry(ctx.db(), key, when);
    ctx.notify('g', "expire", key);
    return reply::integer(1);
}
RespValue expire(CommandContext &ctx) { return setExpiry(ctx, Unit::Seconds, Base::FromNow); }
RespValue pexpire(CommandContext &ctx) { return setExpiry(ctx, Unit::Milliseconds, Base::FromNow); }
RespValue expireat(CommandContext &ctx) { return setExpiry(ctx, Unit::Seconds, Base::Absolute); }
RespValue pexpireat(CommandContext &ctx) { return setExpiry(ctx, Unit::Milliseconds, Base::Absolute); }

RespValue persist(CommandContext &ctx)
{
    const std::optional<KeyFacts> facts = ctx.keys().facts(ctx.db(), ctx.arg(1));
    if (!facts || facts->expireAtMs < 0)
        return reply::integer(0);
    ctx.keys().setExpiry(ctx.db(), ctx.arg(1), -1);
    ctx.notify('g', "persist", ctx.arg(1));
    return reply::integer(1);
}

} // namespace

void registerExpireCommands(CommandTable &table)
{
    table.add({"ttl", 2, "readonly fast", 1, 1, 1, "generic", "Returns the time to live in seconds.", ttl});
    table.add({"pttl", 2, "readonly fast", 1, 1, 1, "generic", "Returns the time to live in milliseconds.", pttl});
    table.add({"expiretime", 2, "readonly fast", 1, 1, 1, "generic", "Returns when a key expires, in Unix seconds.", expiretime});
    table.add({"pexpiretime", 2, "readonly fast", 1, 1, 1, "generic", "Returns when a key expires, in Unix milliseconds.", pexpiretime});
    table.add({"expire", -3, "write fast", 1, 1, 1, "generic", "Sets the time to live in seconds.", expire});
    table.add({"pexpire", -3, "write fast", 1, 1, 1, "generic", "Sets the time to live in milliseconds.", pexpire});
    table.add({"expireat", -3, "write fast", 1, 1, 1, "generic", "Sets when a key expires, in Unix seconds.", expireat});
    table.add({"pexpireat", -3, "write fast", 1, 1, 1, "generic", "Sets when a key expires, in Unix milliseconds.", pexpireat});
    table.add({"persist", 2, "write fast", 1, 1, 1, "generic", "Removes the expiry of a key.", persist});
}

} // namespace keyloupe
