// SPDX-License-Identifier: GPL-3.0-or-later
//
// MULTI, EXEC, DISCARD, WATCH, UNWATCH. Queueing itself is in EngineState::execute.
#include "core/engine/command_context.h"

namespace keyloupe {
namespace {

RespValue multi(CommandContext &ctx)
{
    if (ctx.client.inMulti)
        return reply::err("MULTI calls can not be nested");
    ctx.client.inMulti = true;
    return RespValue::ok();
}

RespValue discard(CommandContext &ctx)
{
    if (!ctx.client.inMulti)
        return reply::err("DISCARD without MULTI");
    ctx.client.endTransaction();
    return RespValue::ok();
}

RespValue exec(CommandContext &ctx)
{
    EngineClient &client = ctx.client;
    if (!client.inMulti)
        return reply::err("EXEC without MULTI");
    const bool failed = client.multiFailed;
    // A watched key whose time has come since counts as touched.
    bool broken = client.watchBroken;
    for (const EngineClient::Watch &watch : client.watched)
        broken = broken || (watch.existed && !ctx.keys().exists(watch.db, watch.key));
    const std::vector<Command> queue = std::move(client.queue);
    client.endTransaction();
    if (failed)
        return RespValue::error("EXECABORT Transaction discarded because of previous errors.");
    if (broken)
        return RespValue::nullArray();
    client.inExec = true;
    std::vector<RespValue> replies;
    for (const Command &command : queue) {
        QByteArray fullName;
        RespValue error;
        const CommandSpec *spec = resolveCommand(ctx.state.commands, command.args, &fullName, &error);
        replies.push_back(spec ? ctx.state.call(client, *spec, command.args) : error);
    }
    client.inExec = false;
    return RespValue::array(std::move(replies));
}

RespValue watch(CommandContext &ctx)
{
    if (ctx.client.inMulti)
        return reply::err("WATCH inside MULTI is not allowed");
    for (int i = 1; i < ctx.argc(); ++i)
        ctx.client.watched.push_back({ctx.db(), ctx.arg(i), ctx.exists(ctx.arg(i))});
    return RespValue::ok();
}

RespValue unwatch(CommandContext &ctx)
{
    ctx.client.watched.clear();
    ctx.client.watchBroken = false;
    return RespValue::ok();
}

} // namespace

void registerTransactionCommands(CommandTable &table)
{
    table.add({"multi", 1, "noscript loading stale fast allow_busy", 0, 0, 0, "transactions", "Starts a transaction.", multi});
    table.add({"exec", 1, "noscript loading stale skip_slowlog", 0, 0, 0, "transactions", "Runs the commands of a transaction.", exec});
    table.add({"discard", 1, "noscript loading stale fast allow_busy", 0, 0, 0, "transactions", "Drops a transaction.", discard});
    table.add({"watch", -2, "noscript loading stale fast allow_busy", 1, -1, 1, "transactions", "Lets a transaction run only if keys stay as they are.", watch});
    table.add({"unwatch", 1, "noscript loading stale fast allow_busy", 0, 0, 0, "transactions", "Forgets watched keys.", unwatch});
}

} // namespace keyloupe
