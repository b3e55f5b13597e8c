// SPDX-License-Identifier: GPL-3.0-or-later
//
// Places in sorted sets: adding, positions, distances, geohash texts. Searching is in geo_search_commands.cpp.
#include "core/engine/geo_support.h"
#include "core/engine/zset_support.h"

namespace keyloupe {
namespace {

// GEOADD is a ZADD whose scores are places.
RespValue geoadd(CommandContext &ctx)
{
    QByteArrayList zadd{"ZADD", ctx.arg(1)};
    bool nx = false;
    bool xx = false;
    int i = 2;
    for (; i < ctx.argc(); ++i) {
        if (ctx.is(i, "nx"))
            nx = true;
        else if (ctx.is(i, "xx"))
            xx = true;
        else if (!ctx.is(i, "ch"))
            break;
        zadd += ctx.arg(i);
    }
    if ((ctx.argc() - i) % 3 != 0 || (nx && xx))
        return reply::syntax();
    for (; i < ctx.argc(); i += 3) {
        geo::Point point;
        if (std::optional<RespValue> error = parsePoint(ctx, i, &point))
            return *error;
        zadd += QByteArray::number(static_cast<qulonglong>(geo::encode(point)));
        zadd += ctx.arg(i + 2);
    }
    CommandContext inner(ctx.state, ctx.client, *ctx.state.commands.find("zadd"), zadd);
    return inner.spec.handler(inner);
}

RespValue geopos(CommandContext &ctx)
{
    bool wrong = false;
    const ZSetObject *zset = readZset(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    std::vector<RespValue> places;
    for (int i = 2; i < ctx.argc(); ++i) {
        const std::optional<double> score = zset ? zset->score(ctx.arg(i)) : std::nullopt;
        places.push_back(score ? pointReply(ctx, geo::decode(*score)) : RespValue::nullArray());
    }
    return RespValue::array(std::move(places));
}

RespValue geodist(CommandContext &ctx)
{
    double unit = 1;
    if (ctx.argc() == 5) {
        if (std::optional<RespValue> error = parseUnit(ctx, 4, &unit))
            return *error;
    } else if (ctx.argc() > 5) {
        return reply::syntax();
    }
    bool wrong = false;
    const ZSetObject *zset = readZset(ctx, ctx.arg(1), &wrong);
    if (!zset)
        return wrong ? reply::wrongType() : RespValue::null();
    const std::optional<double> a = zset->score(ctx.arg(2));
    const std::optional<double> b = zset->score(ctx.arg(3));
    if (!a || !b)
        return RespValue::null();
    return distanceReply(geo::distance(geo::decode(*a), geo::decode(*b)) / unit);
}

// The text that geohash sites use: another range of latitudes, eleven letters of five bits, the last one short of bits.
QByteArray geohashText(const geo::Point &point)
{
    static constexpr char kLetters[] = "0123456789bcdefghjkmnpqrstuvwxyz";
    const std::uint64_t bits = geo::encode(point, geo::kSteps, 90);
    QByteArray text;
    for (int i = 1; i <= 10; ++i)
        text += kLetters[bits >> (52 - i * 5) & 0x1f];
    return text + '0';
}

RespValue geohash(CommandContext &ctx)
{
    bool wrong = false;
    const ZSetObject *zset = readZset(ctx, ctx.arg(1), &wrong);
    if (wrong)
        return reply::wrongType();
    std::vector<RespValue> texts;
    for (int i = 2; i < ctx.argc(); ++i) {
        const std::optional<double> score = zset ? zset->score(ctx.arg(i)) : std::nullopt;
        texts.push_back(score ? reply::bulk(geohashText(geo::decode(*score))) : RespValue::null());
    }
    return RespValue::array(std::move(texts));
}

} // namespace

void registerGeoCommands(CommandTable &table)
{
    table.add({"geoadd", -5, "write denyoom", 1, 1, 1, "geo", "Adds places.", geoadd});
    table.add({"geopos", -2, "readonly", 1, 1, 1, "geo", "Returns longitudes and latitudes.", geopos});
    table.add({"geodist", -4, "readonly", 1, 1, 1, "geo", "Returns the distance of two places.", geodist});
    table.add({"geohash", -2, "readonly", 1, 1, 1, "geo", "Returns places as geohash texts.", geohash});
}

} // namespace keyloupe
