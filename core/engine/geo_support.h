// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the families of geo commands share: reading places and units, and how they are answered. Engine's thread.
#pragma once

#include "core/engine/command_context.h"
#include "core/engine/geo_math.h"

namespace keyloupe {

/// Longitude and latitude at arguments i and i + 1; an error reply, or nullopt when all is well.
std::optional<RespValue> parsePoint(const CommandContext &ctx, int i, geo::Point *point);
/// "m", "km", "ft", "mi" at argument i, in metres.
std::optional<RespValue> parseUnit(const CommandContext &ctx, int i, double *metres);
RespValue pointReply(const CommandContext &ctx, const geo::Point &point);
RespValue distanceReply(double value); ///< four digits, a text in both protocols

} // namespace keyloupe
