// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keys whatever their type: existence, deletion, names, iteration and what OBJECT tells. Expiry is in expire_commands.cpp.
#include "core/engine/command_context.h"

#include "core/base/glob.h"
#include "core/engine/snapshot.h"
#include "core/rdb/value_decoder.h"

namespace keyloupe {
namespace {

RespValue del(CommandContext &ctx)
{
    std::int64_t removed = 0;
    for (int i = 1; i < ctx.argc(); ++i)
        removed += ctx.remove(ctx.arg(i)) ? 1 : 0;
    return reply::integer(removed);
}

RespValue existsCommand(CommandContext &ctx)
{
    std::int64_t found = 0;
    for (int i = 1; i < ctx.argc(); ++i)
        found += ctx.readFacts(ctx.arg(i)) ? 1 : 0;
    return reply::integer(found);
}

QByteArray typeNameOf(const KeyFacts &facts)
{
    return valueTypeName(facts.type);
}

RespValue type(CommandContext &ctx)
{
    const std::optional<KeyFacts> facts = ctx.readFacts(ctx.arg(1));
    return RespValue::simple(facts ? typeNameOf(*facts) : QByteArray("none"));
}

RespValue randomKey(CommandContext &ctx)
{
    const std::optional<QByteArray> key = ctx.keys().randomKey(ctx.db());
    return key ? reply::bulk(*key) : RespValue::null();
}

RespValue keysCommand(CommandContext &ctx)
{
    std::vector<RespValue> names;
    ctx.keys().forEach(ctx.db(), [&](const QByteArray &key, const KeyFacts &) {
        if (globMatch(ctx.arg(1), key))
            names.push_back(reply::bulk(key));
        return true;
    });
    return RespValue::array(std::move(names));
}

RespValue scan(CommandContext &ctx)
{
    ScanArguments arguments;
    if (std::optional<RespValue> error = parseScanCursor(ctx.arg(1), &arguments))
        return *error;
    if (std::optional<RespValue> error = parseScanOptions(ctx, 2, true, &arguments))
        return *error;
    std::vector<RespValue> names;
    const std::uint64_t next =
            ctx.keys().scan(ctx.db(), arguments.cursor, arguments.count, [&](const QByteArray &key, const KeyFacts &facts) {
                if (!arguments.type.isNull() && typeNameOf(facts) != arguments.type.toLower())
                    return;
                if (arguments.pattern.isNull() || globMatch(arguments.pattern, key))
                    names.push_back(reply::bulk(key));
            });
    return scanReply(next, std::move(names));
}

RespValue dbsize(CommandContext &ctx)
{
    return reply::integer(ctx.keys().size(ctx.db()));
}

// RENAME and RENAMENX: the value keeps its bytes and its expiry, only the name changes.
RespValue renameGeneric(CommandContext &ctx, bool onlyIfFree)
{
    const QByteArray &from = ctx.arg(1);
    const QByteArray &to = ctx.arg(2);
    if (!ctx.exists(from))
        return reply::noSuchKey();
    if (from == to)
        return onlyIfFree ? reply::integer(0) : RespValue::ok();
    if (onlyIfFree && ctx.exists(to))
        return reply::integer(0);
    ctx.keys().copy(ctx.db(), from, ctx.db(), to);
    ctx.keys().remove(ctx.db(), from);
    ctx.notify('g', "rename_from", from);
    ctx.notify('g', "rename_to", to);
    return onlyIfFree ? reply::integer(1) : RespValue::ok();
}
RespValue rename(CommandContext &ctx) { return renameGeneric(ctx, false); }
RespValue renamenx(CommandContext &ctx) { return renameGeneric(ctx, true); }

std::optional<int> databaseNumber(const CommandContext &ctx, const QByteArray &text, RespValue *error)
{
    const std::optional<std::int64_t> number = parseInt64(text);
    if (!number) {
        *error = reply::notInteger();
        return std::nullopt;
    }
    if (!ctx.state.hasDatabase(*number)) {
        *error = reply::err("DB index is out of range");
        return std::nullopt;
    }
    return static_cast<int>(*number);
}

RespValue copy(CommandContext &ctx)
{
    int toDb = ctx.db();
    bool replace = false;
    for (int i = 3; i < ctx.argc(); ++i) {
        if (ctx.is(i, "replace")) {
            replace = true;
        } else if (ctx.is(i, "db") && i + 1 < ctx.argc()) {
            RespValue error;
            const std::optional<int> number = databaseNumber(ctx, ctx.arg(++i), &error);
            if (!number)
                return error;
            toDb = *number;
        } else {
            return reply::syntax();
        }
    }
    if (toDb == ctx.db() && ctx.arg(1) == ctx.arg(2))
        return reply::err("source and destination objects are the same");
    if (!ctx.readFacts(ctx.arg(1)))
        return reply::integer(0);
    if (ctx.keys().exists(toDb, ctx.arg(2)) && !replace)
        return reply::integer(0);
    ctx.keys().copy(ctx.db(), ctx.arg(1), toDb, ctx.arg(2));
    ctx.state.notify('g', "copy_to", toDb, ctx.arg(2));
    return reply::integer(1);
}

RespValue move(CommandContext &ctx)
{
    RespValue error;
    const std::optional<int> toDb = databaseNumber(ctx, ctx.arg(2), &error);
    if (!toDb)
        return error;
    if (*toDb == ctx.db())
        return reply::err("source and destination objects are the same");
    if (!ctx.exists(ctx.arg(1)) || ctx.keys().exists(*toDb, ctx.arg(1)))
        return reply::integer(0);
    ctx.keys().copy(ctx.db(), ctx.arg(1), *toDb, ctx.arg(1));
    ctx.keys().remove(ctx.db(), ctx.arg(1));
    ctx.notify('g', "move_from", ctx.arg(1));
    ctx.state.notify('g', "move_to", *toDb, ctx.arg(1));
    return reply::integer(1);
}

RespValue swapdb(CommandContext &ctx)
{
    const std::optional<std::int64_t> first = parseInt64(ctx.arg(1));
    const std::optional<std::int64_t> second = parseInt64(ctx.arg(2));
    if (!first)
        return reply::err("invalid first DB index");
    if (!second)
        return reply::err("invalid second DB index");
    if (!ctx.state.hasDatabase(*first) || !ctx.state.hasDatabase(*second))
        return reply::err("DB index is out of range");
    if (*first != *second)
        ctx.keys().swapDatabases(static_cast<int>(*first), static_cast<int>(*second));
    return RespValue::ok();
}

std::optional<RespValue> checkFlushOption(const CommandContext &ctx)
{
    if (ctx.argc() == 1 || (ctx.argc() == 2 && (ctx.is(1, "sync") || ctx.is(1, "async"))))
        return std::nullopt;
    return reply::syntax();
}

RespValue flushdb(CommandContext &ctx)
{
    if (std::optional<RespValue> error = checkFlushOption(ctx))
        return *error;
    ctx.keys().flush(ctx.db());
    return RespValue::ok();
}

RespValue flushall(CommandContext &ctx)
{
    if (std::optional<RespValue> error = checkFlushOption(ctx))
        return *error;
    for (int db = 0; db < ctx.keys().databaseCount(); ++db)
        ctx.keys().flush(db);
    return RespValue::ok();
}

// How a value is stored: as the file says while it stands in the file, else as the engine holds it.
QByteArray encodingOf(const CommandContext &ctx, const QByteArray &key, const KeyFacts &facts)
{
    const Snapshot *snapshot = ctx.keys().snapshot();
    if (!facts.object && facts.record && snapshot)
        return encodingName(facts.record->rdbType, snapshot->valueBytes(*facts.record));
    const Object *object = ctx.peek(key);
    return object ? QByteArray(object->encoding()) : QByteArray();
}

RespValue objectEncoding(CommandContext &ctx)
{
    const std::optional<KeyFacts> facts = ctx.keys().facts(ctx.db(), ctx.arg(2));
    return facts ? reply::bulk(encodingOf(ctx, ctx.arg(2), *facts)) : RespValue::null();
}

RespValue objectRefcount(CommandContext &ctx)
{
    return ctx.exists(ctx.arg(2)) ? reply::integer(1) : RespValue::null();
}

bool isLfu(const CommandContext &ctx)
{
    return ctx.state.config["maxmemory-policy"].contains("lfu");
}

RespValue objectIdletime(CommandContext &ctx)
{
    const std::optional<KeyFacts> facts = ctx.keys().facts(ctx.db(), ctx.arg(2));
    if (!facts)
        return RespValue::null();
    if (isLfu(ctx) || (facts->idleSeconds < 0 && facts->frequency >= 0)) {
        return reply::err("An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at "
                          "runtime LRU and LFU data will take some time to adjust.");
    }
    return reply::integer(std::max<std::int64_t>(0, facts->idleSeconds));
}

RespValue objectFreq(CommandContext &ctx)
{
    const std::optional<KeyFacts> facts = ctx.keys().facts(ctx.db(), ctx.arg(2));
    if (!facts)
        return RespValue::null();
    if (facts->frequency < 0) {
        return reply::err("An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between "
                          "policies at runtime LRU and LFU data will take some time to adjust.");
    }
    return reply::integer(facts->frequency);
}

RespValue objectHelp(CommandContext &)
{
    return reply::help("OBJECT", {"ENCODING <key>", "    Return the kind of internal representation used in order to store the value",
                                  "    associated with a <key>.", "FREQ <key>",
                                  "    Return the access frequency index of the <key>. The returned integer is",
                                  "    proportional to the logarithm of the recent access frequency of the key.", "IDLETIME <key>",
                                  "    Return the idle time of the <key>, that is the approximated number of",
                                  "    seconds elapsed since the last access to the key.", "REFCOUNT <key>",
                                  "    Return the number of references of the value associated with the specified", "    <key>."});
}

// An estimate: what is stored in the file counts with the length of its record, which needs no decoding.
RespValue memoryUsage(CommandContext &ctx)
{
    for (int i = 3; i < ctx.argc(); i += 2) {
        if (!ctx.is(i, "samples") || i + 1 >= ctx.argc())
            return reply::syntax();
        const std::optional<std::int64_t> samples = parseInt64(ctx.arg(i + 1));
        if (!samples || *samples < 0)
            return reply::syntax();
    }
    constexpr std::int64_t kKeyOverhead = 56; // dictionary entry and headers of a 64-bit server
    const QByteArray &key = ctx.arg(2);
    const std::optional<KeyFacts> facts = ctx.keys().facts(ctx.db(), key);
    if (!facts)
        return RespValue::null();
    const std::int64_t value = facts->object ? facts->object->quickEstimate() : facts->record ? facts->record->valueLength : 0;
    return reply::integer(kKeyOverhead + key.size() + value);
}

} // namespace

void registerKeyCommands(CommandTable &table)
{
    table.add({"del", -2, "write", 1, -1, 1, "generic", "Deletes keys.", del});
    table.add({"unlink", -2, "write fast", 1, -1, 1, "generic", "Deletes keys without waiting for their memory.", del});
    table.add({"exists", -2, "readonly fast", 1, -1, 1, "generic", "Counts the keys that exist.", existsCommand});
    table.add({"touch", -2, "readonly fast", 1, -1, 1, "generic", "Counts the keys that exist and marks them as used.", existsCommand});
    table.add({"type", 2, "readonly fast", 1, 1, 1, "generic", "Returns the type of a value.", type});
    table.add({"randomkey", 1, "readonly", 0, 0, 0, "generic", "Returns a random key.", randomKey});
    table.add({"keys", 2, "readonly", 0, 0, 0, "generic", "Returns all keys that match a pattern.", keysCommand});
    table.add({"scan", -2, "readonly", 0, 0, 0, "generic", "Iterates over the keys.", scan});
    table.add({"dbsize", 1, "readonly fast", 0, 0, 0, "server", "Returns the number of keys.", dbsize});
    table.add({"rename", 3, "write", 1, 2, 1, "generic", "Renames a key, replacing the target.", rename});
    table.add({"renamenx", 3, "write fast", 1, 2, 1, "generic", "Renames a key unless the target exists.", renamenx});
    table.add({"copy", -3, "write denyoom", 1, 2, 1, "generic", "Copies a key.", copy});
    table.add({"move", 3, "write fast", 1, 1, 1, "generic", "Moves a key to another database.", move});
    table.add({"swapdb", 3, "write fast", 0, 0, 0, "server", "Swaps two databases.", swapdb});
    table.add({"flushdb", -1, "write", 0, 0, 0, "server", "Removes all keys of the database.", flushdb});
    table.add({"flushall", -1, "write", 0, 0, 0, "server", "Removes all keys.", flushall});
    CommandSpec object{"object", -2, "", 0, 0, 0, "generic", "Tells about the inside of a value.", nullptr};
    object.subcommands = {
            {"encoding", 3, "readonly", 2, 2, 1, "generic", "Returns how a value is stored.", objectEncoding},
            {"refcount", 3, "readonly", 2, 2, 1, "generic", "Returns how often a value is referenced.", objectRefcount},
            {"idletime", 3, "readonly", 2, 2, 1, "generic", "Returns for how many seconds a key was not used.", objectIdletime},
            {"freq", 3, "readonly", 2, 2, 1, "generic", "Returns the access frequency of a key.", objectFreq},
            {"help", 2, "loading stale", 0, 0, 0, "generic", "Lists the subcommands.", objectHelp},
    };
    table.add(std::move(object));
    CommandSpec memory{"memory", -2, "", 0, 0, 0, "server", "Tells about memory.", nullptr};
    memory.subcommands = {{"usage", -3, "readonly", 2, 2, 1, "server", "Estimates the memory of a key.", memoryUsage}};
    table.add(std::move(memory));
}

} // namespace keyloupe
