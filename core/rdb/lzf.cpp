// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/lzf.h"

#include <lzf.h>

#include <cstring>
#include <limits>

namespace keyloupe::rdb {

namespace {

// liblzf counts in unsigned int, and so does every server.
constexpr std::uint64_t kMaxSize = std::numeric_limits<std::uint32_t>::max();

// Copies `length` bytes from `distance` back, as if byte by byte; may write up to 32 bytes too far.
inline void copyBack(unsigned char *to, std::uint64_t distance, std::uint64_t length)
{
    const unsigned char *from = to - distance;
    unsigned char *const end = to + length;
    if (distance >= 16) {
        do {
            std::memcpy(to, from, 16);
            to += 16;
            from += 16;
        } while (to < end);
    } else if (distance >= 8) {
        do {
            std::memcpy(to, from, 8);
            to += 8;
            from += 8;
        } while (to < end);
    } else if (distance == 1) {
        std::memset(to, *from, length);
    } else {
        while (to < end)
            *to++ = *from++;
    }
}

} // namespace

bool LzfExpander::expandTo(char *out, std::uint64_t wanted, std::uint64_t limit)
{
    auto *const base = reinterpret_cast<unsigned char *>(out);
    const unsigned char *at = m_at;
    std::uint64_t size = m_size;
    bool sound = true;
    while (size < wanted && at != m_end) {
        const unsigned char *const start = at;
        const unsigned control = *at++;
        const auto left = static_cast<std::uint64_t>(m_end - at);
        if (control < 32) {
            const std::uint64_t run = control + 1;
            if (run > left || run > limit - size) {
                at = start;
                sound = false;
                break;
            }
            if (left >= 32)
                std::memcpy(base + size, at, 32);
            else
                std::memcpy(base + size, at, run);
            at += run;
            size += run;
            continue;
        }
        std::uint64_t length = control >> 5;
        if (left < (length == 7 ? 2U : 1U)) {
            at = start;
            sound = false;
            break;
        }
        if (length == 7)
            length += *at++;
        length += 2;
        const std::uint64_t distance = (static_cast<std::uint64_t>(control & 31) << 8 | *at++) + 1;
        if (distance > size || length > limit - size) {
            at = start;
            sound = false;
            break;
        }
        copyBack(base + size, distance, length);
        size += length;
    }
    m_at = at;
    m_size = size;
    return sound;
}

bool lzfIsSound(QByteArrayView compressed, std::uint64_t originalSize)
{
    return LzfExpander::isPlausible(compressed, originalSize) && lzfExpandedSize(compressed) == originalSize;
}

std::optional<std::uint64_t> lzfExpandedSize(QByteArrayView compressed)
{
    const auto *at = reinterpret_cast<const unsigned char *>(compressed.data());
    const auto *end = at + compressed.size();
    std::uint64_t size = 0;
    while (at != end) {
        const unsigned control = *at++;
        if (control < 32) {
            const std::uint64_t run = control + 1;
            if (run > static_cast<std::uint64_t>(end - at))
                return std::nullopt;
            at += run;
            size += run;
            continue;
        }
        std::uint64_t length = control >> 5;
        if (length == 7) {
            if (at == end)
                return std::nullopt;
            length += *at++;
        }
        if (at == end)
            return std::nullopt;
        const std::uint64_t distance = (static_cast<std::uint64_t>(control & 31) << 8 | *at++) + 1;
        if (distance > size)
            return std::nullopt;
        size += length + 2;
    }
    return size;
}

std::optional<QByteArray> lzfExpand(QByteArrayView compressed, std::uint64_t originalSize)
{
    if (originalSize == 0 || originalSize > kMaxSize || static_cast<std::uint64_t>(compressed.size()) > kMaxSize)
        return std::nullopt;
    if (lzfExpandedSize(compressed) != originalSize)
        return std::nullopt;
    QByteArray out(static_cast<qsizetype>(originalSize), Qt::Uninitialized);
    const unsigned got = lzf_decompress(compressed.data(), static_cast<unsigned>(compressed.size()), out.data(),
                                        static_cast<unsigned>(originalSize));
    if (got != originalSize)
        return std::nullopt;
    return out;
}

std::optional<QByteArray> lzfCompress(QByteArrayView bytes)
{
    if (bytes.size() <= 4 || static_cast<std::uint64_t>(bytes.size()) > kMaxSize)
        return std::nullopt;
    QByteArray out(bytes.size() - 4, Qt::Uninitialized);
    const unsigned got = lzf_compress(bytes.data(), static_cast<unsigned>(bytes.size()), out.data(),
                                      static_cast<unsigned>(out.size()));
    if (got == 0)
        return std::nullopt;
    out.resize(static_cast<qsizetype>(got));
    return out;
}

} // namespace keyloupe::rdb
