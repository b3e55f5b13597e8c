// SPDX-License-Identifier: GPL-3.0-or-later
//
// Quicklists, values 14 and 18: any bytes as one, and nodes put together here from the input: plain ones, packed ones whose
// elements are any bytes in a sound frame, compressed or as they stand, and now and then of a kind that no server writes.
#include "tests/fuzz/checks.h"

#include "core/rdb/length_codec.h"

#include <cstddef>
#include <cstdint>

using namespace keyloupe;
using namespace keyloupe::fuzz;
using namespace keyloupe::rdb;

namespace {

constexpr std::uint8_t kQuicklist = 14;
constexpr std::uint8_t kQuicklist2 = 18;

QByteArray framedListpack(QByteArrayView elements)
{
    QByteArray blob;
    appendLittleEndian(blob, static_cast<std::uint32_t>(elements.size() + 7));
    appendLittleEndian(blob, std::uint16_t{65535});
    return blob.append(elements.data(), elements.size()).append('\xff');
}

// The tail offset is right where the elements are one.
QByteArray framedZiplist(QByteArrayView elements)
{
    QByteArray blob;
    appendLittleEndian(blob, static_cast<std::uint32_t>(elements.size() + 11));
    appendLittleEndian(blob, std::uint32_t{10});
    appendLittleEndian(blob, std::uint16_t{65535});
    return blob.append(elements.data(), elements.size()).append('\xff');
}

// While the input gives nothing but plain nodes with something in them, they are sound; the value then has one element a node.
QByteArray build(ByteCursor &in, std::uint8_t rdbType, std::uint64_t &nodes, bool &allPlain)
{
    QByteArray out;
    while (!in.atEnd()) {
        const std::uint8_t kind = in.u8();
        const QByteArrayView content = takeUpTo(in, in.u8());
        const bool mayCompress = (kind & 0x80) != 0;
        ++nodes;
        if (rdbType == kQuicklist) {
            out.append(asString(framedZiplist(content), mayCompress));
            allPlain = false;
            continue;
        }
        const std::uint64_t container = (kind & 0x40) != 0 ? kind & 0x3fU : 1 + (kind & 1U);
        appendLength(out, container);
        out.append(asString(container == 2 ? framedListpack(content) : content.toByteArray(), mayCompress));
        allPlain = allPlain && container == 1 && !content.isEmpty();
    }
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const QByteArrayView input = QByteArrayView(data, qsizetype(size)).sliced(1);
    const std::uint8_t rdbType = (data[0] & 1) != 0 ? kQuicklist : kQuicklist2;
    checkValue(rdbType, input, (data[0] & 2) != 0 ? RdbFamily::Valkey : RdbFamily::Redis);

    ByteCursor in(input);
    std::uint64_t nodes = 0;
    bool allPlain = true;
    const QByteArray built = build(in, rdbType, nodes, allPlain);
    QByteArray value;
    appendLength(value, nodes);
    value.append(built);
    const bool isSound = checkValue(rdbType, value, RdbFamily::Redis);
    if (allPlain) {
        require(isSound == (nodes > 0), "plain nodes are sound");
        const Result<std::int64_t> length = valueLength(rdbType, value, RdbFamily::Redis);
        require(length.ok() && *length == static_cast<std::int64_t>(nodes), "a plain node is one element");
    }
    return 0;
}
