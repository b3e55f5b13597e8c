// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decode/bitmap.h"

#include <algorithm>
#include <bit>

namespace keyloupe {
namespace {

unsigned char maskOf(std::int64_t bit)
{
    return static_cast<unsigned char>(0x80U >> (bit % 8));
}

} // namespace

bool bitAt(QByteArrayView bytes, std::int64_t bit)
{
    return bit >= 0 && bit / 8 < bytes.size() && (static_cast<unsigned char>(bytes[bit / 8]) & maskOf(bit)) != 0;
}

void flipBit(QByteArray &bytes, std::int64_t bit)
{
    if (bit >= 0 && bit / 8 < bytes.size())
        bytes[bit / 8] = static_cast<char>(static_cast<unsigned char>(bytes[bit / 8]) ^ maskOf(bit));
}

std::int64_t countBits(QByteArrayView bytes)
{
    std::int64_t count = 0;
    for (const char c : bytes)
        count += std::popcount(static_cast<unsigned char>(c));
    return count;
}

std::int64_t findBit(QByteArrayView bytes, bool set, std::int64_t from)
{
    const char dull = set ? '\0' : '\xff'; // a byte without the bit that is looked for
    for (std::int64_t bit = std::max<std::int64_t>(from, 0); bit < std::int64_t(bytes.size()) * 8; ++bit) {
        if (bit % 8 == 0) {
            while (bit / 8 < bytes.size() && bytes[bit / 8] == dull)
                bit += 8;
            if (bit / 8 >= bytes.size())
                break;
        }
        if (bitAt(bytes, bit) == set)
            return bit;
    }
    return -1;
}

} // namespace keyloupe
