// SPDX-License-Identifier: GPL-3.0-or-later
//
// SlotTable: an open-addressing hash table that stores only 32-bit positions into an array that its owner keeps.
// Four bytes a slot, so an index over ten million keys stays small. Not thread-safe while written.
#pragma once

#include "core/base/hash_bytes.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace keyloupe {

class SlotTable
{
public:
    static constexpr std::uint32_t kNone = 0xffffffffu;

    std::size_t size() const { return m_used; }

    void clear()
    {
        m_slots.clear();
        m_used = 0;
    }

    /// The position for which `matches(position)` holds among those with this hash, or kNone.
    template <typename Matches>
    std::uint32_t find(std::size_t hash, Matches matches) const
    {
        if (m_slots.empty())
            return kNone;
        const std::size_t mask = m_slots.size() - 1;
        for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
            const std::uint32_t position = m_slots[i];
            if (position == kNone)
                return kNone;
            if (matches(position))
                return position;
        }
    }

    /// Adds a position that is not there yet. `hashAt(position)` gives the hash of any stored position.
    template <typename HashAt>
    void insert(std::size_t hash, std::uint32_t position, HashAt hashAt)
    {
        if ((m_used + 1) * 4 > m_slots.size() * 3)
            grow(m_slots.empty() ? 16 : m_slots.size() * 2, hashAt);
        place(hash, position);
        ++m_used;
    }

    /// Makes room for that many positions at once.
    template <typename HashAt>
    void reserve(std::size_t count, HashAt hashAt)
    {
        std::size_t slots = 16;
        while (slots * 3 < count * 4)
            slots *= 2;
        if (slots > m_slots.size())
            grow(slots, hashAt);
    }

    /// Removes a stored position, closing the gap so that no tombstones pile up.
    template <typename HashAt>
    void erase(std::size_t hash, std::uint32_t position, HashAt hashAt)
    {
        const std::size_t mask = m_slots.size() - 1;
        std::size_t gap = slotOf(hash, position);
        for (std::size_t i = (gap + 1) & mask; m_slots[i] != kNone; i = (i + 1) & mask) {
            const std::size_t home = hashAt(m_slots[i]) & mask;
            // Move it back when its home does not lie between the gap and where it is.
            if (((i - home) & mask) >= ((i - gap) & mask)) {
                m_slots[gap] = m_slots[i];
                gap = i;
            }
        }
        m_slots[gap] = kNone;
        --m_used;
    }

    /// What was stored as `from` is now found at `to`.
    void renumber(std::size_t hash, std::uint32_t from, std::uint32_t to) { m_slots[slotOf(hash, from)] = to; }

private:
    std::size_t slotOf(std::size_t hash, std::uint32_t position) const
    {
        const std::size_t mask = m_slots.size() - 1;
        std::size_t i = hash & mask;
        while (m_slots[i] != position)
            i = (i + 1) & mask;
        return i;
    }

    void place(std::size_t hash, std::uint32_t position)
    {
        const std::size_t mask = m_slots.size() - 1;
        std::size_t i = hash & mask;
        while (m_slots[i] != kNone)
            i = (i + 1) & mask;
        m_slots[i] = position;
    }

    template <typename HashAt>
    void grow(std::size_t slots, HashAt hashAt)
    {
        std::vector<std::uint32_t> old(slots, kNone);
        old.swap(m_slots);
        for (const std::uint32_t position : old) {
            if (position != kNone)
                place(hashAt(position), position);
        }
    }

    std::vector<std::uint32_t> m_slots;
    std::size_t m_used = 0;
};

} // namespace keyloupe
