// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/collection_decoders.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/packed/intset.h"
#include "core/rdb/packed/listpack.h"
#include "core/rdb/packed_walk.h"
#include "core/rdb/type_table.h"

namespace keyloupe::rdb {

SetValue readSet(ByteCursor &in, std::uint8_t rdbType)
{
    SetValue set;
    const auto add = [&set](const PackedItem &item) -> const char * {
        set.members.push_back(item.toBytes());
        return nullptr;
    };
    if (rdbType == kTypeSetIntset) {
        walkPacked<IntsetReader>(in, add);
    } else if (rdbType == kTypeSetListpack) {
        walkPacked<ListpackReader>(in, add);
    } else {
        const std::uint64_t count = readLength(in);
        if (in.fits(count))
            set.members.reserve(count);
        for (std::uint64_t i = 0; i < count && in.ok(); ++i)
            set.members.push_back(readString(in));
    }
    if (!in.ok())
        return set;
    if (set.members.empty())
        in.fail("the set is empty, which no key can be", 0);
    else if (hasDuplicates(set.members, [](const QByteArray &member) { return QByteArrayView(member); }))
        in.fail("the set has a member twice", 0);
    return set;
}

} // namespace keyloupe::rdb
