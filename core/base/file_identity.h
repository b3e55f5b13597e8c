// SPDX-License-Identifier: GPL-3.0-or-later
//
// FileIdentity: which file it was and how it looked, so that later one stat tells whether somebody has changed it. A value;
// any thread. Nothing is opened and nothing is read, so the file's own times stay as they are.
#pragma once

#include <QString>

#include <cstdint>
#include <optional>

namespace keyloupe {

enum class FileChange : std::uint8_t {
    None,
    Grown,     ///< the same file, longer: somebody appends to it
    Cut,       ///< the same file, shorter
    Replaced,  ///< another file has its name now
    Removed,   ///< no file has its name now
    Rewritten, ///< the same file and length, written since
};

/// "grown", "cut" …, for logs and the command line.
const char *fileChangeName(FileChange change);

struct FileIdentity
{
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t changedNs = 0; ///< time of the last write, since the epoch

    bool operator==(const FileIdentity &) const = default;
};

/// Of the file that has this name now; a link is followed. Empty when there is none or it may not be looked at.
std::optional<FileIdentity> identityOf(const QString &path);
/// Of an open file, whatever its name has become.
std::optional<FileIdentity> identityOf(int handle);

/// What happened to the file of this name since it looked like `then`. One system call.
FileChange changeSince(const FileIdentity &then, const QString &path);

} // namespace keyloupe
