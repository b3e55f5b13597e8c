// SPDX-License-Identifier: GPL-3.0-or-later
//
// Object: a decoded value in the shape that commands work on: hashed, ordered, editable. Made from and turned back into the
// plain Value of core/rdb. One thread at a time. Each class remembers what decides its OBJECT ENCODING: in Redis a value
// that once grew over the limits of its small form never goes back.
#pragma once

#include "core/base/byte_order.h"
#include "core/engine/indexed_vector.h"
#include "core/rdb/rdb_types.h"

#include <QByteArray>
#include <QHash>
#include <QSet>

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

namespace keyloupe {

struct StringObject
{
    QByteArray bytes;
    bool edited = false; ///< changed in place (APPEND, SETRANGE …): Redis then calls it "raw" whatever its length
    bool isText = false; ///< made as text (INCRBYFLOAT): never "int", though it may be a whole number
};

struct ListObject
{
    std::deque<QByteArray> items;
};

class SetObject
{
public:
    qsizetype size() const { return m_members.size(); }
    bool contains(QByteArrayView member) const { return m_members.contains(member); }
    const QByteArray &operator[](qsizetype i) const { return m_members[i]; }
    auto begin() const { return m_members.begin(); }
    auto end() const { return m_members.end(); }
    bool add(const QByteArray &member);
    bool remove(QByteArrayView member) { return m_members.remove(member); }
    QByteArray takeAt(qsizetype i);
    bool isIntset() const { return m_intset; }
    bool isListpack() const { return false; }

private:
    static QByteArrayView keyOf(const QByteArray &member) { return member; }
    IndexedVector<QByteArray, &SetObject::keyOf> m_members;
    bool m_intset = true;
};

class HashObject
{
public:
    qsizetype size() const { return m_fields.size(); }
    const HashField &operator[](qsizetype i) const { return m_fields[i]; }
    auto begin() const { return m_fields.begin(); }
    auto end() const { return m_fields.end(); }
    const HashField *find(QByteArrayView field) const { return m_fields.find(field); }
    /// True when the field is new. Its own expiry is dropped unless kept.
    bool set(const QByteArray &field, const QByteArray &value, bool keepExpiry = false);
    void setExpiry(QByteArrayView field, std::int64_t whenMs);
    bool remove(QByteArrayView field) { return m_fields.remove(field); }
    bool isListpack() const { return !m_large; }
    bool hasExpiries() const { return m_expiries; }
    void restore(HashField field);

private:
    static QByteArrayView keyOf(const HashField &field) { return field.field; }
    void noteSizes(const QByteArray &field, const QByteArray &value);
    IndexedVector<HashField, &HashObject::keyOf> m_fields;
    bool m_large = false;
    bool m_expiries = false;
};

class ZSetObject
{
public:
    qsizetype size() const { return static_cast<qsizetype>(m_sorted.size()); }
    const ScoredMember &operator[](qsizetype rank) const { return m_sorted[static_cast<std::size_t>(rank)]; }
    const std::vector<ScoredMember> &sorted() const { return m_sorted; }
    auto begin() const { return m_sorted.begin(); }
    auto end() const { return m_sorted.end(); }
    std::optional<double> score(const QByteArray &member) const;
    qsizetype rank(const QByteArray &member) const; ///< -1 when absent
    /// True when the member is new.
    bool set(const QByteArray &member, double score);
    /// Many at once, in one pass over the set; of a member that comes twice the last counts.
    void setMany(const std::vector<ScoredMember> &members);
    bool remove(const QByteArray &member);
    qsizetype removeMany(const QSet<QByteArray> &members); ///< how many were there
    void removeRange(qsizetype first, qsizetype end); ///< ranks [first, end)
    /// First rank whose (score, member) is not below.
    qsizetype lowerBound(double score) const;          ///< first with score >= s
    qsizetype upperBound(double score) const;          ///< first with score > s
    bool isListpack() const { return !m_large; }
    void assignSorted(std::vector<ScoredMember> members); ///< unique, in order

    /// Members by a hash of their bytes: an order that edits do not shift, for ZSCAN.
    const std::vector<std::pair<std::uint32_t, qsizetype>> &scanOrder() const;

private:
    qsizetype positionOf(double score, const QByteArray &member) const;
    void noteMember(const QByteArray &member);

    std::vector<ScoredMember> m_sorted;
    QHash<QByteArray, double> m_scores;
    bool m_large = false;
    mutable std::vector<std::pair<std::uint32_t, qsizetype>> m_scanOrder;
    mutable bool m_scanOrderStale = true;
};

/// In the order of ValueType.
using ObjectData = std::variant<StringObject, ListObject, SetObject, ZSetObject, HashObject, StreamValue, ModuleValue>;

struct Object
{
    ObjectData data;

    Object() = default;
    template <typename T>
        requires(!std::is_same_v<std::decay_t<T>, Object>)
    explicit Object(T value) : data(std::move(value)) { }

    static Object fromValue(Value value);
    Value toValue() const;

    ValueType type() const { return static_cast<ValueType>(data.index()); }
    template <typename T>
    bool is() const { return std::holds_alternative<T>(data); }
    template <typename T>
    const T &as() const { return std::get<T>(data); }
    template <typename T>
    T &as() { return std::get<T>(data); }

    /// What OBJECT ENCODING says.
    const char *encoding() const;
    /// An aggregate without elements; such keys do not exist in Redis (a stream may be empty).
    bool isEmptyAggregate() const;
    std::int64_t memoryEstimate() const; ///< rough bytes in memory of a server; walks the elements
    std::int64_t quickEstimate() const;  ///< rougher, but at once
};

} // namespace keyloupe
