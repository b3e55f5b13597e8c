// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/geo_support.h"

#include <cmath>

namespace keyloupe {
namespace {

RespValue coordinate(const CommandContext &ctx, double value)
{
    return ctx.resp3() ? RespValue::ofDouble(value) : reply::bulk(formatLongDouble(static_cast<long double>(value)));
}

} // namespace

std::optional<RespValue> parsePoint(const CommandContext &ctx, int i, geo::Point *point)
{
    const std::optional<double> longitude = parseDouble(ctx.arg(i));
    const std::optional<double> latitude = longitude ? parseDouble(ctx.arg(i + 1)) : std::nullopt;
    if (!longitude || !latitude)
        return reply::notFloat();
    if (std::fabs(*longitude) > geo::kMaxLongitude || std::fabs(*latitude) > geo::kMaxLatitude) {
        return reply::err("invalid longitude,latitude pair " + QByteArray::number(*longitude, 'f', 6) + ',' + QByteArray::number(*latitude, 'f', 6));
    }
    *point = {*longitude, *latitude};
    return std::nullopt;
}

std::optional<RespValue> parseUnit(const CommandContext &ctx, int i, double *metres)
{
    if (ctx.is(i, "m"))
        *metres = 1;
    else if (ctx.is(i, "km"))
        *metres = 1000;
    else if (ctx.is(i, "ft"))
        *metres = 0.3048;
    else if (ctx.is(i, "mi"))
        *metres = 1609.34;
    else
        return reply::err("unsupported unit provided. please use M, KM, FT, MI");
    return std::nullopt;
}

RespValue pointReply(const CommandContext &ctx, const geo::Point &point)
{
    return RespValue::array({coordinate(ctx, point.longitude), coordinate(ctx, point.latitude)});
}

RespValue distanceReply(double value)
{
    return reply::bulk(QByteArray::number(value, 'f', 4));
}

} // namespace keyloupe
