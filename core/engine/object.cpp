// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/object.h"

#include "core/base/number.h"

#include <algorithm>
#include <cstring>

namespace keyloupe {
namespace {

// Redis 7's defaults for the small encodings.
constexpr qsizetype kMaxIntset = 512;
constexpr qsizetype kMaxHashListpack = 512;
constexpr qsizetype kMaxZsetListpack = 128;
constexpr qsizetype kMaxListpackElement = 64;
constexpr qsizetype kMaxEmbstr = 44;

} // namespace

bool SetObject::add(const QByteArray &member)
{
    if (m_members.contains(member))
        return false;
    if (m_intset && (!parseInt64(member) || m_members.size() >= kMaxIntset))
        m_intset = false;
    m_members.append(member);
    return true;
}

QByteArray SetObject::takeAt(qsizetype i)
{
    QByteArray member = m_members[i];
    m_members.removeAt(i);
    return member;
}

void HashObject::noteSizes(const QByteArray &field, const QByteArray &value)
{
    if (field.size() > kMaxListpackElement || value.size() > kMaxListpackElement || m_fields.size() > kMaxHashListpack)
        m_large = true;
}

bool HashObject::set(const QByteArray &field, const QByteArray &value, bool keepExpiry)
{
    HashField *found = m_fields.find(field);
    if (found) {
        found->value = value;
        if (!keepExpiry)
            found->expireAtMs = -1;
    } else {
        m_fields.append(HashField{field, value, -1});
    }
    noteSizes(field, value);
    return !found;
}

void HashObject::setExpiry(QByteArrayView field, std::int64_t whenMs)
{
    if (HashField *found = m_fields.find(field)) {
        found->expireAtMs = whenMs;
        m_expiries = m_expiries || whenMs >= 0;
    }
}

void HashObject::restore(HashField field)
{
    m_expiries = m_expiries || field.expireAtMs >= 0;
    const QByteArray name = field.field;
    const QByteArray value = field.value;
    if (HashField *found = m_fields.find(name))
        *found = std::move(field);
    else
        m_fields.append(std::move(field));
    noteSizes(name, value);
}

std::optional<double> ZSetObject::score(const QByteArray &member) const
{
    const auto it = m_scores.constFind(member);
    return it == m_scores.constEnd() ? std::nullopt : std::optional<double>(*it);
}

qsizetype ZSetObject::positionOf(double score, const QByteArray &member) const
{
    const auto it = std::lower_bound(m_sorted.begin(), m_sorted.end(), score, [&](const ScoredMember &m, double s) {
        return m.score != s ? m.score < s : compareBytes(m.member, member) < 0;
    });
    return it - m_sorted.begin();
}

qsizetype ZSetObject::lowerBound(double score) const
{
    return std::lower_bound(m_sorted.begin(), m_sorted.end(), score,
                            [](const ScoredMember &m, double s) { return m.score < s; })
        - m_sorted.begin();
}

qsizetype ZSetObject::upperBound(double score) const
{
    return std::upper_bound(m_sorted.begin(), m_sorted.end(), score,
                            [](double s, const ScoredMember &m) { return s < m.score; })
        - m_sorted.begin();
}

qsizetype ZSetObject::rank(const QByteArray &member) const
{
    const std::optional<double> s = score(member);
    return s ? positionOf(*s, member) : -1;
}

void ZSetObject::noteMember(const QByteArray &member)
{
    if (member.size() > kMaxListpackElement || size() > kMaxZsetListpack)
        m_large = true;
}

bool ZSetObject::set(const QByteArray &member, double score)
{
    if (score == 0 && !m_large)
        score = 0; // Redis's listpacks know no negative zero
    const auto it = m_scores.find(member);
    const bool isNew = it == m_scores.end();
    if (isNew) {
        m_scores.insert(member, score);
        m_scanOrderStale = true;
    } else {
        if (*it == score)
            return false;
        m_sorted.erase(m_sorted.begin() + positionOf(*it, member));
        *it = score;
        m_scanOrderStale = true; // it names ranks
    }
    m_sorted.insert(m_sorted.begin() + positionOf(score, member), ScoredMember{member, score});
    noteMember(member);
    return isNew;
}

void ZSetObject::setMany(const std::vector<ScoredMember> &members)
{
    constexpr std::size_t kFew = 16; // each moves what stands behind it, which is cheaper than a pass over all
    if (members.size() <= kFew) {
        for (const ScoredMember &m : members)
            set(m.member, m.score);
        return;
    }
    QHash<QByteArray, double> wanted;
    QSet<QByteArray> there;
    for (const ScoredMember &m : members) {
        wanted.insert(m.member, m.score == 0 && !m_large ? 0 : m.score);
        if (m_scores.contains(m.member))
            there.insert(m.member);
    }
    removeMany(there);
    const auto before = [](const ScoredMember &a, const ScoredMember &b) {
        return a.score != b.score ? a.score < b.score : compareBytes(a.member, b.member) < 0;
    };
    const auto middle = static_cast<std::ptrdiff_t>(m_sorted.size());
    for (auto it = wanted.cbegin(); it != wanted.cend(); ++it) {
        m_sorted.push_back({it.key(), it.value()});
        m_scores.insert(it.key(), it.value());
        noteMember(it.key());
    }
    std::sort(m_sorted.begin() + middle, m_sorted.end(), before);
    std::inplace_merge(m_sorted.begin(), m_sorted.begin() + middle, m_sorted.end(), before);
    m_scanOrderStale = true;
}

qsizetype ZSetObject::removeMany(const QSet<QByteArray> &members)
{
    qsizetype removed = 0;
    for (const QByteArray &member : members)
        removed += m_scores.remove(member) ? 1 : 0;
    if (removed > 0)
        std::erase_if(m_sorted, [&](const ScoredMember &m) { return members.contains(m.member); });
    m_scanOrderStale = m_scanOrderStale || removed > 0;
    return removed;
}

bool ZSetObject::remove(const QByteArray &member)
{
    const qsizetype r = rank(member);
    if (r < 0)
        return false;
    removeRange(r, r + 1);
    return true;
}

void ZSetObject::removeRange(qsizetype first, qsizetype end)
{
    for (qsizetype i = first; i < end; ++i)
        m_scores.remove((*this)[i].member);
    m_sorted.erase(m_sorted.begin() + first, m_sorted.begin() + end);
    m_scanOrderStale = true;
}

void ZSetObject::assignSorted(std::vector<ScoredMember> members)
{
    m_sorted = std::move(members);
    m_scores.clear();
    m_scores.reserve(size());
    for (const ScoredMember &m : m_sorted)
        noteMember(m.member);
    for (ScoredMember &m : m_sorted) {
        if (m.score == 0 && !m_large)
            m.score = 0;
        m_scores.insert(m.member, m.score);
    }
    m_scanOrderStale = true;
}

const std::vector<std::pair<std::uint32_t, qsizetype>> &ZSetObject::scanOrder() const
{
    if (m_scanOrderStale) {
        m_scanOrder.clear();
        m_scanOrder.reserve(m_sorted.size());
        for (qsizetype i = 0; i < size(); ++i)
            m_scanOrder.emplace_back(static_cast<std::uint32_t>(hashBytes((*this)[i].member)), i);
        std::sort(m_scanOrder.begin(), m_scanOrder.end());
        m_scanOrderStale = false;
    }
    return m_scanOrder;
}

Object Object::fromValue(Value value)
{
    switch (typeOf(value)) {
    case ValueType::String:
        return Object(StringObject{std::get<QByteArray>(std::move(value)), false, false});
    case ValueType::List: {
        ListObject list;
        auto &items = std::get<ListValue>(value).items;
        list.items.assign(std::make_move_iterator(items.begin()), std::make_move_iterator(items.end()));
        return Object(std::move(list));
    }
    case ValueType::Set: {
        SetObject set;
        for (const QByteArray &member : std::get<SetValue>(value).members)
            set.add(member);
        return Object(std::move(set));
    }
    case ValueType::SortedSet: {
        ZSetObject zset;
        zset.assignSorted(std::move(std::get<SortedSetValue>(value).members));
        return Object(std::move(zset));
    }
    case ValueType::Hash: {
        HashObject hash;
        for (HashField &field : std::get<HashValue>(value).fields)
            hash.restore(std::move(field));
        return Object(std::move(hash));
    }
    case ValueType::Stream:
        return Object(std::get<StreamValue>(std::move(value)));
    case ValueType::Module:
        return Object(std::get<ModuleValue>(std::move(value)));
    }
    return {};
}

Value Object::toValue() const
{
    switch (type()) {
    case ValueType::String:
        return as<StringObject>().bytes;
    case ValueType::List: {
        const auto &items = as<ListObject>().items;
        return ListValue{{items.begin(), items.end()}};
    }
    case ValueType::Set: {
        const SetObject &set = as<SetObject>();
        return SetValue{{set.begin(), set.end()}};
    }
    case ValueType::SortedSet:
        return SortedSetValue{as<ZSetObject>().sorted()};
    case ValueType::Hash: {
        const HashObject &hash = as<HashObject>();
        return HashValue{{hash.begin(), hash.end()}};
    }
    case ValueType::Stream:
        return as<StreamValue>();
    case ValueType::Module:
        return as<ModuleValue>();
    }
    return QByteArray();
}

const char *Object::encoding() const
{
    switch (type()) {
    case ValueType::String: {
        const StringObject &string = as<StringObject>();
        if (string.edited)
            return "raw";
        if (!string.isText && parseInt64(string.bytes))
            return "int";
        return string.bytes.size() <= kMaxEmbstr ? "embstr" : "raw";
    }
    case ValueType::List:
        return "quicklist";
    case ValueType::Set:
        return as<SetObject>().isIntset() ? "intset" : "hashtable";
    case ValueType::SortedSet:
        return as<ZSetObject>().isListpack() ? "listpack" : "skiplist";
    case ValueType::Hash:
        if (as<HashObject>().hasExpiries())
            return as<HashObject>().isListpack() ? "listpackex" : "hashtable";
        return as<HashObject>().isListpack() ? "listpack" : "hashtable";
    case ValueType::Stream:
        return "stream";
    case ValueType::Module:
        return "raw";
    }
    return "raw";
}

bool Object::isEmptyAggregate() const
{
    switch (type()) {
    case ValueType::List:
        return as<ListObject>().items.empty();
    case ValueType::Set:
        return as<SetObject>().size() == 0;
    case ValueType::SortedSet:
        return as<ZSetObject>().size() == 0;
    case ValueType::Hash:
        return as<HashObject>().size() == 0;
    default:
        return false;
    }
}

std::int64_t Object::memoryEstimate() const
{
    std::int64_t bytes = 16; // the object header of a server
    const auto small = [&](qsizetype size) { bytes += size + 2; };
    const auto node = [&](qsizetype size) { bytes += size + 48; };
    switch (type()) {
    case ValueType::String:
        bytes += parseInt64(as<StringObject>().bytes) ? 0 : as<StringObject>().bytes.size() + 8;
        break;
    case ValueType::List:
        bytes += 64;
        for (const QByteArray &item : as<ListObject>().items)
            small(item.size());
        break;
    case ValueType::Set:
        for (const QByteArray &member : as<SetObject>()) {
            if (as<SetObject>().isIntset())
                bytes += 8;
            else
                node(member.size());
        }
        break;
    case ValueType::SortedSet:
        for (const ScoredMember &m : as<ZSetObject>()) {
            if (as<ZSetObject>().isListpack())
                small(m.member.size() + 8);
            else
                node(m.member.size() + 64);
        }
        break;
    case ValueType::Hash:
        for (const HashField &f : as<HashObject>()) {
            if (as<HashObject>().isListpack())
                small(f.field.size() + f.value.size() + 2);
            else
                node(f.field.size() + f.value.size() + 16);
        }
        break;
    case ValueType::Stream:
        bytes += 120;
        for (const StreamEntry &entry : as<StreamValue>().entries) {
            bytes += 16;
            for (const auto &[field, value] : entry.fields)
                small(field.size() + value.size());
        }
        break;
    case ValueType::Module:
        bytes += as<ModuleValue>().payload.size();
        break;
    }
    return bytes;
}

std::int64_t Object::quickEstimate() const
{
    switch (type()) {
    case ValueType::String:
        return as<StringObject>().bytes.size() + 24;
    case ValueType::List:
        return static_cast<std::int64_t>(as<ListObject>().items.size()) * 40;
    case ValueType::Set:
        return as<SetObject>().size() * 64;
    case ValueType::SortedSet:
        return as<ZSetObject>().size() * 96;
    case ValueType::Hash:
        return as<HashObject>().size() * 96;
    case ValueType::Stream:
        return static_cast<std::int64_t>(as<StreamValue>().entries.size()) * 128 + 120;
    case ValueType::Module:
        return as<ModuleValue>().payload.size();
    }
    return 0;
}

} // namespace keyloupe
