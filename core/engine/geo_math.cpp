// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/geo_math.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace keyloupe::geo {
namespace {

constexpr double kEarthRadius = 6372797.560856;
constexpr double kMercatorMax = 20037726.37;
constexpr double kPi = 3.14159265358979323846;

double radians(double degrees) { return degrees * (kPi / 180.0); }
double degrees(double angle) { return angle / (kPi / 180.0); }

// The bits of the lower half spread to the even places.
std::uint64_t spread(std::uint64_t bits)
{
    bits &= 0xffffffffull;
    bits = (bits | bits << 16) & 0x0000ffff0000ffffull;
    bits = (bits | bits << 8) & 0x00ff00ff00ff00ffull;
    bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0full;
    bits = (bits | bits << 2) & 0x3333333333333333ull;
    return (bits | bits << 1) & 0x5555555555555555ull;
}

std::uint64_t gather(std::uint64_t bits)
{
    bits &= 0x5555555555555555ull;
    bits = (bits | bits >> 1) & 0x3333333333333333ull;
    bits = (bits | bits >> 2) & 0x0f0f0f0f0f0f0f0full;
    bits = (bits | bits >> 4) & 0x00ff00ff00ff00ffull;
    bits = (bits | bits >> 8) & 0x0000ffff0000ffffull;
    return (bits | bits >> 16) & 0x00000000ffffffffull;
}

// A cell of the grid at some number of steps; -1 steps: none.
struct Cell
{
    std::uint32_t x = 0; ///< of longitude
    std::uint32_t y = 0; ///< of latitude
    int steps = 0;

    bool operator==(const Cell &) const = default;
    std::uint64_t bits() const { return spread(y) | spread(x) << 1; }
    double edge(double max, std::uint32_t index) const
    {
        return -max + (double(index) / double(1ull << steps)) * (max - -max);
    }
    double west() const { return edge(kMaxLongitude, x); }
    double east() const { return -kMaxLongitude + (double(x + 1ull) / double(1ull << steps)) * (2 * kMaxLongitude); }
    double south() const { return edge(kMaxLatitude, y); }
    double north() const { return -kMaxLatitude + (double(y + 1ull) / double(1ull << steps)) * (2 * kMaxLatitude); }
    /// The grid wraps around at all its ends. What does not move stays, also at 180 degrees, one beyond the last cell.
    Cell moved(int dx, int dy) const
    {
        const std::uint32_t mask = static_cast<std::uint32_t>((1ull << steps) - 1);
        return {dx == 0 ? x : (x + static_cast<std::uint32_t>(dx)) & mask, dy == 0 ? y : (y + static_cast<std::uint32_t>(dy)) & mask, steps};
    }
};

Cell cellOf(const Point &point, int steps, double maxLatitude)
{
    const double size = double(1ull << steps);
    const double y = (point.latitude + maxLatitude) / (maxLatitude - -maxLatitude) * size;
    const double x = (point.longitude + kMaxLongitude) / (2 * kMaxLongitude) * size;
    return {static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), steps};
}

double latitudeDistance(double a, double b)
{
    return kEarthRadius * std::fabs(radians(b) - radians(a));
}

// How fine the grid may be for nine cells to cover the radius.
int stepsFor(double metres, double latitude)
{
    if (metres == 0)
        return kSteps;
    int steps = 1;
    while (metres < kMercatorMax) {
        metres *= 2;
        ++steps;
    }
    steps -= 2;
    // Cells are narrow towards the poles.
    if (std::fabs(latitude) > 66)
        steps -= std::fabs(latitude) > 80 ? 2 : 1;
    return std::clamp(steps, 1, kSteps);
}

struct Bounds
{
    double west, south, east, north;
};

Bounds boundsOf(const Shape &shape)
{
    const double height = shape.isBox ? shape.height / 2 : shape.radius;
    const double width = shape.isBox ? shape.width / 2 : shape.radius;
    const double latitude = shape.centre.latitude;
    const double dLatitude = degrees(height / kEarthRadius);
    const double towards = latitude < 0 ? latitude - dLatitude : latitude + dLatitude; // the side nearer to a pole is wider
    const double dLongitude = degrees(width / kEarthRadius / std::cos(radians(towards)));
    return {shape.centre.longitude - dLongitude, latitude - dLatitude, shape.centre.longitude + dLongitude, latitude + dLatitude};
}

} // namespace

std::uint64_t encode(const Point &point, int steps, double maxLatitude)
{
    return cellOf(point, steps, maxLatitude).bits();
}

Point decode(double score)
{
    const std::uint64_t bits = score >= 0 ? static_cast<std::uint64_t>(std::min(score, 18446744073709549568.0))
                                          : static_cast<std::uint64_t>(static_cast<std::int64_t>(std::max(score, -9223372036854775808.0)));
    const Cell cell{static_cast<std::uint32_t>(gather(bits >> 1)), static_cast<std::uint32_t>(gather(bits)), kSteps};
    return {std::clamp((cell.west() + cell.east()) / 2, -kMaxLongitude, kMaxLongitude),
            std::clamp((cell.south() + cell.north()) / 2, -kMaxLatitude, kMaxLatitude)};
}

double distance(const Point &a, const Point &b)
{
    const double v = std::sin((radians(b.longitude) - radians(a.longitude)) / 2);
    if (v == 0.0)
        return latitudeDistance(a.latitude, b.latitude);
    const double u = std::sin((radians(b.latitude) - radians(a.latitude)) / 2);
    const double h = u * u + std::cos(radians(a.latitude)) * std::cos(radians(b.latitude)) * v * v;
    return 2.0 * kEarthRadius * std::asin(std::sqrt(h));
}

std::optional<double> Shape::distanceInside(const Point &point) const
{
    if (!isBox) {
        const double metres = distance(centre, point);
        return metres <= radius ? std::optional<double>(metres) : std::nullopt;
    }
    if (latitudeDistance(point.latitude, centre.latitude) > height / 2)
        return std::nullopt;
    if (distance(point, {centre.longitude, point.latitude}) > width / 2)
        return std::nullopt;
    return distance(centre, point);
}

std::vector<ScoreRange> searchRanges(const Shape &shape)
{
    const Bounds bounds = boundsOf(shape);
    const double metres = shape.isBox ? std::sqrt((shape.width / 2) * (shape.width / 2) + (shape.height / 2) * (shape.height / 2)) : shape.radius;
    int steps = stepsFor(metres, shape.centre.latitude);
    Cell centre = cellOf(shape.centre, steps, kMaxLatitude);
    // Near an edge of its cell the shape may reach beyond the neighbours: then the grid is made coarser.
    const bool tooFine = centre.moved(0, 1).north() < bounds.north || centre.moved(0, -1).south() > bounds.south
        || centre.moved(1, 0).east() < bounds.east || centre.moved(-1, 0).west() > bounds.west;
    if (steps > 1 && tooFine)
        centre = cellOf(shape.centre, --steps, kMaxLatitude);

    constexpr std::array<std::array<int, 2>, 9> kOrder{{{0, 0}, {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}}};
    std::vector<ScoreRange> ranges;
    std::size_t last = 0;
    std::array<Cell, 9> cells;
    for (std::size_t i = 0; i < kOrder.size(); ++i) {
        const auto [dx, dy] = kOrder[i];
        cells[i] = centre.moved(dx, dy);
        // Neighbours that the shape does not reach.
        if (steps >= 2
            && ((dy < 0 && centre.south() < bounds.south) || (dy > 0 && centre.north() > bounds.north)
                || (dx < 0 && centre.west() < bounds.west) || (dx > 0 && centre.east() > bounds.east)))
            continue;
        // On a very coarse grid neighbours are the same cell; Redis skips one that is the same as the last.
        if (last != 0 && cells[i] == cells[last])
            continue;
        const int shift = 52 - steps * 2;
        const std::uint64_t bits = cells[i].bits();
        ranges.push_back({double(bits << shift), double((bits + 1) << shift)});
        last = i;
    }
    return ranges;
}

} // namespace keyloupe::geo
