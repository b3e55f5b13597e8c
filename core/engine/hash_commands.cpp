// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hashes, and the reading of the field expiries that newer files carry.
#include "core/engine/command_context.h"

#include "core/base/glob.h"

#include <QRandomGenerator>

#include <cmath>

namespace keyloupe {
namespace {

// A field whose own time has come is not there any more.
bool isLive(const CommandContext &ctx, const HashField &field)
{
    return !ctx.hasLapsed(field.expireAtMs);
}

const HashField *findField(const CommandContext &ctx, const HashObject &hash, const QByteArray &name)
{
    const HashField *field = hash.find(name);
    return field && isLive(ctx, *field) ? field : nullptr;
}

// The hash for reading: null for no key; *wrong set for another type.
const HashObject *readHash(const CommandContext &ctx, bool *wrong)
{
    const Object *object = ctx.read(ctx.arg(1));
    *wrong = object && !object->is<HashObject>();
    return object && !*wrong ? &object->as<HashObject>() : nullptr;
}

const HashObject *peekHash(const CommandContext &ctx, bool *wrong)
{
    const Object *object = ctx.peek(ctx.arg(1));
    *wrong = object && !object->is<HashObject>();
    return object && !*wrong ? &object->as<HashObject>() : nullptr;
}

RespValue hget(CommandContext &ctx)
{
    bool wrong = false;
    const HashObject *hash = readHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    const HashField *field = hash ? findField(ctx, *hash, ctx.arg(2)) : nullptr;
    return field ? reply::bulk(field->value) : RespValue::null();
}

RespValue hmget(CommandContext &ctx)
{
    bool wrong = false;
    const HashObject *hash = readHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    std::vector<RespValue> items;
    for (int i = 2; i < ctx.argc(); ++i) {
        const HashField *field = hash ? findField(ctx, *hash, ctx.arg(i)) : nullptr;
        items.push_back(field ? reply::bulk(field->value) : RespValue::null());
    }
    return RespValue::array(std::move(items));
}

RespValue hsetGeneric(CommandContext &ctx, bool old)
{
    if (ctx.argc() % 2 != 0)
        return reply::wrongArgumentCount(ctx.spec.name);
    bool wrong = false;
    peekHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    HashObject &hash = ctx.editOrCreate<HashObject>(ctx.arg(1));
    std::int64_t created = 0;
    for (int i = 2; i < ctx.argc(); i += 2)
        created += hash.set(ctx.arg(i), ctx.arg(i + 1)) ? 1 : 0;
    ctx.changed(ctx.arg(1), 'h', "hset");
    return old ? RespValue::ok() : reply::integer(created);
}
RespValue hset(CommandContext &ctx) { return hsetGeneric(ctx, false); }
RespValue hmset(CommandContext &ctx) { return hsetGeneric(ctx, true); }

RespValue hsetnx(CommandContext &ctx)
{
    bool wrong = false;
    const HashObject *hash = peekHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    if (hash && findField(ctx, *hash, ctx.arg(2)))
        return reply::integer(0);
    ctx.editOrCreate<HashObject>(ctx.arg(1)).set(ctx.arg(2), ctx.arg(3));
    ctx.changed(ctx.arg(1), 'h', "hset");
    return reply::integer(1);
}

RespValue hdel(CommandContext &ctx)
{
    bool wrong = false;
    const HashObject *hash = peekHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    bool any = false;
    for (int i = 2; hash && i < ctx.argc(); ++i)
        any = any || hash->find(ctx.arg(i));
    if (!any)
        return reply::integer(0);
    HashObject &mutableHash = ctx.edit(ctx.arg(1))->as<HashObject>();
    std::int64_t removed = 0;
    for (int i = 2; i < ctx.argc(); ++i)
        removed += mutableHash.remove(ctx.arg(i)) ? 1 : 0;
    ctx.changed(ctx.arg(1), 'h', "hdel");
    return reply::integer(removed);
}

RespValue hlen(CommandContext &ctx)
{
    bool wrong = false;
    const HashObject *hash = readHash(ctx, &wrong);
    return wrong ? reply::wrongType() : reply::integer(hash ? hash->size() : 0);
}

RespValue hstrlen(CommandContext &ctx)
{
    bool wrong = false;
    const HashObject *hash = readHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    const HashField *field = hash ? findField(ctx, *hash, ctx.arg(2)) : nullptr;
    return reply::integer(field ? field->value.size() : 0);
}

RespValue hexists(CommandContext &ctx)
{
    bool wrong = false;
    const HashObject *hash = readHash(ctx, &wrong);
    return wrong ? reply::wrongType() : reply::integer(hash && findField(ctx, *hash, ctx.arg(2)) ? 1 : 0);
}

enum Part { Fields = 1, Values = 2 };

RespValue hashParts(CommandContext &ctx, int parts)
{
    bool wrong = false;
    const HashObject *hash = readHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    std::vector<RespValue> items;
    if (hash) {
        for (const HashField &field : *hash) {
            if (!isLive(ctx, field))
                continue;
            if (parts & Fields)
                items.push_back(reply::bulk(field.field));
            if (parts & Values)
                items.push_back(reply::bulk(field.value));
        }
    }
    return parts == (Fields | Values) ? RespValue::map(std::move(items)) : RespValue::array(std::move(items));
}
RespValue hgetall(CommandContext &ctx) { return hashParts(ctx, Fields | Values); }
RespValue hkeys(CommandContext &ctx) { return hashParts(ctx, Fields); }
RespValue hvals(CommandContext &ctx) { return hashParts(ctx, Values); }

RespValue hincrby(CommandContext &ctx)
{
    const std::optional<std::int64_t> delta = parseInt64(ctx.arg(3));
    if (!delta)
        return reply::notInteger();
    bool wrong = false;
    const HashObject *hash = peekHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    const HashField *field = hash ? findField(ctx, *hash, ctx.arg(2)) : nullptr;
    const std::optional<std::int64_t> value = field ? parseInt64(field->value) : std::optional<std::int64_t>(0);
    if (!value)
        return reply::err("hash value is not an integer");
    if (addOverflows(*value, *delta))
        return reply::err("increment or decrement would overflow");
    ctx.editOrCreate<HashObject>(ctx.arg(1)).set(ctx.arg(2), QByteArray::number(static_cast<qint64>(*value + *delta)), true);
    ctx.changed(ctx.arg(1), 'h', "hincrby");
    return reply::integer(*value + *delta);
}

RespValue hincrbyfloat(CommandContext &ctx)
{
    const std::optional<long double> delta = parseLongDouble(ctx.arg(3));
    if (!delta)
        return reply::notFloat();
    if (std::isinf(*delta))
        return reply::err("value is NaN or Infinity");
    bool wrong = false;
    const HashObject *hash = peekHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    const HashField *field = hash ? findField(ctx, *hash, ctx.arg(2)) : nullptr;
    const std::optional<long double> value = field ? parseLongDouble(field->value) : std::optional<long double>(0);
    if (!value)
        return reply::err("hash value is not a float");
    const long double sum = *value + *delta;
    if (std::isnan(sum) || std::isinf(sum))
        return reply::err("increment would produce NaN or Infinity");
    const QByteArray text = formatLongDouble(sum);
    ctx.editOrCreate<HashObject>(ctx.arg(1)).set(ctx.arg(2), text, true);
    ctx.changed(ctx.arg(1), 'h', "hincrbyfloat");
    return reply::bulk(text);
}

RespValue hscan(CommandContext &ctx)
{
    ScanArguments scan;
    if (const auto error = parseScanCursor(ctx.arg(2), &scan))
        return *error;
    bool wrong = false;
    const HashObject *hash = readHash(ctx, &wrong);
    if (!hash)
        return wrong ? reply::wrongType() : scanReply(0, {});
    if (const auto error = parseScanOptions(ctx, 3, false, &scan))
        return *error;
    std::vector<RespValue> items;
    const auto give = [&](const HashField &field) {
        if (!isLive(ctx, field) || (!scan.pattern.isNull() && !globMatch(scan.pattern, field.field)))
            return;
        items.push_back(reply::bulk(field.field));
        if (!scan.noValues)
            items.push_back(reply::bulk(field.value));
    };
    if (hash->isListpack()) { // small ones come whole, in order, as from Redis
        for (const HashField &field : *hash)
            give(field);
        return scanReply(0, std::move(items));
    }
    qsizetype left = hash->size();
    if (scan.cursor != 0)
        left = static_cast<qsizetype>(std::min<std::uint64_t>(scan.cursor, static_cast<std::uint64_t>(left)));
    for (std::int64_t n = 0; n < scan.count && left > 0; ++n)
        give((*hash)[--left]);
    return scanReply(static_cast<std::uint64_t>(left), std::move(items));
}

RespValue hrandfield(CommandContext &ctx)
{
    const bool withValues = ctx.argc() == 4;
    std::int64_t count = 1;
    if (ctx.argc() > 2) {
        if (std::optional<RespValue> error = parseRandomCount(ctx.arg(2), &count))
            return *error;
        if (ctx.argc() > 4 || (withValues && !ctx.is(3, "withvalues")))
            return reply::syntax();
        if (withValues && (count < -(std::numeric_limits<std::int64_t>::max() / 2) || count > std::numeric_limits<std::int64_t>::max() / 2))
            return reply::outOfRange();
    }
    bool wrong = false;
    const HashObject *hash = readHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    auto *random = QRandomGenerator::global();
    const auto pick = [&] { return static_cast<qsizetype>(random->generate64() % static_cast<quint64>(hash->size())); };
    if (ctx.argc() == 2)
        return hash ? reply::bulk((*hash)[pick()].field) : RespValue::null();
    std::vector<RespValue> items;
    const auto give = [&](const HashField &field) {
        if (!withValues) {
            items.push_back(reply::bulk(field.field));
        } else if (ctx.resp3()) {
            items.push_back(RespValue::array({reply::bulk(field.field), reply::bulk(field.value)}));
        } else {
            items.push_back(reply::bulk(field.field));
            items.push_back(reply::bulk(field.value));
        }
    };
    if (!hash || count == 0)
        return RespValue::array();
    if (count < -kMaxRandomRepeats)
        return reply::outOfRange();
    if (count < 0) {
        for (std::int64_t i = 0; i < -count; ++i)
            give((*hash)[pick()]);
        return RespValue::array(std::move(items));
    }
    if (count >= hash->size()) {
        for (const HashField &field : *hash)
            give(field);
        return RespValue::array(std::move(items));
    }
    // Selection sampling: each subset is equally likely, in one pass.
    std::int64_t wanted = count;
    for (qsizetype i = 0; i < hash->size() && wanted > 0; ++i) {
        if (static_cast<std::int64_t>(random->generate64() % static_cast<quint64>(hash->size() - i)) < wanted) {
            give((*hash)[i]);
            --wanted;
        }
    }
    return RespValue::array(std::move(items));
}

// HPTTL key FIELDS n f… and its relatives: -2 no field, -1 no expiry.
RespValue fieldTtl(CommandContext &ctx, bool absolute, bool seconds)
{
    bool wrong = false;
    const HashObject *hash = readHash(ctx, &wrong);
    if (wrong)
        return reply::wrongType();
    if (!ctx.is(2, "fields"))
        return reply::err("Mandatory argument FIELDS is missing or not at the right position");
    const std::optional<std::int64_t> count = parseInt64(ctx.arg(3));
    if (!count || *count <= 0)
        return reply::err("Number of fields must be a positive integer");
    if (*count != ctx.argc() - 4)
        return reply::err("The `numfields` parameter must match the number of arguments");
    std::vector<RespValue> items;
    for (int i = 4; i < ctx.argc(); ++i) {
        const HashField *field = hash ? findField(ctx, *hash, ctx.arg(i)) : nullptr;
        if (!field || field->expireAtMs < 0) {
            items.push_back(reply::integer(field ? -1 : -2));
            continue;
        }
        const std::int64_t ms = absolute ? field->expireAtMs : field->expireAtMs - ctx.now();
        items.push_back(reply::integer(seconds ? (ms + (absolute ? 0 : 999)) / 1000 : ms));
    }
    return RespValue::array(std::move(items));
}
RespValue httl(CommandContext &ctx) { return fieldTtl(ctx, false, true); }
RespValue hpttl(CommandContext &ctx) { return fieldTtl(ctx, false, false); }
RespValue hexpiretime(CommandContext &ctx) { return fieldTtl(ctx, true, true); }
RespValue hpexpiretime(CommandContext &ctx) { return fieldTtl(ctx, true, false); }

} // namespace

void registerHashCommands(CommandTable &table)
{
    table.add({"hget", 3, "readonly fast", 1, 1, 1, "hash", "Returns the value of a field.", hget});
    table.add({"hset", -4, "write denyoom fast", 1, 1, 1, "hash", "Sets fields.", hset});
    table.add({"hmset", -4, "write denyoom fast", 1, 1, 1, "hash", "Sets fields.", hmset});
    table.add({"hsetnx", 4, "write denyoom fast", 1, 1, 1, "hash", "Sets a field only when it does not exist.", hsetnx});
    table.add({"hmget", -3, "readonly fast", 1, 1, 1, "hash", "Returns the values of several fields.", hmget});
    table.add({"hdel", -3, "write fast", 1, 1, 1, "hash", "Deletes fields.", hdel});
    table.add({"hlen", 2, "readonly fast", 1, 1, 1, "hash", "Returns the number of fields.", hlen});
    table.add({"hstrlen", 3, "readonly fast", 1, 1, 1, "hash", "Returns the length of a field's value.", hstrlen});
    table.add({"hexists", 3, "readonly fast", 1, 1, 1, "hash", "Tells whether a field exists.", hexists});
    table.add({"hgetall", 2, "readonly", 1, 1, 1, "hash", "Returns all fields and values.", hgetall});
    table.add({"hkeys", 2, "readonly", 1, 1, 1, "hash", "Returns all fields.", hkeys});
    table.add({"hvals", 2, "readonly", 1, 1, 1, "hash", "Returns all values.", hvals});
    table.add({"hincrby", 4, "write denyoom fast", 1, 1, 1, "hash", "Adds to the number in a field.", hincrby});
    table.add({"hincrbyfloat", 4, "write denyoom fast", 1, 1, 1, "hash", "Adds to the floating-point number in a field.", hincrbyfloat});
    table.add({"hscan", -3, "readonly", 1, 1, 1, "hash", "Iterates over fields and values.", hscan});
    table.add({"hrandfield", -2, "readonly", 1, 1, 1, "hash", "Returns random fields.", hrandfield});
    table.add({"httl", -5, "readonly fast", 1, 1, 1, "hash", "Returns the time to live of fields in seconds.", httl});
    table.add({"hpttl", -5, "readonly fast", 1, 1, 1, "hash", "Returns the time to live of fields in milliseconds.", hpttl});
    table.add({"hexpiretime", -5, "readonly fast", 1, 1, 1, "hash", "Returns when fields expire, in Unix seconds.", hexpiretime});
    table.add({"hpexpiretime", -5, "readonly fast", 1, 1, 1, "hash", "Returns when fields expire, in Unix milliseconds.", hpexpiretime});
}

} // namespace keyloupe
