// SPDX-License-Identifier: GPL-3.0-or-later
//
// Geohashes as Redis stores them in scores (52 bits, longitude and latitude interleaved), distances on its sphere, and the
// boxes that cover a search area. Pure; any thread. Redis's own figures and order, so that replies are equal to the digit.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace keyloupe::geo {

inline constexpr double kMaxLongitude = 180;
inline constexpr double kMaxLatitude = 85.05112878;
inline constexpr int kSteps = 26;

struct Point
{
    double longitude = 0;
    double latitude = 0;
};

/// The score of a place.
std::uint64_t encode(const Point &point, int steps = kSteps, double maxLatitude = kMaxLatitude);
/// The middle of the cell that a score names.
Point decode(double score);

/// Metres.
double distance(const Point &a, const Point &b);

struct Shape
{
    Point centre;
    bool isBox = false;
    double radius = 0;  ///< all in metres
    double width = 0;
    double height = 0;

    /// The distance from the centre when the point is inside.
    std::optional<double> distanceInside(const Point &point) const;
};

/// Scores [from, to) in which places inside the shape may be.
struct ScoreRange
{
    double from = 0;
    double to = 0;
};
/// In the order in which Redis searches them: the cell of the centre, then its neighbours.
std::vector<ScoreRange> searchRanges(const Shape &shape);

} // namespace keyloupe::geo
