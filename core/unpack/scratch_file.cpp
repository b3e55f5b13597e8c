// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/unpack/scratch_file.h"

#include <QDir>
#include <QFileInfo>
#include <QStorageInfo>
#include <QTemporaryFile>

#include <algorithm>
#include <array>

#ifdef Q_OS_UNIX
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#endif

namespace keyloupe {
namespace {

constexpr std::int64_t kCheckEvery = std::int64_t{32} << 20;
constexpr std::int64_t kLeaveFree = std::int64_t{64} << 20; // others need some of it too

QString usualFolder()
{
#ifdef Q_OS_UNIX
    // Taken as it is: for one that is not there QDir gives no path at all, which would be the root folder.
    if (const QString chosen = qEnvironmentVariable("TMPDIR"); !chosen.isEmpty())
        return chosen;
#endif
    const QString folder = QDir::tempPath();
#ifdef Q_OS_LINUX
    // On many systems the usual folder is memory, and what is unpacked here is large.
    const QString onDisk = QStringLiteral("/var/tmp");
    if (QStorageInfo(folder).fileSystemType() == "tmpfs" && QFileInfo(onDisk).isWritable())
        return onDisk;
#endif
    return folder;
}

#ifdef Q_OS_UNIX
Result<std::unique_ptr<QFile>> makeFile(const QString &folder)
{
    const auto failed = [&folder] {
        return Error{Errc::Io, QStringLiteral("cannot make a temporary file in %1: %2").arg(folder, QString::fromLocal8Bit(std::strerror(errno))), -1, folder};
    };
    QByteArray name = QFile::encodeName(folder + QStringLiteral("/keyloupe-XXXXXX"));
    const int handle = ::mkstemp(name.data()); // for its owner only
    if (handle < 0)
        return failed();
    ::unlink(name.constData());
    ::fcntl(handle, F_SETFD, FD_CLOEXEC);
    auto file = std::make_unique<QFile>();
    if (!file->open(handle, QIODevice::ReadWrite | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle)) {
        ::close(handle);
        return failed();
    }
    return file;
}
#else
Result<std::unique_ptr<QFile>> makeFile(const QString &folder)
{
    auto file = std::make_unique<QTemporaryFile>(folder + QStringLiteral("/keyloupe-XXXXXX"));
    if (!file->open())
        return Error{Errc::Io, QStringLiteral("cannot make a temporary file in %1: %2").arg(folder, file->errorString()), -1, folder};
    return std::unique_ptr<QFile>(std::move(file));
}
#endif

} // namespace

QString sizeText(std::int64_t bytes)
{
    static constexpr std::array<const char *, 5> kUnits{"KiB", "MiB", "GiB", "TiB", "PiB"};
    if (bytes < 1024)
        return QStringLiteral("%1 bytes").arg(bytes);
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    return QStringLiteral("%1 %2").arg(value, 0, 'f', 1).arg(QLatin1String(kUnits[unit]));
}

ScratchFile::ScratchFile(ScratchOptions options) : m_options(std::move(options))
{
    if (m_options.folder.isEmpty())
        m_options.folder = usualFolder();
}

Result<void> ScratchFile::create()
{
    KL_TRY(m_file, makeFile(m_options.folder));
    return {};
}

std::int64_t ScratchFile::freeBytes() const
{
    return m_options.freeBytes ? m_options.freeBytes(m_options.folder) : QStorageInfo(m_options.folder).bytesAvailable();
}

Error ScratchFile::noRoom(const QString &sentence) const
{
    return Error{Errc::LimitExceeded, sentence + QStringLiteral("; make room there or name another folder with TMPDIR"), -1, m_options.folder};
}

Result<void> ScratchFile::expect(std::uint64_t bytes) const
{
    const auto wanted = static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, INT64_MAX));
    if (wanted > m_options.maxBytes) {
        return Error{Errc::LimitExceeded,
                     QStringLiteral("it would unpack to %1, and the limit is %2").arg(sizeText(wanted), sizeText(m_options.maxBytes)), -1, {}};
    }
    const std::int64_t free = freeBytes();
    if (free >= 0 && wanted > free)
        return noRoom(QStringLiteral("it needs %1 to be unpacked, and %2 has %3 free").arg(sizeText(wanted), m_options.folder, sizeText(free)));
    return {};
}

Result<void> ScratchFile::append(QByteArrayView bytes)
{
    if (m_size + bytes.size() > m_options.maxBytes)
        return Error{Errc::LimitExceeded, QStringLiteral("there is more than the limit of %1").arg(sizeText(m_options.maxBytes)), -1, {}};
    if (m_size >= m_nextCheck) {
        // The first time only whether there is anything: what is small fits into a small folder.
        const std::int64_t free = freeBytes();
        if (free >= 0 && free < (m_size == 0 ? bytes.size() : kLeaveFree)) {
            return noRoom(QStringLiteral("after %1 the folder %2 for temporary files has only %3 free")
                                  .arg(sizeText(m_size), m_options.folder, sizeText(free)));
        }
        m_nextCheck += kCheckEvery;
    }
    while (!bytes.isEmpty()) {
        const qint64 written = m_file->write(bytes.data(), bytes.size());
        if (written <= 0) {
            return Error{Errc::Io, QStringLiteral("cannot write a temporary file in %1 after %2: %3").arg(m_options.folder, sizeText(m_size), m_file->errorString()),
                         -1, m_options.folder};
        }
        m_size += written;
        bytes = bytes.sliced(written);
    }
    return {};
}

Result<std::shared_ptr<MappedFile>> ScratchFile::finish(const QString &path)
{
    if (!m_file->flush())
        return Error{Errc::Io, QStringLiteral("cannot write a temporary file in %1: %2").arg(m_options.folder, m_file->errorString()), -1, m_options.folder};
    return MappedFile::adopt(std::move(m_file), path);
}

} // namespace keyloupe
