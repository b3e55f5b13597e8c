// SPDX-License-Identifier: GPL-3.0-or-later
//
// Times to live of hash fields, as Redis 7.4 has them: setting with NX XX GT LT, and removing. Reading them is with hashes.
#include "core/engine/command_context.h"

#include <limits>

namespace keyloupe {
namespace {

constexpr std::int64_t kMaxWhenMs = (std::int64_t(1) << 46) - 1; // Redis's EB_EXPIRE_TIME_MAX

enum class Condition { None, Nx, Xx, Gt, Lt };

struct FieldArguments
{
    Condition condition = Condition::None;
    int first = 0; ///< index of the first field
};

// "[NX|XX|GT|LT] FIELDS n field …" from `at` on.
std::optional<RespValue> parseFields(const CommandContext &ctx, int at, bool allowCondition, FieldArguments *out)
{
    if (allowCondition) {
        const Condition condition = ctx.is(at, "nx") ? Condition::Nx : ctx.is(at, "xx") ? Condition::Xx : ctx.is(at, "gt") ? Condition::Gt
                                                                                                        : ctx.is(at, "lt") ? Condition::Lt
                                                                                                                           : Condition::None;
        out->condition = condition;
        at += condition != Condition::None ? 1 : 0;
    }
    if (!ctx.is(at, "fields") || at + 1 >= ctx.argc())
        return reply::err("Mandatory argument FIELDS is missing or not at the right position");
    const std::optional<std::int64_t> count = parseInt64(ctx.arg(at + 1));
    if (!count || *count <= 0)
        return reply::err("Parameter `numFields` should be greater than 0");
    if (*count != ctx.argc() - at - 2)
        return reply::err("The `numfields` parameter must match the number of arguments");
    out->first = at + 2;
    return std::nullopt;
}

// A field without an expiry counts as living for ever.
bool allows(Condition condition, std::int64_t current, std::int64_t wanted)
{
    switch (condition) {
    case Condition::Nx:
        return current < 0;
    case Condition::Xx:
        return current >= 0;
    case Condition::Gt:
        return current >= 0 && wanted > current;
    case Condition::Lt:
        return current < 0 || wanted < current;
    case Condition::None:
        break;
    }
    return true;
}

bool isLive(const CommandContext &ctx, const HashField *field)
{
    return field && !ctx.hasLapsed(field->expireAtMs);
}

const HashObject *peekHash(const CommandContext &ctx, bool *wrong)
{
    const Object *object = ctx.peek(ctx.arg(1));
    *wrong = object && !object->is<HashObject>();
    return object && !*wrong ? &object->as<HashObject>() : nullptr;
}

// The key goes with its last field.
void finish(CommandContext &ctx, bool changed, bool removed)
{
    if (changed)
        ctx.changed(ctx.arg(1), 'h', "hexpire");
    if (!removed)
        return;
    ctx.changed(ctx.arg(1), 'h', "hdel");
    const Object *object = ctx.peek(ctx.arg(1));
    if (object && object->isEmptyAggregate()) {
        ctx.remove(ctx.arg(1));
        ctx.notify('g', "del", ctx.arg(1));
    }
}

RespValue setFieldExpiry(CommandContext &ctx, bool seconds, bool fromNow)
{
    bool wrong = false;
    const HashObject *there = peekHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    std::optional<std::int64_t> when = parseInt64(ctx.arg(2));
    if (!when)
        return reply::notInteger();
    if (*when < 0)
        return reply::err("invalid expire time, must be >= 0");
    if (*when > kMaxWhenMs / (seconds ? 1000 : 1))
        return reply::err("invalid expire time in '" + QByteArray(ctx.spec.name) + "' command");
    *when *= seconds ? 1000 : 1;
    *when += fromNow ? ctx.now() : 0;
    if (*when > kMaxWhenMs)
        return reply::err("invalid expire time in '" + QByteArray(ctx.spec.name) + "' command");
    FieldArguments fields;
    if (std::optional<RespValue> error = parseFields(ctx, 3, true, &fields))
        return std::move(*error);

    std::vector<RespValue> results;
    HashObject *hash = there ? &ctx.edit(ctx.arg(1))->as<HashObject>() : nullptr;
    bool changed = false;
    bool removed = false;
    for (int i = fields.first; i < ctx.argc(); ++i) {
        const HashField *field = hash ? hash->find(ctx.arg(i)) : nullptr;
        if (!isLive(ctx, field)) {
            results.push_back(reply::integer(-2));
        } else if (!allows(fields.condition, field->expireAtMs, *when)) {
            results.push_back(reply::integer(0));
        } else if (ctx.isDue(*when)) {
            removed = hash->remove(ctx.arg(i)) || removed;
            results.push_back(reply::integer(2));
        } else {
            hash->setExpiry(ctx.arg(i), *when);
            changed = true;
            results.push_back(reply::integer(1));
        }
    }
    finish(ctx, changed, removed);
    return RespValue::array(std::move(results));
}

RespValue hexpire(CommandContext &ctx) { return setFieldExpiry(ctx, true, true); }
RespValue hpexpire(CommandContext &ctx) { return setFieldExpiry(ctx, false, true); }
RespValue hexpireat(CommandContext &ctx) { return setFieldExpiry(ctx, true, false); }
RespValue hpexpireat(CommandContext &ctx) { return setFieldExpiry(ctx, false, false); }

RespValue hpersist(CommandContext &ctx)
{
    bool wrong = false;
    const HashObject *there = peekHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    FieldArguments fields;
    if (std::optional<RespValue> error = parseFields(ctx, 2, false, &fields))
        return std::move(*error);
    std::vector<RespValue> results;
    QByteArrayList found;
    for (int i = fields.first; i < ctx.argc(); ++i) {
        const HashField *field = there ? there->find(ctx.arg(i)) : nullptr;
        const bool live = isLive(ctx, field);
        const bool expires = live && field->expireAtMs >= 0 && !found.contains(ctx.arg(i));
        if (expires)
            found.append(ctx.arg(i));
        results.push_back(reply::integer(!live ? -2 : expires ? 1 : -1));
    }
    if (!found.isEmpty()) {
        HashObject &hash = ctx.edit(ctx.arg(1))->as<HashObject>();
        for (const QByteArray &field : found)
            hash.setExpiry(field, -1);
        ctx.changed(ctx.arg(1), 'h', "hpersist");
    }
    return RespValue::array(std::move(results));
}

} // namespace

void registerHashExpiryCommands(CommandTable &table)
{
    table.add({"hexpire", -6, "write denyoom fast", 1, 1, 1, "hash", "Sets the time to live of fields in seconds.", hexpire});
    table.add({"hpexpire", -6, "write denyoom fast", 1, 1, 1, "hash", "Sets the time to live of fields in milliseconds.", hpexpire});
    table.add({"hexpireat", -6, "write denyoom fast", 1, 1, 1, "hash", "Sets when fields expire, in Unix seconds.", hexpireat});
    table.add({"hpexpireat", -6, "write denyoom fast", 1, 1, 1, "hash", "Sets when fields expire, in Unix milliseconds.", hpexpireat});
    table.add({"hpersist", -5, "write fast", 1, 1, 1, "hash", "Removes the expiry of fields.", hpersist});
}

} // namespace keyloupe
