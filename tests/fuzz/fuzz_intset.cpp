// SPDX-License-Identifier: GPL-3.0-or-later
//
// Intsets: any bytes as one, and sound ones of each width put together here from the input.
#include "tests/fuzz/checks.h"

#include "core/rdb/packed/intset.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

using namespace keyloupe;
using namespace keyloupe::fuzz;
using namespace keyloupe::rdb;

namespace {

constexpr qsizetype kHeader = 8;

// The members when the whole set is sound.
std::vector<std::int64_t> checkReader(QByteArrayView blob)
{
    IntsetReader reader(blob);
    require(reader.ok() == (IntsetReader::checkFrame(blob) == nullptr), "the frame decides whether reading begins");
    const std::int64_t claimed = reader.count();
    require(claimed * 2 <= std::max<qsizetype>(blob.size() - kHeader, 0), "the count fits the size");
    std::vector<std::int64_t> members;
    PackedItem item;
    while (reader.next(item)) {
        require(item.isInteger, "members are integers");
        require(members.empty() || members.back() < item.integer, "members ascend");
        members.push_back(item.integer);
    }
    require(!reader.next(item), "the end stays the end");
    if (!reader.ok()) {
        require(reader.reason() != nullptr && reader.failOffset() >= 0 && reader.failOffset() <= blob.size(), "an error lies within");
        return {};
    }
    require(claimed == static_cast<std::int64_t>(members.size()), "the header counts the members");
    return members;
}

template <typename T>
void checkWidth(QByteArrayView raw)
{
    std::set<T> members;
    for (qsizetype at = 0; at + qsizetype(sizeof(T)) <= raw.size(); at += qsizetype(sizeof(T)))
        members.insert(qFromLittleEndian<T>(raw.data() + at));
    QByteArray blob;
    appendLittleEndian(blob, static_cast<std::uint32_t>(sizeof(T)));
    appendLittleEndian(blob, static_cast<std::uint32_t>(members.size()));
    for (const T member : members)
        appendLittleEndian(blob, member);
    require(checkReader(blob) == std::vector<std::int64_t>(members.begin(), members.end()), "a sound intset gives its members");
    require(checkValue(11, asString(blob, true), RdbFamily::Redis) == !members.empty(), "all but the empty intset is a value");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, qsizetype(size));
    checkReader(input);
    checkValue(11, asString(input, false), RdbFamily::Redis);
    checkWidth<std::int16_t>(input);
    checkWidth<std::int32_t>(input);
    checkWidth<std::int64_t>(input);
    return 0;
}
