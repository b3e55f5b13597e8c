// SPDX-License-Identifier: GPL-3.0-or-later
//
// Listpacks: any bytes as one, any bytes as the elements of a sound frame, and lists that the builder made. Whatever reads
// well reads the same from behind by its back-lengths, and the same after it was built anew for either family.
#include "tests/fuzz/checks.h"

#include "core/rdb/packed/listpack.h"

#include <cstddef>
#include <cstdint>
#include <vector>

using namespace keyloupe;
using namespace keyloupe::fuzz;
using namespace keyloupe::rdb;

namespace {

constexpr qsizetype kHeader = 6;
constexpr std::uint8_t kTypes[] = {16, 17, 20, 23};

// The elements counted from behind, as servers walk to the left.
std::size_t countBackwards(QByteArrayView blob)
{
    std::size_t count = 0;
    qsizetype at = blob.size() - 1;
    while (at > kHeader) {
        std::uint64_t size = 0;
        std::uint8_t byte = 0x80;
        for (int shift = 0; (byte & 0x80) != 0; shift += 7) {
            require(at > kHeader && shift <= 28, "a back-length has an end");
            byte = static_cast<std::uint8_t>(blob[--at]);
            size |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        }
        require(size > 0 && size <= static_cast<std::uint64_t>(at - kHeader), "a back-length leads to an element");
        at -= static_cast<qsizetype>(size);
        ++count;
    }
    return count;
}

std::vector<QByteArray> rebuilt(const std::vector<QByteArray> &items, RdbFamily family)
{
    ListpackBuilder builder(family);
    for (const QByteArray &item : items)
        builder.append(item);
    const std::uint64_t size = builder.size();
    const QByteArray blob = builder.finish();
    require(size == static_cast<std::uint64_t>(blob.size()), "the builder knows its size");
    ListpackReader reader(blob);
    std::vector<QByteArray> read;
    PackedItem item;
    while (reader.next(item))
        read.push_back(item.toBytes());
    require(reader.ok(), "what the builder made reads well");
    return read;
}

// The items when the whole list is sound.
std::vector<QByteArray> checkReader(QByteArrayView blob)
{
    ListpackReader reader(blob);
    require(reader.ok() == (ListpackReader::checkFrame(blob) == nullptr), "the frame decides whether reading begins");
    const std::optional<std::int64_t> claimed = reader.headerCount();
    std::vector<QByteArray> items;
    PackedItem item;
    const char *before = blob.data();
    while (reader.next(item)) {
        if (!item.isInteger) {
            require(item.text.data() > before && item.text.end() < blob.end(), "elements stand behind each other in the blob");
            before = item.text.end();
        }
        items.push_back(item.toBytes());
    }
    require(!reader.next(item), "the end stays the end");
    require(7 + 2 * static_cast<qsizetype>(items.size()) <= std::max<qsizetype>(blob.size(), 7), "an element takes two bytes");
    if (!reader.ok()) {
        require(reader.reason() != nullptr && reader.failOffset() >= 0 && reader.failOffset() <= blob.size(), "an error lies within");
        return {};
    }
    require(!claimed || *claimed == static_cast<std::int64_t>(items.size()), "the header counts the elements");
    require(countBackwards(blob) == items.size(), "both ways give the same elements");
    for (const RdbFamily family : {RdbFamily::Redis, RdbFamily::Valkey})
        require(rebuilt(items, family) == items, "built anew it is the same");
    return items;
}

QByteArray framed(QByteArrayView elements)
{
    QByteArray blob;
    appendLittleEndian(blob, static_cast<std::uint32_t>(kHeader + elements.size() + 1));
    appendLittleEndian(blob, std::uint16_t{65535});
    blob.append(elements.data(), elements.size()).append('\xff');
    return blob;
}

void checkBuilder(QByteArrayView choices)
{
    ByteCursor in(choices);
    ListpackBuilder builder(in.u8() % 2 == 0 ? RdbFamily::Redis : RdbFamily::Valkey);
    std::vector<QByteArray> expected;
    bool hasLong = false;
    while (!in.atEnd()) {
        const std::uint8_t kind = in.u8();
        if (kind < 64) {
            const auto value = static_cast<std::int64_t>(in.remaining() < 8 ? in.u8() : in.le<std::uint64_t>()) >> kind;
            builder.appendInteger(value);
            expected.push_back(QByteArray::number(static_cast<qlonglong>(value)));
        } else {
            // One may be about as long as where the back-length grows, which the two families do not do alike.
            const bool isLong = kind == 255 && !hasLong;
            hasLong = hasLong || isLong;
            const QByteArray text = isLong ? QByteArray(16370 + in.u8() % 20, 'x') : takeUpTo(in, kind - 64U).toByteArray();
            builder.append(text);
            expected.push_back(text);
        }
    }
    require(checkReader(builder.finish()) == expected, "what went into the builder comes out of the reader");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, qsizetype(size));
    checkReader(input);
    const QByteArray blob = framed(input);
    checkReader(blob);
    for (const std::uint8_t rdbType : kTypes)
        checkValue(rdbType, asString(blob, rdbType == 17), RdbFamily::Redis);
    checkBuilder(input);
    return 0;
}
