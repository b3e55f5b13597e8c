// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/source_files.h"

#include "core/rdb/crc64.h"

#include <QFileInfo>
#include <QStringList>

#include <algorithm>

namespace keyloupe {
namespace {

int severity(FileChange change)
{
    switch (change) {
    case FileChange::None: return 0;
    case FileChange::Grown: return 1;
    case FileChange::Removed: return 2;
    case FileChange::Replaced: return 3;
    case FileChange::Rewritten: return 4; // what is shown may not be what is in it
    case FileChange::Cut: return 5;       // what is shown is partly gone
    }
    return 0;
}

FileChange worse(FileChange a, FileChange b)
{
    return severity(a) >= severity(b) ? a : b;
}

QString realPath(const QString &path)
{
    const QFileInfo info(path);
    const QString real = info.canonicalFilePath();
    return real.isEmpty() ? info.absoluteFilePath() : real;
}

QString words(FileChange change)
{
    switch (change) {
    case FileChange::None: break;
    case FileChange::Grown: return QStringLiteral("has grown");
    case FileChange::Cut: return QStringLiteral("was cut");
    case FileChange::Replaced: return QStringLiteral("was replaced");
    case FileChange::Removed: return QStringLiteral("was removed");
    case FileChange::Rewritten: return QStringLiteral("was written");
    }
    return QStringLiteral("was changed");
}

} // namespace

void SourceFiles::add(const QString &path, std::optional<FileIdentity> identity, const QString &neverOver)
{
    m_files.push_back({QFileInfo(path).absoluteFilePath(), identity, neverOver});
}

void SourceFiles::setMapping(std::shared_ptr<const MappedFile> mapping, const RdbSummary &summary)
{
    m_mapping = std::move(mapping);
    m_summedBytes = summary.checksum == ChecksumState::Good ? summary.checksumOffset : -1;
    m_sum = summary.storedChecksum;
}

bool SourceFiles::hasSameContent() const
{
    const QByteArrayView bytes = m_mapping->bytes();
    return m_summedBytes >= 0 && m_summedBytes <= bytes.size() && crc64(0, bytes.first(m_summedBytes)) == m_sum;
}

QStringList SourceFiles::watchedPaths() const
{
    QStringList paths;
    for (const File &file : m_files) {
        if (file.identity)
            paths.append(file.path);
    }
    return paths;
}

// Asked of the open file: its name may belong to another one by now, which may be our own save.
FileChange SourceFiles::mappingChange() const
{
    if (!m_mapping)
        return FileChange::None;
    m_mapping->lookForCut();
    if (m_mapping->wasCut())
        return FileChange::Cut;
    const std::optional<FileIdentity> now = identityOf(m_mapping->handle());
    const FileIdentity &then = m_mapping->identity();
    // What is appended changes nothing that is read here.
    return !now || now->size > then.size || now->changedNs == then.changedNs ? FileChange::None : FileChange::Rewritten;
}

FileChange SourceFiles::change() const
{
    FileChange worst = mappingChange();
    for (const File &file : m_files) {
        if (file.identity)
            worst = worse(worst, changeSince(*file.identity, file.path));
    }
    return worst;
}

const SourceFiles::File *SourceFiles::find(const QString &path) const
{
    const QString real = realPath(path);
    const auto it = std::find_if(m_files.begin(), m_files.end(), [&](const File &file) { return realPath(file.path) == real; });
    return it == m_files.end() ? nullptr : &*it;
}

Result<void> SourceFiles::maySave(const QString &path, bool overwriteChanged) const
{
    const File *target = find(path);
    if (target && !target->neverOver.isEmpty())
        return Error{Errc::InvalidArgument, QStringLiteral("%1 %2; save under another name").arg(path, target->neverOver), -1, path};
    const FileChange inside = mappingChange();
    if (inside == FileChange::Cut) {
        return Error{Errc::Conflict,
                     QStringLiteral("%1 was cut by another program while it was open, and what was cut away is nowhere else; it cannot be saved")
                             .arg(m_mapping->path()), -1, m_mapping->path()};
    }
    if (overwriteChanged)
        return {};
    if (inside == FileChange::Rewritten && !hasSameContent()) {
        return Error{Errc::Conflict,
                     QStringLiteral("%1 was written by another program since it was opened, so that what would be saved may be a mixture; open it again")
                             .arg(m_mapping->path()), -1, m_mapping->path()};
    }
    if (!target || !target->identity)
        return {};
    const FileChange change = changeSince(*target->identity, target->path);
    if (change == FileChange::None || change == FileChange::Removed)
        return {};
    return Error{Errc::Conflict,
                 QStringLiteral("%1 %2 since it was opened, and a save would lose that; save under another name, or confirm that it may be overwritten")
                         .arg(path, words(change)), -1, path};
}

void SourceFiles::saved(const QString &path)
{
    const QString real = realPath(path);
    for (File &file : m_files) {
        if (file.identity && realPath(file.path) == real)
            file.identity = identityOf(file.path);
    }
}

} // namespace keyloupe
