// SPDX-License-Identifier: GPL-3.0-or-later
//
// LZF: any bytes as a stream, against a slow reader of our own that the format's description gives, and any bytes
// compressed and expanded again. What a stream expands to never exceeds what its bytes can justify.
#include "tests/fuzz/checks.h"

#include "core/rdb/lzf.h"

#include <cstddef>
#include <cstdint>
#include <optional>

using namespace keyloupe;
using namespace keyloupe::fuzz;
using namespace keyloupe::rdb;

namespace {

// The longest reference is three bytes that stand for 264.
constexpr std::uint64_t kLargestRatio = 88;

std::optional<QByteArray> expandSlowly(ByteCursor in)
{
    QByteArray out;
    while (!in.atEnd()) {
        const std::uint8_t control = in.u8();
        if (control < 32) {
            const QByteArrayView run = in.take(control + 1U);
            out.append(run.data(), run.size());
            continue;
        }
        int length = control >> 5;
        if (length == 7)
            length += in.u8();
        const qsizetype back = ((control & 31) << 8 | in.u8()) + 1;
        if (!in.ok() || back > out.size())
            return std::nullopt;
        for (int i = 0; i < length + 2; ++i) // byte by byte: the copy may reach into itself
            out.append(out[out.size() - back]);
    }
    return in.ok() ? std::optional<QByteArray>(out) : std::nullopt;
}

void checkExpand(QByteArrayView stream)
{
    const std::optional<QByteArray> expected = expandSlowly(ByteCursor(stream));
    const std::optional<std::uint64_t> size = lzfExpandedSize(stream);
    require(size.has_value() == expected.has_value(), "a stream is damaged for both readers or for none");
    if (!size) {
        require(!lzfExpand(stream, static_cast<std::uint64_t>(stream.size()) + 1), "a damaged stream does not expand");
        return;
    }
    require(*size == static_cast<std::uint64_t>(expected->size()), "the size is known without expanding");
    require(*size <= kLargestRatio * static_cast<std::uint64_t>(stream.size()), "the size is justified");
    require(lzfExpand(stream, *size).value_or(QByteArray()) == *expected, "the bytes are right");
    require(!lzfExpand(stream, *size + 1) && !lzfExpand(stream, *size - 1), "another size is refused");
}

void checkCompress(QByteArrayView bytes)
{
    const std::optional<QByteArray> compressed = lzfCompress(bytes);
    if (!compressed)
        return;
    require(compressed->size() + 4 <= bytes.size(), "compressing saves four bytes or is not done");
    const std::optional<QByteArray> expanded = lzfExpand(*compressed, static_cast<std::uint64_t>(bytes.size()));
    require(expanded && *expanded == bytes, "compressed bytes come back");
    checkExpand(*compressed);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, qsizetype(size));
    checkExpand(input);
    checkCompress(input);
    checkCompress(input.toByteArray().repeated(5));
    checkValue(0, asString(input, true), RdbFamily::Redis);
    return 0;
}
