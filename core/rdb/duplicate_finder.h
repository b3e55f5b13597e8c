// SPDX-License-Identifier: GPL-3.0-or-later
//
// DuplicateFinder: a set of 64-bit hashes of names, kept flat and reused from value to value. Equal names always meet; two
// names of one hash do so by accident once in a long while, so a hit is to be looked at. One thread at a time.
#pragma once

#include <QByteArrayView>
#include <QHashFunctions>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace keyloupe::rdb {

class DuplicateFinder
{
public:
    static std::uint64_t hashOf(QByteArrayView name)
    {
        const std::uint64_t hash = qHashBits(name.data(), static_cast<std::size_t>(name.size()), kSeed);
        return hash == kFree ? 1 : hash;
    }

    /// Empties it, with room for as many hashes as are said to come.
    void clear(std::size_t expected)
    {
        std::fill_n(m_slots.begin(), m_mask + 1, kFree);
        const std::size_t size = std::max(kFirstSlots, std::bit_ceil(expected * 2));
        if (m_slots.size() > std::max(size, kKeptSlots))
            m_slots = std::vector<std::uint64_t>(size, kFree); // what one huge value needed is given back
        else if (m_slots.size() < size)
            m_slots.resize(size, kFree);
        m_used = 0;
        m_mask = size - 1;
    }

    /// False when the hash was there already.
    bool add(std::uint64_t hash)
    {
        if ((m_used + 1) * 2 > m_mask + 1)
            grow();
        std::size_t at = hash & m_mask;
        while (m_slots[at] != kFree) {
            if (m_slots[at] == hash)
                return false;
            at = (at + 1) & m_mask;
        }
        m_slots[at] = hash;
        ++m_used;
        return true;
    }

private:
    static constexpr std::size_t kSeed = 0x2545f4914f6cdd1dULL;
    static constexpr std::uint64_t kFree = 0;
    static constexpr std::size_t kFirstSlots = 32;
    static constexpr std::size_t kKeptSlots = 1 << 16;

    void grow()
    {
        std::vector<std::uint64_t> old(m_slots.begin(), m_slots.begin() + static_cast<std::ptrdiff_t>(m_mask + 1));
        const std::size_t size = (m_mask + 1) * 4;
        if (m_slots.size() < size)
            m_slots.resize(size);
        std::fill_n(m_slots.begin(), size, kFree);
        m_mask = size - 1;
        for (const std::uint64_t hash : old) {
            if (hash == kFree)
                continue;
            std::size_t at = hash & m_mask;
            while (m_slots[at] != kFree)
                at = (at + 1) & m_mask;
            m_slots[at] = hash;
        }
    }

    std::vector<std::uint64_t> m_slots = std::vector<std::uint64_t>(kFirstSlots, kFree);
    std::size_t m_mask = kFirstSlots - 1;
    std::size_t m_used = 0;
};

} // namespace keyloupe::rdb
