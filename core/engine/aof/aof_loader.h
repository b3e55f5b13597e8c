// SPDX-License-Identifier: GPL-3.0-or-later
//
// Loading an append-only file into an engine of its own: one file, plain or behind an RDB, or the files of a manifest. The
// files are only read. Blocks; call it on the thread where the engine shall live.
#pragma once

#include "core/base/mapped_file.h"
#include "core/engine/aof/aof_replay.h"
#include "core/engine/engine.h"
#include "core/engine/snapshot.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace keyloupe {

struct AofPartInfo
{
    QString path;
    std::int64_t size = 0;
    bool isRead = false; ///< false behind a place where reading had to end
    std::optional<FileIdentity> identity; ///< when it was read; none where it was opened by others
};

struct LoadedAof
{
    std::unique_ptr<Engine> engine;       ///< not modified; its time is that of the file's end; saves over no part
    std::shared_ptr<const Snapshot> base; ///< the RDB that it begins with, null where there is none
    QString basePath;                     ///< of that RDB
    std::vector<AofPartInfo> parts;       ///< in the order of reading
    AofReport report;                     ///< without the damage inside the RDB, which is in its summary
};

struct AofLoadOptions
{
    CancelToken cancel;
    std::function<void(double)> progress; ///< 0…1
    AofLimits limits;
};

/// An AOF of one file, which need not be the one named (it may have been packed): who opened it tells the engine of that.
/// With `preamble`, the RDB that it begins with, the commands are read from behind that.
Result<LoadedAof> loadAof(std::shared_ptr<MappedFile> file, std::shared_ptr<const Snapshot> preamble, const AofLoadOptions &options);

/// The files that a manifest names, in its folder. Errors: the manifest itself, or its first file, cannot be read.
Result<LoadedAof> loadAofParts(const QString &manifestPath, const AofLoadOptions &options);

/// Where the commands behind an RDB begin in its file; nothing where none follow it.
std::optional<std::int64_t> commandsBehind(const Snapshot &snapshot);

} // namespace keyloupe
