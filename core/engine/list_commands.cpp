// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lists. The blocking forms answer as inside a transaction: at once, with nil when there is nothing.
#include "core/engine/command_context.h"

namespace keyloupe {
namespace {

using Items = std::deque<QByteArray>;

const ListObject *asList(const Object *object, bool *wrong)
{
    *wrong = object && !object->is<ListObject>();
    return object && !*wrong ? &object->as<ListObject>() : nullptr;
}
const ListObject *readList(const CommandContext &ctx, const QByteArray &key, bool *wrong) { return asList(ctx.read(key), wrong); }
const ListObject *peekList(const CommandContext &ctx, const QByteArray &key, bool *wrong) { return asList(ctx.peek(key), wrong); }

RespValue push(CommandContext &ctx, bool left, bool onlyIfThere)
{
    bool wrong = false;
    const ListObject *there = peekList(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!there && onlyIfThere)
        return reply::integer(0);
    Items &items = ctx.editOrCreate<ListObject>(ctx.arg(1)).items;
    for (int i = 2; i < ctx.argc(); ++i) {
        if (left)
            items.push_front(ctx.arg(i));
        else
            items.push_back(ctx.arg(i));
    }
    const auto length = std::int64_t(items.size());
    ctx.changed(ctx.arg(1), 'l', left ? "lpush" : "rpush");
    return reply::integer(length);
}
RespValue lpush(CommandContext &ctx) { return push(ctx, true, false); }
RespValue rpush(CommandContext &ctx) { return push(ctx, false, false); }
RespValue lpushx(CommandContext &ctx) { return push(ctx, true, true); }
RespValue rpushx(CommandContext &ctx) { return push(ctx, false, true); }

QByteArray takeEnd(Items &items, bool left)
{
    QByteArray item = left ? std::move(items.front()) : std::move(items.back());
    if (left)
        items.pop_front();
    else
        items.pop_back();
    return item;
}

RespValue pop(CommandContext &ctx, bool left)
{
    if (ctx.argc() > 3)
        return reply::wrongArgumentCount(ctx.spec.name);
    std::int64_t count = 1;
    if (ctx.argc() == 3) {
        const std::optional<std::int64_t> given = parseInt64(ctx.arg(2));
        if (!given || *given < 0)
            return reply::mustBePositive();
        count = *given;
    }
    bool wrong = false;
    const ListObject *there = readList(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!there)
        return ctx.argc() == 3 ? RespValue::nullArray() : RespValue::null();
    if (ctx.argc() == 3 && count == 0)
        return RespValue::array();
    Items &items = ctx.edit(ctx.arg(1))->as<ListObject>().items;
    std::vector<RespValue> taken;
    while (std::int64_t(taken.size()) < count && !items.empty())
        taken.push_back(reply::bulk(takeEnd(items, left)));
    ctx.changed(ctx.arg(1), 'l', left ? "lpop" : "rpop");
    return ctx.argc() == 3 ? RespValue::array(std::move(taken)) : taken.front();
}
RespValue lpop(CommandContext &ctx) { return pop(ctx, true); }
RespValue rpop(CommandContext &ctx) { return pop(ctx, false); }

RespValue llen(CommandContext &ctx)
{
    bool wrong = false;
    const ListObject *list = readList(ctx, ctx.arg(1), &wrong);
    return wrong ? reply::wrongType() : reply::integer(list ? std::int64_t(list->items.size()) : 0);
}

RespValue lrange(CommandContext &ctx)
{
    std::optional<std::int64_t> start = parseInt64(ctx.arg(2));
    std::optional<std::int64_t> stop = parseInt64(ctx.arg(3));
    if (!start || !stop)
        return reply::notInteger();
    bool wrong = false;
    const ListObject *list = readList(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!list || !clampRange(*start, *stop, std::int64_t(list->items.size())))
        return RespValue::array();
    std::vector<RespValue> out;
    out.reserve(std::size_t(*stop - *start + 1));
    for (std::int64_t i = *start; i <= *stop; ++i)
        out.push_back(reply::bulk(list->items[std::size_t(i)]));
    return RespValue::array(std::move(out));
}

RespValue lindex(CommandContext &ctx)
{
    bool wrong = false;
    const ListObject *list = readList(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!list)
        return RespValue::null();
    std::optional<std::int64_t> index = parseInt64(ctx.arg(2));
    if (!index)
        return reply::notInteger();
    const auto size = std::int64_t(list->items.size());
    const std::int64_t at = *index < 0 ? *index + size : *index;
    return at < 0 || at >= size ? RespValue::null() : reply::bulk(list->items[std::size_t(at)]);
}

RespValue lset(CommandContext &ctx)
{
    bool wrong = false;
    const ListObject *list = peekList(ctx, ctx.arg(1), &wrong);
    if (!list)
        return wrong ? reply::wrongType() : reply::noSuchKey();
    const std::optional<std::int64_t> index = parseInt64(ctx.arg(2));
    if (!index)
        return reply::notInteger();
    const auto size = std::int64_t(list->items.size());
    const std::int64_t at = *index < 0 ? *index + size : *index;
    if (at < 0 || at >= size)
        return reply::indexOutOfRange();
    ctx.edit(ctx.arg(1))->as<ListObject>().items[std::size_t(at)] = ctx.arg(3);
    ctx.changed(ctx.arg(1), 'l', "lset");
    return RespValue::ok();
}

RespValue linsert(CommandContext &ctx)
{
    const bool before = ctx.is(2, "before");
    if (!before && !ctx.is(2, "after"))
        return reply::syntax();
    bool wrong = false;
    const ListObject *list = peekList(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!list)
        return reply::integer(0);
    const auto found = std::find(list->items.begin(), list->items.end(), ctx.arg(3));
    if (found == list->items.end())
        return reply::integer(-1);
    const auto at = found - list->items.begin() + (before ? 0 : 1);
    Items &items = ctx.edit(ctx.arg(1))->as<ListObject>().items;
    items.insert(items.begin() + at, ctx.arg(4));
    const auto length = std::int64_t(items.size());
    ctx.changed(ctx.arg(1), 'l', "linsert");
    return reply::integer(length);
}

RespValue lrem(CommandContext &ctx)
{
    const std::optional<std::int64_t> count = parseInt64(ctx.arg(2));
    if (!count)
        return reply::notInteger();
    bool wrong = false;
    const ListObject *list = peekList(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!list || std::find(list->items.begin(), list->items.end(), ctx.arg(3)) == list->items.end())
        return reply::integer(0);
    Items &items = ctx.edit(ctx.arg(1))->as<ListObject>().items;
    const std::int64_t limit = *count == 0 ? std::int64_t(items.size()) : *count == INT64_MIN ? INT64_MAX : std::abs(*count);
    std::int64_t removed = 0;
    const auto matches = [&](const QByteArray &item) {
        if (removed == limit || item != ctx.arg(3))
            return false;
        ++removed;
        return true;
    };
    if (*count < 0) {
        std::reverse(items.begin(), items.end());
        std::erase_if(items, matches);
        std::reverse(items.begin(), items.end());
    } else {
        std::erase_if(items, matches);
    }
    ctx.changed(ctx.arg(1), 'l', "lrem");
    return reply::integer(removed);
}

RespValue ltrim(CommandContext &ctx)
{
    std::optional<std::int64_t> start = parseInt64(ctx.arg(2));
    std::optional<std::int64_t> stop = parseInt64(ctx.arg(3));
    if (!start || !stop)
        return reply::notInteger();
    bool wrong = false;
    const ListObject *list = peekList(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!list)
        return RespValue::ok();
    const bool any = clampRange(*start, *stop, std::int64_t(list->items.size()));
    Items &items = ctx.edit(ctx.arg(1))->as<ListObject>().items;
    if (any) {
        items.erase(items.begin() + *stop + 1, items.end());
        items.erase(items.begin(), items.begin() + *start);
    } else {
        items.clear();
    }
    ctx.changed(ctx.arg(1), 'l', "ltrim");
    return RespValue::ok();
}

RespValue lpos(CommandContext &ctx)
{
    std::int64_t rank = 1;
    std::int64_t count = -1;
    std::int64_t maxlen = 0;
    for (int i = 3; i < ctx.argc(); i += 2) {
        if (i + 1 >= ctx.argc())
            return reply::syntax();
        const std::optional<std::int64_t> value = parseInt64(ctx.arg(i + 1));
        if (ctx.is(i, "rank")) {
            if (!value)
                return reply::notInteger();
            if (*value == 0) {
                return reply::err("RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from "
                                  "the end of the list");
            }
            rank = *value;
        } else if (ctx.is(i, "count")) {
            if (!value || *value < 0)
                return reply::err("COUNT can't be negative");
            count = *value;
        } else if (ctx.is(i, "maxlen")) {
            if (!value || *value < 0)
                return reply::err("MAXLEN can't be negative");
            maxlen = *value;
        } else {
            return reply::syntax();
        }
    }
    bool wrong = false;
    const ListObject *list = readList(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    std::vector<RespValue> found;
    const auto size = list ? std::int64_t(list->items.size()) : 0;
    std::int64_t skip = rank == INT64_MIN ? INT64_MAX : std::abs(rank) - 1;
    for (std::int64_t step = 0; step < size && (maxlen == 0 || step < maxlen); ++step) {
        const std::int64_t at = rank > 0 ? step : size - 1 - step;
        if (list->items[std::size_t(at)] != ctx.arg(2))
            continue;
        if (skip > 0) {
            --skip;
            continue;
        }
        found.push_back(reply::integer(at));
        if (count < 0 || std::int64_t(found.size()) == count)
            break;
    }
    if (count >= 0)
        return RespValue::array(std::move(found));
    return found.empty() ? RespValue::null() : found.front();
}

RespValue moveBetween(CommandContext &ctx, bool fromLeft, bool toLeft)
{
    bool wrong = false;
    const ListObject *source = readList(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!source)
        return RespValue::null();
    peekList(ctx, ctx.arg(2), &wrong);
    if (wrong)
        return reply::wrongType();
    Items &items = ctx.edit(ctx.arg(1))->as<ListObject>().items;
    const QByteArray item = takeEnd(items, fromLeft);
    const auto put = [&](Items &target) {
        if (toLeft)
            target.push_front(item);
        else
            target.push_back(item);
    };
    // Turned in itself a list is never empty in between, and keeps its expiry.
    if (ctx.arg(1) == ctx.arg(2)) {
        put(items);
        ctx.changed(ctx.arg(1), 'l', toLeft ? "lpush" : "rpush");
        ctx.notify('l', fromLeft ? "lpop" : "rpop", ctx.arg(1));
        return reply::bulk(item);
    }
    put(ctx.editOrCreate<ListObject>(ctx.arg(2)).items);
    ctx.changed(ctx.arg(2), 'l', toLeft ? "lpush" : "rpush");
    ctx.changed(ctx.arg(1), 'l', fromLeft ? "lpop" : "rpop");
    return reply::bulk(item);
}

RespValue lmove(CommandContext &ctx)
{
    for (int i : {3, 4}) {
        if (!ctx.is(i, "left") && !ctx.is(i, "right"))
            return reply::syntax();
    }
    return moveBetween(ctx, ctx.is(3, "left"), ctx.is(4, "left"));
}
RespValue rpoplpush(CommandContext &ctx) { return moveBetween(ctx, false, true); }

RespValue blockingMove(CommandContext &ctx)
{
    const int timeoutAt = ctx.argc() - 1;
    if (const std::optional<RespValue> error = checkTimeout(ctx.arg(timeoutAt)))
        return *error;
    return timeoutAt == 5 ? lmove(ctx) : rpoplpush(ctx);
}

RespValue blockingPop(CommandContext &ctx, bool left)
{
    if (const std::optional<RespValue> error = checkTimeout(ctx.arg(ctx.argc() - 1)))
        return *error;
    for (int i = 1; i + 1 < ctx.argc(); ++i) {
        bool wrong = false;
        const ListObject *list = readList(ctx, ctx.arg(i), &wrong);
        if (wrong)
            return reply::wrongType();
        if (!list)
            continue;
        const QByteArray item = takeEnd(ctx.edit(ctx.arg(i))->as<ListObject>().items, left);
        ctx.changed(ctx.arg(i), 'l', left ? "lpop" : "rpop");
        return RespValue::array({reply::bulk(ctx.arg(i)), reply::bulk(item)});
    }
    return RespValue::nullArray();
}
RespValue blpop(CommandContext &ctx) { return blockingPop(ctx, true); }
RespValue brpop(CommandContext &ctx) { return blockingPop(ctx, false); }

// LMPOP numkeys key… LEFT|RIGHT [COUNT n], from argument `at` on.
RespValue popFromFirst(CommandContext &ctx, int at)
{
    const std::optional<std::int64_t> keys = parseInt64(ctx.arg(at));
    if (!keys || *keys <= 0)
        return reply::err("numkeys should be greater than 0");
    if (*keys >= ctx.argc() - at - 1)
        return reply::syntax();
    const int where = at + 1 + int(*keys);
    if (!ctx.is(where, "left") && !ctx.is(where, "right"))
        return reply::syntax();
    std::optional<std::int64_t> count;
    for (int i = where + 1; i < ctx.argc(); ++i) {
        if (count || !ctx.is(i, "count") || i + 1 >= ctx.argc())
            return reply::syntax();
        count = parseInt64(ctx.arg(++i));
        if (!count || *count < 1)
            return reply::err("count should be greater than 0");
    }
    const bool left = ctx.is(where, "left");
    for (int i = at + 1; i < where; ++i) {
        bool wrong = false;
        const ListObject *list = readList(ctx, ctx.arg(i), &wrong);
        if (wrong)
            return reply::wrongType();
        if (!list)
            continue;
        Items &items = ctx.edit(ctx.arg(i))->as<ListObject>().items;
        std::vector<RespValue> taken;
        while (std::int64_t(taken.size()) < count.value_or(1) && !items.empty())
            taken.push_back(reply::bulk(takeEnd(items, left)));
        ctx.changed(ctx.arg(i), 'l', left ? "lpop" : "rpop");
        return RespValue::array({reply::bulk(ctx.arg(i)), RespValue::array(std::move(taken))});
    }
    return RespValue::nullArray();
}
RespValue lmpop(CommandContext &ctx) { return popFromFirst(ctx, 1); }
RespValue blmpop(CommandContext &ctx)
{
    const std::optional<RespValue> error = checkTimeout(ctx.arg(1));
    return error ? *error : popFromFirst(ctx, 2);
}

} // namespace

void registerListCommands(CommandTable &table)
{
    table.add({"lpush", -3, "write denyoom fast", 1, 1, 1, "list", "Puts elements at the head.", lpush});
    table.add({"rpush", -3, "write denyoom fast", 1, 1, 1, "list", "Puts elements at the tail.", rpush});
    table.add({"lpushx", -3, "write denyoom fast", 1, 1, 1, "list", "Puts elements at the head of an existing list.", lpushx});
    table.add({"rpushx", -3, "write denyoom fast", 1, 1, 1, "list", "Puts elements at the tail of an existing list.", rpushx});
    table.add({"lpop", -2, "write fast", 1, 1, 1, "list", "Takes elements from the head.", lpop});
    table.add({"rpop", -2, "write fast", 1, 1, 1, "list", "Takes elements from the tail.", rpop});
    table.add({"llen", 2, "readonly fast", 1, 1, 1, "list", "Returns the length.", llen});
    table.add({"lrange", 4, "readonly", 1, 1, 1, "list", "Returns a range of elements.", lrange});
    table.add({"lindex", 3, "readonly", 1, 1, 1, "list", "Returns one element.", lindex});
    table.add({"lset", 4, "write denyoom", 1, 1, 1, "list", "Replaces one element.", lset});
    table.add({"linsert", 5, "write denyoom", 1, 1, 1, "list", "Inserts beside an element.", linsert});
    table.add({"lrem", 4, "write", 1, 1, 1, "list", "Removes equal elements.", lrem});
    table.add({"ltrim", 4, "write", 1, 1, 1, "list", "Keeps a range only.", ltrim});
    table.add({"lpos", -3, "readonly", 1, 1, 1, "list", "Finds equal elements.", lpos});
    table.add({"lmove", 5, "write denyoom", 1, 2, 1, "list", "Moves an element between lists.", lmove});
    table.add({"rpoplpush", 3, "write denyoom", 1, 2, 1, "list", "Moves the last element to another head.", rpoplpush});
    table.add({"lmpop", -4, "write movablekeys", 0, 0, 0, "list", "Takes from the first list that has elements.", lmpop});
    table.add({"blpop", -3, "write noscript blocking", 1, -2, 1, "list", "Takes from a head; does not wait here.", blpop});
    table.add({"brpop", -3, "write noscript blocking", 1, -2, 1, "list", "Takes from a tail; does not wait here.", brpop});
    table.add({"blmove", 6, "write denyoom noscript blocking", 1, 2, 1, "list", "Moves an element; does not wait here.", blockingMove});
    table.add({"brpoplpush", 4, "write denyoom noscript blocking", 1, 2, 1, "list", "Moves the last element; does not wait here.", blockingMove});
    table.add({"blmpop", -5, "write blocking movablekeys", 0, 0, 0, "list", "Takes from the first list; does not wait here.", blmpop});
}

} // namespace keyloupe
