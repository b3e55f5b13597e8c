// SPDX-License-Identifier: GPL-3.0-or-later
//
// Strings: GET, SET and everything that treats a value as one run of bytes or one number.
#include "core/engine/command_context.h"

#include <cmath>
#include <limits>

namespace keyloupe {
namespace {

RespValue bytesOrNull(const Object *object)
{
    return object ? reply::bulk(object->as<StringObject>().bytes) : RespValue::null();
}

RespValue tooLong()
{
    return reply::err("string exceeds maximum allowed size (proto-max-bulk-len)");
}

// Turns "EX 10" and its relatives into a moment; an error reply when the number is no good.
std::optional<RespValue> parseExpiry(const CommandContext &ctx, const QByteArray &text, bool seconds, bool absolute, std::int64_t *whenMs)
{
    const std::optional<std::int64_t> amount = parseInt64(text);
    if (!amount)
        return reply::notInteger();
    const RespValue invalid = reply::err("invalid expire time in '" + QByteArray(ctx.spec.name) + "' command");
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    if (*amount <= 0 || (seconds && *amount > kMax / 1000))
        return invalid;
    const std::int64_t ms = seconds ? *amount * 1000 : *amount;
    if (!absolute && ms > kMax - ctx.now())
        return invalid;
    *whenMs = absolute ? ms : ctx.now() + ms;
    return std::nullopt;
}

struct SetOptions
{
    bool nx = false, xx = false, get = false, keepTtl = false, persist = false;
    std::int64_t expireAtMs = -1;
};

// The options of SET and GETEX. A time that is none is told apart: GETEX minds it only when there is a key.
std::optional<RespValue> parseSetOptions(const CommandContext &ctx, int at, bool isGetex, SetOptions *out, std::optional<RespValue> *badTime)
{
    QByteArray kind; // of the expiry: another kind behind it is an error, the same once more is not
    QByteArray amount;
    for (int i = at; i < ctx.argc(); ++i) {
        const bool next = i + 1 < ctx.argc();
        const QByteArray word = ctx.arg(i).toLower();
        const bool mayExpire = kind.isEmpty() || kind == word;
        if (!isGetex && word == "nx" && !out->xx) {
            out->nx = true;
        } else if (!isGetex && word == "xx" && !out->nx) {
            out->xx = true;
        } else if (!isGetex && word == "get") {
            out->get = true;
        } else if (mayExpire && word == (isGetex ? "persist" : "keepttl")) {
            (isGetex ? out->persist : out->keepTtl) = true;
            kind = word;
        } else if (mayExpire && next && (word == "ex" || word == "px" || word == "exat" || word == "pxat")) {
            kind = word;
            amount = ctx.arg(++i);
            if (amount.isNull())
                amount = "";
        } else {
            return reply::syntax();
        }
    }
    const bool seconds = kind.startsWith("ex");
    const bool absolute = kind.endsWith("at");
    if (!amount.isNull())
        *badTime = parseExpiry(ctx, amount, seconds, absolute, &out->expireAtMs);
    return std::nullopt;
}

void expireAt(const CommandContext &ctx, const QByteArray &key, std::int64_t whenMs)
{
    if (ctx.isDue(whenMs)) { // only the absolute forms can be in the past
        ctx.remove(key);
        return;
    }
    ctx.keys().setExpiry(ctx.db(), key, whenMs);
    ctx.notify('g', "expire", key);
}

RespValue get(CommandContext &ctx)
{
    const Object *object = ctx.read(ctx.arg(1));
    if (object && !object->is<StringObject>())
        return reply::wrongType();
    return bytesOrNull(object);
}

RespValue set(CommandContext &ctx)
{
    SetOptions options;
    std::optional<RespValue> badTime;
    if (const auto error = parseSetOptions(ctx, 3, false, &options, &badTime))
        return *error;
    if (badTime)
        return *badTime;
    const QByteArray &key = ctx.arg(1);
    RespValue old;
    if (options.get) {
        const Object *object = ctx.read(key);
        if (object && !object->is<StringObject>())
            return reply::wrongType();
        old = bytesOrNull(object);
    }
    const bool exists = ctx.exists(key);
    if ((options.nx && exists) || (options.xx && !exists))
        return options.get ? old : RespValue::null();
    ctx.store(key, Object(StringObject{ctx.arg(2)}), '$', "set", options.keepTtl);
    if (options.expireAtMs >= 0)
        expireAt(ctx, key, options.expireAtMs);
    return options.get ? old : RespValue::ok();
}

RespValue setnx(CommandContext &ctx)
{
    if (ctx.exists(ctx.arg(1)))
        return reply::integer(0);
    ctx.store(ctx.arg(1), Object(StringObject{ctx.arg(2)}), '$', "set");
    return reply::integer(1);
}

RespValue setWithTtl(CommandContext &ctx, bool seconds)
{
    std::int64_t when = 0;
    if (const auto error = parseExpiry(ctx, ctx.arg(2), seconds, false, &when))
        return *error;
    ctx.store(ctx.arg(1), Object(StringObject{ctx.arg(3)}), '$', "set");
    expireAt(ctx, ctx.arg(1), when);
    return RespValue::ok();
}
RespValue setex(CommandContext &ctx) { return setWithTtl(ctx, true); }
RespValue psetex(CommandContext &ctx) { return setWithTtl(ctx, false); }

RespValue getset(CommandContext &ctx)
{
    const RespValue old = get(ctx);
    if (!old.isError())
        ctx.store(ctx.arg(1), Object(StringObject{ctx.arg(2)}), '$', "set");
    return old;
}

RespValue getdel(CommandContext &ctx)
{
    const RespValue old = get(ctx);
    if (!old.isError() && !old.isNull())
        ctx.remove(ctx.arg(1));
    return old;
}

RespValue getex(CommandContext &ctx)
{
    SetOptions options;
    std::optional<RespValue> badTime;
    if (const auto error = parseSetOptions(ctx, 2, true, &options, &badTime))
        return *error;
    const RespValue value = get(ctx);
    if (value.isError() || value.isNull())
        return value;
    if (badTime)
        return *badTime;
    const QByteArray &key = ctx.arg(1);
    if (options.expireAtMs >= 0) {
        expireAt(ctx, key, options.expireAtMs);
    } else if (options.persist && ctx.keys().facts(ctx.db(), key)->expireAtMs >= 0) {
        ctx.keys().setExpiry(ctx.db(), key, -1);
        ctx.notify('g', "persist", key);
    }
    return value;
}

RespValue mget(CommandContext &ctx)
{
    std::vector<RespValue> items;
    for (int i = 1; i < ctx.argc(); ++i) {
        const Object *object = ctx.read(ctx.arg(i));
        items.push_back(object && object->is<StringObject>() ? bytesOrNull(object) : RespValue::null());
    }
    return RespValue::array(std::move(items));
}

RespValue msetGeneric(CommandContext &ctx, bool onlyNew)
{
    if (ctx.argc() % 2 == 0)
        return reply::wrongArgumentCount(ctx.spec.name);
    for (int i = 1; onlyNew && i < ctx.argc(); i += 2) {
        if (ctx.exists(ctx.arg(i)))
            return reply::integer(0);
    }
    for (int i = 1; i < ctx.argc(); i += 2)
        ctx.store(ctx.arg(i), Object(StringObject{ctx.arg(i + 1)}), '$', "set");
    return onlyNew ? reply::integer(1) : RespValue::ok();
}
RespValue mset(CommandContext &ctx) { return msetGeneric(ctx, false); }
RespValue msetnx(CommandContext &ctx) { return msetGeneric(ctx, true); }

RespValue append(CommandContext &ctx)
{
    const QByteArray &key = ctx.arg(1);
    const Object *old = ctx.peek(key);
    if (!old) {
        ctx.store(key, Object(StringObject{ctx.arg(2)}), '$', "append");
        return reply::integer(ctx.arg(2).size());
    }
    if (!old->is<StringObject>())
        return reply::wrongType();
    if (old->as<StringObject>().bytes.size() + ctx.arg(2).size() > ctx.maxString())
        return tooLong();
    StringObject &string = ctx.edit(key)->as<StringObject>();
    string.bytes += ctx.arg(2);
    string.edited = true;
    const qsizetype size = string.bytes.size();
    ctx.changed(key, '$', "append");
    return reply::integer(size);
}

RespValue strlenCommand(CommandContext &ctx)
{
    const Object *object = ctx.read(ctx.arg(1));
    if (object && !object->is<StringObject>())
        return reply::wrongType();
    return reply::integer(object ? object->as<StringObject>().bytes.size() : 0);
}

RespValue getrange(CommandContext &ctx)
{
    const std::optional<std::int64_t> first = parseInt64(ctx.arg(2));
    const std::optional<std::int64_t> last = parseInt64(ctx.arg(3));
    if (!first || !last)
        return reply::notInteger();
    const Object *object = ctx.read(ctx.arg(1));
    if (!object)
        return reply::bulk("");
    if (!object->is<StringObject>())
        return reply::wrongType();
    const QByteArray &bytes = object->as<StringObject>().bytes;
    std::int64_t start = *first;
    std::int64_t end = *last;
    if (start < 0 && end < 0 && start > end)
        return reply::bulk("");
    const std::int64_t size = bytes.size();
    start = std::max<std::int64_t>(start < 0 ? start + size : start, 0);
    end = std::max<std::int64_t>(end < 0 ? end + size : end, 0);
    end = std::min(end, size - 1);
    return reply::bulk(start > end || size == 0 ? QByteArray("") : bytes.mid(start, end - start + 1));
}

RespValue setrange(CommandContext &ctx)
{
    const std::optional<std::int64_t> offset = parseInt64(ctx.arg(2));
    if (!offset)
        return reply::notInteger();
    if (*offset < 0)
        return reply::err("offset is out of range");
    const QByteArray &key = ctx.arg(1);
    const QByteArray &patch = ctx.arg(3);
    const Object *old = ctx.peek(key);
    if (old && !old->is<StringObject>())
        return reply::wrongType();
    if (patch.isEmpty())
        return reply::integer(old ? old->as<StringObject>().bytes.size() : 0);
    if (*offset > ctx.maxString() - patch.size())
        return tooLong();
    StringObject &string = ctx.editOrCreate<StringObject>(key);
    if (string.bytes.size() < *offset + patch.size())
        string.bytes.append(*offset + patch.size() - string.bytes.size(), '\0');
    std::copy(patch.begin(), patch.end(), string.bytes.begin() + *offset);
    string.edited = true;
    const qsizetype size = string.bytes.size();
    ctx.changed(key, '$', "setrange");
    return reply::integer(size);
}

RespValue incrementBy(CommandContext &ctx, std::int64_t delta)
{
    const QByteArray &key = ctx.arg(1);
    const Object *old = ctx.peek(key);
    if (old && !old->is<StringObject>())
        return reply::wrongType();
    const std::optional<std::int64_t> value = old ? parseInt64(old->as<StringObject>().bytes) : std::optional<std::int64_t>(0);
    if (!value)
        return reply::notInteger();
    if (addOverflows(*value, delta))
        return reply::err("increment or decrement would overflow");
    ctx.store(key, Object(StringObject{QByteArray::number(static_cast<qint64>(*value + delta))}), '$', "incrby", true);
    return reply::integer(*value + delta);
}
RespValue incr(CommandContext &ctx) { return incrementBy(ctx, 1); }
RespValue decr(CommandContext &ctx) { return incrementBy(ctx, -1); }
RespValue incrby(CommandContext &ctx)
{
    const std::optional<std::int64_t> delta = parseInt64(ctx.arg(2));
    return delta ? incrementBy(ctx, *delta) : reply::notInteger();
}
RespValue decrby(CommandContext &ctx)
{
    const std::optional<std::int64_t> delta = parseInt64(ctx.arg(2));
    if (!delta)
        return reply::notInteger();
    if (*delta == std::numeric_limits<std::int64_t>::min())
        return reply::err("decrement would overflow");
    return incrementBy(ctx, -*delta);
}

RespValue incrbyfloat(CommandContext &ctx)
{
    const QByteArray &key = ctx.arg(1);
    const Object *old = ctx.peek(key);
    if (old && !old->is<StringObject>())
        return reply::wrongType();
    const std::optional<long double> value = old ? parseLongDouble(old->as<StringObject>().bytes) : std::optional<long double>(0);
    const std::optional<long double> delta = parseLongDouble(ctx.arg(2));
    if (!value || !delta)
        return reply::notFloat();
    const long double sum = *value + *delta;
    if (std::isnan(sum) || std::isinf(sum))
        return reply::err("increment would produce NaN or Infinity");
    const QByteArray text = formatLongDouble(sum);
    ctx.store(key, Object(StringObject{text, false, true}), '$', "incrbyfloat", true);
    return reply::bulk(text);
}

} // namespace

void registerStringCommands(CommandTable &table)
{
    table.add({"get", 2, "readonly fast", 1, 1, 1, "string", "Returns the string value of a key.", get});
    table.add({"set", -3, "write denyoom", 1, 1, 1, "string", "Sets the string value of a key, whatever its type was.", set});
    table.add({"setnx", 3, "write denyoom fast", 1, 1, 1, "string", "Sets a string only when the key does not exist.", setnx});
    table.add({"setex", 4, "write denyoom", 1, 1, 1, "string", "Sets a string and its expiry in seconds.", setex});
    table.add({"psetex", 4, "write denyoom", 1, 1, 1, "string", "Sets a string and its expiry in milliseconds.", psetex});
    table.add({"getset", 3, "write denyoom fast", 1, 1, 1, "string", "Returns the old string after setting a new one.", getset});
    table.add({"getdel", 2, "write fast", 1, 1, 1, "string", "Returns a string and deletes its key.", getdel});
    table.add({"getex", -2, "write fast", 1, 1, 1, "string", "Returns a string after setting its expiry.", getex});
    table.add({"mget", -2, "readonly fast", 1, -1, 1, "string", "Returns the strings of several keys.", mget});
    table.add({"mset", -3, "write denyoom", 1, -1, 2, "string", "Sets several strings at once.", mset});
    table.add({"msetnx", -3, "write denyoom", 1, -1, 2, "string", "Sets several strings only when none of the keys exists.", msetnx});
    table.add({"append", 3, "write denyoom fast", 1, 1, 1, "string", "Appends to a string.", append});
    table.add({"strlen", 2, "readonly fast", 1, 1, 1, "string", "Returns the length of a string.", strlenCommand});
    table.add({"getrange", 4, "readonly", 1, 1, 1, "string", "Returns a part of a string.", getrange});
    table.add({"substr", 4, "readonly", 1, 1, 1, "string", "Returns a part of a string.", getrange});
    table.add({"setrange", 4, "write denyoom", 1, 1, 1, "string", "Overwrites a part of a string.", setrange});
    table.add({"incr", 2, "write denyoom fast", 1, 1, 1, "string", "Adds one to a number.", incr});
    table.add({"decr", 2, "write denyoom fast", 1, 1, 1, "string", "Takes one from a number.", decr});
    table.add({"incrby", 3, "write denyoom fast", 1, 1, 1, "string", "Adds to a number.", incrby});
    table.add({"decrby", 3, "write denyoom fast", 1, 1, 1, "string", "Takes from a number.", decrby});
    table.add({"incrbyfloat", 3, "write denyoom fast", 1, 1, 1, "string", "Adds to a floating-point number.", incrbyfloat});
}

} // namespace keyloupe
