// SPDX-License-Identifier: GPL-3.0-or-later
//
// SourceFiles: the files that an engine was opened from. Tells whether somebody has changed one of them since, and whether a
// save may go over one. A value of the engine, on its thread. Looks at names only (one system call each), and reads a file
// again only for a save after somebody wrote to it.
#pragma once

#include "core/base/file_identity.h"
#include "core/base/mapped_file.h"
#include "core/base/result.h"
#include "core/rdb/rdb_scanner.h"

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace keyloupe {

class SourceFiles
{
public:
    /// Without an identity it is not watched. `neverOver` is why no save may replace it, as the end of a sentence that begins
    /// with its path ("is gzip-compressed, and …"); empty where one may.
    void add(const QString &path, std::optional<FileIdentity> identity, const QString &neverOver = {});
    /// The file whose bytes go on being read, and what was found in it: by the checksum one that was only touched is known again.
    void setMapping(std::shared_ptr<const MappedFile> mapping, const RdbSummary &summary);

    QStringList watchedPaths() const;
    /// The worst that happened to any of them since it was opened or saved.
    FileChange change() const;

    /// Conflict when a save there would lose what somebody else wrote, or write what is no longer what was opened;
    /// InvalidArgument for a file that is never written over. `overwriteChanged`: the person knows, and wants it.
    Result<void> maySave(const QString &path, bool overwriteChanged) const;
    /// What stands there now was written from here.
    void saved(const QString &path);

private:
    struct File
    {
        QString path;
        std::optional<FileIdentity> identity;
        QString neverOver;
    };
    const File *find(const QString &path) const;
    FileChange mappingChange() const;
    bool hasSameContent() const;

    std::vector<File> m_files;
    std::shared_ptr<const MappedFile> m_mapping;
    std::int64_t m_summedBytes = -1; // -1: the file has no checksum that can be compared
    std::uint64_t m_sum = 0;
};

} // namespace keyloupe
