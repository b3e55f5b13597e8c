// SPDX-License-Identifier: GPL-3.0-or-later
//
// The bytewise order of millions of names that lie in a mapped file, found on all cores without copying a name.
#pragma once

#include "core/base/cancel_token.h"
#include "core/engine/record_table.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace keyloupe {

/// Sorts the names of the records in these spans (first position, count), which must differ from each other. The answer
/// numbers them from 0 on through all spans. Takes 20 bytes a name while it runs. Empty when cancelled.
std::vector<std::uint32_t> sortNames(const RecordTable &records, const std::vector<std::pair<std::uint32_t, std::uint32_t>> &spans,
                                     const CancelToken &cancel);

} // namespace keyloupe
