// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the value decoders share: reading a packed blob item by item, and checks over whole collections. Pure; any thread.
#pragma once

#include "core/rdb/string_codec.h"
#include "core/rdb/packed/packed_item.h"

#include <QSet>

namespace keyloupe::rdb {

/// Opens the next blob with Reader and gives each item to `onItem`, which returns a reason to stop or null.
/// Damage fails `in` at the fitting offset. A blob without items is none.
template <typename Reader, typename OnItem>
void walkPacked(ByteCursor &in, OnItem onItem)
{
    const Blob blob = readBlob(in);
    if (!in.ok())
        return;
    Reader reader(blob.bytes);
    PackedItem item;
    while (reader.next(item)) {
        if (const char *reason = onItem(item)) {
            in.fail(reason, blob.offset);
            return;
        }
    }
    if (!reader.ok())
        in.fail(reader.reason(), blob.outerOffset(reader.failOffset()));
}

/// True when two of the things have the same bytes.
template <typename Range, typename Name>
bool hasDuplicates(const Range &range, Name name)
{
    QSet<QByteArrayView> seen;
    seen.reserve(static_cast<qsizetype>(range.size()));
    for (const auto &thing : range) {
        const qsizetype before = seen.size();
        seen.insert(QByteArrayView(name(thing)));
        if (seen.size() == before)
            return true;
    }
    return false;
}

} // namespace keyloupe::rdb
