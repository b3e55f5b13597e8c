// SPDX-License-Identifier: GPL-3.0-or-later
//
// The server: settings, time, the table of commands, the slow log. INFO is in info_commands.cpp.
#include "core/engine/command_context.h"

#include "core/base/clock.h"
#include "core/base/glob.h"

namespace keyloupe {
namespace {

RespValue timeCommand(CommandContext &ctx)
{
    const std::int64_t ms = ctx.state.clock();
    return RespValue::array({reply::bulkInteger(ms / 1000), reply::bulkInteger(ms % 1000 * 1000)});
}

RespValue configGet(CommandContext &ctx)
{
    std::vector<RespValue> pairs;
    for (const auto &[name, value] : ctx.state.config) {
        for (int i = 2; i < ctx.argc(); ++i) {
            if (globMatch(ctx.arg(i).toLower(), name)) {
                pairs.push_back(reply::bulk(name));
                pairs.push_back(reply::bulk(value));
                break;
            }
        }
    }
    return RespValue::map(std::move(pairs));
}

// Settings that mean something here; the rest describes the engine and stays as it is.
bool isChangeable(const QByteArray &name)
{
    static constexpr const char *kNames[] = {"maxmemory", "maxmemory-policy", "maxmemory-samples", "notify-keyspace-events",
                                             "slowlog-log-slower-than", "slowlog-max-len", "latency-monitor-threshold", "proto-max-bulk-len"};
    return std::any_of(std::begin(kNames), std::end(kNames), [&](const char *known) { return name == known; });
}

RespValue configSet(CommandContext &ctx)
{
    if (ctx.argc() % 2 != 0)
        return reply::wrongArgumentCount("config|set");
    for (int i = 2; i < ctx.argc(); i += 2) {
        const QByteArray name = ctx.arg(i).toLower();
        if (!ctx.state.config.contains(name))
            return reply::err("Unknown option or number of arguments for CONFIG SET - '" + ctx.arg(i) + "'");
        if (!isChangeable(name))
            return reply::err("CONFIG SET failed (possibly related to argument '" + ctx.arg(i) + "') - can't set immutable config");
        const bool isNumber = name != "maxmemory-policy" && name != "notify-keyspace-events";
        if (isNumber && !parseInt64(ctx.arg(i + 1)))
            return reply::err("CONFIG SET failed (possibly related to argument '" + ctx.arg(i) + "') - argument couldn't be parsed into an integer");
    }
    for (int i = 2; i < ctx.argc(); i += 2)
        ctx.state.config[ctx.arg(i).toLower()] = ctx.arg(i + 1);
    return RespValue::ok();
}

RespValue configResetstat(CommandContext &ctx)
{
    ctx.state.statistics = EngineStatistics{};
    return RespValue::ok();
}

RespValue describe(const CommandSpec &spec, const QByteArray &fullName)
{
    std::vector<RespValue> flags;
    for (const QByteArray &flag : QByteArray(spec.flags).split(' ')) {
        if (!flag.isEmpty())
            flags.push_back(RespValue::simple(flag));
    }
    std::vector<RespValue> subcommands;
    for (const CommandSpec &sub : spec.subcommands)
        subcommands.push_back(describe(sub, fullName + '|' + sub.name));
    return RespValue::array({reply::bulk(fullName), reply::integer(spec.arity), RespValue::set(std::move(flags)),
                             reply::integer(spec.firstKey), reply::integer(spec.lastKey), reply::integer(spec.keyStep),
                             RespValue::set({RespValue::simple(QByteArray("@") + spec.group)}), RespValue::array(), RespValue::array(),
                             RespValue::array(std::move(subcommands))});
}

RespValue commandAll(CommandContext &ctx)
{
    std::vector<RespValue> all;
    for (const QByteArray &name : ctx.state.commands.names())
        all.push_back(describe(*ctx.state.commands.find(name), name));
    return RespValue::array(std::move(all));
}

RespValue commandInfo(CommandContext &ctx)
{
    if (ctx.argc() == 2)
        return commandAll(ctx);
    std::vector<RespValue> found;
    for (int i = 2; i < ctx.argc(); ++i) {
        const CommandSpec *spec = ctx.state.commands.find(ctx.arg(i));
        found.push_back(spec ? describe(*spec, spec->name) : RespValue::nullArray());
    }
    return RespValue::array(std::move(found));
}

RespValue commandCount(CommandContext &ctx) { return reply::integer(ctx.state.commands.count()); }

RespValue commandList(CommandContext &ctx)
{
    std::vector<RespValue> names;
    for (const QByteArray &name : ctx.state.commands.names())
        names.push_back(reply::bulk(name));
    return RespValue::array(std::move(names));
}

RespValue commandDocs(CommandContext &ctx)
{
    QByteArrayList names = ctx.args.sliced(2);
    if (names.isEmpty())
        names = ctx.state.commands.names();
    std::vector<RespValue> docs;
    for (const QByteArray &name : names) {
        const CommandSpec *spec = ctx.state.commands.find(name);
        if (!spec)
            continue;
        docs.push_back(reply::bulk(spec->name));
        docs.push_back(RespValue::map({reply::bulk("summary"), reply::bulk(spec->summary), reply::bulk("group"), reply::bulk(spec->group)}));
    }
    return RespValue::map(std::move(docs));
}

RespValue commandGetkeys(CommandContext &ctx)
{
    const QByteArrayList inner = ctx.args.sliced(2);
    QByteArray fullName;
    RespValue error;
    const CommandSpec *spec = resolveCommand(ctx.state.commands, inner, &fullName, &error);
    if (!spec)
        return reply::err(ctx.state.commands.find(inner[0]) ? "Invalid number of arguments specified for command" : "Invalid command specified");
    std::vector<RespValue> keys;
    for (const qsizetype position : keyPositions(*spec, inner))
        keys.push_back(reply::bulk(inner[position]));
    return keys.empty() ? reply::err("The command has no key arguments") : RespValue::array(std::move(keys));
}

RespValue slowlogGet(CommandContext &ctx)
{
    std::int64_t count = 10;
    if (ctx.argc() == 3) {
        const std::optional<std::int64_t> given = parseInt64(ctx.arg(2));
        if (!given || *given < -1)
            return reply::err("count should be greater than or equal to -1");
        count = *given;
    }
    const auto &log = ctx.state.slowLog;
    std::vector<RespValue> entries;
    for (std::size_t i = log.size(); i > 0 && (count < 0 || std::int64_t(entries.size()) < count); --i) {
        const SlowLogEntry &entry = log[i - 1];
        std::vector<RespValue> args;
        for (const QByteArray &arg : entry.args)
            args.push_back(reply::bulk(arg));
        entries.push_back(RespValue::array({reply::integer(entry.id), reply::integer(entry.unixSeconds), reply::integer(entry.usec),
                                            RespValue::array(std::move(args)), reply::bulk(entry.address), reply::bulk(entry.clientName)}));
    }
    return RespValue::array(std::move(entries));
}

RespValue slowlogLen(CommandContext &ctx) { return reply::integer(std::int64_t(ctx.state.slowLog.size())); }

RespValue slowlogReset(CommandContext &ctx)
{
    ctx.state.slowLog.clear();
    return RespValue::ok();
}

RespValue emptyArray(CommandContext &) { return RespValue::array(); }
RespValue whoami(CommandContext &) { return reply::bulk("default"); }

RespValue wait(CommandContext &ctx)
{
    if (!parseInt64(ctx.arg(1)) || !parseInt64(ctx.arg(2)))
        return reply::notInteger();
    return reply::integer(0); // no replicas
}

RespValue lolwut(CommandContext &)
{
    return RespValue::verbatim("Keyloupe " KEYLOUPE_VERSION "\n");
}

RespValue role(CommandContext &)
{
    return RespValue::array({reply::bulk("master"), reply::integer(0), RespValue::array()});
}

} // namespace

void registerServerCommands(CommandTable &table)
{
    const char *admin = "admin noscript loading stale";
    const char *plain = "loading stale";
    table.add({"time", 1, "loading stale fast", 0, 0, 0, "server", "Returns the time that expiry is judged by.", timeCommand});
    table.add({"lolwut", -1, "readonly fast", 0, 0, 0, "server", "Says who is there.", lolwut});
    table.add({"role", 1, "noscript loading stale fast", 0, 0, 0, "server", "Returns the replication role.", role});
    table.add({"wait", 3, "noscript", 0, 0, 0, "generic", "Waits for replicas; there are none.", wait});
    CommandSpec config{"config", -2, "", 0, 0, 0, "server", "Reads and changes settings.", nullptr};
    config.subcommands = {{"get", -3, admin, 0, 0, 0, "server", "Returns settings.", configGet},
                          {"set", -4, admin, 0, 0, 0, "server", "Changes settings.", configSet},
                          {"resetstat", 2, admin, 0, 0, 0, "server", "Sets the statistics to zero.", configResetstat}};
    table.add(std::move(config));
    CommandSpec command{"command", -1, "loading stale", 0, 0, 0, "server", "Tells about the commands.", commandAll};
    command.subcommands = {{"count", 2, plain, 0, 0, 0, "server", "Counts the commands.", commandCount},
                           {"info", -2, plain, 0, 0, 0, "server", "Describes commands.", commandInfo},
                           {"list", -2, plain, 0, 0, 0, "server", "Lists the names.", commandList},
                           {"docs", -2, plain, 0, 0, 0, "server", "Documents commands.", commandDocs},
                           {"getkeys", -4, plain, 0, 0, 0, "server", "Finds the keys among arguments.", commandGetkeys}};
    table.add(std::move(command));
    CommandSpec slowlog{"slowlog", -2, "", 0, 0, 0, "server", "Tells about slow commands.", nullptr};
    slowlog.subcommands = {{"get", -2, admin, 0, 0, 0, "server", "Returns slow commands.", slowlogGet},
                           {"len", 2, admin, 0, 0, 0, "server", "Counts slow commands.", slowlogLen},
                           {"reset", 2, admin, 0, 0, 0, "server", "Forgets slow commands.", slowlogReset}};
    table.add(std::move(slowlog));
    CommandSpec latency{"latency", -2, "", 0, 0, 0, "server", "Tells about latency.", nullptr};
    latency.subcommands = {{"latest", 2, admin, 0, 0, 0, "server", "Returns the latest events; none are recorded.", emptyArray}};
    table.add(std::move(latency));
    CommandSpec module{"module", -2, "", 0, 0, 0, "server", "Tells about modules.", nullptr};
    module.subcommands = {{"list", 2, admin, 0, 0, 0, "server", "Lists modules; there are none.", emptyArray}};
    table.add(std::move(module));
    CommandSpec acl{"acl", -2, "", 0, 0, 0, "server", "Tells about users.", nullptr};
    acl.subcommands = {{"whoami", 2, plain, 0, 0, 0, "server", "Returns the user's name.", whoami}};
    table.add(std::move(acl));
}

} // namespace keyloupe
