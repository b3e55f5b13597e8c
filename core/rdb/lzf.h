// SPDX-License-Identifier: GPL-3.0-or-later
//
// LZF, the compression inside RDB, through liblzf, with the output bounded before a byte is allocated. Pure; any thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <optional>

namespace keyloupe::rdb {

/// How many bytes the stream expands to, without expanding it; nothing if it reads past its own end or refers to bytes
/// before the output's start.
std::optional<std::uint64_t> lzfExpandedSize(QByteArrayView compressed);

/// Expands to exactly `originalSize` bytes; nothing if the stream is damaged or gives another size. Allocates only after
/// the stream has been found to justify the size.
std::optional<QByteArray> lzfExpand(QByteArrayView compressed, std::uint64_t originalSize);

/// Whether lzfExpand would give the bytes; nothing is written anywhere.
bool lzfIsSound(QByteArrayView compressed, std::uint64_t originalSize);

/// Expands piece by piece into a buffer of the caller's, which must have kSlack bytes behind `limit`. A value: copying it
/// keeps the place.
class LzfExpander
{
public:
    static constexpr std::uint64_t kSlack = 64; ///< scratch that whole-word copies may write to

    /// No stream gives more than this for its size: three bytes stand for at most 264.
    static bool isPlausible(QByteArrayView compressed, std::uint64_t originalSize)
    {
        return originalSize > 0 && originalSize <= 0xffffffffu && static_cast<std::uint64_t>(compressed.size()) <= 0xffffffffu
                && originalSize / 88 <= static_cast<std::uint64_t>(compressed.size());
    }

    explicit LzfExpander(QByteArrayView compressed)
        : m_at(reinterpret_cast<const unsigned char *>(compressed.data())), m_end(m_at + compressed.size())
    {
    }

    /// Goes on until at least `wanted` bytes are there or the stream ends; never beyond `limit`. `out` is the start of the
    /// output, the same bytes at every call. False on damage; what was expanded until then stays.
    bool expandTo(char *out, std::uint64_t wanted, std::uint64_t limit);

    std::uint64_t expanded() const { return m_size; }
    bool atEnd() const { return m_at == m_end; }

private:
    const unsigned char *m_at;
    const unsigned char *m_end;
    std::uint64_t m_size = 0;
};

/// Compresses; nothing unless that saves at least four bytes.
std::optional<QByteArray> lzfCompress(QByteArrayView bytes);

} // namespace keyloupe::rdb
