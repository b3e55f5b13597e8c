// SPDX-License-Identifier: GPL-3.0-or-later
//
// Zipmaps: any bytes as one, and sound ones put together here from the input, with the spare bytes that updates left behind
// values and with lengths in both forms.
#include "tests/fuzz/checks.h"

#include "core/rdb/packed/zipmap.h"

#include <cstddef>
#include <cstdint>
#include <vector>

using namespace keyloupe;
using namespace keyloupe::fuzz;
using namespace keyloupe::rdb;

namespace {

using Pairs = std::vector<std::pair<QByteArray, QByteArray>>;

// The pairs when the whole map is sound.
Pairs checkReader(QByteArrayView blob)
{
    ZipmapReader reader(blob);
    require(reader.ok() == (ZipmapReader::checkFrame(blob) == nullptr), "the frame decides whether reading begins");
    Pairs pairs;
    QByteArrayView field;
    QByteArrayView value;
    const char *before = blob.data();
    while (reader.next(field, value)) {
        require(field.data() > before && value.data() > field.end() && value.end() <= blob.end(), "pairs stand behind each other");
        before = value.end();
        pairs.emplace_back(field.toByteArray(), value.toByteArray());
    }
    require(!reader.next(field, value), "the end stays the end");
    require(2 + 3 * static_cast<qsizetype>(pairs.size()) <= std::max<qsizetype>(blob.size(), 2), "a pair takes three bytes");
    if (!reader.ok()) {
        require(reader.reason() != nullptr && reader.failOffset() >= 0 && reader.failOffset() <= blob.size(), "an error lies within");
        return {};
    }
    const auto claimed = static_cast<std::uint8_t>(blob.front());
    require(claimed >= 254 || claimed == pairs.size(), "the first byte counts the pairs");
    return pairs;
}

void appendMapLength(QByteArray &out, qsizetype length)
{
    if (length < 254) {
        out.append(static_cast<char>(length));
        return;
    }
    out.append('\xfe');
    appendLittleEndian(out, static_cast<std::uint32_t>(length));
}

QByteArray build(ByteCursor &in, Pairs &pairs)
{
    QByteArray entries;
    while (!in.atEnd()) {
        const QByteArrayView field = takeUpTo(in, in.u8() * 2U);
        const QByteArrayView value = takeUpTo(in, in.u8() * 2U);
        const std::uint8_t spare = in.u8();
        appendMapLength(entries, field.size());
        entries.append(field.data(), field.size());
        appendMapLength(entries, value.size());
        entries.append(static_cast<char>(spare)).append(value.data(), value.size()).append(spare, '\xff');
        pairs.emplace_back(field.toByteArray(), value.toByteArray());
    }
    return QByteArray(1, static_cast<char>(std::min<std::size_t>(pairs.size(), 254))) + entries + '\xff';
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, qsizetype(size));
    checkReader(input);
    checkValue(9, asString(input, false), RdbFamily::Redis);

    ByteCursor in(input);
    Pairs pairs;
    const QByteArray blob = build(in, pairs);
    require(checkReader(blob) == pairs, "a sound zipmap gives its pairs");
    checkValue(9, asString(blob, true), RdbFamily::Redis);
    return 0;
}
