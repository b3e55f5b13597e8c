// SPDX-License-Identifier: GPL-3.0-or-later
//
// One decoder a value type, each for every encoding of that type. They read from a cursor and fail it on damage; what they
// return then is to be thrown away. Pure; any thread.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/rdb_types.h"

namespace keyloupe::rdb {

ListValue readList(ByteCursor &in, std::uint8_t rdbType);
SetValue readSet(ByteCursor &in, std::uint8_t rdbType);
SortedSetValue readSortedSet(ByteCursor &in, std::uint8_t rdbType);
HashValue readHash(ByteCursor &in, std::uint8_t rdbType, RdbFamily family);
/// `whole` is the cursor's input.
StreamValue readStream(ByteCursor &in, std::uint8_t rdbType, QByteArrayView whole);

} // namespace keyloupe::rdb
