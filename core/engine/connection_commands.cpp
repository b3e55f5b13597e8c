// SPDX-License-Identifier: GPL-3.0-or-later
//
// The connection itself: greeting, database, name, and what CLIENT tells and changes.
#include "core/engine/command_context.h"

#include "core/base/clock.h"

namespace keyloupe {
namespace {

RespValue ping(CommandContext &ctx)
{
    if (ctx.argc() > 2)
        return reply::wrongArgumentCount("ping");
    if (!ctx.resp3() && ctx.client.isSubscribed())
        return RespValue::array({reply::bulk("pong"), reply::bulk(ctx.argc() == 2 ? ctx.arg(1) : QByteArray())});
    return ctx.argc() == 2 ? reply::bulk(ctx.arg(1)) : RespValue::simple("PONG");
}

RespValue echo(CommandContext &ctx)
{
    return reply::bulk(ctx.arg(1));
}

RespValue select(CommandContext &ctx)
{
    const std::optional<std::int64_t> db = parseInt64(ctx.arg(1));
    if (!db)
        return reply::notInteger();
    if (!ctx.state.hasDatabase(*db))
        return reply::err("DB index is out of range");
    ctx.client.db = static_cast<int>(*db);
    return RespValue::ok();
}

RespValue quit(CommandContext &ctx)
{
    ctx.client.wantsClose = true;
    return RespValue::ok();
}

// There are no users here: whoever reaches the loopback port may look.
RespValue auth(CommandContext &ctx)
{
    if (ctx.argc() > 3)
        return reply::syntax();
    if (ctx.argc() == 2) {
        return reply::err("AUTH <password> called without any password configured for the default user. Are you sure your configuration is "
                          "correct?");
    }
    if (ctx.arg(1) != "default")
        return RespValue::error("WRONGPASS invalid username-password pair or user is disabled.");
    return RespValue::ok();
}

RespValue hello(CommandContext &ctx)
{
    int protocol = ctx.client.protocol;
    QByteArray name = ctx.client.name;
    int i = 1;
    if (ctx.argc() > 1) {
        const std::optional<std::int64_t> wanted = parseInt64(ctx.arg(1));
        if (!wanted)
            return reply::err("Protocol version is not an integer or out of range");
        if (*wanted < 2 || *wanted > 3)
            return RespValue::error("NOPROTO unsupported protocol version");
        protocol = static_cast<int>(*wanted);
        i = 2;
    }
    for (; i < ctx.argc(); ++i) {
        if (ctx.is(i, "auth") && i + 2 < ctx.argc()) {
            if (ctx.arg(i + 1) != "default")
                return RespValue::error("WRONGPASS invalid username-password pair or user is disabled.");
            i += 2;
        } else if (ctx.is(i, "setname") && i + 1 < ctx.argc()) {
            name = ctx.arg(++i);
        } else {
            return reply::err("Syntax error in HELLO option '" + ctx.arg(i) + "'");
        }
    }
    ctx.client.protocol = protocol;
    ctx.client.name = name;
    return RespValue::map({reply::bulk("server"), reply::bulk("keyloupe"), reply::bulk("version"), reply::bulk(KEYLOUPE_VERSION),
                           reply::bulk("proto"), reply::integer(protocol), reply::bulk("id"), reply::integer(ctx.client.id),
                           reply::bulk("mode"), reply::bulk("standalone"), reply::bulk("role"), reply::bulk("master"),
                           reply::bulk("modules"), RespValue::array()});
}

RespValue reset(CommandContext &ctx)
{
    EngineClient &client = ctx.client;
    client.endTransaction();
    ctx.state.pubsub.forget(&client);
    client.channels.clear();
    client.patterns.clear();
    client.shardChannels.clear();
    client.db = 0;
    client.protocol = 2;
    client.name.clear();
    client.noTouch = client.noEvict = false;
    client.reply = EngineClient::Reply::On;
    return RespValue::simple("RESET");
}

QByteArray clientLine(const EngineClient &client)
{
    const std::int64_t now = systemNowMs();
    const auto number = [](std::int64_t value) { return QByteArray::number(qint64(value)); };
    return "id=" + number(client.id) + " addr=" + client.address + " laddr=127.0.0.1:0 fd=-1 name=" + client.name
            + " age=" + number((now - client.connectedMs) / 1000) + " idle=" + number((now - client.lastCommandMs) / 1000)
            + " flags=" + (client.isSubscribed() ? "P" : client.inMulti ? "x" : "N") + " db=" + number(client.db)
            + " sub=" + number(std::int64_t(client.channels.size())) + " psub=" + number(std::int64_t(client.patterns.size()))
            + " ssub=" + number(std::int64_t(client.shardChannels.size()))
            + " multi=" + number(client.inMulti ? std::int64_t(client.queue.size()) : -1) + " cmd=" + client.lastCommand
            + " user=default redir=-1 resp=" + number(client.protocol) + " lib-name=" + client.libName + " lib-ver=" + client.libVersion;
}

RespValue clientId(CommandContext &ctx) { return reply::integer(ctx.client.id); }
RespValue clientInfo(CommandContext &ctx) { return RespValue::verbatim(clientLine(ctx.client) + '\n'); }

RespValue clientList(CommandContext &ctx)
{
    QByteArray text;
    for (const EngineClient *client : ctx.state.clients)
        text += clientLine(*client) + '\n';
    return RespValue::verbatim(text);
}

RespValue clientGetname(CommandContext &ctx)
{
    return ctx.client.name.isEmpty() ? RespValue::null() : reply::bulk(ctx.client.name);
}

bool isCleanName(const QByteArray &name)
{
    return std::all_of(name.begin(), name.end(), [](char c) { return c >= '!' && c <= '~'; });
}

RespValue clientSetname(CommandContext &ctx)
{
    if (!isCleanName(ctx.arg(2)))
        return reply::err("Client names cannot contain spaces, newlines or special characters.");
    ctx.client.name = ctx.arg(2);
    return RespValue::ok();
}

RespValue clientSetinfo(CommandContext &ctx)
{
    if (ctx.is(2, "lib-name"))
        ctx.client.libName = ctx.arg(3);
    else if (ctx.is(2, "lib-ver"))
        ctx.client.libVersion = ctx.arg(3);
    else
        return reply::err("Unrecognized option '" + ctx.arg(2) + "'");
    return RespValue::ok();
}

std::optional<RespValue> onOff(const CommandContext &ctx, bool *flag)
{
    if (!ctx.is(2, "on") && !ctx.is(2, "off"))
        return reply::syntax();
    *flag = ctx.is(2, "on");
    return std::nullopt;
}

RespValue clientNoTouch(CommandContext &ctx) { return onOff(ctx, &ctx.client.noTouch).value_or(RespValue::ok()); }
RespValue clientNoEvict(CommandContext &ctx) { return onOff(ctx, &ctx.client.noEvict).value_or(RespValue::ok()); }

RespValue clientReply(CommandContext &ctx)
{
    if (ctx.is(2, "on"))
        ctx.client.reply = EngineClient::Reply::On;
    else if (ctx.is(2, "off"))
        ctx.client.reply = EngineClient::Reply::Off;
    else if (ctx.is(2, "skip"))
        ctx.client.reply = EngineClient::Reply::SkipNext;
    else
        return reply::syntax();
    return RespValue::ok();
}

// CLIENT KILL ID n; the old form by address too.
RespValue clientKill(CommandContext &ctx)
{
    const bool byId = ctx.argc() == 4 && ctx.is(2, "id");
    const bool byAddress = ctx.argc() == 3 || (ctx.argc() == 4 && ctx.is(2, "addr"));
    if (!byId && !byAddress)
        return reply::syntax();
    const QByteArray &wanted = ctx.arg(ctx.argc() - 1);
    std::int64_t killed = 0;
    for (EngineClient *client : ctx.state.clients) {
        if (byId ? QByteArray::number(qint64(client->id)) == wanted : client->address == wanted) {
            ctx.state.closeClient(*client);
            ++killed;
        }
    }
    if (ctx.argc() == 3)
        return killed > 0 ? RespValue::ok() : reply::err("No such client");
    return reply::integer(killed);
}

} // namespace

void registerConnectionCommands(CommandTable &table)
{
    const char *always = "noscript loading stale fast";
    table.add({"ping", -1, "fast", 0, 0, 0, "connection", "Answers PONG.", ping});
    table.add({"echo", 2, "loading stale fast", 0, 0, 0, "connection", "Answers what it was given.", echo});
    table.add({"select", 2, "loading stale fast", 0, 0, 0, "connection", "Changes the database.", select});
    table.add({"quit", -1, "noscript loading stale fast no_auth allow_busy", 0, 0, 0, "connection", "Closes the connection.", quit});
    table.add({"auth", -2, "noscript loading stale fast no_auth allow_busy", 0, 0, 0, "connection", "Logs in.", auth});
    table.add({"hello", -1, "noscript loading stale fast no_auth allow_busy", 0, 0, 0, "connection", "Greets and chooses the protocol.", hello});
    table.add({"reset", 1, "noscript loading stale fast no_auth allow_busy", 0, 0, 0, "connection", "Makes the connection as new.", reset});
    table.add({"readonly", 1, "loading stale fast", 0, 0, 0, "cluster", "Allows reads from a replica; always so here.", [](CommandContext &) { return RespValue::ok(); }});
    table.add({"readwrite", 1, "loading stale fast", 0, 0, 0, "cluster", "Undoes READONLY.", [](CommandContext &) { return RespValue::ok(); }});
    CommandSpec client{"client", -2, "", 0, 0, 0, "connection", "Tells about and changes client connections.", nullptr};
    client.subcommands = {
            {"id", 2, always, 0, 0, 0, "connection", "Returns the id of the connection.", clientId},
            {"info", 2, always, 0, 0, 0, "connection", "Tells about this connection.", clientInfo},
            {"list", -2, "admin noscript loading stale", 0, 0, 0, "connection", "Lists the connections.", clientList},
            {"getname", 2, always, 0, 0, 0, "connection", "Returns the name of the connection.", clientGetname},
            {"setname", 3, always, 0, 0, 0, "connection", "Names the connection.", clientSetname},
            {"setinfo", 4, always, 0, 0, 0, "connection", "Names the client library.", clientSetinfo},
            {"no-touch", 3, always, 0, 0, 0, "connection", "Lets reads leave the idle time alone.", clientNoTouch},
            {"no-evict", 3, "admin noscript loading stale", 0, 0, 0, "connection", "Protects the connection from eviction.", clientNoEvict},
            {"reply", 3, always, 0, 0, 0, "connection", "Switches replies.", clientReply},
            {"kill", -3, "admin noscript loading stale", 0, 0, 0, "connection", "Closes connections.", clientKill},
    };
    table.add(std::move(client));
}

} // namespace keyloupe
