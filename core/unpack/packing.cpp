// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/unpack/packing.h"

#include <QtEndian>

#include <array>
#include <utility>
#include <zstd.h>

namespace keyloupe {
namespace {

constexpr char kGzipMagic[] = "\x1f\x8b\x08"; // 8: deflate, the only method there ever was
constexpr char kZstdMagic[] = "\x28\xb5\x2f\xfd";
constexpr char kLz4Magic[] = "\x04\x22\x4d\x18";
constexpr qsizetype kSkippableHead = 8;

quint32 littleEndian32(QByteArrayView bytes)
{
    return qFromLittleEndian<quint32>(bytes.data());
}

// The length of a frame that decoders pass over (with its head), 0 where there is none. Both formats share these.
quint64 skippableLength(QByteArrayView bytes)
{
    if (bytes.size() < kSkippableHead || (littleEndian32(bytes) & 0xfffffff0u) != 0x184d2a50u)
        return 0;
    return static_cast<quint64>(littleEndian32(bytes.sliced(4))) + kSkippableHead;
}

QByteArrayView behindSkippable(QByteArrayView bytes)
{
    // Bounded, so that a file of nothing else is not walked to its end.
    for (int frames = 0; frames < 64; ++frames) {
        const quint64 length = skippableLength(bytes);
        if (length == 0)
            break;
        if (length > static_cast<quint64>(bytes.size()))
            return {};
        bytes = bytes.sliced(static_cast<qsizetype>(length));
    }
    return bytes;
}

} // namespace

const char *packingName(Packing packing)
{
    switch (packing) {
    case Packing::None: return "none";
    case Packing::Gzip: return "gzip";
    case Packing::Zstd: return "zstd";
    case Packing::Lz4: return "lz4";
    }
    return "none";
}

Packing packingOf(QByteArrayView head)
{
    if (head.startsWith(kGzipMagic))
        return Packing::Gzip;
    const QByteArrayView frame = behindSkippable(head);
    if (frame.startsWith(kZstdMagic))
        return Packing::Zstd;
    if (frame.startsWith(kLz4Magic))
        return Packing::Lz4;
    return Packing::None;
}

std::optional<std::uint64_t> claimedSize(Packing packing, QByteArrayView file)
{
    // What each can do at best, and a little more: who claims more is damaged, and shall not be refused for want of room.
    const auto unlessAbsurd = [&file](std::uint64_t size, std::uint64_t bestRatio) -> std::optional<std::uint64_t> {
        if (size / bestRatio > static_cast<std::uint64_t>(file.size()))
            return std::nullopt;
        return size;
    };
    switch (packing) {
    case Packing::None:
        break;
    case Packing::Gzip: {
        constexpr qsizetype kHeadAndTail = 18;
        if (file.size() >= kHeadAndTail)
            return unlessAbsurd(littleEndian32(file.last(4)), 1032);
        break;
    }
    case Packing::Zstd: {
        const QByteArrayView frame = behindSkippable(file);
        const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), static_cast<std::size_t>(frame.size()));
        if (size != ZSTD_CONTENTSIZE_UNKNOWN && size != ZSTD_CONTENTSIZE_ERROR)
            return unlessAbsurd(size, 32768);
        break;
    }
    case Packing::Lz4: {
        const QByteArrayView frame = behindSkippable(file);
        constexpr qsizetype kFlags = 4;
        constexpr qsizetype kSize = 6;
        constexpr int kHasSize = 0x08;
        if (frame.size() >= kSize + 8 && (frame[kFlags] & kHasSize) != 0)
            return unlessAbsurd(qFromLittleEndian<quint64>(frame.data() + kSize), 256);
        break;
    }
    }
    return std::nullopt;
}

QString knownWrapping(QByteArrayView head)
{
    struct Row
    {
        QByteArrayView magic;
        const char *text;
    };
    static const std::array rows{
            Row{QByteArrayView("\xfd\x37zXZ\0", 6), "is an xz file; unpack it first"},
            Row{QByteArrayView("BZh"), "is a bzip2 file; unpack it first"},
            Row{QByteArrayView("PK\x03\x04"), "is a ZIP archive; unpack it first"},
            Row{QByteArrayView("PK\x05\x06"), "is a ZIP archive with nothing in it"},
            Row{QByteArrayView("7z\xbc\xaf\x27\x1c"), "is a 7z archive; unpack it first"},
            Row{QByteArrayView("Rar!\x1a\x07"), "is a RAR archive; unpack it first"},
            Row{QByteArrayView("LZIP"), "is an lzip file; unpack it first"},
            Row{QByteArrayView("\x89LZO\0\r\n\x1a\n", 9), "is an lzop file; unpack it first"},
            Row{QByteArrayView("\x1f\x9d"), "is a file of the old compress program; unpack it first"},
            Row{QByteArrayView("\x02\x21\x4c\x18"), "is an LZ4 file of the old form; unpack it first"},
            Row{QByteArrayView("\xff\x06\0\0sNaPpY", 10), "is a Snappy file; unpack it first"},
            Row{QByteArrayView("\x5d\0\0", 3), "is an lzma file; unpack it first"},
            Row{QByteArrayView("VKCS"), "is a compressed snapshot of a Valkey newer than 9.1, which cannot be read yet"},
    };
    constexpr qsizetype kTarMagic = 257;
    if (head.size() > kTarMagic + 5 && head.sliced(kTarMagic).startsWith("ustar"))
        return QStringLiteral("is a tar archive; unpack it first");
    for (const Row &row : rows) {
        if (head.startsWith(row.magic))
            return QLatin1String(row.text);
    }
    return {};
}

QString nameWithoutPacking(const QString &name, Packing packing)
{
    static const std::array<std::pair<Packing, QLatin1String>, 5> endings{{
            {Packing::Gzip, QLatin1String(".gz")},
            {Packing::Gzip, QLatin1String(".gzip")},
            {Packing::Zstd, QLatin1String(".zst")},
            {Packing::Zstd, QLatin1String(".zstd")},
            {Packing::Lz4, QLatin1String(".lz4")},
    }};
    for (const auto &[kind, ending] : endings) {
        if (kind == packing && name.size() > ending.size() && name.endsWith(ending, Qt::CaseInsensitive))
            return name.chopped(ending.size());
    }
    return name;
}

} // namespace keyloupe
