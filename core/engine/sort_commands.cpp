// SPDX-License-Identifier: GPL-3.0-or-later
//
// SORT and SORT_RO: the elements of a list, set or sorted set by their own value or by other keys.
#include "core/engine/command_context.h"

#include <algorithm>

namespace keyloupe {
namespace {

struct SortRequest
{
    bool descending = false;
    bool alpha = false;
    bool dontSort = false; ///< BY something without a star
    std::int64_t limitStart = 0;
    std::int64_t limitCount = -1;
    QByteArray by;         ///< null: by the element itself
    std::vector<QByteArray> gets;
    QByteArray store;      ///< null: none
};

struct SortItem
{
    QByteArray element;
    QByteArray weight; ///< of an alpha sort by other keys; null where there is none
    double score = 0;
};

std::optional<RespValue> parseSort(const CommandContext &ctx, bool readOnly, SortRequest *request)
{
    for (int i = 2; i < ctx.argc(); ++i) {
        const int behind = ctx.argc() - 1 - i;
        if (ctx.is(i, "asc")) {
            request->descending = false;
        } else if (ctx.is(i, "desc")) {
            request->descending = true;
        } else if (ctx.is(i, "alpha")) {
            request->alpha = true;
        } else if (ctx.is(i, "limit") && behind >= 2) {
            const std::optional<std::int64_t> start = parseInt64(ctx.arg(i + 1));
            const std::optional<std::int64_t> count = parseInt64(ctx.arg(i + 2));
            if (!start || !count)
                return reply::notInteger();
            request->limitStart = *start;
            request->limitCount = *count;
            i += 2;
        } else if (!readOnly && ctx.is(i, "store") && behind >= 1) {
            request->store = ctx.arg(++i).isNull() ? QByteArray("") : ctx.arg(i);
        } else if (ctx.is(i, "by") && behind >= 1) {
            request->by = ctx.arg(++i);
            request->dontSort = request->dontSort || !request->by.contains('*');
        } else if (ctx.is(i, "get") && behind >= 1) {
            request->gets.push_back(ctx.arg(++i));
        } else {
            return reply::syntax();
        }
    }
    return std::nullopt;
}

// What a pattern leads to: "#" the element itself, "w_*" a string, "w_*->f" a field of a hash; null when it leads nowhere.
QByteArray lookUp(const CommandContext &ctx, const QByteArray &pattern, const QByteArray &element)
{
    if (pattern == "#")
        return element;
    const qsizetype star = pattern.indexOf('*');
    if (star < 0)
        return {};
    const qsizetype arrow = pattern.indexOf("->", star + 1);
    const bool hasField = arrow >= 0 && arrow + 2 < pattern.size();
    const QByteArray key = pattern.left(star) + element + pattern.mid(star + 1, hasField ? arrow - star - 1 : -1);
    const Object *object = ctx.read(key);
    if (!object)
        return {};
    QByteArray found;
    if (hasField && object->is<HashObject>()) {
        const HashField *field = object->as<HashObject>().find(pattern.mid(arrow + 2));
        if (!field)
            return {};
        found = field->value;
    } else if (!hasField && object->is<StringObject>()) {
        found = object->as<StringObject>().bytes;
    } else {
        return {};
    }
    return found.isNull() ? QByteArray("") : found;
}

std::vector<SortItem> elementsOf(const Object *object)
{
    std::vector<SortItem> items;
    const auto add = [&](const QByteArray &element) { items.push_back({element, {}, 0}); };
    if (object && object->is<ListObject>()) {
        for (const QByteArray &element : object->as<ListObject>().items)
            add(element);
    } else if (object && object->is<SetObject>()) {
        for (const QByteArray &element : object->as<SetObject>())
            add(element);
    } else if (object) {
        for (const ScoredMember &member : object->as<ZSetObject>())
            add(member.member);
    }
    return items;
}

// Fills in what is sorted by; false when a score is no number.
bool weigh(const CommandContext &ctx, const SortRequest &request, std::vector<SortItem> &items)
{
    bool sound = true;
    for (SortItem &item : items) {
        const QByteArray weight = request.by.isNull() ? item.element : lookUp(ctx, request.by, item.element);
        if (!request.by.isNull() && weight.isNull())
            continue;
        item.weight = weight;
        if (request.alpha)
            continue;
        const std::optional<double> score = parseLooseDouble(weight, false);
        sound = sound && score;
        item.score = score.value_or(0);
    }
    return sound;
}

void sortItems(const SortRequest &request, std::vector<SortItem> &items)
{
    const auto compare = [&](const SortItem &a, const SortItem &b) {
        if (!request.alpha) {
            if (a.score != b.score)
                return a.score < b.score ? -1 : 1;
            return compareBytes(a.element, b.element);
        }
        if (a.weight.isNull() || b.weight.isNull())
            return int(b.weight.isNull()) - int(a.weight.isNull());
        return compareBytes(a.weight, b.weight);
    };
    std::stable_sort(items.begin(), items.end(), [&](const SortItem &a, const SortItem &b) {
        const int order = compare(a, b);
        return request.descending ? order > 0 : order < 0;
    });
}

RespValue sortGeneric(CommandContext &ctx, bool readOnly)
{
    SortRequest request;
    if (std::optional<RespValue> error = parseSort(ctx, readOnly, &request))
        return *error;
    const Object *object = ctx.read(ctx.arg(1));
    if (object && !object->is<ListObject>() && !object->is<SetObject>() && !object->is<ZSetObject>())
        return reply::wrongType();
    // What is stored must not depend on the order of a set.
    if (request.dontSort && object && object->is<SetObject>() && !request.store.isNull()) {
        request.dontSort = false;
        request.alpha = true;
        request.by = QByteArray();
    }
    std::vector<SortItem> items = elementsOf(object);
    if (!request.dontSort) {
        if (!weigh(ctx, request, items))
            return reply::err("One or more scores can't be converted into double");
        sortItems(request, items);
    } else if (request.descending && object && !object->is<SetObject>()) {
        std::reverse(items.begin(), items.end());
    }
    const auto size = static_cast<std::int64_t>(items.size());
    const std::int64_t start = std::clamp<std::int64_t>(request.limitStart, 0, size);
    const std::int64_t count = request.limitCount < 0 ? size - start : std::min(request.limitCount, size - start);

    std::vector<QByteArray> out; // null: nil
    for (std::int64_t i = start; i < start + count; ++i) {
        const QByteArray &element = items[static_cast<std::size_t>(i)].element;
        if (request.gets.empty())
            out.push_back(element.isNull() ? QByteArray("") : element);
        for (const QByteArray &pattern : request.gets)
            out.push_back(lookUp(ctx, pattern, element));
    }
    if (request.store.isNull()) {
        std::vector<RespValue> replies;
        for (const QByteArray &text : out)
            replies.push_back(text.isNull() ? RespValue::null() : reply::bulk(text));
        return RespValue::array(std::move(replies));
    }
    ListObject list;
    for (const QByteArray &text : out)
        list.items.push_back(text);
    ctx.storeOrRemove(request.store, Object(std::move(list)), 'l', "sortstore");
    return reply::integer(static_cast<std::int64_t>(out.size()));
}
RespValue sort(CommandContext &ctx) { return sortGeneric(ctx, false); }
RespValue sortRo(CommandContext &ctx) { return sortGeneric(ctx, true); }

} // namespace

void registerSortCommands(CommandTable &table)
{
    table.add({"sort", -2, "write denyoom movablekeys", 1, 1, 1, "generic", "Sorts elements, perhaps by other keys, and may store them.", sort});
    table.add({"sort_ro", -2, "readonly movablekeys", 1, 1, 1, "generic", "Sorts elements, perhaps by other keys.", sortRo});
}

} // namespace keyloupe
