// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values of every type with the odd things in them, for the tests of the export formats. Header only.
#pragma once

#include "core/rdb/rdb_types.h"
#include "core/rdb/rdb_writer.h"

#include <limits>
#include <utility>
#include <vector>

namespace keyloupe::test {

inline QByteArray allBytes()
{
    QByteArray bytes;
    for (int i = 0; i < 256; ++i)
        bytes.append(char(i));
    return bytes;
}

/// Entries, a deleted id, two groups, pending entries of deleted and trimmed entries, a consumer with nothing.
inline StreamValue oddStream()
{
    StreamValue stream;
    stream.entries = {{{5, 1}, {{"a", "1"}, {"a", "again"}}}, {{5, 2}, {{allBytes(), ""}}}, {{900, 0}, {{"", "\xff"}}}};
    stream.firstId = {5, 1};
    stream.lastId = {1000, 7};
    stream.maxDeletedId = {600, 7};
    stream.entriesAdded = 9;
    StreamGroup group;
    group.name = "g,\"1\"";
    group.lastDelivered = {700, 0};
    group.entriesRead = 6;
    group.pending = {{{2, 0}, 1'700'000'000'000, 3}, {{5, 1}, 1'700'000'000'001, 1}, {{5, 2}, 1'700'000'000'001, 1}, {{600, 7}, 1'700'000'000'002, 0}};
    group.consumers = {{"alice", 1'700'000'000'000, 1'700'000'000'500, {{5, 1}, {5, 2}, {600, 7}}}, {"bob\n", 5, -1, {{2, 0}}}, {"idle", 6, -1, {}}};
    stream.groups = {group, {"second", {0, 0}, -1, {}, {}}};
    return stream;
}

inline std::vector<std::pair<const char *, Value>> sampleValues()
{
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    std::vector<std::pair<const char *, Value>> all{
            {"empty string", Value(QByteArray(""))},
            {"all bytes", Value(allBytes())},
            {"number", Value(QByteArray("12345"))},
            {"text that CSV quotes", Value(QByteArray("a,\"b\"\r\nc\n"))},
            {"text beyond ASCII", Value(QByteArray("\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x98"))},
            {"control characters", Value(QByteArray("\x01\x1f\t\x7f\\/"))},
            {"list", Value(ListValue{{"a", "", "a", "123", allBytes(), "x,y\n"}})},
            {"set", Value(SetValue{{"1", "x", "", "\xff"}})},
            {"hash", Value(HashValue{{{"f", "v", -1}, {"", "", -1}, {allBytes(), "\"", -1}}})},
            {"hash with expiries", Value(HashValue{{{"a", "1", 4'102'444'800'123}, {"b", "2", -1}, {"c", "3", 4'102'444'800'123}, {"d", "4", 1}}})},
            {"zset", Value(SortedSetValue{{{"low", -kInfinity}, {"zero", 0}, {"tiny", 5e-324}, {"third", 1.0 / 3}, {"\xfe", 3},
                                           {"big", 9007199254740993.0}, {"huge", 1.7976931348623157e308}, {"high", kInfinity}}})},
            {"stream", Value(oddStream())},
            {"module", Value(ModuleValue{"ReJSON-RL", 3, QByteArray::fromBase64("gUXiUjjfkSwDAgEFAnt9AA==")})},
    };
    StreamValue empty;
    all.emplace_back("empty stream", Value(empty));
    empty.lastId = {3, 4};
    empty.maxDeletedId = {3, 4};
    empty.entriesAdded = 2;
    all.emplace_back("emptied stream", Value(empty));
    empty.groups = {{"g", {3, 4}, -1, {}, {}}};
    all.emplace_back("emptied stream with a group", Value(empty));
    return all;
}

} // namespace keyloupe::test
