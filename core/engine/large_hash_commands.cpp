// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hashes and sets that are read where they stand in the file. What the replies are, hash_commands.cpp and set_commands.cpp
// say; this answers the same, except that a scan goes in the order of the file.
#include "core/engine/large_support.h"

namespace keyloupe {
namespace {

using Reply = std::optional<RespValue>;

// A field whose own time has come is not there any more.
bool isLive(const CommandContext &ctx, const ElementView &field)
{
    return field.expireAtMs < 0 || ctx.now() <= field.expireAtMs;
}

// Asks for the names in arguments [first, end) and fills the place of each that is there.
template <typename Fill>
void findArguments(CommandContext &ctx, LargeValue &value, int first, int end, Fill fill)
{
    std::vector<QByteArrayView> names;
    for (int i = first; i < end; ++i)
        names.push_back(ctx.arg(i));
    value.orThrow(value.collection().find(names, [&](std::size_t i, const ElementView &element) {
        if (isLive(ctx, element))
            fill(i, element);
    }));
}

Reply count(CommandContext &, LargeValue &value)
{
    return reply::integer(value.orThrow(value.collection().count()));
}

Reply hget(CommandContext &ctx, LargeValue &value)
{
    RespValue found = RespValue::null();
    findArguments(ctx, value, 2, 3, [&](std::size_t, const ElementView &field) { found = reply::bulk(field.value.toByteArray()); });
    return found;
}

Reply hmget(CommandContext &ctx, LargeValue &value)
{
    std::vector<RespValue> items(static_cast<std::size_t>(ctx.argc() - 2), RespValue::null());
    findArguments(ctx, value, 2, ctx.argc(), [&](std::size_t i, const ElementView &field) { items[i] = reply::bulk(field.value.toByteArray()); });
    return RespValue::array(std::move(items));
}

Reply hstrlen(CommandContext &ctx, LargeValue &value)
{
    std::int64_t size = 0;
    findArguments(ctx, value, 2, 3, [&](std::size_t, const ElementView &field) { size = field.value.size(); });
    return reply::integer(size);
}

Reply contains(CommandContext &ctx, LargeValue &value)
{
    bool found = false;
    findArguments(ctx, value, 2, 3, [&](std::size_t, const ElementView &) { found = true; });
    return reply::integer(found ? 1 : 0);
}

Reply smismember(CommandContext &ctx, LargeValue &value)
{
    std::vector<RespValue> items(static_cast<std::size_t>(ctx.argc() - 2), reply::integer(0));
    findArguments(ctx, value, 2, ctx.argc(), [&](std::size_t i, const ElementView &) { items[i] = reply::integer(1); });
    return RespValue::array(std::move(items));
}

enum Part { Fields = 1, Values = 2 };

std::vector<RespValue> parts(const CommandContext &ctx, LargeValue &value, int wanted)
{
    std::vector<RespValue> items;
    value.orThrow(value.collection().read(0, kWholeValue, [&](const ElementView &field) {
        if (!isLive(ctx, field))
            return;
        if (wanted & Fields)
            items.push_back(reply::bulk(field.name.toByteArray()));
        if (wanted & Values)
            items.push_back(reply::bulk(field.value.toByteArray()));
    }));
    return items;
}
Reply hgetall(CommandContext &ctx, LargeValue &value) { return RespValue::map(parts(ctx, value, Fields | Values)); }
Reply hkeys(CommandContext &ctx, LargeValue &value) { return RespValue::array(parts(ctx, value, Fields)); }
Reply hvals(CommandContext &ctx, LargeValue &value) { return RespValue::array(parts(ctx, value, Values)); }
Reply smembers(CommandContext &ctx, LargeValue &value) { return RespValue::set(parts(ctx, value, Fields)); }

Reply hscan(CommandContext &ctx, LargeValue &value)
{
    return scanLarge(ctx, value, [&ctx](const ElementView &field, const ScanArguments &scan, std::vector<RespValue> &items) {
        if (!isLive(ctx, field))
            return;
        items.push_back(reply::bulk(field.name.toByteArray()));
        if (!scan.noValues)
            items.push_back(reply::bulk(field.value.toByteArray()));
    });
}

Reply sscan(CommandContext &ctx, LargeValue &value)
{
    return scanLarge(ctx, value, [](const ElementView &member, const ScanArguments &, std::vector<RespValue> &items) {
        items.push_back(reply::bulk(member.name.toByteArray()));
    });
}

// HPTTL key FIELDS n f… and its relatives: -2 no field, -1 no expiry.
Reply fieldTtl(CommandContext &ctx, LargeValue &value, bool absolute, bool seconds)
{
    if (!ctx.is(2, "fields") || parseInt64(ctx.arg(3)) != ctx.argc() - 4)
        return std::nullopt;
    std::vector<RespValue> items(static_cast<std::size_t>(ctx.argc() - 4), reply::integer(-2));
    findArguments(ctx, value, 4, ctx.argc(), [&](std::size_t i, const ElementView &field) {
        const std::int64_t ms = absolute ? field.expireAtMs : field.expireAtMs - ctx.now();
        items[i] = reply::integer(field.expireAtMs < 0 ? -1 : seconds ? (ms + (absolute ? 0 : 999)) / 1000 : ms);
    });
    return RespValue::array(std::move(items));
}
Reply httl(CommandContext &ctx, LargeValue &value) { return fieldTtl(ctx, value, false, true); }
Reply hpttl(CommandContext &ctx, LargeValue &value) { return fieldTtl(ctx, value, false, false); }
Reply hexpiretime(CommandContext &ctx, LargeValue &value) { return fieldTtl(ctx, value, true, true); }
Reply hpexpiretime(CommandContext &ctx, LargeValue &value) { return fieldTtl(ctx, value, true, false); }

} // namespace

void registerLargeHashCommands(CommandTable &table)
{
    table.addLarge("hlen", ValueType::Hash, count);
    table.addLarge("hget", ValueType::Hash, hget);
    table.addLarge("hmget", ValueType::Hash, hmget);
    table.addLarge("hstrlen", ValueType::Hash, hstrlen);
    table.addLarge("hexists", ValueType::Hash, contains);
    table.addLarge("hgetall", ValueType::Hash, hgetall);
    table.addLarge("hkeys", ValueType::Hash, hkeys);
    table.addLarge("hvals", ValueType::Hash, hvals);
    table.addLarge("hscan", ValueType::Hash, hscan);
    table.addLarge("httl", ValueType::Hash, httl);
    table.addLarge("hpttl", ValueType::Hash, hpttl);
    table.addLarge("hexpiretime", ValueType::Hash, hexpiretime);
    table.addLarge("hpexpiretime", ValueType::Hash, hpexpiretime);
    table.addLarge("scard", ValueType::Set, count);
    table.addLarge("sismember", ValueType::Set, contains);
    table.addLarge("smismember", ValueType::Set, smismember);
    table.addLarge("smembers", ValueType::Set, smembers);
    table.addLarge("sscan", ValueType::Set, sscan);
}

} // namespace keyloupe
