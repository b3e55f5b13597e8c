// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/mapped_file.h"

#include <QFileInfo>

#include <algorithm>

#ifdef Q_OS_UNIX
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace keyloupe {
namespace {

Error ioError(const QString &path, const QString &message)
{
    return Error{Errc::Io, message, -1, path};
}

#ifdef Q_OS_UNIX
// Never waits: a pipe that took the file's place meanwhile is opened at once, and refused afterwards.
int openReadOnly(const QByteArray &name)
{
    constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
#ifdef O_NOATIME
    // Only the owner may ask for this; others get the file with its time of access as the system keeps it.
    const int quiet = ::open(name.constData(), kFlags | O_NOATIME);
    if (quiet >= 0 || errno != EPERM)
        return quiet;
#endif
    return ::open(name.constData(), kFlags);
}
#endif

Result<std::unique_ptr<QFile>> openFile(const QString &path, const QString &absolute)
{
    auto file = std::make_unique<QFile>(absolute);
    const QString cannot = QStringLiteral("cannot open %1: %2");
#ifdef Q_OS_UNIX
    const int handle = openReadOnly(QFile::encodeName(absolute));
    if (handle < 0)
        return ioError(path, cannot.arg(path, QString::fromLocal8Bit(std::strerror(errno))));
    struct stat info;
    if (::fstat(handle, &info) != 0 || !S_ISREG(info.st_mode)) {
        ::close(handle);
        return ioError(path, QStringLiteral("%1 is not a regular file").arg(path));
    }
    if (!file->open(handle, QIODevice::ReadOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle)) {
        ::close(handle);
        return ioError(path, cannot.arg(path, file->errorString()));
    }
#else
    if (!file->open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return ioError(path, cannot.arg(path, file->errorString()));
#endif
    return file;
}

} // namespace

Result<std::shared_ptr<MappedFile>> MappedFile::open(const QString &path)
{
    const QFileInfo info(path);
    // Asked before opening: to open a pipe lets its writer go on, and a device may do anything.
    if (!info.exists())
        return ioError(path, QStringLiteral("there is no file %1").arg(path));
    if (info.isDir())
        return ioError(path, QStringLiteral("%1 is a folder").arg(path));
    if (!info.isFile())
        return ioError(path, QStringLiteral("%1 is not a regular file").arg(path));
    KL_TRY(std::unique_ptr<QFile> file, openFile(path, info.absoluteFilePath()));
    return adopt(std::move(file), info.absoluteFilePath());
}

Result<std::shared_ptr<MappedFile>> MappedFile::adopt(std::unique_ptr<QFile> file, const QString &path)
{
    const std::optional<FileIdentity> identity = identityOf(file->handle());
    if (!identity)
        return ioError(path, QStringLiteral("cannot look at %1: %2").arg(path, file->errorString()));
    std::shared_ptr<MappedFile> mapped(new MappedFile);
    mapped->m_path = path;
    mapped->m_file = std::move(file);
    mapped->m_identity = *identity;
    if (identity->size > 0) {
        const uchar *bytes = mapped->m_file->map(0, identity->size);
        if (!bytes)
            return ioError(path, QStringLiteral("cannot map %1: %2").arg(path, mapped->m_file->errorString()));
        mapped->m_bytes = QByteArrayView(bytes, identity->size);
        mapped->m_guard.emplace(bytes, static_cast<std::size_t>(identity->size), mapped->m_file->handle());
    }
    return mapped;
}

MappedFile::~MappedFile() = default;

FileChange MappedFile::change() const
{
    return wasCut() ? FileChange::Cut : changeSince(m_identity, m_path);
}

void MappedFile::lookForCut() const
{
    const std::optional<FileIdentity> now = identityOf(m_file->handle());
    if (m_guard && now)
        m_guard->sawSize(now->size);
}

void MappedFile::advise(Advice advice, std::int64_t offset, std::int64_t length) const
{
#ifdef Q_OS_UNIX
    const std::int64_t size = m_bytes.size();
    offset = std::clamp<std::int64_t>(offset, 0, size);
    length = length < 0 ? size - offset : std::min(length, size - offset);
    if (length == 0)
        return;
    // The system takes whole pages, and the mapping begins with one.
    const std::int64_t page = ::sysconf(_SC_PAGESIZE);
    const std::int64_t begin = offset / page * page;
    const int flag = advice == Advice::Sequential ? POSIX_MADV_SEQUENTIAL : advice == Advice::Random ? POSIX_MADV_RANDOM : POSIX_MADV_WILLNEED;
    ::posix_madvise(const_cast<char *>(m_bytes.data()) + begin, static_cast<std::size_t>(offset + length - begin), flag);
#else
    Q_UNUSED(advice)
    Q_UNUSED(offset)
    Q_UNUSED(length)
#endif
}

} // namespace keyloupe
