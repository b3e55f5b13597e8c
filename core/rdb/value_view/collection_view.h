// SPDX-License-Identifier: GPL-3.0-or-later
//
// CollectionView: a list, set, sorted set or hash that is read where it stands in the file, page by page, without decoding
// the whole. It remembers places on the way (every thousand elements or so), so that a page costs about its own size once
// the value has been passed that far. The bytes must outlive it. One thread at a time.
//
// It trusts counts in heads and finds damage only where it reads; duplicates it does not look for. A failed read has given
// everything before the damage.
#pragma once

#include "core/base/result.h"
#include "core/rdb/value_view/element_walker.h"

#include <functional>
#include <vector>

namespace keyloupe {

/// One element during a callback.
struct ElementView
{
    QByteArrayView name;          ///< list item, member, or field
    QByteArrayView value;         ///< of a hash's field
    double score = 0;
    std::int64_t expireAtMs = -1;
};

class CollectionView
{
public:
    using OnElement = std::function<void(const ElementView &)>;

    CollectionView(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family);
    CollectionView(const CollectionView &) = delete;
    CollectionView &operator=(const CollectionView &) = delete;

    static bool covers(std::uint8_t rdbType, RdbFamily family) { return rdb::ElementWalker::covers(rdbType, family); }

    /// Elements in all, as the heads say.
    Result<std::int64_t> count();

    /// Elements [first, first + count) in the order of the file; fewer where the value ends.
    Result<void> read(std::int64_t first, std::int64_t count, const OnElement &onElement);

    /// Gives each of the names that is there, with its place among `names`; a name asked for twice comes twice. Looks
    /// first at what was read last, then from the start on.
    Result<void> find(const std::vector<QByteArrayView> &names, const std::function<void(std::size_t, const ElementView &)> &onFound);

    /// Sorted sets: members [first, first + count) by ascending score and name. The first call walks the set once.
    /// Errc::Unsupported where the file has them in no order (servers before Redis 4 wrote so).
    Result<std::vector<ScoredMember>> ranks(std::int64_t first, std::int64_t count);

    std::int64_t memoryBytes() const;

private:
    enum class Order : std::uint8_t { Unknown, Ascending, Descending, None };
    class Wanted;

    bool seek(std::int64_t index);
    void noteMark();
    bool show(const rdb::Element &element, ElementView &view);
    void findIn(std::int64_t first, std::int64_t count, Wanted &wanted);
    Result<void> outcome() const;
    void learnOrder();

    bool m_isHash;
    rdb::ExpandBuffer m_blobs;
    rdb::ExpandBuffer m_names;
    rdb::ExpandBuffer m_values;
    rdb::ElementWalker m_walker;
    std::optional<Error> m_headDamage;
    std::optional<std::int64_t> m_count;
    std::vector<rdb::ElementWalker::Place> m_marks;
    std::int64_t m_lastFirst = 0; ///< what was read last
    std::int64_t m_lastCount = 0;
    Order m_order = Order::Unknown;
};

} // namespace keyloupe
