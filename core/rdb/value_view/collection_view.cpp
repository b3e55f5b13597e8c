// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/value_view/collection_view.h"

#include "core/base/byte_order.h"
#include "core/rdb/type_table.h"

#include <QHash>

#include <algorithm>
#include <limits>

namespace keyloupe {

using namespace rdb;

namespace {

constexpr std::int64_t kMarkEvery = 1024;
constexpr const char *kDamagedString = "a compressed string is damaged";

} // namespace

// The names of one find() that were not met yet.
class CollectionView::Wanted
{
public:
    using OnFound = std::function<void(std::size_t, const ElementView &)>;

    Wanted(const std::vector<QByteArrayView> &names, const OnFound &onFound) : m_onFound(onFound)
    {
        for (std::size_t i = 0; i < names.size(); ++i) {
            m_places.insert(names[i], i);
            m_lengths |= bitOf(static_cast<std::uint64_t>(names[i].size()));
        }
        if (names.size() == 1)
            m_single = names.front();
    }

    bool isDone() const { return m_places.isEmpty(); }

    /// A quick no for most names, without their bytes.
    bool mayBe(const StringRef &name) const { return (m_lengths & bitOf(name.size())) != 0; }

    bool contains(QByteArrayView name) const
    {
        return m_single ? m_single->size() == name.size() && compareBytes(*m_single, name) == 0 : m_places.contains(name);
    }

    void found(const ElementView &element)
    {
        for (const std::size_t place : m_places.values(element.name))
            m_onFound(place, element);
        m_places.remove(element.name);
    }

private:
    static std::uint64_t bitOf(std::uint64_t size) { return std::uint64_t{1} << (size & 63); }

    const OnFound &m_onFound;
    QMultiHash<QByteArrayView, std::size_t> m_places;
    std::uint64_t m_lengths = 0;
    std::optional<QByteArrayView> m_single;
};

CollectionView::CollectionView(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family)
    : m_isHash(valueTypeOfRdbType(rdbType, family) == ValueType::Hash), m_walker(rdbType, bytes, family, m_blobs)
{
    if (!m_walker.ok())
        m_headDamage = m_walker.error();
    m_marks.push_back(m_walker.place());
}

Result<void> CollectionView::outcome() const
{
    return m_walker.ok() ? Result<void>() : Result<void>(m_walker.error());
}

void CollectionView::noteMark()
{
    if (m_walker.isAtPlace() && m_walker.index() >= m_marks.back().index + kMarkEvery)
        m_marks.push_back(m_walker.place());
}

// Puts the walk before element `index`; false when the value ends or is damaged before it.
bool CollectionView::seek(std::int64_t index)
{
    const auto behind = std::upper_bound(m_marks.begin(), m_marks.end(), index,
                                         [](std::int64_t wanted, const ElementWalker::Place &place) { return wanted < place.index; });
    const ElementWalker::Place &mark = *(behind - 1);
    if (!m_walker.ok() || m_walker.index() > index || m_walker.index() < mark.index)
        m_walker.resume(mark);
    while (m_walker.index() < index) {
        noteMark();
        if (m_walker.skipSome(index - m_walker.index()) == 0)
            return false;
    }
    return m_walker.ok();
}

Result<std::int64_t> CollectionView::count()
{
    if (m_headDamage)
        return *m_headDamage;
    if (!m_count) {
        m_walker.resume(m_marks.front());
        m_count = m_walker.statedCount();
    }
    if (!m_count) {
        seek(std::numeric_limits<std::int64_t>::max());
        if (!m_walker.ok())
            return m_walker.error();
        m_count = m_walker.index();
    }
    return *m_count;
}

bool CollectionView::show(const Element &element, ElementView &view)
{
    if (!m_names.expand(element.name, view.name)) {
        m_walker.fail(kDamagedString, element.name.bytesOffset);
        return false;
    }
    if (m_isHash && !m_values.expand(element.value, view.value)) {
        m_walker.fail(kDamagedString, element.value.bytesOffset);
        return false;
    }
    view.score = element.score;
    view.expireAtMs = element.expireAtMs;
    return true;
}

Result<void> CollectionView::read(std::int64_t first, std::int64_t count, const OnElement &onElement)
{
    if (m_headDamage)
        return *m_headDamage;
    if (count <= 0 || !seek(std::max<std::int64_t>(first, 0)))
        return outcome();
    m_lastFirst = m_walker.index();
    m_lastCount = 0;
    Element element;
    ElementView view;
    while (m_lastCount < count) {
        noteMark();
        if (!m_walker.next(element) || !show(element, view))
            break;
        onElement(view);
        ++m_lastCount;
    }
    // An element is given before its node is left: what is wrong with the node's end concerns the next ones.
    return m_lastCount == count ? Result<void>() : outcome();
}

void CollectionView::findIn(std::int64_t first, std::int64_t count, Wanted &wanted)
{
    if (!seek(first))
        return;
    Element element;
    ElementView view;
    for (std::int64_t i = 0; i < count && !wanted.isDone(); ++i) {
        noteMark();
        if (!m_walker.next(element))
            return;
        if (!wanted.mayBe(element.name))
            continue;
        QByteArrayView name;
        if (!m_names.expand(element.name, name)) {
            m_walker.fail(kDamagedString, element.name.bytesOffset);
            return;
        }
        if (!wanted.contains(name))
            continue;
        if (!show(element, view))
            return;
        wanted.found(view);
    }
}

Result<void> CollectionView::find(const std::vector<QByteArrayView> &names,
                                  const std::function<void(std::size_t, const ElementView &)> &onFound)
{
    if (m_headDamage)
        return *m_headDamage;
    Wanted wanted(names, onFound);
    findIn(m_lastFirst, m_lastCount, wanted);
    if (!wanted.isDone())
        findIn(0, std::numeric_limits<std::int64_t>::max(), wanted);
    return wanted.isDone() ? Result<void>() : outcome();
}

void CollectionView::learnOrder()
{
    bool ascends = true;
    bool descends = true;
    Element two[2]; // this one and the one before, by turns
    ExpandBuffer nameBefore;
    QByteArrayView a;
    QByteArrayView b;
    m_walker.resume(m_marks.front());
    for (std::int64_t i = 0; ascends || descends; ++i) {
        noteMark();
        Element &element = two[i & 1];
        const Element &before = two[(i + 1) & 1];
        if (!m_walker.next(element))
            break;
        if (i > 0) {
            int order = before.score < element.score ? -1 : before.score > element.score ? 1 : 0;
            if (order == 0) {
                if (!nameBefore.expand(before.name, a) || !m_names.expand(element.name, b)) {
                    m_walker.fail(kDamagedString, element.name.bytesOffset);
                    break;
                }
                order = compareBytes(a, b);
            }
            ascends = ascends && order < 0;
            descends = descends && order > 0;
        }
    }
    if (m_walker.ok())
        m_order = ascends ? Order::Ascending : descends ? Order::Descending : Order::None;
}

Result<std::vector<ScoredMember>> CollectionView::ranks(std::int64_t first, std::int64_t wanted)
{
    KL_TRY(const std::int64_t size, count());
    if (m_order == Order::Unknown)
        learnOrder();
    if (m_order == Order::Unknown)
        return m_walker.error();
    if (m_order == Order::None)
        return Error{Errc::Unsupported, QStringLiteral("the members are not in order in the file"), -1, {}};
    first = std::max<std::int64_t>(first, 0);
    const std::int64_t end = first + std::min(std::max<std::int64_t>(wanted, 0), std::max<std::int64_t>(size - first, 0));
    const bool reversed = m_order == Order::Descending;
    std::vector<ScoredMember> members;
    members.reserve(static_cast<std::size_t>(end - first));
    const Result<void> got = read(reversed ? size - end : first, end - first, [&members](const ElementView &element) {
        members.push_back({element.name.toByteArray(), element.score});
    });
    if (!got)
        return got.error();
    if (reversed)
        std::reverse(members.begin(), members.end());
    return members;
}

std::int64_t CollectionView::memoryBytes() const
{
    return static_cast<std::int64_t>(m_marks.capacity() * sizeof(ElementWalker::Place)) + m_blobs.capacity() + m_names.capacity()
            + m_values.capacity() + 1024;
}

} // namespace keyloupe
