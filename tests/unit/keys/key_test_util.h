// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the tests of core/keys share: an index of a list of names, its names again, and its levels as a printed tree.
#pragma once

#include "core/base/escape.h"
#include "core/keys/key_index_builder.h"

namespace keyloupe::test {

inline std::shared_ptr<const KeyIndex> indexOf(const QByteArrayList &keys)
{
    KeyIndexBuilder builder;
    builder.add(keys);
    return builder.publish();
}

inline QByteArrayList namesOf(const KeyIndex &index)
{
    QByteArrayList names;
    for (KeyIndex::Cursor cursor(index, 0); !cursor.atEnd(); cursor.next())
        names.append(cursor.key().toByteArray());
    return names;
}

/// One line a row, two spaces a level: `"app:" (2)` for a folder, `"app"` for a key.
inline QByteArray printTree(const KeyIndex &index, KeyRange range, std::uint32_t prefixLength, const QByteArray &separator,
                            int depth = 0)
{
    QByteArray out;
    const auto rows = index.children(range, prefixLength, separator);
    if (!rows)
        return "error: " + describe(rows.error()).toUtf8();
    for (const KeyChild &row : *rows) {
        const QByteArray key = index.keyAt(row.range.first);
        out += QByteArray(depth * 2, ' ');
        if (!row.isFolder()) {
            out += quoteBytes(key) + '\n';
            continue;
        }
        out += quoteBytes(key.left(row.prefixLength)) + " (" + QByteArray::number(row.range.count()) + ")\n";
        out += printTree(index, row.range, row.prefixLength, separator, depth + 1);
    }
    return out;
}

inline QByteArray printTree(const KeyIndex &index, const QByteArray &separator = ":")
{
    return printTree(index, index.all(), 0, separator);
}

} // namespace keyloupe::test
