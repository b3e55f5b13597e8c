// SPDX-License-Identifier: GPL-3.0-or-later
//
// Walks over a value without decoding it: the heart of pass 1. Copies nothing, allocates nothing. Pure; any thread.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/rdb_types.h"

namespace keyloupe::rdb {

/// Something wrong inside a value whose end is known all the same.
struct InnerDamage
{
    const char *reason = nullptr;
    std::int64_t offset = 0;
};

/// Moves behind a value of a type that valueTypeOfRdbType knows. A failed cursor means that its end cannot be found;
/// `damage` is what a look at the frames shows (blobs are not opened).
void skipValue(ByteCursor &in, std::uint8_t rdbType, RdbFamily family, InnerDamage &damage);

/// Moves behind what type 26 has after a stream's groups.
void skipIdempotencyTail(ByteCursor &in);

} // namespace keyloupe::rdb
