// SPDX-License-Identifier: GPL-3.0-or-later
//
// The deep check of an opened file: every value is walked to its last byte, on all cores, so that damage inside packed and
// compressed values is found, which the index does not look into. Any thread; returns when all is done.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/rdb/rdb_scanner.h"

#include <vector>

namespace keyloupe {

class Snapshot;

struct ValueDamage
{
    RdbDamage place;
    std::int64_t valueOffset = 0; ///< what the index saw inside here is the same damage
    std::int64_t valueLength = 0;
};

struct DeepCheckReport
{
    std::int64_t values = 0;         ///< that were checked
    std::int64_t elements = 0;       ///< in the sound ones
    std::vector<ValueDamage> damage; ///< one for each value that is not sound, by offset
};

/// With `threads` 0 on as many as there are cores. Errors: Cancelled.
Result<DeepCheckReport> checkDeep(const Snapshot &snapshot, int threads = 0, const CancelToken &cancel = {});

} // namespace keyloupe
