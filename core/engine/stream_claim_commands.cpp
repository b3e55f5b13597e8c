// SPDX-License-Identifier: GPL-3.0-or-later
//
// XCLAIM and XAUTOCLAIM: pending entries change their consumer.
#include "core/engine/stream_support.h"

namespace keyloupe {
namespace {

struct Claim
{
    std::int64_t minIdle = 0;
    std::int64_t deliveredMs = -1;
    std::int64_t retryCount = -1;
    bool force = false;
    bool justId = false;
    StreamId lastId;
    std::vector<StreamId> ids;
};

// An option's number; an error reply that names the option.
std::optional<RespValue> parseOption(const CommandContext &ctx, int i, const char *name, std::int64_t *value)
{
    const std::optional<std::int64_t> given = parseInt64(ctx.arg(i));
    if (!given)
        return reply::err("Invalid " + QByteArray(name) + " option argument for XCLAIM");
    *value = *given;
    return std::nullopt;
}

std::optional<RespValue> parseClaim(const CommandContext &ctx, Claim *claim)
{
    const std::optional<std::int64_t> minIdle = parseInt64(ctx.arg(4));
    if (!minIdle)
        return reply::err("Invalid min-idle-time argument for XCLAIM");
    claim->minIdle = std::max<std::int64_t>(0, *minIdle);
    int i = 5;
    for (; i < ctx.argc(); ++i) {
        const std::optional<StreamId> id = parseId(ctx.arg(i), 0);
        if (!id)
            break; // the options start here
        claim->ids.push_back(*id);
    }
    for (; i < ctx.argc(); ++i) {
        const bool next = i + 1 < ctx.argc();
        std::optional<RespValue> error;
        if (ctx.is(i, "force")) {
            claim->force = true;
        } else if (ctx.is(i, "justid")) {
            claim->justId = true;
        } else if (ctx.is(i, "idle") && next) {
            error = parseOption(ctx, ++i, "IDLE", &claim->deliveredMs);
            claim->deliveredMs = claim->deliveredMs < 0 ? ctx.now() : ctx.now() - claim->deliveredMs;
        } else if (ctx.is(i, "time") && next) {
            error = parseOption(ctx, ++i, "TIME", &claim->deliveredMs);
        } else if (ctx.is(i, "retrycount") && next) {
            error = parseOption(ctx, ++i, "RETRYCOUNT", &claim->retryCount);
        } else if (ctx.is(i, "lastid") && next) {
            const std::optional<StreamId> id = parseId(ctx.arg(++i), 0);
            if (!id)
                return badId();
            claim->lastId = *id;
        } else {
            return reply::err("Unrecognized XCLAIM option '" + ctx.arg(i) + "'");
        }
        if (error)
            return error;
    }
    // A moment that makes no sense is taken for now.
    if (claim->deliveredMs < 0 || (claim->deliveredMs > ctx.now() && !ctx.state.isLoading))
        claim->deliveredMs = ctx.now();
    return std::nullopt;
}

// The group for changing, and its stream; an error reply where there is none.
std::optional<RespValue> lookUp(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!stream || !findGroup(*stream, ctx.arg(2)))
        return noSuchGroup(ctx.arg(1), ctx.arg(2));
    return std::nullopt;
}

RespValue xclaim(CommandContext &ctx)
{
    if (std::optional<RespValue> error = lookUp(ctx))
        return *error;
    Claim claim;
    if (std::optional<RespValue> error = parseClaim(ctx, &claim))
        return *error;
    const QByteArray &key = ctx.arg(1);
    StreamValue &stream = ctx.edit(key)->as<StreamValue>();
    StreamGroup &group = *findGroup(stream, ctx.arg(2));
    bool changed = claim.lastId > group.lastDelivered;
    group.lastDelivered = std::max(group.lastDelivered, claim.lastId);
    StreamConsumer *consumer = nullptr; // made when there is something for it
    std::vector<RespValue> claimed;
    for (const StreamId &id : claim.ids) {
        const StreamEntry *entry = findEntry(stream, id);
        if (!entry) {
            changed = changed || findPending(group, id);
            removePending(group, id); // it is gone for everybody
            continue;
        }
        const StreamPending *there = findPending(group, id);
        if (!there && !claim.force)
            continue;
        if (there && claim.minIdle > 0 && elapsedSince(there->deliveredMs, ctx.now()) < claim.minIdle)
            continue;
        const bool isNew = !there;
        if (!consumer)
            consumer = &ensureConsumer(ctx, key, group, ctx.arg(3));
        changed = true;
        StreamPending &pending = assignPending(group, *consumer, id);
        if (isNew)
            pending.deliveries = 1;
        pending.deliveredMs = claim.deliveredMs;
        if (claim.retryCount >= 0)
            pending.deliveries = static_cast<std::uint64_t>(claim.retryCount);
        else if (!claim.justId)
            ++pending.deliveries;
        claimed.push_back(claim.justId ? idReply(id) : entryReply(*entry));
    }
    if (changed)
        ctx.groupsChanged(key);
    return RespValue::array(std::move(claimed));
}

RespValue xautoclaim(CommandContext &ctx)
{
    const std::optional<std::int64_t> minIdle = parseInt64(ctx.arg(4));
    if (!minIdle)
        return reply::err("Invalid min-idle-time argument for XAUTOCLAIM");
    std::optional<RespValue> error;
    const std::optional<StreamId> start = parseBound(ctx.arg(5), true, &error);
    if (!start)
        return *error;
    std::int64_t count = 100;
    bool justId = false;
    for (int i = 6; i < ctx.argc(); ++i) {
        if (ctx.is(i, "count") && i + 1 < ctx.argc()) {
            const std::optional<std::int64_t> given = parseInt64(ctx.arg(++i));
            constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 16;
            if (!given || *given < 1 || *given > kMost)
                return reply::err("COUNT must be > 0");
            count = *given;
        } else if (ctx.is(i, "justid")) {
            justId = true;
        } else {
            return reply::syntax();
        }
    }
    if (std::optional<RespValue> missing = lookUp(ctx))
        return *missing;
    const QByteArray &key = ctx.arg(1);
    StreamValue &stream = ctx.edit(key)->as<StreamValue>();
    StreamGroup &group = *findGroup(stream, ctx.arg(2));
    StreamConsumer *consumer = nullptr; // made when there is something for it
    std::vector<RespValue> claimed;
    std::vector<RespValue> deleted;
    StreamId at = *start;
    std::int64_t attempts = count > std::numeric_limits<std::int64_t>::max() / 10 ? count : count * 10;
    auto it = firstPending(group, at);
    for (; it != group.pending.end() && count > 0 && attempts > 0; --attempts) {
        const StreamId id = it->id;
        const StreamEntry *entry = findEntry(stream, id);
        if (!entry) {
            deleted.push_back(idReply(id));
            removePending(group, id);
            it = firstPending(group, id);
            --count;
            continue;
        }
        if (*minIdle > 0 && elapsedSince(it->deliveredMs, ctx.now()) < *minIdle) {
            ++it;
            continue;
        }
        if (!consumer)
            consumer = &ensureConsumer(ctx, key, group, ctx.arg(3));
        StreamPending &pending = assignPending(group, *consumer, id);
        pending.deliveredMs = ctx.now();
        pending.deliveries += justId ? 0 : 1;
        claimed.push_back(justId ? idReply(id) : entryReply(*entry));
        ++it;
        --count;
    }
    const StreamId next = it == group.pending.end() ? StreamId{} : it->id;
    if (!claimed.empty() || !deleted.empty())
        ctx.groupsChanged(key);
    return RespValue::array({idReply(next), RespValue::array(std::move(claimed)), RespValue::array(std::move(deleted))});
}

} // namespace

void registerStreamClaimCommands(CommandTable &table)
{
    table.add({"xclaim", -6, "write fast", 1, 1, 1, "stream", "Gives pending entries to another consumer.", xclaim});
    table.add({"xautoclaim", -6, "write fast", 1, 1, 1, "stream", "Gives entries pending for long to another consumer.", xautoclaim});
}

} // namespace keyloupe
