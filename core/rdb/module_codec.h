// SPDX-License-Identifier: GPL-3.0-or-later
//
// Module values: their layout is the module's own, but their pieces are tagged, so they can be walked and kept.
// Pure; any thread.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/rdb_types.h"

namespace keyloupe::rdb {

/// Walks the tagged pieces up to and including their end mark.
void skipModulePieces(ByteCursor &in);

/// Walks a whole module value: its id and its pieces.
void skipModuleValue(ByteCursor &in);

/// Walks Redis 8.6 key metadata: a count, then a class and pieces each.
void skipKeyMetadata(ByteCursor &in);

/// The value with its bytes kept as they stand. `whole` is the cursor's input.
ModuleValue readModuleValue(ByteCursor &in, QByteArrayView whole);

/// The nine characters that a module type's 64-bit id stands for.
QByteArray moduleTypeName(std::uint64_t id);

} // namespace keyloupe::rdb
