// SPDX-License-Identifier: GPL-3.0-or-later
//
// DuplicateFinder: a set of 64-bit hashes of names, kept flat and reused from value to value. Equal names always meet; two
// names of one hash do so by accident once in a long while, so a hit is to be looked at. One thread at a time.
#pragma once

#include <QByteArrayView>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace keyloupe::rdb {

class DuplicateFinder
{
public:
    /// Multiplies and shifts by eight bytes at a time; made to be short in code and time for short names.
    static std::uint64_t hashOf(QByteArrayView name)
    {
        const char *at = name.data();
        auto left = static_cast<std::size_t>(name.size());
        std::uint64_t hash = kSeed ^ left;
        for (; left > 16; left -= 8, at += 8)
            hash = mixed(hash ^ load<std::uint64_t>(at));
        if (left >= 8) { // the two words overlap unless there are 16 bytes
            hash = mixed(hash ^ load<std::uint64_t>(at));
            hash = mixed(hash ^ load<std::uint64_t>(at + left - 8));
        } else if (left >= 4) {
            hash = mixed(hash ^ (static_cast<std::uint64_t>(load<std::uint32_t>(at)) << 32 | load<std::uint32_t>(at + left - 4)));
        } else if (left > 0) {
            const auto byte = [at](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])); };
            hash = mixed(hash ^ (byte(0) << 16 | byte(left / 2) << 8 | byte(left - 1)));
        }
        hash ^= hash >> 29;
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
    template <typename T>
    static T load(const char *at)
    {
        T value;
        std::memcpy(&value, at, sizeof value);
        return value;
    }
    static std::uint64_t mixed(std::uint64_t bits)
    {
        bits *= 0x9e3779b97f4a7c15ULL;
        return bits ^ bits >> 32;
    }

    static constexpr std::uint64_t kSeed = 0x2545f4914f6cdd1dULL;
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
