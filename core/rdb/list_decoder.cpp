// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/collection_decoders.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/packed/listpack.h"
#include "core/rdb/packed/ziplist.h"
#include "core/rdb/packed_walk.h"
#include "core/rdb/type_table.h"

namespace keyloupe::rdb {

namespace {

enum Container : std::uint64_t { kPlain = 1, kPacked = 2 };

template <typename Reader>
void readNode(ByteCursor &in, ListValue &list)
{
    walkPacked<Reader>(in, [&list](const PackedItem &item) -> const char * {
        list.items.push_back(item.toBytes());
        return nullptr;
    });
}

// A large element by itself. Empty ones are small, and always packed.
void readPlainNode(ByteCursor &in, ListValue &list)
{
    const std::int64_t start = in.offset();
    list.items.push_back(readString(in));
    if (in.ok() && list.items.back().isEmpty())
        in.fail("a plain list node is empty", start);
}

} // namespace

ListValue readList(ByteCursor &in, std::uint8_t rdbType)
{
    ListValue list;
    if (rdbType == kTypeListZiplist) {
        readNode<ZiplistReader>(in, list);
    } else {
        const std::uint64_t count = readLength(in);
        if (in.fits(count) && rdbType == kTypeList)
            list.items.reserve(count);
        for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
            if (rdbType == kTypeList) {
                list.items.push_back(readString(in));
            } else if (rdbType == kTypeQuicklist) {
                readNode<ZiplistReader>(in, list);
            } else {
                const std::int64_t start = in.offset();
                const std::uint64_t container = readLength(in);
                if (container == kPlain)
                    readPlainNode(in, list);
                else if (container == kPacked)
                    readNode<ListpackReader>(in, list);
                else
                    in.fail("a list node is of an unknown kind", start);
            }
        }
    }
    if (in.ok() && list.items.empty())
        in.fail("the list is empty, which no key can be", 0);
    return list;
}

} // namespace keyloupe::rdb
