// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the commands on large values share: scanning in the order of the file. Engine's thread.
#pragma once

#include "core/engine/command_context.h"
#include "core/engine/large_value.h"

#include <functional>
#include <limits>

namespace keyloupe {

inline constexpr std::int64_t kWholeValue = std::numeric_limits<std::int64_t>::max();

/// Scan cursors of large values are this bit and the number of the next element. A scan that began before the value was
/// edited goes on in the decoded one, which takes such a cursor for a new scan, and the other way round: elements may come
/// twice then, as Redis allows, but none is missed.
inline constexpr std::uint64_t kLargeCursor = 1ull << 62;

/// HSCAN, SSCAN and ZSCAN: `give` adds an element that matches to the reply. What stands before damage is given; the call
/// that begins at the damage throws.
std::optional<RespValue> scanLarge(CommandContext &ctx, LargeValue &value,
                                   const std::function<void(const ElementView &, const ScanArguments &, std::vector<RespValue> &)> &give);

} // namespace keyloupe
