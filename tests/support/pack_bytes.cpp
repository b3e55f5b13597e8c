// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/pack_bytes.h"

#include <QtEndian>

#include <algorithm>
#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

namespace keyloupe::test {
namespace {

Packed gzipped(const QByteArray &plain, const QList<QByteArray> &pieces)
{
    Packed out;
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    QByteArray buffer(qsizetype(deflateBound(&stream, uLong(plain.size()))) + 64 * pieces.size() + 1024, Qt::Uninitialized);
    stream.next_out = reinterpret_cast<Bytef *>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    qsizetype done = 0;
    for (qsizetype i = 0; i < pieces.size(); ++i) {
        QByteArray piece = pieces[i];
        stream.next_in = reinterpret_cast<Bytef *>(piece.data());
        stream.avail_in = static_cast<uInt>(piece.size());
        deflate(&stream, i + 1 == pieces.size() ? Z_FINISH : Z_SYNC_FLUSH);
        done += piece.size();
        out.flushed.append({buffer.size() - qsizetype(stream.avail_out), done});
    }
    out.bytes = buffer.first(buffer.size() - qsizetype(stream.avail_out));
    deflateEnd(&stream);
    return out;
}

Packed zstded(const QByteArray &plain, const QList<QByteArray> &pieces, const PackOptions &options)
{
    Packed out;
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, options.checksum ? 1 : 0);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, options.claimSize ? 1 : 0);
    if (options.window > 0)
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, options.window);
    if (options.claimSize)
        ZSTD_CCtx_setPledgedSrcSize(context, static_cast<unsigned long long>(plain.size()));
    QByteArray buffer(qsizetype(ZSTD_compressBound(std::size_t(plain.size()))) + 64 * pieces.size() + 1024, Qt::Uninitialized);
    ZSTD_outBuffer to{buffer.data(), std::size_t(buffer.size()), 0};
    qsizetype done = 0;
    for (qsizetype i = 0; i < pieces.size(); ++i) {
        ZSTD_inBuffer from{pieces[i].data(), std::size_t(pieces[i].size()), 0};
        while (ZSTD_compressStream2(context, &to, &from, i + 1 == pieces.size() ? ZSTD_e_end : ZSTD_e_flush) != 0) { }
        done += pieces[i].size();
        out.flushed.append({qsizetype(to.pos), done});
    }
    out.bytes = buffer.first(qsizetype(to.pos));
    ZSTD_freeCCtx(context);
    return out;
}

Packed lz4ed(const QByteArray &plain, const QList<QByteArray> &pieces, const PackOptions &options)
{
    Packed out;
    LZ4F_cctx *context = nullptr;
    LZ4F_createCompressionContext(&context, LZ4F_VERSION);
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.contentChecksumFlag = options.checksum ? LZ4F_contentChecksumEnabled : LZ4F_noContentChecksum;
    preferences.frameInfo.blockChecksumFlag = options.checksum ? LZ4F_blockChecksumEnabled : LZ4F_noBlockChecksum;
    preferences.frameInfo.contentSize = options.claimSize ? static_cast<unsigned long long>(plain.size()) : 0;
    QByteArray buffer(qsizetype(LZ4F_compressBound(std::size_t(plain.size()), &preferences)) * 2 + (pieces.size() + 1) * (1 << 17), Qt::Uninitialized);
    qsizetype at = qsizetype(LZ4F_compressBegin(context, buffer.data(), std::size_t(buffer.size()), &preferences));
    qsizetype done = 0;
    for (const QByteArray &piece : pieces) {
        at += qsizetype(LZ4F_compressUpdate(context, buffer.data() + at, std::size_t(buffer.size() - at), piece.data(), std::size_t(piece.size()), nullptr));
        at += qsizetype(LZ4F_flush(context, buffer.data() + at, std::size_t(buffer.size() - at), nullptr));
        done += piece.size();
        out.flushed.append({at, done});
    }
    at += qsizetype(LZ4F_compressEnd(context, buffer.data() + at, std::size_t(buffer.size() - at), nullptr));
    LZ4F_freeCompressionContext(context);
    out.bytes = buffer.first(at);
    return out;
}

} // namespace

Packed packed(Packing packing, const QByteArray &plain, const PackOptions &options)
{
    QList<QByteArray> pieces;
    const qsizetype size = options.flushEvery > 0 ? options.flushEvery : std::max<qsizetype>(plain.size(), 1);
    for (qsizetype at = 0; at < plain.size(); at += size)
        pieces.append(plain.mid(at, size));
    if (pieces.isEmpty())
        pieces.append(QByteArray());
    switch (packing) {
    case Packing::None: break;
    case Packing::Gzip: return gzipped(plain, pieces);
    case Packing::Zstd: return zstded(plain, pieces, options);
    case Packing::Lz4: return lz4ed(plain, pieces, options);
    }
    return {plain, {}};
}

QByteArray skippableFrame(const QByteArray &content)
{
    QByteArray frame(8, '\0');
    qToLittleEndian<quint32>(0x184d2a57, frame.data());
    qToLittleEndian<quint32>(static_cast<quint32>(content.size()), frame.data() + 4);
    return frame + content;
}

} // namespace keyloupe::test
