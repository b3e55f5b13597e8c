// SPDX-License-Identifier: GPL-3.0-or-later
//
// When a hash's field expires, in the three ways that plain hashes say it. Shared by the decoder and the walker, so that
// both are equally strict. Pure; any thread.
#pragma once

#include "core/rdb/length_codec.h"

namespace keyloupe::rdb {

inline constexpr std::int64_t kMaxFieldExpiry = (std::int64_t{1} << 48) - 1;
inline constexpr const char *kBadFieldExpiry = "a field's expiry is out of range";

/// Type 24: the distance from the smallest one plus 1; 0 is none.
inline std::int64_t readRelativeExpiry(ByteCursor &in, std::int64_t smallest)
{
    const std::int64_t start = in.offset();
    const std::uint64_t stored = readLength(in);
    if (stored == 0)
        return -1;
    const std::uint64_t limit = static_cast<std::uint64_t>(kMaxFieldExpiry);
    if (smallest < 0 || smallest > kMaxFieldExpiry || stored - 1 > limit - static_cast<std::uint64_t>(smallest)) {
        in.fail(kBadFieldExpiry, start);
        return -1;
    }
    return smallest + static_cast<std::int64_t>(stored - 1);
}

/// Type 22 of Redis: the time itself, 0 none.
inline std::int64_t readAbsoluteExpiry(ByteCursor &in)
{
    const std::int64_t start = in.offset();
    const std::uint64_t stored = readLength(in);
    if (stored > static_cast<std::uint64_t>(kMaxFieldExpiry))
        in.fail(kBadFieldExpiry, start);
    return stored == 0 ? -1 : static_cast<std::int64_t>(stored);
}

/// Type 22 of Valkey: the time itself, -1 none.
inline std::int64_t readValkeyExpiry(ByteCursor &in)
{
    const std::int64_t start = in.offset();
    const auto stored = in.le<std::int64_t>();
    if (stored < -1)
        in.fail(kBadFieldExpiry, start);
    return stored;
}

} // namespace keyloupe::rdb
