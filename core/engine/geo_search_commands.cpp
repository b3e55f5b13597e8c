// SPDX-License-Identifier: GPL-3.0-or-later
//
// Searching places: GEOSEARCH, and the older GEORADIUS and GEORADIUSBYMEMBER with their read-only forms.
#include "core/engine/geo_support.h"
#include "core/engine/zset_support.h"

#include <algorithm>

namespace keyloupe {
namespace {

enum class Form { Radius, RadiusByMember, Search, SearchStore };
enum class Order { None, Ascending, Descending };

struct Request
{
    Form form = Form::Search;
    bool readOnly = false;
    geo::Shape shape;
    double unit = 1;
    bool withDistance = false;
    bool withHash = false;
    bool withCoordinates = false;
    bool any = false;
    bool storeDistance = false;
    bool fromMember = false;
    bool fromPoint = false;
    bool byRadius = false;
    bool byBox = false;
    std::int64_t count = 0;
    Order order = Order::None;
    QByteArray storeKey; ///< null: none

    bool isSearch() const { return form == Form::Search || form == Form::SearchStore; }
};

struct Found
{
    ScoredMember item;
    geo::Point point;
    double distance = 0;
};

std::optional<RespValue> parseRadius(const CommandContext &ctx, int i, Request *request)
{
    const std::optional<double> radius = parseDouble(ctx.arg(i));
    if (!radius)
        return reply::err("need numeric radius");
    if (*radius < 0)
        return reply::err("radius cannot be negative");
    if (std::optional<RespValue> error = parseUnit(ctx, i + 1, &request->unit))
        return error;
    request->shape.isBox = false;
    request->shape.radius = *radius * request->unit;
    return std::nullopt;
}

std::optional<RespValue> parseBox(const CommandContext &ctx, int i, Request *request)
{
    const std::optional<double> width = parseDouble(ctx.arg(i));
    if (!width)
        return reply::err("need numeric width");
    const std::optional<double> height = parseDouble(ctx.arg(i + 1));
    if (!height)
        return reply::err("need numeric height");
    if (*width < 0 || *height < 0)
        return reply::err("height or width cannot be negative");
    if (std::optional<RespValue> error = parseUnit(ctx, i + 2, &request->unit))
        return error;
    request->shape.isBox = true;
    request->shape.width = *width * request->unit;
    request->shape.height = *height * request->unit;
    return std::nullopt;
}

std::optional<RespValue> centreOnMember(const ZSetObject &zset, const QByteArray &member, Request *request)
{
    const std::optional<double> score = zset.score(member);
    if (!score)
        return reply::err("could not decode requested zset member");
    request->shape.centre = geo::decode(*score);
    return std::nullopt;
}

// The options from argument `first` on.
std::optional<RespValue> parseOptions(const CommandContext &ctx, int first, const ZSetObject *zset, Request *request)
{
    for (int i = first; i < ctx.argc(); ++i) {
        const int behind = ctx.argc() - 1 - i;
        const bool search = request->isSearch();
        std::optional<RespValue> error;
        if (ctx.is(i, "withdist")) {
            request->withDistance = true;
        } else if (ctx.is(i, "withhash")) {
            request->withHash = true;
        } else if (ctx.is(i, "withcoord")) {
            request->withCoordinates = true;
        } else if (ctx.is(i, "any")) {
            request->any = true;
        } else if (ctx.is(i, "asc")) {
            request->order = Order::Ascending;
        } else if (ctx.is(i, "desc")) {
            request->order = Order::Descending;
        } else if (ctx.is(i, "count") && behind >= 1) {
            const std::optional<std::int64_t> count = parseInt64(ctx.arg(++i));
            if (!count)
                return reply::notInteger();
            if (*count <= 0)
                return reply::err("COUNT must be > 0");
            request->count = *count;
        } else if (!search && !request->readOnly && behind >= 1 && (ctx.is(i, "store") || ctx.is(i, "storedist"))) {
            request->storeDistance = ctx.is(i, "storedist");
            request->storeKey = ctx.arg(++i);
            if (request->storeKey.isNull())
                request->storeKey = "";
        } else if (search && !request->fromPoint && behind >= 1 && ctx.is(i, "frommember")) {
            ++i;
            request->fromMember = true;
            if (zset)
                error = centreOnMember(*zset, ctx.arg(i), request);
        } else if (search && !request->fromMember && behind >= 2 && ctx.is(i, "fromlonlat")) {
            request->fromPoint = true;
            error = parsePoint(ctx, i + 1, &request->shape.centre);
            i += 2;
        } else if (search && !request->byBox && behind >= 2 && ctx.is(i, "byradius")) {
            request->byRadius = true;
            error = parseRadius(ctx, i + 1, request);
            i += 2;
        } else if (search && !request->byRadius && behind >= 3 && ctx.is(i, "bybox")) {
            request->byBox = true;
            error = parseBox(ctx, i + 1, request);
            i += 3;
        } else if (request->form == Form::SearchStore && ctx.is(i, "storedist")) {
            request->storeDistance = true;
        } else {
            return reply::syntax();
        }
        if (error)
            return error;
    }
    return std::nullopt;
}

std::optional<RespValue> checkOptions(const CommandContext &ctx, const Request &request)
{
    if (!request.storeKey.isNull() && (request.withDistance || request.withHash || request.withCoordinates)) {
        return reply::err(QByteArray(request.form == Form::SearchStore ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS")
                          + " is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
    }
    if (request.isSearch() && !request.fromMember && !request.fromPoint)
        return reply::err("exactly one of FROMMEMBER or FROMLONLAT can be specified for " + ctx.arg(0));
    if (request.isSearch() && !request.byRadius && !request.byBox)
        return reply::err("exactly one of BYRADIUS and BYBOX can be specified for " + ctx.arg(0));
    if (request.any && request.count == 0)
        return reply::err("the ANY argument requires COUNT argument");
    return std::nullopt;
}

std::optional<RespValue> parseRequest(const CommandContext &ctx, const ZSetObject *zset, Request *request)
{
    int first = request->form == Form::SearchStore ? 3 : 2;
    if (request->form == Form::SearchStore)
        request->storeKey = ctx.arg(1).isNull() ? QByteArray("") : ctx.arg(1);
    if (request->form == Form::Radius) {
        first = 6;
        if (std::optional<RespValue> error = parsePoint(ctx, 2, &request->shape.centre))
            return error;
        if (std::optional<RespValue> error = parseRadius(ctx, 4, request))
            return error;
    } else if (request->form == Form::RadiusByMember) {
        first = 5;
        if (zset) { // without a key only the options are looked at
            if (std::optional<RespValue> error = centreOnMember(*zset, ctx.arg(2), request))
                return error;
            if (std::optional<RespValue> error = parseRadius(ctx, 3, request))
                return error;
        }
    }
    if (std::optional<RespValue> error = parseOptions(ctx, first, zset, request))
        return error;
    return checkOptions(ctx, *request);
}

std::vector<Found> search(const ZSetObject &zset, const Request &request)
{
    std::vector<Found> found;
    const std::int64_t enough = request.any ? request.count : 0;
    const auto isEnough = [&] { return enough > 0 && static_cast<std::int64_t>(found.size()) >= enough; };
    for (const geo::ScoreRange &range : geo::searchRanges(request.shape)) {
        if (isEnough())
            break;
        for (qsizetype i = zset.lowerBound(range.from); i < zset.size() && zset[i].score < range.to && !isEnough(); ++i) {
            const geo::Point point = geo::decode(zset[i].score);
            if (const std::optional<double> distance = request.shape.distanceInside(point))
                found.push_back({zset[i], point, *distance});
        }
    }
    // The closest are wanted where nothing else is said.
    const Order order = request.order == Order::None && request.count > 0 && !request.any ? Order::Ascending : request.order;
    if (order != Order::None) {
        std::stable_sort(found.begin(), found.end(), [&](const Found &a, const Found &b) {
            return order == Order::Ascending ? a.distance < b.distance : b.distance < a.distance;
        });
    }
    if (request.count > 0 && static_cast<std::int64_t>(found.size()) > request.count)
        found.resize(static_cast<std::size_t>(request.count));
    return found;
}

RespValue foundReply(const CommandContext &ctx, const Request &request, const std::vector<Found> &found)
{
    std::vector<RespValue> items;
    for (const Found &one : found) {
        std::vector<RespValue> parts{reply::bulk(one.item.member)};
        if (request.withDistance)
            parts.push_back(distanceReply(one.distance / request.unit));
        if (request.withHash)
            parts.push_back(reply::integer(static_cast<std::int64_t>(std::clamp(one.item.score, -9e18, 9e18))));
        if (request.withCoordinates)
            parts.push_back(pointReply(ctx, one.point));
        items.push_back(parts.size() == 1 ? parts.front() : RespValue::array(std::move(parts)));
    }
    return RespValue::array(std::move(items));
}

RespValue searchGeneric(CommandContext &ctx, Form form, bool readOnly)
{
    Request request;
    request.form = form;
    request.readOnly = readOnly;
    bool wrong = false;
    const ZSetObject *zset = readZset(ctx, ctx.arg(form == Form::SearchStore ? 2 : 1), &wrong);
    if (wrong)
        return reply::wrongType();
    if (std::optional<RespValue> error = parseRequest(ctx, zset, &request))
        return *error;
    const std::vector<Found> found = zset ? search(*zset, request) : std::vector<Found>();
    if (request.storeKey.isNull())
        return foundReply(ctx, request, found);
    ZSetObject result;
    for (const Found &one : found)
        result.set(one.item.member, request.storeDistance ? one.distance / request.unit : one.item.score);
    ctx.storeOrRemove(request.storeKey, Object(std::move(result)), 'z', form == Form::SearchStore ? "geosearchstore" : "georadiusstore");
    return reply::integer(static_cast<std::int64_t>(found.size()));
}
RespValue geosearch(CommandContext &ctx) { return searchGeneric(ctx, Form::Search, true); }
RespValue geosearchstore(CommandContext &ctx) { return searchGeneric(ctx, Form::SearchStore, false); }
RespValue georadius(CommandContext &ctx) { return searchGeneric(ctx, Form::Radius, false); }
RespValue georadiusRo(CommandContext &ctx) { return searchGeneric(ctx, Form::Radius, true); }
RespValue georadiusByMember(CommandContext &ctx) { return searchGeneric(ctx, Form::RadiusByMember, false); }
RespValue georadiusByMemberRo(CommandContext &ctx) { return searchGeneric(ctx, Form::RadiusByMember, true); }

} // namespace

void registerGeoSearchCommands(CommandTable &table)
{
    table.add({"geosearch", -7, "readonly", 1, 1, 1, "geo", "Finds places in a circle or a box.", geosearch});
    table.add({"geosearchstore", -8, "write denyoom", 1, 2, 1, "geo", "Stores the places in a circle or a box.", geosearchstore});
    table.add({"georadius", -6, "write denyoom movablekeys", 1, 1, 1, "geo", "Finds places around a point.", georadius});
    table.add({"georadius_ro", -6, "readonly", 1, 1, 1, "geo", "Finds places around a point.", georadiusRo});
    table.add({"georadiusbymember", -5, "write denyoom movablekeys", 1, 1, 1, "geo", "Finds places around a member.", georadiusByMember});
    table.add({"georadiusbymember_ro", -5, "readonly", 1, 1, 1, "geo", "Finds places around a member.", georadiusByMemberRo});
}

} // namespace keyloupe
