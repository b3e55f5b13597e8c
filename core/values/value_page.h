// SPDX-License-Identifier: GPL-3.0-or-later
//
// ValuePage: some elements of a collection, or a slice of a string, as they were read. Plain values, bytes. Any thread.
#pragma once

#include <QByteArray>

#include <cstdint>
#include <utility>
#include <vector>

namespace keyloupe {

/// One element of a collection. Which members mean something depends on the kind of value it came from.
struct Element
{
    QByteArray name;                ///< field of a hash, member of a set or sorted set, id of a stream entry; empty of a list
    QByteArray value;               ///< value of a hash field, element of a list
    std::int64_t index = -1;        ///< position in a list from 0, rank in a sorted set where read by rank
    double score = 0;               ///< of a sorted set, never NaN
    std::int64_t expireAtMs = -1;   ///< of a hash field, ms since the epoch, -1 none
    std::vector<std::pair<QByteArray, QByteArray>> fields; ///< of a stream entry, in order, names may repeat
    bool operator==(const Element &) const = default;
};

struct ValuePage
{
    std::vector<Element> elements;
    bool done = false; ///< nothing comes behind it
};

struct StringSlice
{
    QByteArray bytes;               ///< from the start
    std::int64_t totalBytes = 0;    ///< of the whole string
};

} // namespace keyloupe
