// SPDX-License-Identifier: GPL-3.0-or-later
//
// Streams: adding, deleting, trimming, ranges, XSETID. Groups, reading and XINFO are in files of their own.
#include "core/engine/stream_support.h"

#include <algorithm>

namespace keyloupe {
namespace {

void refreshFirst(StreamValue &stream)
{
    stream.firstId = stream.entries.empty() ? StreamId{} : stream.entries.front().id;
}

constexpr std::int64_t kNodeEntries = 100; // of a server's tree, by default

// The options of XADD and XTRIM.
struct AddOrTrim
{
    enum class Kind { None, MaxLength, MinId };
    Kind kind = Kind::None;
    bool approximate = false;
    std::int64_t length = 0;
    StreamId minId;
    std::int64_t limit = 0; ///< 0: none
    bool create = true;
    int idAt = 0;           ///< of XADD
    bool autoId = false;    ///< "*"
    bool autoSeq = false;   ///< "ms-*"
    StreamId id;
};

std::optional<RespValue> parseThreshold(const CommandContext &ctx, int *i, AddOrTrim *options)
{
    if (options->kind != AddOrTrim::Kind::None)
        return reply::err("syntax error, MAXLEN and MINID options at the same time are not compatible");
    options->kind = ctx.is(*i, "maxlen") ? AddOrTrim::Kind::MaxLength : AddOrTrim::Kind::MinId;
    ++*i;
    options->approximate = false;
    if (*i + 1 < ctx.argc() && (ctx.arg(*i) == "~" || ctx.arg(*i) == "=")) {
        options->approximate = ctx.arg(*i) == "~";
        ++*i;
    }
    if (options->kind == AddOrTrim::Kind::MaxLength) {
        const std::optional<std::int64_t> length = parseInt64(ctx.arg(*i));
        if (!length)
            return reply::notInteger();
        if (*length < 0)
            return reply::err("The MAXLEN argument must be >= 0.");
        options->length = *length;
        return std::nullopt;
    }
    const std::optional<StreamId> id = parseId(ctx.arg(*i), 0);
    if (!id)
        return badId();
    options->minId = *id;
    return std::nullopt;
}

std::optional<RespValue> parseAddOrTrim(const CommandContext &ctx, bool adds, AddOrTrim *options)
{
    std::optional<std::int64_t> limit;
    int i = 2;
    for (; i < ctx.argc(); ++i) {
        const bool next = i + 1 < ctx.argc();
        if (adds && ctx.arg(i) == "*") {
            options->autoId = true;
            break;
        }
        if (next && (ctx.is(i, "maxlen") || ctx.is(i, "minid"))) {
            if (std::optional<RespValue> error = parseThreshold(ctx, &i, options))
                return error;
        } else if (next && ctx.is(i, "limit")) {
            limit = parseInt64(ctx.arg(++i));
            if (!limit)
                return reply::notInteger();
            if (*limit < 0)
                return reply::err("The LIMIT argument must be >= 0.");
        } else if (adds && ctx.is(i, "nomkstream")) {
            options->create = false;
        } else if (adds) {
            options->autoSeq = ctx.arg(i).endsWith("-*");
            const std::optional<StreamId> id = parseId(options->autoSeq ? ctx.arg(i).chopped(2) : ctx.arg(i), 0);
            if (!id)
                return badId();
            options->id = *id;
            break;
        } else {
            return reply::syntax();
        }
    }
    options->idAt = i;
    if (limit.value_or(0) > 0 && options->kind == AddOrTrim::Kind::None)
        return reply::err("syntax error, LIMIT cannot be used without specifying a trimming strategy");
    if (!adds && options->kind == AddOrTrim::Kind::None)
        return reply::err("syntax error, XTRIM must be called with a trimming strategy");
    // A server writes what it trimmed into its file with "=", and leaves the LIMIT there.
    if (limit && ctx.state.isLoading)
        limit = 0;
    if (limit && !options->approximate && !ctx.state.isLoading)
        return reply::err("syntax error, LIMIT cannot be used without the special ~ option");
    options->limit = limit.value_or(options->approximate ? 100 * kNodeEntries : 0);
    return std::nullopt;
}

// A server trims with "~" only whole nodes of its tree; here each hundred entries from the first on stand for one.
std::int64_t approximately(const AddOrTrim &options, std::int64_t length, std::int64_t exact)
{
    std::int64_t count = 0;
    for (;;) {
        const std::int64_t node = std::min(kNodeEntries, length - count);
        if (node == 0 || count + node > exact || (options.limit > 0 && count + node > options.limit))
            return count;
        count += node;
    }
}

std::int64_t trimCount(const StreamValue &stream, const AddOrTrim &options)
{
    std::int64_t exact = 0;
    if (options.kind == AddOrTrim::Kind::MaxLength)
        exact = std::max<std::int64_t>(0, std::int64_t(stream.entries.size()) - options.length);
    else if (options.kind == AddOrTrim::Kind::MinId)
        exact = firstNotBelow(stream, options.minId) - stream.entries.begin();
    return options.approximate ? approximately(options, std::int64_t(stream.entries.size()), exact) : exact;
}

void removeOldest(StreamValue &stream, std::int64_t count)
{
    if (count <= 0)
        return;
    stream.entries.erase(stream.entries.begin(), stream.entries.begin() + count);
    refreshFirst(stream);
}

RespValue notAboveTop() { return reply::err("The ID specified in XADD is equal or smaller than the target stream top item"); }

RespValue xadd(CommandContext &ctx)
{
    AddOrTrim options;
    if (std::optional<RespValue> error = parseAddOrTrim(ctx, true, &options))
        return *error;
    const int fields = ctx.argc() - options.idAt - 1;
    if (fields < 2 || fields % 2 != 0)
        return reply::wrongArgumentCount("xadd");
    StreamId id = options.id;
    if (!options.autoId && !options.autoSeq && id == StreamId{})
        return reply::err("The ID specified in XADD must be greater than 0-0");
    bool wrong = false;
    const StreamValue *there = peekStream(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!there && !options.create)
        return RespValue::null();
    const StreamId last = there ? there->lastId : StreamId{};
    if (last == StreamId{kMaxIdPart, kMaxIdPart})
        return reply::err("The stream has exhausted the last possible ID, unable to add more items");
    if (options.autoId) {
        id = {std::uint64_t(std::max<std::int64_t>(0, ctx.now())), 0};
        if (id <= last) {
            id = last;
            increment(id);
        }
    } else if (options.autoSeq && id.ms == last.ms) {
        if (last.seq == kMaxIdPart)
            return notAboveTop();
        id.seq = last.seq + 1;
    }
    if (id <= last)
        return notAboveTop();
    StreamValue &stream = ctx.editOrCreate<StreamValue>(ctx.arg(1));
    StreamEntry entry;
    entry.id = id;
    for (int k = options.idAt + 1; k < ctx.argc(); k += 2)
        entry.fields.emplace_back(ctx.arg(k), ctx.arg(k + 1));
    stream.entries.push_back(std::move(entry));
    stream.lastId = id;
    ++stream.entriesAdded;
    refreshFirst(stream);
    const std::int64_t surplus = trimCount(stream, options);
    removeOldest(stream, surplus);
    ctx.changed(ctx.arg(1), 't', "xadd");
    if (surplus > 0)
        ctx.notify('t', "xtrim", ctx.arg(1));
    return idReply(id);
}

RespValue xdel(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *there = peekStream(ctx, ctx.arg(1), &wrong);
    if (!there)
        return wrong ? reply::wrongType() : reply::integer(0);
    std::vector<StreamId> ids;
    for (int i = 2; i < ctx.argc(); ++i) {
        const std::optional<StreamId> id = parseId(ctx.arg(i), 0);
        if (!id)
            return badId();
        if (findEntry(*there, *id))
            ids.push_back(*id);
    }
    sortIds(ids);
    if (ids.empty())
        return reply::integer(0);
    StreamValue &stream = ctx.edit(ctx.arg(1))->as<StreamValue>();
    std::erase_if(stream.entries, [&](const StreamEntry &entry) { return std::binary_search(ids.begin(), ids.end(), entry.id); });
    stream.maxDeletedId = std::max(stream.maxDeletedId, ids.back());
    refreshFirst(stream);
    ctx.changed(ctx.arg(1), 't', "xdel");
    return reply::integer(std::int64_t(ids.size()));
}

RespValue xtrim(CommandContext &ctx)
{
    AddOrTrim options;
    if (std::optional<RespValue> error = parseAddOrTrim(ctx, false, &options))
        return *error;
    bool wrong = false;
    const StreamValue *there = peekStream(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    const std::int64_t count = there ? trimCount(*there, options) : 0;
    if (count == 0)
        return reply::integer(0);
    removeOldest(ctx.edit(ctx.arg(1))->as<StreamValue>(), count);
    ctx.changed(ctx.arg(1), 't', "xtrim");
    return reply::integer(count);
}

RespValue xsetid(CommandContext &ctx)
{
    const std::optional<StreamId> id = parseId(ctx.arg(2), 0);
    if (!id)
        return badId();
    std::optional<std::int64_t> added;
    StreamId deleted;
    for (int i = 3; i < ctx.argc(); i += 2) {
        if (i + 1 < ctx.argc() && ctx.is(i, "entriesadded")) {
            added = parseInt64(ctx.arg(i + 1));
            if (!added)
                return reply::notInteger();
            if (*added < 0)
                return reply::err("entries_added must be positive");
        } else if (i + 1 < ctx.argc() && ctx.is(i, "maxdeletedid")) {
            const std::optional<StreamId> given = parseId(ctx.arg(i + 1), 0);
            if (!given)
                return badId();
            deleted = *given;
            if (*id < deleted)
                return reply::err("The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
        } else {
            return reply::syntax();
        }
    }
    bool wrong = false;
    const StreamValue *there = peekStream(ctx, ctx.arg(1), &wrong);
    if (!there)
        return wrong ? reply::wrongType() : reply::noSuchKey();
    if (!there->entries.empty()) {
        if (*id < there->entries.back().id)
            return reply::err("The ID specified in XSETID is smaller than the target stream top item");
        if (added && std::int64_t(there->entries.size()) > *added)
            return reply::err("The entries_added specified in XSETID is smaller than the target stream length");
    }
    StreamValue &stream = ctx.edit(ctx.arg(1))->as<StreamValue>();
    stream.lastId = *id;
    if (added)
        stream.entriesAdded = static_cast<std::uint64_t>(*added);
    if (deleted != StreamId{})
        stream.maxDeletedId = deleted;
    ctx.groupsChanged(ctx.arg(1), "xsetid");
    return RespValue::ok();
}

RespValue xlen(CommandContext &ctx)
{
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(1), &wrong);
    return wrong ? reply::wrongType() : reply::integer(stream ? std::int64_t(stream->entries.size()) : 0);
}

RespValue range(CommandContext &ctx, bool reverse)
{
    std::optional<RespValue> error;
    const std::optional<StreamId> start = parseBound(ctx.arg(reverse ? 3 : 2), true, &error);
    if (!start)
        return *error;
    const std::optional<StreamId> end = parseBound(ctx.arg(reverse ? 2 : 3), false, &error);
    if (!end)
        return *error;
    std::int64_t count = -1;
    for (int i = 4; i < ctx.argc(); ++i) {
        if (!ctx.is(i, "count") || i + 1 >= ctx.argc())
            return reply::syntax();
        const std::optional<std::int64_t> given = parseInt64(ctx.arg(++i));
        if (!given)
            return reply::notInteger();
        count = std::max<std::int64_t>(0, *given);
    }
    bool wrong = false;
    const StreamValue *stream = readStream(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (!stream)
        return RespValue::array();
    if (count == 0)
        return RespValue::nullArray();
    if (*start > *end)
        return RespValue::array();
    const auto first = firstNotBelow(*stream, *start);
    const auto last = std::upper_bound(stream->entries.begin(), stream->entries.end(), *end,
                                       [](const StreamId &wanted, const StreamEntry &entry) { return wanted < entry.id; });
    std::vector<RespValue> entries;
    const std::int64_t total = std::max<std::int64_t>(0, last - first);
    for (std::int64_t i = 0; i < total && (count < 0 || i < count); ++i)
        entries.push_back(entryReply(reverse ? *(last - 1 - i) : *(first + i)));
    return RespValue::array(std::move(entries));
}
RespValue xrange(CommandContext &ctx) { return range(ctx, false); }
RespValue xrevrange(CommandContext &ctx) { return range(ctx, true); }

} // namespace

void registerStreamCommands(CommandTable &table)
{
    table.add({"xadd", -5, "write denyoom fast", 1, 1, 1, "stream", "Appends an entry.", xadd});
    table.add({"xdel", -3, "write fast", 1, 1, 1, "stream", "Deletes entries.", xdel});
    table.add({"xtrim", -4, "write", 1, 1, 1, "stream", "Deletes the oldest entries.", xtrim});
    table.add({"xlen", 2, "readonly fast", 1, 1, 1, "stream", "Returns the number of entries.", xlen});
    table.add({"xrange", -4, "readonly", 1, 1, 1, "stream", "Returns a range of entries.", xrange});
    table.add({"xrevrange", -4, "readonly", 1, 1, 1, "stream", "Returns a range of entries, newest first.", xrevrange});
    table.add({"xsetid", -3, "write denyoom fast", 1, 1, 1, "stream", "Sets the last id.", xsetid});
}

} // namespace keyloupe
