// SPDX-License-Identifier: GPL-3.0-or-later
//
// zstd frames through libzstd, which compares the frame's content size and checksum where it has them.
#include "core/unpack/unpacker.h"

#include <algorithm>
#include <zstd.h>
#include <zstd_errors.h>

namespace keyloupe {
namespace {

class ZstdUnpacker final : public Unpacker
{
public:
    explicit ZstdUnpacker(ByteSink sink) : Unpacker(Packing::Zstd, std::move(sink)), m_context(ZSTD_createDCtx()), m_buffer(kOutBytes, Qt::Uninitialized) { }
    ~ZstdUnpacker() override { ZSTD_freeDCtx(m_context); }

private:
    Result<void> begin() override
    {
        if (!m_context)
            return noMemory();
        ZSTD_DCtx_reset(m_context, ZSTD_reset_session_only);
        m_wanted = kFirstBytes;
        return {};
    }

    // The library asks for one block and the head of the next. Given the block alone it decodes just that in a call, and so all
    // blocks before a damaged one come out: what a call that fails has decoded is lost.
    Result<Step> step(QByteArrayView bytes) override
    {
        ZSTD_inBuffer in{bytes.data(), std::min(static_cast<std::size_t>(bytes.size()), m_wanted), 0};
        for (;;) {
            ZSTD_outBuffer out{m_buffer.data(), static_cast<std::size_t>(m_buffer.size()), 0};
            const std::size_t state = ZSTD_decompressStream(m_context, &out, &in);
            if (ZSTD_isError(state))
                return failure(state);
            KL_CHECK(emitBytes(QByteArrayView(m_buffer).first(static_cast<qsizetype>(out.pos))));
            if (state == 0)
                return Step{static_cast<qsizetype>(in.pos), true};
            m_wanted = state > kBlockHead ? state - kBlockHead : state;
            if (in.pos == in.size && out.pos < out.size)
                return Step{static_cast<qsizetype>(in.pos), false};
        }
    }

    Error failure(std::size_t state) const
    {
        switch (ZSTD_getErrorCode(state)) {
        case ZSTD_error_memory_allocation:
            return noMemory();
        case ZSTD_error_frameParameter_windowTooLarge:
            return Error{Errc::Unsupported, QStringLiteral("the zstd data needs a window of more than 128 MiB; unpack it first with zstd --long=31"), bytesIn(), {}};
        case ZSTD_error_dictionary_wrong:
        case ZSTD_error_dictionary_corrupted:
            return Error{Errc::Unsupported, QStringLiteral("the zstd data needs the dictionary it was packed with; unpack it first"), bytesIn(), {}};
        default:
            return damaged(QString::fromLatin1(ZSTD_getErrorName(state)));
        }
    }

    static Error noMemory() { return Error{Errc::LimitExceeded, QStringLiteral("there is no memory to unpack with"), -1, {}}; }

    static constexpr std::size_t kFirstBytes = 5;
    static constexpr std::size_t kBlockHead = 3;

    ZSTD_DCtx *m_context;
    QByteArray m_buffer;
    std::size_t m_wanted = kFirstBytes;
};

} // namespace

std::unique_ptr<Unpacker> makeZstdUnpacker(ByteSink sink)
{
    return std::make_unique<ZstdUnpacker>(std::move(sink));
}

} // namespace keyloupe
