// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file_identity.h"

#include <QFile>

#ifdef Q_OS_WIN
#include <io.h>
#include <windows.h>
#else
#include <cerrno>
#include <sys/stat.h>
#endif

namespace keyloupe {
namespace {

#ifdef Q_OS_WIN

std::optional<FileIdentity> identityOfNative(HANDLE handle)
{
    BY_HANDLE_FILE_INFORMATION info{};
    if (handle == INVALID_HANDLE_VALUE || !::GetFileInformationByHandle(handle, &info))
        return std::nullopt;
    const auto joined = [](DWORD high, DWORD low) { return (static_cast<std::uint64_t>(high) << 32) | low; };
    FileIdentity identity;
    identity.device = info.dwVolumeSerialNumber;
    identity.inode = joined(info.nFileIndexHigh, info.nFileIndexLow);
    identity.size = static_cast<std::int64_t>(joined(info.nFileSizeHigh, info.nFileSizeLow));
    // Counted in tenths of a microsecond from another epoch; only ever compared.
    identity.changedNs = static_cast<std::int64_t>(joined(info.ftLastWriteTime.dwHighDateTime, info.ftLastWriteTime.dwLowDateTime)) * 100;
    return identity;
}

#else

FileIdentity identityFrom(const struct stat &info)
{
#ifdef Q_OS_DARWIN
    const timespec changed = info.st_mtimespec;
#else
    const timespec changed = info.st_mtim;
#endif
    return {static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino), static_cast<std::int64_t>(info.st_size),
            static_cast<std::int64_t>(changed.tv_sec) * 1'000'000'000 + changed.tv_nsec};
}

#endif

// Only a name that is certainly gone: a folder that may not be looked into any more says nothing about the file.
bool isGone(const QString &path)
{
#ifdef Q_OS_WIN
    return ::GetFileAttributesW(reinterpret_cast<const wchar_t *>(path.utf16())) == INVALID_FILE_ATTRIBUTES
            && (::GetLastError() == ERROR_FILE_NOT_FOUND || ::GetLastError() == ERROR_PATH_NOT_FOUND);
#else
    struct stat info;
    return ::stat(QFile::encodeName(path).constData(), &info) != 0 && (errno == ENOENT || errno == ENOTDIR);
#endif
}

} // namespace

const char *fileChangeName(FileChange change)
{
    switch (change) {
    case FileChange::None: return "none";
    case FileChange::Grown: return "grown";
    case FileChange::Cut: return "cut";
    case FileChange::Replaced: return "replaced";
    case FileChange::Removed: return "removed";
    case FileChange::Rewritten: return "rewritten";
    }
    return "none";
}

std::optional<FileIdentity> identityOf(const QString &path)
{
#ifdef Q_OS_WIN
    // No access is asked for, so that nobody is hindered and a file opened by others can be looked at.
    const HANDLE handle = ::CreateFileW(reinterpret_cast<const wchar_t *>(path.utf16()), 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                        nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
    const std::optional<FileIdentity> identity = identityOfNative(handle);
    if (handle != INVALID_HANDLE_VALUE)
        ::CloseHandle(handle);
    return identity;
#else
    struct stat info;
    if (::stat(QFile::encodeName(path).constData(), &info) != 0)
        return std::nullopt;
    return identityFrom(info);
#endif
}

std::optional<FileIdentity> identityOf(int handle)
{
#ifdef Q_OS_WIN
    return identityOfNative(reinterpret_cast<HANDLE>(::_get_osfhandle(handle)));
#else
    struct stat info;
    if (::fstat(handle, &info) != 0)
        return std::nullopt;
    return identityFrom(info);
#endif
}

FileChange changeSince(const FileIdentity &then, const QString &path)
{
    const std::optional<FileIdentity> now = identityOf(path);
    if (!now)
        return isGone(path) ? FileChange::Removed : FileChange::None;
    if (now->device != then.device || now->inode != then.inode)
        return FileChange::Replaced;
    if (now->size != then.size)
        return now->size > then.size ? FileChange::Grown : FileChange::Cut;
    return now->changedNs != then.changedNs ? FileChange::Rewritten : FileChange::None;
}

} // namespace keyloupe
