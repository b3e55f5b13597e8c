// SPDX-License-Identifier: GPL-3.0-or-later
//
// LZ4 frames through liblz4, which compares the frame's content size and checksums where it has them.
#include "core/unpack/unpacker.h"

#include <algorithm>
#include <lz4frame.h>

namespace keyloupe {
namespace {

class Lz4Unpacker final : public Unpacker
{
public:
    explicit Lz4Unpacker(ByteSink sink) : Unpacker(Packing::Lz4, std::move(sink)), m_buffer(kOutBytes, Qt::Uninitialized)
    {
        if (LZ4F_isError(LZ4F_createDecompressionContext(&m_context, LZ4F_VERSION)))
            m_context = nullptr;
    }
    ~Lz4Unpacker() override { LZ4F_freeDecompressionContext(m_context); }

private:
    Result<void> begin() override
    {
        if (!m_context)
            return Error{Errc::LimitExceeded, QStringLiteral("there is no memory to unpack with"), -1, {}};
        LZ4F_resetDecompressionContext(m_context);
        m_wanted = kFirstBytes;
        return {};
    }

    // As with zstd: one block a call without the head of the next, so that a damaged one takes no neighbour along.
    Result<Step> step(QByteArrayView bytes) override
    {
        qsizetype taken = 0;
        const qsizetype given = std::min(bytes.size(), static_cast<qsizetype>(m_wanted));
        for (;;) {
            std::size_t in = static_cast<std::size_t>(given - taken);
            std::size_t out = static_cast<std::size_t>(m_buffer.size());
            const std::size_t state = LZ4F_decompress(m_context, m_buffer.data(), &out, bytes.data() + taken, &in, nullptr);
            if (LZ4F_isError(state))
                return damaged(wording(LZ4F_getErrorName(state)));
            taken += static_cast<qsizetype>(in);
            KL_CHECK(emitBytes(QByteArrayView(m_buffer).first(static_cast<qsizetype>(out))));
            if (state == 0)
                return Step{taken, true};
            m_wanted = state > kBlockHead ? state - kBlockHead : state;
            if (taken == given && out < static_cast<std::size_t>(m_buffer.size()))
                return Step{taken, false};
        }
    }

    // "ERROR_contentChecksum_invalid" and the like.
    static QString wording(const char *name)
    {
        QString text = QString::fromLatin1(name);
        if (text.startsWith(QLatin1String("ERROR_")))
            text.remove(0, 6);
        return text.replace(QLatin1Char('_'), QLatin1Char(' '));
    }

    static constexpr std::size_t kFirstBytes = 7;
    static constexpr std::size_t kBlockHead = 4;

    LZ4F_dctx *m_context = nullptr;
    QByteArray m_buffer;
    std::size_t m_wanted = kFirstBytes;
};

} // namespace

std::unique_ptr<Unpacker> makeLz4Unpacker(ByteSink sink)
{
    return std::make_unique<Lz4Unpacker>(std::move(sink));
}

} // namespace keyloupe
