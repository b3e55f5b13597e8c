// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/number.h"
#include "core/rdb/collection_decoders.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/packed/listpack.h"
#include "core/rdb/packed/ziplist.h"
#include "core/rdb/packed_walk.h"
#include "core/rdb/type_table.h"

#include <bit>
#include <cmath>
#include <limits>

namespace keyloupe::rdb {

namespace {

constexpr const char *kBadScore = "a score is not a number";
constexpr qsizetype kLongestScore = 127;

// Scores before Redis 4: a length byte and decimal text, or one of three special lengths.
double readTextScore(ByteCursor &in)
{
    const std::int64_t start = in.offset();
    const std::uint8_t size = in.u8();
    if (size == 254)
        return std::numeric_limits<double>::infinity();
    if (size == 255)
        return -std::numeric_limits<double>::infinity();
    const std::optional<double> score = size == 253 ? std::nullopt : parseDouble(in.take(size));
    if (!score)
        in.fail(kBadScore, start);
    return score.value_or(0);
}

double readBinaryScore(ByteCursor &in)
{
    const std::int64_t start = in.offset();
    const double score = std::bit_cast<double>(in.le<std::uint64_t>());
    if (std::isnan(score))
        in.fail(kBadScore, start);
    return score;
}

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
                const std::optional<double> parsed =
                    item.text.size() > kLongestScore ? std::nullopt : parseDouble(item.text);
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
