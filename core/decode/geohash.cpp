// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decode/geohash.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace keyloupe {
namespace {

constexpr int kBitsEach = 26;
constexpr double kMaxLongitude = 180;
constexpr double kMaxLatitude = 85.05112878;

// Every second bit, from the lowest on.
std::uint32_t evenBits(std::uint64_t interleaved)
{
    std::uint32_t bits = 0;
    for (int i = 0; i < kBitsEach; ++i)
        bits |= std::uint32_t((interleaved >> (2 * i)) & 1) << i;
    return bits;
}

double middle(std::uint32_t cell, double limit)
{
    const double cells = double(std::uint64_t(1) << kBitsEach);
    const double scale = 2 * limit;
    const double from = -limit + (cell * 1.0 / cells) * scale;
    const double to = -limit + ((cell + 1) * 1.0 / cells) * scale;
    return std::clamp((from + to) / 2, -limit, limit);
}

} // namespace

std::optional<GeoPoint> geoFromScore(double score)
{
    if (!(score >= 0) || score >= double(std::uint64_t(1) << (2 * kBitsEach)) || score != std::floor(score))
        return std::nullopt;
    const auto bits = std::uint64_t(score);
    return GeoPoint{middle(evenBits(bits >> 1), kMaxLongitude), middle(evenBits(bits), kMaxLatitude)};
}

} // namespace keyloupe
