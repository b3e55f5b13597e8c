// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a save is asked for beside a path, and looking beforehand at what a target cannot hold. The findings are computed on
// the engine's thread and change nothing.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/engine/keyspace.h"
#include "core/rdb/save_target.h"
#include "core/rdb/stored_record.h"

#include <functional>
#include <optional>

namespace keyloupe {

struct SaveOptions
{
    /// For which server; none: the version of the source, and nothing but what was edited is encoded anew.
    std::optional<SaveTarget> target;
    /// The person knows that the file was changed by somebody else since it was opened, and wants it overwritten.
    bool overwriteChanged = false;
    /// 0…1, now and then, on the engine's thread. May be null.
    std::function<void(double)> progress = {};
};

/// A key of the file that was not edited, as it stands there. Views into the snapshot.
StoredRecord storedRecord(const Keyspace &keyspace, int db, const Keyspace::Saved &saved);

/// The keys of a database as a save would write them, in its order: as they stand, or edited. Stops on false.
using SavedFn = std::function<bool(const StoredRecord &stored, const Object *edited)>;
void forEachStored(const Keyspace &keyspace, int db, const SavedFn &fn);

/// What the target cannot hold, of every key and library. Errc::Cancelled.
Result<SaveFindings> findLosses(const Keyspace &keyspace, SaveTarget target, const CancelToken &cancel = {});

/// False for what a copy must not say of itself: a replica's place, sizes of cluster slots, that it begins an append-only
/// file; and for functions that a replay changed.
bool belongsInCopy(const Keyspace &keyspace, const RdbFileRecord &record);

/// Sources of the function libraries.
std::vector<QByteArray> librariesOf(const Keyspace &keyspace);

} // namespace keyloupe
