// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables for eight bytes at a step, built by the compiler; on x86-64 with carry-less multiplication, folding of 64 bytes.
#include "core/rdb/crc64.h"

#include <QtEndian>

#include <array>

#if defined(__x86_64__) && defined(__GNUC__)
#define KEYLOUPE_CRC64_CLMUL 1
#include <immintrin.h>
#endif

namespace keyloupe {

namespace {

constexpr std::uint64_t kPolynomial = 0x95ac9329ac4bc9b5; // 0xad93d23594c935a9 reflected

using Tables = std::array<std::array<std::uint64_t, 256>, 8>;

constexpr Tables makeTables()
{
    Tables tables{};
    for (unsigned i = 0; i < 256; ++i) {
        std::uint64_t crc = i;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
        tables[0][i] = crc;
    }
    for (unsigned i = 0; i < 256; ++i) {
        for (unsigned k = 1; k < 8; ++k)
            tables[k][i] = (tables[k - 1][i] >> 8) ^ tables[0][tables[k - 1][i] & 0xff];
    }
    return tables;
}

constexpr Tables kTables = makeTables();

std::uint64_t crc64Tables(std::uint64_t crc, const uchar *at, std::size_t size)
{
    while (size >= 8) {
        crc ^= qFromLittleEndian<std::uint64_t>(at);
        crc = kTables[7][crc & 0xff] ^ kTables[6][(crc >> 8) & 0xff] ^ kTables[5][(crc >> 16) & 0xff]
            ^ kTables[4][(crc >> 24) & 0xff] ^ kTables[3][(crc >> 32) & 0xff] ^ kTables[2][(crc >> 40) & 0xff]
            ^ kTables[1][(crc >> 48) & 0xff] ^ kTables[0][crc >> 56];
        at += 8;
        size -= 8;
    }
    while (size-- > 0)
        crc = (crc >> 8) ^ kTables[0][(crc ^ *at++) & 0xff];
    return crc;
}

#ifdef KEYLOUPE_CRC64_CLMUL

// x^n mod P in the reflected order, where the top bit is x^0.
constexpr std::uint64_t powerOfX(int n)
{
    std::uint64_t value = std::uint64_t{1} << 63;
    for (int i = 0; i < n; ++i)
        value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
    return value;
}

// Folding a 16-byte block over D bits: its first half times x^(D+63), its second times x^(D-1), because a reflected
// carry-less product comes out one bit short.
constexpr std::uint64_t kFold512First = powerOfX(512 + 63);
constexpr std::uint64_t kFold512Second = powerOfX(512 - 1);
constexpr std::uint64_t kFold128First = powerOfX(128 + 63);
constexpr std::uint64_t kFold128Second = powerOfX(128 - 1);

__attribute__((target("pclmul,sse4.1"))) inline __m128i fold(__m128i block, __m128i constants, __m128i next)
{
    const __m128i first = _mm_clmulepi64_si128(block, constants, 0x00);
    const __m128i second = _mm_clmulepi64_si128(block, constants, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), next);
}

__attribute__((target("pclmul,sse4.1"))) std::uint64_t crc64Folded(std::uint64_t crc, const uchar *at, std::size_t size)
{
    const auto load = [](const uchar *from) __attribute__((target("pclmul,sse4.1"))) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
    };
    const __m128i by512 = _mm_set_epi64x(static_cast<long long>(kFold512Second), static_cast<long long>(kFold512First));
    const __m128i by128 = _mm_set_epi64x(static_cast<long long>(kFold128Second), static_cast<long long>(kFold128First));
    __m128i lane0 = _mm_xor_si128(load(at), _mm_set_epi64x(0, static_cast<long long>(crc)));
    __m128i lane1 = load(at + 16);
    __m128i lane2 = load(at + 32);
    __m128i lane3 = load(at + 48);
    at += 64;
    size -= 64;
    while (size >= 64) {
        lane0 = fold(lane0, by512, load(at));
        lane1 = fold(lane1, by512, load(at + 16));
        lane2 = fold(lane2, by512, load(at + 32));
        lane3 = fold(lane3, by512, load(at + 48));
        at += 64;
        size -= 64;
    }
    lane1 = fold(lane0, by128, lane1);
    lane2 = fold(lane1, by128, lane2);
    lane3 = fold(lane2, by128, lane3);
    while (size >= 16) {
        lane3 = fold(lane3, by128, load(at));
        at += 16;
        size -= 16;
    }
    uchar last[16];
    _mm_storeu_si128(reinterpret_cast<__m128i *>(last), lane3);
    return crc64Tables(crc64Tables(0, last, sizeof last), at, size);
}

bool canFold()
{
    static const bool can = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
    return can;
}

#endif

} // namespace

std::uint64_t crc64(std::uint64_t crc, QByteArrayView bytes)
{
    const auto *at = reinterpret_cast<const uchar *>(bytes.data());
    const auto size = static_cast<std::size_t>(bytes.size());
#ifdef KEYLOUPE_CRC64_CLMUL
    if (size >= 128 && canFold())
        return crc64Folded(crc, at, size);
#endif
    return crc64Tables(crc, at, size);
}

} // namespace keyloupe
