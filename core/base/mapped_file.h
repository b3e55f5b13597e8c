// SPDX-License-Identifier: GPL-3.0-or-later
//
// MappedFile: a file opened read-only and mapped whole. Reading it changes nothing about it, not even its time of access where
// the system allows that, and never ends the process: what somebody cuts away meanwhile reads as zeros, and wasCut() says so.
// Immutable but for that; any thread. Shared by whoever holds views of bytes().
#pragma once

#include "core/base/file_identity.h"
#include "core/base/mapping_guard.h"
#include "core/base/result.h"

#include <QByteArrayView>
#include <QFile>
#include <QString>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

namespace keyloupe {

class MappedFile
{
public:
    enum class Advice : std::uint8_t { Sequential, Random, WillNeed };

    /// Errc::Io when there is no such file, it is no regular file, or the system refuses. An empty file has empty bytes().
    static Result<std::shared_ptr<MappedFile>> open(const QString &path);
    /// Takes over a file that is open for reading, as temporary ones are; `path` is what it is called, and may be no name on disk.
    static Result<std::shared_ptr<MappedFile>> adopt(std::unique_ptr<QFile> file, const QString &path);
    ~MappedFile();
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;

    const QString &path() const { return m_path; } ///< absolute
    QByteArrayView bytes() const { return m_bytes; }
    const FileIdentity &identity() const { return m_identity; } ///< when it was opened
    int handle() const { return m_file->handle(); }             ///< open as long as this lives; for system calls that copy

    /// What has happened to the file of that name since it was opened. Cheap: one system call.
    FileChange change() const;
    /// Zeros were read where the file had been cut. A cut that nobody has read across is seen by change() only.
    bool wasCut() const { return m_guard && m_guard->wasCut(); }
    /// So many bytes from the start on are those of the file; all of them unless wasCut().
    std::int64_t intactBytes() const { return m_guard ? std::min<std::int64_t>(m_guard->intactBytes(), m_bytes.size()) : m_bytes.size(); }
    /// Looks whether the file is shorter by now; the rest of a page behind its end reads as zeros without anybody noticing.
    void lookForCut() const;
    /// Zeros were read where the disk gave an error.
    bool hadReadError() const { return m_guard && m_guard->hadReadError(); }

    /// How the bytes will be read next; the system may use it. A length of -1 goes to the end.
    void advise(Advice advice, std::int64_t offset = 0, std::int64_t length = -1) const;

private:
    MappedFile() = default;

    QString m_path;
    std::unique_ptr<QFile> m_file;
    FileIdentity m_identity;
    QByteArrayView m_bytes;
    std::optional<MappingGuard> m_guard; // after the file: it goes before the mapping does
};

} // namespace keyloupe
