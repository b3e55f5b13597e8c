// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/whole_file.h"

#include <QDir>
#include <QFileInfo>

#include <cerrno>
#include <cstdio>
#include <cstring>

#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif
#ifdef Q_OS_WIN
#include <io.h>
#include <windows.h>
#endif

namespace keyloupe {
namespace {

Error ioError(const QString &what, const QString &path, const QString &why)
{
    return {Errc::Io, QStringLiteral("%1 %2: %3").arg(what, path, why), -1, path};
}

Result<void> syncFile(QFile &file)
{
    if (!file.flush())
        return ioError(QStringLiteral("cannot write"), file.fileName(), file.errorString());
#ifdef Q_OS_UNIX
    if (::fsync(file.handle()) != 0)
        return ioError(QStringLiteral("cannot sync"), file.fileName(), QString::fromLocal8Bit(std::strerror(errno)));
#elif defined(Q_OS_WIN)
    if (!::FlushFileBuffers(reinterpret_cast<HANDLE>(::_get_osfhandle(file.handle()))))
        return ioError(QStringLiteral("cannot sync"), file.fileName(), QStringLiteral("the system refused"));
#endif
    return {};
}

// QFile::rename does not replace an existing file; the system calls do, in one step.
Result<void> replaceFile(const QString &from, const QString &to)
{
#ifdef Q_OS_WIN
    if (!::MoveFileExW(reinterpret_cast<const wchar_t *>(from.utf16()), reinterpret_cast<const wchar_t *>(to.utf16()),
                       MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
        return ioError(QStringLiteral("cannot replace"), to, QStringLiteral("the system refused"));
#else
    if (std::rename(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) != 0)
        return ioError(QStringLiteral("cannot replace"), to, QString::fromLocal8Bit(std::strerror(errno)));
    const int folder = ::open(QFile::encodeName(QFileInfo(to).absolutePath()).constData(), O_RDONLY);
    if (folder >= 0) {
        // The new file is already in place and whole; a folder that cannot be synced loses at most the rename.
        ::fsync(folder);
        ::close(folder);
    }
#endif
    return {};
}

} // namespace

Result<std::unique_ptr<WholeFile>> WholeFile::create(const QString &path)
{
    QFileInfo target(path);
    if (target.isSymLink())
        target = QFileInfo(target.canonicalFilePath().isEmpty() ? target.symLinkTarget() : target.canonicalFilePath());
    if (target.exists() && !target.isFile())
        return ioError(QStringLiteral("cannot write"), path, QStringLiteral("it is not a regular file"));
    if (!target.dir().exists())
        return ioError(QStringLiteral("cannot write"), path, QStringLiteral("there is no such folder"));
    const QString pattern = target.absolutePath() + QStringLiteral("/.") + target.fileName() + QStringLiteral(".XXXXXX.tmp");
    std::unique_ptr<WholeFile> file(new WholeFile(pattern, target.absoluteFilePath()));
    if (!file->m_file.open())
        return ioError(QStringLiteral("cannot create a file beside"), path, file->m_file.errorString());
    return file;
}

Result<void> WholeFile::write(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const qint64 written = m_file.write(bytes.data(), bytes.size());
        if (written <= 0)
            return ioError(QStringLiteral("cannot write"), m_file.fileName(), m_file.errorString());
        bytes = bytes.sliced(written);
    }
    return {};
}

Result<void> WholeFile::sync()
{
    return syncFile(m_file);
}

Result<void> WholeFile::commit()
{
    // A private temporary file is for its owner only; the saved one gets the old one's rights, or the usual ones.
    const QFileInfo target(m_target);
    m_file.setPermissions(target.exists() ? target.permissions()
                                          : QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ReadGroup | QFileDevice::ReadOther);
    const QString temporary = m_file.fileName();
    m_file.close();
    KL_CHECK(replaceFile(temporary, m_target));
    m_file.setAutoRemove(false);
    return {};
}

} // namespace keyloupe
