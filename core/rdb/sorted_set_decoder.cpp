// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/collection_decoders.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/packed/listpack.h"
#include "core/rdb/packed/ziplist.h"
#include "core/rdb/packed_walk.h"
#include "core/rdb/score_codec.h"
#include "core/rdb/type_table.h"

namespace keyloupe::rdb {

namespace {

template <typename Reader>
void readPairs(ByteCursor &in, SortedSetValue &set)
{
    bool isScore = false;
    walkPacked<Reader>(in, [&set, &isScore](const PackedItem &item) -> const char * {
        if (isScore) {
            double &score = set.members.back().score;
            if (item.isInteger) {
                score = static_cast<double>(item.integer);
            } else {
                const std::optional<double> parsed = parseScore(item.text);
                if (!parsed)
                    return kBadScore;
                score = *parsed;
            }
        } else {
            set.members.push_back(ScoredMember{item.toBytes(), 0});
        }
        isScore = !isScore;
        return nullptr;
    });
    if (isScore && in.ok())
        in.fail("a member has no score", 0);
}

} // namespace

SortedSetValue readSortedSet(ByteCursor &in, std::uint8_t rdbType)
{
    SortedSetValue set;
    if (rdbType == kTypeZsetZiplist) {
        readPairs<ZiplistReader>(in, set);
    } else if (rdbType == kTypeZsetListpack) {
        readPairs<ListpackReader>(in, set);
    } else {
        const std::uint64_t count = readLength(in);
        if (in.fits(count, 2))
            set.members.reserve(count);
        for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
            QByteArray member = readString(in);
            const double score = rdbType == kTypeZset ? readBinaryScore(in) : readTextScore(in);
            set.members.push_back(ScoredMember{std::move(member), score});
        }
    }
    if (!in.ok())
        return set;
    if (set.members.empty()) {
        in.fail("the sorted set is empty, which no key can be", 0);
        return set;
    }
    if (hasDuplicates(set.members, [](const ScoredMember &member) { return QByteArrayView(member.member); })) {
        in.fail("the sorted set has a member twice", 0);
        return set;
    }
    std::sort(set.members.begin(), set.members.end(), [](const ScoredMember &a, const ScoredMember &b) {
        return a.score != b.score ? a.score < b.score : a.member < b.member;
    });
    return set;
}

} // namespace keyloupe::rdb
