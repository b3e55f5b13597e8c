// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sets.
#include "core/engine/command_context.h"

#include "core/base/glob.h"

#include <QRandomGenerator>

namespace keyloupe {
namespace {

const SetObject *asSet(const Object *object, bool *wrong)
{
    *wrong = object && !object->is<SetObject>();
    return object && !*wrong ? &object->as<SetObject>() : nullptr;
}
const SetObject *readSet(const CommandContext &ctx, const QByteArray &key, bool *wrong) { return asSet(ctx.read(key), wrong); }
const SetObject *peekSet(const CommandContext &ctx, const QByteArray &key, bool *wrong) { return asSet(ctx.peek(key), wrong); }

RespValue sadd(CommandContext &ctx)
{
    bool wrong = false;
    const SetObject *there = peekSet(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    bool any = !there;
    for (int i = 2; !any && i < ctx.argc(); ++i)
        any = !there->contains(ctx.arg(i));
    if (!any)
        return reply::integer(0);
    SetObject &set = ctx.editOrCreate<SetObject>(ctx.arg(1));
    std::int64_t added = 0;
    for (int i = 2; i < ctx.argc(); ++i)
        added += set.add(ctx.arg(i)) ? 1 : 0;
    ctx.changed(ctx.arg(1), 's', "sadd");
    return reply::integer(added);
}

RespValue srem(CommandContext &ctx)
{
    bool wrong = false;
    const SetObject *there = peekSet(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    bool any = false;
    for (int i = 2; there && i < ctx.argc(); ++i)
        any = any || there->contains(ctx.arg(i));
    if (!any)
        return reply::integer(0);
    SetObject &set = ctx.edit(ctx.arg(1))->as<SetObject>();
    std::int64_t removed = 0;
    for (int i = 2; i < ctx.argc(); ++i)
        removed += set.remove(ctx.arg(i)) ? 1 : 0;
    ctx.changed(ctx.arg(1), 's', "srem");
    return reply::integer(removed);
}

RespValue smove(CommandContext &ctx)
{
    bool wrong = false;
    const SetObject *source = peekSet(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!source)
        return reply::integer(0);
    peekSet(ctx, ctx.arg(2), &wrong);
    if (wrong)
        return reply::wrongType();
    const bool there = source->contains(ctx.arg(3));
    if (ctx.arg(1) == ctx.arg(2) || !there)
        return reply::integer(there ? 1 : 0);
    ctx.edit(ctx.arg(1))->as<SetObject>().remove(ctx.arg(3));
    ctx.changed(ctx.arg(1), 's', "srem");
    if (ctx.editOrCreate<SetObject>(ctx.arg(2)).add(ctx.arg(3)))
        ctx.changed(ctx.arg(2), 's', "sadd");
    return reply::integer(1);
}

RespValue sismember(CommandContext &ctx)
{
    bool wrong = false;
    const SetObject *set = readSet(ctx, ctx.arg(1), &wrong);
    return wrong ? reply::wrongType() : reply::integer(set && set->contains(ctx.arg(2)) ? 1 : 0);
}

RespValue smismember(CommandContext &ctx)
{
    bool wrong = false;
    const SetObject *set = readSet(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    std::vector<RespValue> found;
    for (int i = 2; i < ctx.argc(); ++i)
        found.push_back(reply::integer(set && set->contains(ctx.arg(i)) ? 1 : 0));
    return RespValue::array(std::move(found));
}

RespValue scard(CommandContext &ctx)
{
    bool wrong = false;
    const SetObject *set = readSet(ctx, ctx.arg(1), &wrong);
    return wrong ? reply::wrongType() : reply::integer(set ? set->size() : 0);
}

RespValue smembers(CommandContext &ctx)
{
    bool wrong = false;
    const SetObject *set = readSet(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    std::vector<RespValue> members;
    if (set) {
        for (const QByteArray &member : *set)
            members.push_back(reply::bulk(member));
    }
    return RespValue::set(std::move(members));
}

RespValue sscan(CommandContext &ctx)
{
    ScanArguments arguments;
    if (std::optional<RespValue> error = parseScanCursor(ctx.arg(2), &arguments))
        return *error;
    bool wrong = false;
    const SetObject *set = readSet(ctx, ctx.arg(1), &wrong);
    if (!set)
        return wrong ? reply::wrongType() : scanReply(0, {});
    if (std::optional<RespValue> error = parseScanOptions(ctx, 3, false, &arguments))
        return *error;
    std::vector<RespValue> members;
    // Small sets come at once, as from a server; in large ones the cursor counts down the entries, which only ever move
    // towards the front, so none is missed.
    const qsizetype size = set->size();
    qsizetype from = arguments.cursor == 0 ? size : std::min<qsizetype>(size, qsizetype(arguments.cursor));
    const qsizetype wanted = size <= 128 ? size : qsizetype(std::min<std::int64_t>(arguments.count, size));
    for (qsizetype given = 0; given < wanted && from > 0; ++given) {
        const QByteArray &member = (*set)[--from];
        if (arguments.pattern.isNull() || globMatch(arguments.pattern, member))
            members.push_back(reply::bulk(member));
    }
    return scanReply(std::uint64_t(from), std::move(members));
}

RespValue spop(CommandContext &ctx)
{
    if (ctx.argc() > 3)
        return reply::syntax();
    std::int64_t count = 1;
    if (ctx.argc() == 3) {
        const std::optional<std::int64_t> given = parseInt64(ctx.arg(2));
        if (!given || *given < 0)
            return reply::mustBePositive();
        count = *given;
    }
    bool wrong = false;
    const SetObject *there = readSet(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!there)
        return ctx.argc() == 3 ? RespValue::set() : RespValue::null();
    if (count == 0)
        return RespValue::set();
    SetObject &set = ctx.edit(ctx.arg(1))->as<SetObject>();
    std::vector<RespValue> taken;
    while (set.size() > 0 && std::int64_t(taken.size()) < count)
        taken.push_back(reply::bulk(set.takeAt(qsizetype(QRandomGenerator::global()->bounded(quint64(set.size()))))));
    ctx.changed(ctx.arg(1), 's', "spop");
    return ctx.argc() == 3 ? RespValue::set(std::move(taken)) : taken.front();
}

RespValue srandmember(CommandContext &ctx)
{
    if (ctx.argc() > 3)
        return reply::syntax();
    bool wrong = false;
    std::int64_t count = 1;
    if (ctx.argc() == 3) {
        if (std::optional<RespValue> error = parseRandomCount(ctx.arg(2), &count))
            return *error;
    }
    const SetObject *set = readSet(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    QRandomGenerator *random = QRandomGenerator::global();
    const auto any = [&] { return reply::bulk((*set)[qsizetype(random->bounded(quint64(set->size())))]); };
    if (ctx.argc() == 2)
        return set ? any() : RespValue::null();
    std::vector<RespValue> members;
    if (!set || count == 0)
        return RespValue::array();
    if (count < -kMaxRandomRepeats)
        return reply::outOfRange();
    if (count < 0) { // with repeats
        for (std::int64_t i = 0; i < -count; ++i)
            members.push_back(any());
        return RespValue::array(std::move(members));
    }
    std::int64_t wanted = std::min<std::int64_t>(count, set->size());
    for (qsizetype i = 0; i < set->size() && wanted > 0; ++i) {
        if (std::int64_t(random->bounded(quint64(set->size() - i))) < wanted) {
            members.push_back(reply::bulk((*set)[i]));
            --wanted;
        }
    }
    return RespValue::array(std::move(members));
}

enum class Operation { Union, Intersection, Difference };

// The result of a set operation over the keys of arguments [first, end); wrong types reported in *error.
std::vector<QByteArray> combine(CommandContext &ctx, Operation operation, int first, int end, std::int64_t limit, std::optional<RespValue> *error)
{
    std::vector<const SetObject *> sets;
    for (int i = first; i < end; ++i) {
        bool wrong = false;
        sets.push_back(readSet(ctx, ctx.arg(i), &wrong));
        if (wrong) {
            *error = reply::wrongType();
            return {};
        }
    }
    std::vector<QByteArray> result;
    if (operation == Operation::Union) {
        SetObject all;
        for (const SetObject *set : sets) {
            for (qsizetype i = 0; set && i < set->size(); ++i)
                all.add((*set)[i]);
        }
        result.assign(all.begin(), all.end());
        return result;
    }
    if (operation == Operation::Intersection && std::find(sets.begin(), sets.end(), nullptr) != sets.end())
        return result;
    if (operation == Operation::Intersection) {
        std::stable_sort(sets.begin(), sets.end(), [](const SetObject *a, const SetObject *b) { return a->size() < b->size(); });
    }
    if (!sets.front())
        return result;
    for (const QByteArray &member : *sets.front()) {
        const bool wantedElsewhere = operation == Operation::Intersection;
        const bool keep = std::all_of(sets.begin() + 1, sets.end(),
                                      [&](const SetObject *set) { return (set && set->contains(member)) == wantedElsewhere; });
        if (keep)
            result.push_back(member);
        if (limit > 0 && std::int64_t(result.size()) == limit)
            break;
    }
    return result;
}

RespValue combined(CommandContext &ctx, Operation operation)
{
    std::optional<RespValue> error;
    std::vector<RespValue> members;
    for (QByteArray &member : combine(ctx, operation, 1, ctx.argc(), 0, &error))
        members.push_back(reply::bulk(std::move(member)));
    return error ? *error : RespValue::set(std::move(members));
}
RespValue sunion(CommandContext &ctx) { return combined(ctx, Operation::Union); }
RespValue sinter(CommandContext &ctx) { return combined(ctx, Operation::Intersection); }
RespValue sdiff(CommandContext &ctx) { return combined(ctx, Operation::Difference); }

RespValue storeCombined(CommandContext &ctx, Operation operation, const char *event)
{
    std::optional<RespValue> error;
    SetObject set;
    for (const QByteArray &member : combine(ctx, operation, 2, ctx.argc(), 0, &error))
        set.add(member);
    if (error)
        return *error;
    const qsizetype size = set.size();
    ctx.storeOrRemove(ctx.arg(1), Object(std::move(set)), 's', event);
    return reply::integer(size);
}
RespValue sunionstore(CommandContext &ctx) { return storeCombined(ctx, Operation::Union, "sunionstore"); }
RespValue sinterstore(CommandContext &ctx) { return storeCombined(ctx, Operation::Intersection, "sinterstore"); }
RespValue sdiffstore(CommandContext &ctx) { return storeCombined(ctx, Operation::Difference, "sdiffstore"); }

RespValue sintercard(CommandContext &ctx)
{
    const std::optional<std::int64_t> keys = parseInt64(ctx.arg(1));
    if (!keys || *keys <= 0)
        return reply::err("numkeys should be greater than 0");
    if (*keys > ctx.argc() - 2)
        return reply::err("Number of keys can't be greater than number of args");
    std::int64_t limit = 0;
    const int end = 2 + int(*keys);
    for (int i = end; i < ctx.argc(); i += 2) {
        if (!ctx.is(i, "limit") || i + 1 >= ctx.argc())
            return reply::syntax();
        const std::optional<std::int64_t> given = parseInt64(ctx.arg(i + 1));
        if (!given || *given < 0)
            return reply::err("LIMIT can't be negative");
        limit = *given;
    }
    std::optional<RespValue> error;
    const auto members = combine(ctx, Operation::Intersection, 2, end, limit, &error);
    return error ? *error : reply::integer(std::int64_t(members.size()));
}

} // namespace

void registerSetCommands(CommandTable &table)
{
    table.add({"sadd", -3, "write denyoom fast", 1, 1, 1, "set", "Adds members.", sadd});
    table.add({"srem", -3, "write fast", 1, 1, 1, "set", "Removes members.", srem});
    table.add({"smove", 4, "write fast", 1, 2, 1, "set", "Moves a member between sets.", smove});
    table.add({"sismember", 3, "readonly fast", 1, 1, 1, "set", "Tells whether a member is there.", sismember});
    table.add({"smismember", -3, "readonly fast", 1, 1, 1, "set", "Tells whether members are there.", smismember});
    table.add({"scard", 2, "readonly fast", 1, 1, 1, "set", "Returns the number of members.", scard});
    table.add({"smembers", 2, "readonly", 1, 1, 1, "set", "Returns all members.", smembers});
    table.add({"sscan", -3, "readonly", 1, 1, 1, "set", "Iterates over members.", sscan});
    table.add({"spop", -2, "write fast", 1, 1, 1, "set", "Takes random members.", spop});
    table.add({"srandmember", -2, "readonly", 1, 1, 1, "set", "Returns random members.", srandmember});
    table.add({"sunion", -2, "readonly", 1, -1, 1, "set", "Returns the union.", sunion});
    table.add({"sinter", -2, "readonly", 1, -1, 1, "set", "Returns the intersection.", sinter});
    table.add({"sdiff", -2, "readonly", 1, -1, 1, "set", "Returns the difference.", sdiff});
    table.add({"sunionstore", -3, "write denyoom", 1, -1, 1, "set", "Stores the union.", sunionstore});
    table.add({"sinterstore", -3, "write denyoom", 1, -1, 1, "set", "Stores the intersection.", sinterstore});
    table.add({"sdiffstore", -3, "write denyoom", 1, -1, 1, "set", "Stores the difference.", sdiffstore});
    table.add({"sintercard", -3, "readonly movablekeys", 0, 0, 0, "set", "Counts the intersection.", sintercard});
}

} // namespace keyloupe
