// SPDX-License-Identifier: GPL-3.0-or-later
//
// NameIndex: finds the position of a name in a table of millions, about eleven bytes a name.
//
// Names are spread over 64 small open-addressing tables by the top bits of their hash, so that each is built in the
// processor's cache, and by any number of threads. A slot holds 32 bits of the hash beside the position: a name is compared only when they agree.
// add() by one thread; build() of different parts by any; then any thread may find().
#pragma once

#include "core/base/hash_bytes.h"

#include <QByteArrayView>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace keyloupe {

class NameIndex
{
public:
    static constexpr std::uint32_t kNone = 0xffffffffu;
    static constexpr int kParts = 64;

    static std::uint64_t hashOf(int db, QByteArrayView name) { return hashBytes(name, static_cast<std::uint64_t>(db)); }

    /// That many more will probably be added.
    void expect(std::size_t more)
    {
        constexpr std::size_t kWorthIt = 64 * 1024;
        for (std::vector<std::uint64_t> &part : m_parts) {
            if (more >= kWorthIt)
                part.reserve(part.size() + more / kParts + more / kParts / 32);
        }
    }

    void add(std::uint64_t hash, std::uint32_t position)
    {
        m_parts[hash >> kPartShift].push_back((hash << 32) | position);
    }

    /// Makes part 0 … kParts-1 of what was added. `same(a, b)` tells whether two positions have one name; then the later
    /// one is left out, and put into `doubles`.
    template <typename Same>
    void build(int part, Same same, std::vector<std::uint32_t> &doubles)
    {
        std::vector<std::uint64_t> added;
        added.swap(m_parts[static_cast<std::size_t>(part)]);
        if (added.empty())
            return;
        std::vector<std::uint64_t> slots(added.size() + added.size() / 3 + 1, kEmpty);
        for (const std::uint64_t entry : added) {
            std::size_t i = home(entry, slots.size());
            while (slots[i] != kEmpty && !((slots[i] ^ entry) >> 32 == 0 && same(positionOf(slots[i]), positionOf(entry))))
                i = i + 1 == slots.size() ? 0 : i + 1;
            if (slots[i] == kEmpty)
                slots[i] = entry;
            else
                doubles.push_back(positionOf(entry));
        }
        m_parts[static_cast<std::size_t>(part)] = std::move(slots);
    }

    /// The position with this hash for which `matches(position)` holds, or kNone.
    template <typename Matches>
    std::uint32_t find(std::uint64_t hash, Matches matches) const
    {
        const std::vector<std::uint64_t> &slots = m_parts[hash >> kPartShift];
        if (slots.empty())
            return kNone;
        const std::uint64_t entry = hash << 32;
        std::size_t i = home(entry, slots.size());
        while (slots[i] != kEmpty) {
            if ((slots[i] ^ entry) >> 32 == 0 && matches(positionOf(slots[i])))
                return positionOf(slots[i]);
            i = i + 1 == slots.size() ? 0 : i + 1;
        }
        return kNone;
    }

    void clear()
    {
        for (std::vector<std::uint64_t> &part : m_parts)
            std::vector<std::uint64_t>().swap(part);
    }

    std::size_t memoryBytes() const
    {
        std::size_t bytes = 0;
        for (const std::vector<std::uint64_t> &part : m_parts)
            bytes += part.capacity() * sizeof(std::uint64_t);
        return bytes;
    }

private:
    static constexpr int kPartShift = 58;
    static constexpr std::uint64_t kEmpty = ~std::uint64_t{0}; // no position is kNone

    static std::uint32_t positionOf(std::uint64_t entry) { return static_cast<std::uint32_t>(entry); }
    static std::size_t home(std::uint64_t entry, std::size_t slots)
    {
        return static_cast<std::size_t>(((entry >> 32) * static_cast<std::uint64_t>(slots)) >> 32);
    }

    std::array<std::vector<std::uint64_t>, kParts> m_parts; // entries as they came until built, then slots
};

} // namespace keyloupe
