// SPDX-License-Identifier: GPL-3.0-or-later
//
// Saving a keyspace as an RDB: untouched records byte for byte, edited ones encoded anew. The file appears whole or not at
// all: a temporary file in the same folder, synced, read back, renamed over the target. For a chosen server, records that it
// cannot read are encoded anew too. Blocks; call it off the GUI thread.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/rdb/rdb_types.h"

#include <QString>

#include <functional>

namespace keyloupe {

/// `mayReplace` is asked once more when all is written, right before the file goes into place: what it was read from may have
/// been changed meanwhile.
Result<EngineSaveReport> saveKeyspace(const Keyspace &keyspace, const QString &path, const SaveOptions &options, const CancelToken &cancel,
                                      const std::function<Result<void>()> &mayReplace = {});

/// The header version that everything to be saved needs, the source's own at least.
int savedVersion(const Keyspace &keyspace, RdbFamily family);

} // namespace keyloupe
