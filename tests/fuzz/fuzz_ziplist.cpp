// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ziplists: any bytes as one, and sound ones put together here from the input in every encoding that servers wrote, the
// five-byte back-lengths that deletes leave behind included. As a list, a hash and a sorted set they decode alike.
#include "tests/fuzz/checks.h"

#include "core/rdb/packed/ziplist.h"

#include <cstddef>
#include <cstdint>
#include <vector>

using namespace keyloupe;
using namespace keyloupe::fuzz;
using namespace keyloupe::rdb;

namespace {

constexpr qsizetype kHeader = 10;
constexpr std::uint8_t kTypes[] = {10, 12, 13};

// The items when the whole list is sound.
std::vector<QByteArray> checkReader(QByteArrayView blob)
{
    ZiplistReader reader(blob);
    require(reader.ok() == (ZiplistReader::checkFrame(blob) == nullptr), "the frame decides whether reading begins");
    const std::optional<std::int64_t> claimed = reader.headerCount();
    std::vector<QByteArray> items;
    PackedItem item;
    const char *before = blob.data();
    while (reader.next(item)) {
        if (!item.isInteger) {
            require(item.text.data() > before && item.text.end() <= blob.end(), "entries stand behind each other in the blob");
            before = item.text.end();
        }
        items.push_back(item.toBytes());
    }
    require(!reader.next(item), "the end stays the end");
    require(11 + 2 * static_cast<qsizetype>(items.size()) <= std::max<qsizetype>(blob.size(), 11), "an entry takes two bytes");
    if (!reader.ok()) {
        require(reader.reason() != nullptr && reader.failOffset() >= 0 && reader.failOffset() <= blob.size(), "an error lies within");
        return {};
    }
    require(!claimed || *claimed == static_cast<std::int64_t>(items.size()), "the header counts the entries");
    return items;
}

void appendText(QByteArray &out, int form, QByteArrayView text)
{
    const auto size = static_cast<std::uint32_t>(text.size());
    if (form == 0 && size < 64) {
        out.append(static_cast<char>(size));
    } else if (form < 2 && size < 16384) {
        out.append(static_cast<char>(0x40U | size >> 8)).append(static_cast<char>(size & 0xffU));
    } else {
        char raw[4];
        qToBigEndian(size, raw);
        out.append('\x80').append(raw, sizeof raw);
    }
    out.append(text.data(), text.size());
}

// Returns the number that the bytes stand for.
std::int64_t appendInteger(QByteArray &out, int form, std::int64_t value)
{
    switch (form) {
    case 3:
        out.append('\xc0');
        appendLittleEndian(out, static_cast<std::int16_t>(value));
        return static_cast<std::int16_t>(value);
    case 4:
        out.append('\xd0');
        appendLittleEndian(out, static_cast<std::int32_t>(value));
        return static_cast<std::int32_t>(value);
    case 5:
        out.append('\xe0');
        appendLittleEndian(out, value);
        return value;
    case 6: {
        const auto number = static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << 8) >> 8;
        QByteArray four;
        appendLittleEndian(four, number);
        out.append('\xf0').append(four.first(3));
        return number;
    }
    case 7:
        out.append('\xfe').append(static_cast<char>(value));
        return static_cast<std::int8_t>(value);
    default: {
        const int number = static_cast<int>(static_cast<std::uint64_t>(value) % 13);
        out.append(static_cast<char>(0xf1 + number));
        return number;
    }
    }
}

QByteArray build(ByteCursor &in, std::vector<QByteArray> &items)
{
    QByteArray entries;
    qsizetype tail = kHeader;
    std::uint32_t previous = 0;
    while (!in.atEnd()) {
        const std::uint8_t kind = in.u8();
        tail = kHeader + entries.size();
        if ((kind & 0x80) != 0 || previous >= 254) {
            entries.append('\xfe');
            appendLittleEndian(entries, previous);
        } else {
            entries.append(static_cast<char>(previous));
        }
        const int form = (kind & 0x7f) % 9;
        if (form < 3) {
            const QByteArrayView text = takeUpTo(in, in.u8() * (form == 2 ? 4U : 1U));
            appendText(entries, form, text);
            items.push_back(text.toByteArray());
        } else {
            const auto value = static_cast<std::int64_t>(in.remaining() < 8 ? in.u8() : in.le<std::uint64_t>());
            items.push_back(QByteArray::number(static_cast<qlonglong>(appendInteger(entries, form, value))));
        }
        previous = static_cast<std::uint32_t>(kHeader + entries.size() - tail);
    }
    QByteArray blob;
    appendLittleEndian(blob, static_cast<std::uint32_t>(kHeader + entries.size() + 1));
    appendLittleEndian(blob, static_cast<std::uint32_t>(tail));
    appendLittleEndian(blob, static_cast<std::uint16_t>(std::min<std::size_t>(items.size(), 65535)));
    return blob + entries + '\xff';
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, qsizetype(size));
    checkReader(input);
    for (const std::uint8_t rdbType : kTypes)
        checkValue(rdbType, asString(input, rdbType == 12), RdbFamily::Redis);

    ByteCursor in(input);
    std::vector<QByteArray> items;
    const QByteArray blob = build(in, items);
    require(checkReader(blob) == items, "a sound ziplist gives its entries");
    for (const std::uint8_t rdbType : kTypes)
        checkValue(rdbType, asString(blob, rdbType == 12), RdbFamily::Redis);
    return 0;
}
