// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/unpack/unpacker.h"

#include <QtEndian>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr qsizetype kMagicBytes = 4;

} // namespace

std::unique_ptr<Unpacker> Unpacker::make(Packing packing, ByteSink sink)
{
    switch (packing) {
    case Packing::None: break;
    case Packing::Gzip: return makeGzipUnpacker(std::move(sink));
    case Packing::Zstd: return makeZstdUnpacker(std::move(sink));
    case Packing::Lz4: return makeLz4Unpacker(std::move(sink));
    }
    return nullptr;
}

Result<void> Unpacker::feed(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        KL_TRY(const qsizetype taken, m_inside ? inside(bytes) : between(bytes));
        bytes = bytes.sliced(taken);
    }
    return {};
}

Result<void> Unpacker::finish()
{
    if (m_inside || m_first)
        return Error{Errc::Corrupt, QStringLiteral("the %1 data ends in the middle").arg(QLatin1String(packingName(m_packing))), m_in, {}};
    if (!m_magic.isEmpty())
        return damaged(QStringLiteral("what follows its end is something else"));
    return {};
}

Result<void> Unpacker::emitBytes(QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return {};
    m_out += bytes.size();
    return m_sink(bytes);
}

Error Unpacker::damaged(const QString &why, qsizetype taken) const
{
    return Error{Errc::Corrupt, QStringLiteral("the %1 data is damaged: %2").arg(QLatin1String(packingName(m_packing)), why), m_in + taken, {}};
}

bool Unpacker::beginsMember(QByteArrayView bytes) const
{
    if (m_packing == Packing::Gzip)
        return packingOf(bytes) == Packing::Gzip;
    const bool skippable = (qFromLittleEndian<quint32>(bytes.data()) & 0xfffffff0u) == 0x184d2a50u;
    return skippable || packingOf(bytes) == m_packing;
}

// Zeros behind a member are padding, as tapes and block devices leave it.
Result<qsizetype> Unpacker::between(QByteArrayView bytes)
{
    qsizetype taken = 0;
    if (m_magic.isEmpty() && !m_first) {
        while (taken < bytes.size() && bytes[taken] == '\0')
            ++taken;
        m_in += taken;
    }
    const QByteArrayView piece = bytes.sliced(taken, std::min(bytes.size() - taken, kMagicBytes - m_magic.size()));
    m_magic.append(piece.data(), piece.size());
    taken += piece.size();
    if (m_magic.size() < kMagicBytes)
        return taken;
    if (!beginsMember(m_magic))
        return m_first ? damaged(QStringLiteral("it does not begin as such")) : damaged(QStringLiteral("what follows its end is something else"));
    KL_CHECK(begin());
    m_inside = true;
    m_first = false;
    const QByteArray magic = std::exchange(m_magic, {});
    for (QByteArrayView rest = magic; !rest.isEmpty();) {
        KL_TRY(const qsizetype used, inside(rest));
        rest = rest.sliced(used);
    }
    return taken;
}

Result<qsizetype> Unpacker::inside(QByteArrayView bytes)
{
    KL_TRY(const Step made, step(bytes));
    m_in += made.taken;
    m_inside = !made.ended;
    return made.taken;
}

} // namespace keyloupe
