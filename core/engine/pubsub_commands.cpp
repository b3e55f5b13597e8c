// SPDX-License-Identifier: GPL-3.0-or-later
//
// Publishing and subscribing. Each (un)subscribe is confirmed by a message of its own; the last is the reply, those before
// it are pushed, so that they keep their order.
#include "core/engine/command_context.h"

namespace keyloupe {
namespace {

using Kind = PubSubHub::Kind;

std::set<QByteArray> &namesOf(EngineClient &client, Kind kind)
{
    switch (kind) {
    case Kind::Channel: return client.channels;
    case Kind::Pattern: return client.patterns;
    case Kind::Shard: return client.shardChannels;
    }
    return client.channels;
}

std::int64_t countOf(const EngineClient &client, Kind kind)
{
    return kind == Kind::Shard ? std::int64_t(client.shardChannels.size()) : client.subscriptions();
}

RespValue confirmation(const char *word, const RespValue &name, std::int64_t count)
{
    return RespValue::push({reply::bulk(word), name, reply::integer(count)});
}

// Pushes all but the last, which is the reply.
RespValue deliver(EngineClient &client, std::vector<RespValue> messages)
{
    RespValue last = std::move(messages.back());
    messages.pop_back();
    for (RespValue &message : messages) {
        if (client.push)
            client.push(std::move(message));
    }
    return last;
}

RespValue subscribeTo(CommandContext &ctx, Kind kind, const char *word)
{
    std::vector<RespValue> messages;
    for (int i = 1; i < ctx.argc(); ++i) {
        if (ctx.state.pubsub.subscribe(kind, ctx.arg(i), &ctx.client))
            namesOf(ctx.client, kind).insert(ctx.arg(i));
        messages.push_back(confirmation(word, reply::bulk(ctx.arg(i)), countOf(ctx.client, kind)));
    }
    return deliver(ctx.client, std::move(messages));
}

RespValue unsubscribeFrom(CommandContext &ctx, Kind kind, const char *word)
{
    QByteArrayList names = ctx.args.sliced(1);
    if (names.isEmpty()) {
        for (const QByteArray &name : namesOf(ctx.client, kind))
            names.append(name);
    }
    if (names.isEmpty())
        return confirmation(word, RespValue::null(), countOf(ctx.client, kind));
    std::vector<RespValue> messages;
    for (const QByteArray &name : names) {
        if (ctx.state.pubsub.unsubscribe(kind, name, &ctx.client))
            namesOf(ctx.client, kind).erase(name);
        messages.push_back(confirmation(word, reply::bulk(name), countOf(ctx.client, kind)));
    }
    return deliver(ctx.client, std::move(messages));
}

RespValue subscribe(CommandContext &ctx) { return subscribeTo(ctx, Kind::Channel, "subscribe"); }
RespValue psubscribe(CommandContext &ctx) { return subscribeTo(ctx, Kind::Pattern, "psubscribe"); }
RespValue ssubscribe(CommandContext &ctx) { return subscribeTo(ctx, Kind::Shard, "ssubscribe"); }
RespValue unsubscribe(CommandContext &ctx) { return unsubscribeFrom(ctx, Kind::Channel, "unsubscribe"); }
RespValue punsubscribe(CommandContext &ctx) { return unsubscribeFrom(ctx, Kind::Pattern, "punsubscribe"); }
RespValue sunsubscribe(CommandContext &ctx) { return unsubscribeFrom(ctx, Kind::Shard, "sunsubscribe"); }
RespValue publish(CommandContext &ctx) { return reply::integer(ctx.state.pubsub.publish(ctx.arg(1), ctx.arg(2))); }
RespValue spublish(CommandContext &ctx) { return reply::integer(ctx.state.pubsub.publishShard(ctx.arg(1), ctx.arg(2))); }

RespValue listChannels(CommandContext &ctx, Kind kind)
{
    if (ctx.argc() > 3)
        return reply::wrongArgumentCount(kind == Kind::Shard ? "pubsub|shardchannels" : "pubsub|channels");
    std::vector<RespValue> names;
    for (const QByteArray &name : ctx.state.pubsub.channels(kind, ctx.argc() == 3 ? ctx.arg(2) : QByteArray()))
        names.push_back(reply::bulk(name));
    return RespValue::array(std::move(names));
}
RespValue pubsubChannels(CommandContext &ctx) { return listChannels(ctx, Kind::Channel); }
RespValue pubsubShardChannels(CommandContext &ctx) { return listChannels(ctx, Kind::Shard); }

RespValue countSubscribers(CommandContext &ctx, Kind kind)
{
    std::vector<RespValue> pairs;
    for (int i = 2; i < ctx.argc(); ++i) {
        pairs.push_back(reply::bulk(ctx.arg(i)));
        pairs.push_back(reply::integer(ctx.state.pubsub.subscribers(kind, ctx.arg(i))));
    }
    return RespValue::array(std::move(pairs));
}
RespValue pubsubNumsub(CommandContext &ctx) { return countSubscribers(ctx, Kind::Channel); }
RespValue pubsubShardNumsub(CommandContext &ctx) { return countSubscribers(ctx, Kind::Shard); }
RespValue pubsubNumpat(CommandContext &ctx) { return reply::integer(ctx.state.pubsub.patternCount()); }

} // namespace

void registerPubsubCommands(CommandTable &table)
{
    table.add({"subscribe", -2, "pubsub noscript loading stale", 0, 0, 0, "pubsub", "Listens to channels.", subscribe});
    table.add({"psubscribe", -2, "pubsub noscript loading stale", 0, 0, 0, "pubsub", "Listens to channels that match patterns.", psubscribe});
    table.add({"ssubscribe", -2, "pubsub noscript loading stale", 1, -1, 1, "pubsub", "Listens to shard channels.", ssubscribe});
    table.add({"unsubscribe", -1, "pubsub noscript loading stale", 0, 0, 0, "pubsub", "Stops listening to channels.", unsubscribe});
    table.add({"punsubscribe", -1, "pubsub noscript loading stale", 0, 0, 0, "pubsub", "Stops listening to patterns.", punsubscribe});
    table.add({"sunsubscribe", -1, "pubsub noscript loading stale", 1, -1, 1, "pubsub", "Stops listening to shard channels.", sunsubscribe});
    table.add({"publish", 3, "pubsub loading stale fast", 0, 0, 0, "pubsub", "Sends a message to a channel.", publish});
    table.add({"spublish", 3, "pubsub loading stale fast", 1, 1, 1, "pubsub", "Sends a message to a shard channel.", spublish});
    CommandSpec pubsub{"pubsub", -2, "", 0, 0, 0, "pubsub", "Tells about channels.", nullptr};
    pubsub.subcommands = {
            {"channels", -2, "pubsub loading stale", 0, 0, 0, "pubsub", "Lists active channels.", pubsubChannels},
            {"numsub", -2, "pubsub loading stale", 0, 0, 0, "pubsub", "Counts listeners of channels.", pubsubNumsub},
            {"numpat", 2, "pubsub loading stale", 0, 0, 0, "pubsub", "Counts patterns listened to.", pubsubNumpat},
            {"shardchannels", -2, "pubsub loading stale", 0, 0, 0, "pubsub", "Lists active shard channels.", pubsubShardChannels},
            {"shardnumsub", -2, "pubsub loading stale", 0, 0, 0, "pubsub", "Counts listeners of shard channels.", pubsubShardNumsub},
    };
    table.add(std::move(pubsub));
}

} // namespace keyloupe
