// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hash fields read or written together with their expiry, as Redis 8.0 has them: HSETEX, HGETEX, HGETDEL. Servers write them
// into append-only files in place of others (HINCRBYFLOAT becomes HSETEX … KEEPTTL), so a replay needs them.
#include "core/engine/command_context.h"

#include <limits>

namespace keyloupe {
namespace {

constexpr std::int64_t kMaxWhenMs = (std::int64_t(1) << 46) - 1; // Redis's EB_EXPIRE_TIME_MAX

struct Options
{
    bool keyNew = false;      ///< NX of Valkey: only where there is no key
    bool keyThere = false;    ///< XX
    bool fieldsNew = false;   ///< FNX: only where none of the fields is there
    bool fieldsThere = false; ///< FXX: only where all are
    bool keepTtl = false;
    bool persist = false;
    std::int64_t whenMs = -1;
    int first = 0; ///< index of the first field
};

const HashField *liveField(const CommandContext &ctx, const HashObject *hash, const QByteArray &name)
{
    const HashField *field = hash ? hash->find(name) : nullptr;
    return field && !ctx.hasLapsed(field->expireAtMs) ? field : nullptr;
}

const HashObject *peekHash(const CommandContext &ctx, bool *wrong)
{
    const Object *object = ctx.peek(ctx.arg(1));
    *wrong = object && !object->is<HashObject>();
    return object && !*wrong ? &object->as<HashObject>() : nullptr;
}

std::optional<RespValue> parseMoment(const CommandContext &ctx, const QByteArray &word, const QByteArray &text, std::int64_t *whenMs)
{
    const std::optional<std::int64_t> amount = parseInt64(text);
    if (!amount)
        return reply::notInteger();
    if (*amount < 0)
        return reply::err("invalid expire time, must be >= 0");
    const std::int64_t unit = word.startsWith("ex") ? 1000 : 1;
    const std::int64_t from = word.endsWith("at") ? 0 : ctx.now();
    if (*amount > (kMaxWhenMs - from) / unit)
        return reply::err("invalid expire time in '" + QByteArray(ctx.spec.name) + "' command");
    *whenMs = from + *amount * unit;
    return std::nullopt;
}

// Options, then "FIELDS n" and n fields, each with `perField` arguments.
std::optional<RespValue> parseOptions(const CommandContext &ctx, bool setting, int perField, Options *out)
{
    int at = 2;
    bool timed = false;
    for (; at < ctx.argc() && !ctx.is(at, "fields"); ++at) {
        const QByteArray word = ctx.arg(at).toLower();
        if (setting && word == "nx" && !out->keyThere) {
            out->keyNew = true;
        } else if (setting && word == "xx" && !out->keyNew) {
            out->keyThere = true;
        } else if (setting && word == "fnx" && !out->fieldsThere) {
            out->fieldsNew = true;
        } else if (setting && word == "fxx" && !out->fieldsNew) {
            out->fieldsThere = true;
        } else if (word == "ex" || word == "px" || word == "exat" || word == "pxat" || word == (setting ? "keepttl" : "persist")) {
            if (std::exchange(timed, true))
                return reply::err(setting ? "Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"
                                          : "Only one of EX, PX, EXAT, PXAT or PERSIST arguments can be specified");
            if (word == "keepttl" || word == "persist") {
                (setting ? out->keepTtl : out->persist) = true;
                continue;
            }
            if (++at == ctx.argc())
                return reply::syntax();
            if (auto error = parseMoment(ctx, word, ctx.arg(at), &out->whenMs))
                return error;
        } else {
            return reply::err("unknown argument: " + ctx.arg(at));
        }
    }
    if (at + 1 >= ctx.argc())
        return reply::err("Mandatory argument FIELDS is missing or not at the right position");
    const std::optional<std::int64_t> count = parseInt64(ctx.arg(at + 1));
    if (!count || *count < 1 || *count > std::numeric_limits<int>::max())
        return reply::err("Number of fields must be a positive integer");
    if (*count * perField != ctx.argc() - at - 2)
        return setting ? reply::wrongArgumentCount(ctx.spec.name) : reply::err("The `numfields` parameter must match the number of arguments");
    out->first = at + 2;
    return std::nullopt;
}

RespValue hsetex(CommandContext &ctx)
{
    Options options;
    if (auto error = parseOptions(ctx, true, 2, &options))
        return std::move(*error);
    bool wrong = false;
    const HashObject *there = peekHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    if ((options.keyNew && there) || (options.keyThere && !there))
        return reply::integer(0);
    for (int i = options.first; i < ctx.argc(); i += 2) {
        const bool found = liveField(ctx, there, ctx.arg(i));
        if ((options.fieldsNew && found) || (options.fieldsThere && !found))
            return reply::integer(0);
    }
    const bool due = options.whenMs >= 0 && ctx.isDue(options.whenMs);
    if (due && !there)
        return reply::integer(1);
    HashObject &hash = ctx.editOrCreate<HashObject>(ctx.arg(1));
    for (int i = options.first; i < ctx.argc(); i += 2) {
        if (due) {
            hash.remove(ctx.arg(i));
            continue;
        }
        hash.set(ctx.arg(i), ctx.arg(i + 1), options.keepTtl);
        if (options.whenMs >= 0)
            hash.setExpiry(ctx.arg(i), options.whenMs);
    }
    ctx.changed(ctx.arg(1), 'h', due ? "hdel" : "hset");
    if (!due && options.whenMs >= 0)
        ctx.notify('h', "hexpire", ctx.arg(1));
    return reply::integer(1);
}

RespValue valuesOf(const CommandContext &ctx, const HashObject *hash, int first)
{
    std::vector<RespValue> values;
    for (int i = first; i < ctx.argc(); ++i) {
        const HashField *field = liveField(ctx, hash, ctx.arg(i));
        values.push_back(field ? reply::bulk(field->value) : RespValue::null());
    }
    return RespValue::array(std::move(values));
}

RespValue hgetex(CommandContext &ctx)
{
    Options options;
    if (auto error = parseOptions(ctx, false, 1, &options))
        return std::move(*error);
    bool wrong = false;
    const HashObject *there = peekHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    RespValue values = valuesOf(ctx, there, options.first);
    QByteArrayList found;
    for (int i = options.first; i < ctx.argc(); ++i) {
        const HashField *field = liveField(ctx, there, ctx.arg(i));
        if (field && (options.whenMs >= 0 || (options.persist && field->expireAtMs >= 0)))
            found.append(ctx.arg(i));
    }
    if (found.isEmpty())
        return values;
    HashObject &hash = ctx.edit(ctx.arg(1))->as<HashObject>();
    const bool due = options.whenMs >= 0 && ctx.isDue(options.whenMs);
    for (const QByteArray &field : found) {
        if (due)
            hash.remove(field);
        else
            hash.setExpiry(field, options.whenMs);
    }
    ctx.changed(ctx.arg(1), 'h', due ? "hdel" : options.persist ? "hpersist" : "hexpire");
    return values;
}

RespValue hgetdel(CommandContext &ctx)
{
    Options options;
    if (!ctx.is(2, "fields"))
        return reply::err("Mandatory argument FIELDS is missing or not at the right position");
    if (auto error = parseOptions(ctx, false, 1, &options))
        return std::move(*error);
    bool wrong = false;
    const HashObject *there = peekHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    // A field named twice is gone the second time.
    std::vector<RespValue> values;
    HashObject *hash = nullptr;
    for (int i = options.first; i < ctx.argc(); ++i) {
        const HashField *field = liveField(ctx, hash ? hash : there, ctx.arg(i));
        values.push_back(field ? reply::bulk(field->value) : RespValue::null());
        if (!field)
            continue;
        if (!hash)
            hash = &ctx.edit(ctx.arg(1))->as<HashObject>();
        hash->remove(ctx.arg(i));
    }
    if (hash)
        ctx.changed(ctx.arg(1), 'h', "hdel");
    return RespValue::array(std::move(values));
}

} // namespace

void registerHashFieldCommands(CommandTable &table)
{
    table.add({"hsetex", -6, "write denyoom fast", 1, 1, 1, "hash", "Sets fields and when they expire.", hsetex});
    table.add({"hgetex", -5, "write fast", 1, 1, 1, "hash", "Reads fields and sets or removes their expiry.", hgetex});
    table.add({"hgetdel", -5, "write fast", 1, 1, 1, "hash", "Reads fields and deletes them.", hgetdel});
}

} // namespace keyloupe
