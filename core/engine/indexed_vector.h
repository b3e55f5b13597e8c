// SPDX-License-Identifier: GPL-3.0-or-later
//
// IndexedVector: entries in an array, found by a key that each holds: the shape of sets and hashes in the engine.
//
// Small ones keep insertion order, as Redis's listpacks do; in large ones a removal puts the last entry into the gap.
// Either way an entry only ever moves towards the front, so a scan that counts its cursor down misses none.
#pragma once

#include "core/engine/slot_table.h"

#include <QByteArray>

#include <algorithm>
#include <utility>
#include <vector>

namespace keyloupe {

template <typename Entry, auto KeyOf>
class IndexedVector
{
public:
    qsizetype size() const { return static_cast<qsizetype>(m_entries.size()); }
    bool isEmpty() const { return m_entries.empty(); }
    const Entry &operator[](qsizetype i) const { return m_entries[static_cast<std::size_t>(i)]; }
    Entry &at(qsizetype i) { return m_entries[static_cast<std::size_t>(i)]; }
    auto begin() const { return m_entries.begin(); }
    auto end() const { return m_entries.end(); }
    const std::vector<Entry> &entries() const { return m_entries; }

    qsizetype indexOf(QByteArrayView key) const
    {
        if (size() <= kLinear) {
            for (qsizetype i = 0; i < size(); ++i) {
                if (KeyOf((*this)[i]) == key)
                    return i;
            }
            return -1;
        }
        const std::uint32_t found = m_table.find(hashBytes(key), [&](std::uint32_t p) { return KeyOf(m_entries[p]) == key; });
        return found == SlotTable::kNone ? -1 : static_cast<qsizetype>(found);
    }
    bool contains(QByteArrayView key) const { return indexOf(key) >= 0; }
    const Entry *find(QByteArrayView key) const
    {
        const qsizetype i = indexOf(key);
        return i < 0 ? nullptr : &(*this)[i];
    }
    Entry *find(QByteArrayView key)
    {
        const qsizetype i = indexOf(key);
        return i < 0 ? nullptr : &at(i);
    }

    /// The key must not be there yet.
    void append(Entry entry)
    {
        m_entries.push_back(std::move(entry));
        if (size() == kLinear + 1) {
            m_table.clear();
            for (std::uint32_t i = 0; i < m_entries.size(); ++i)
                m_table.insert(hashOf(i), i, [this](std::uint32_t p) { return hashOf(p); });
        } else if (size() > kLinear) {
            const auto last = static_cast<std::uint32_t>(m_entries.size() - 1);
            m_table.insert(hashOf(last), last, [this](std::uint32_t p) { return hashOf(p); });
        }
    }

    void reserve(qsizetype count) { m_entries.reserve(static_cast<std::size_t>(count)); }

    bool remove(QByteArrayView key)
    {
        const qsizetype i = indexOf(key);
        if (i < 0)
            return false;
        removeAt(i);
        return true;
    }

    void removeAt(qsizetype i)
    {
        if (size() <= kLinear) {
            m_entries.erase(m_entries.begin() + i);
            return;
        }
        const auto position = static_cast<std::uint32_t>(i);
        const auto last = static_cast<std::uint32_t>(m_entries.size() - 1);
        const auto hashAt = [this](std::uint32_t p) { return hashOf(p); };
        m_table.erase(hashOf(position), position, hashAt);
        if (size() - 1 <= kLinear) {
            m_entries.erase(m_entries.begin() + i);
            m_table.clear();
            return;
        }
        if (position != last) {
            m_table.renumber(hashOf(last), last, position);
            m_entries[position] = std::move(m_entries[last]);
        }
        m_entries.pop_back();
    }

private:
    static constexpr qsizetype kLinear = 64;

    std::size_t hashOf(std::uint32_t position) const { return hashBytes(KeyOf(m_entries[position])); }

    std::vector<Entry> m_entries;
    SlotTable m_table; // filled only above kLinear entries
};

} // namespace keyloupe
