// SPDX-License-Identifier: GPL-3.0-or-later
//
// gzip through zlib, which compares the checksum and the length at the end of each member.
#include "core/unpack/unpacker.h"

#include <algorithm>
#include <zlib.h>

namespace keyloupe {
namespace {

constexpr int kGzipWindow = 15 + 16; // the largest window, with gzip's head and tail
constexpr qsizetype kMostAtOnce = 1 << 30;

class GzipUnpacker final : public Unpacker
{
public:
    explicit GzipUnpacker(ByteSink sink) : Unpacker(Packing::Gzip, std::move(sink)), m_buffer(kOutBytes, Qt::Uninitialized) { }

    ~GzipUnpacker() override
    {
        if (m_ready)
            inflateEnd(&m_stream);
    }

private:
    Result<void> begin() override
    {
        const int state = m_ready ? inflateReset(&m_stream) : inflateInit2(&m_stream, kGzipWindow);
        if (state != Z_OK)
            return Error{Errc::LimitExceeded, QStringLiteral("there is no memory to unpack with"), -1, {}};
        m_ready = true;
        return {};
    }

    Result<Step> step(QByteArrayView bytes) override
    {
        const qsizetype given = std::min(bytes.size(), kMostAtOnce);
        // zlib does not change its input, but its interface is older than const.
        m_stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
        m_stream.avail_in = static_cast<uInt>(given);
        for (;;) {
            m_stream.next_out = reinterpret_cast<Bytef *>(m_buffer.data());
            m_stream.avail_out = static_cast<uInt>(m_buffer.size());
            const int state = inflate(&m_stream, Z_NO_FLUSH);
            KL_CHECK(emitBytes(QByteArrayView(m_buffer).first(m_buffer.size() - static_cast<qsizetype>(m_stream.avail_out))));
            const Step made{given - static_cast<qsizetype>(m_stream.avail_in), state == Z_STREAM_END};
            if (state == Z_STREAM_END)
                return made;
            if (state == Z_MEM_ERROR)
                return Error{Errc::LimitExceeded, QStringLiteral("there is no memory to unpack with"), -1, {}};
            if (state != Z_OK && state != Z_BUF_ERROR)
                return damaged(m_stream.msg ? QString::fromLatin1(m_stream.msg) : QStringLiteral("it cannot be unpacked"), made.taken);
            if (m_stream.avail_in == 0 && m_stream.avail_out > 0)
                return made;
        }
    }

    z_stream m_stream{};
    bool m_ready = false;
    QByteArray m_buffer;
};

} // namespace

std::unique_ptr<Unpacker> makeGzipUnpacker(ByteSink sink)
{
    return std::make_unique<GzipUnpacker>(std::move(sink));
}

} // namespace keyloupe
