// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/length_codec.h"

#include <limits>

namespace keyloupe::rdb {

std::uint64_t readLength(ByteCursor &in)
{
    const std::int64_t start = in.offset();
    const std::uint8_t first = in.u8();
    if (first < 0x40)
        return first;
    if (first < 0x80)
        return (static_cast<std::uint64_t>(first & 0x3f) << 8) | in.u8();
    if (first == 0x80)
        return in.be<std::uint32_t>();
    if (first == 0x81)
        return in.be<std::uint64_t>();
    in.fail(first < 0xc0 ? "a length has a reserved form" : "a string encoding stands where a length belongs", start);
    return 0;
}

void appendLength(QByteArray &out, std::uint64_t value)
{
    if (value < 0x40) {
        out.append(static_cast<char>(value));
    } else if (value < 0x4000) {
        out.append(static_cast<char>(0x40 | (value >> 8)));
        out.append(static_cast<char>(value & 0xff));
    } else if (value <= std::numeric_limits<std::uint32_t>::max()) {
        char raw[5] = {static_cast<char>(0x80)};
        qToBigEndian(static_cast<std::uint32_t>(value), raw + 1);
        out.append(raw, sizeof raw);
    } else {
        char raw[9] = {static_cast<char>(0x81)};
        qToBigEndian(value, raw + 1);
        out.append(raw, sizeof raw);
    }
}

} // namespace keyloupe::rdb
