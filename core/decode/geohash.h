// SPDX-License-Identifier: GPL-3.0-or-later
//
// Places in a sorted set: GEOADD stores longitude and latitude as 26 bits each, interleaved, in a 52-bit score. The same
// doubles as GEOPOS answers. Pure; any thread. Source of the layout: the GEO commands' reference (52-bit geohash, latitude
// limits of EPSG:3857).
#pragma once

#include <optional>

namespace keyloupe {

struct GeoPoint
{
    double longitude = 0; ///< degrees, -180…180
    double latitude = 0;  ///< degrees, -85.05112878…85.05112878
};

/// The middle of the score's cell; nullopt for what no GEOADD stores: fractions, negative numbers, more than 52 bits.
std::optional<GeoPoint> geoFromScore(double score);

} // namespace keyloupe
