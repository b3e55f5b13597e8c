// SPDX-License-Identifier: GPL-3.0-or-later
//
// RingBuffer<T>: keeps the newest `capacity` items and counts what it dropped. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace keyloupe {

template <typename T>
class RingBuffer
{
public:
    explicit RingBuffer(std::size_t capacity) : m_capacity(capacity == 0 ? 1 : capacity) { }

    void push(T item)
    {
        if (m_items.size() == m_capacity) {
            m_items.pop_front();
            ++m_dropped;
        }
        m_items.push_back(std::move(item));
    }

    std::size_t size() const { return m_items.size(); }
    bool isEmpty() const { return m_items.empty(); }
    std::size_t capacity() const { return m_capacity; }
    std::uint64_t dropped() const { return m_dropped; }
    const T &operator[](std::size_t i) const { return m_items[i]; } ///< 0 is the oldest
    const T &back() const { return m_items.back(); }
    auto begin() const { return m_items.begin(); }
    auto end() const { return m_items.end(); }

    T takeFirst()
    {
        T item = std::move(m_items.front());
        m_items.pop_front();
        return item;
    }

    void clear()
    {
        m_items.clear();
        m_dropped = 0;
    }

private:
    std::size_t m_capacity;
    std::uint64_t m_dropped = 0;
    std::deque<T> m_items;
};

} // namespace keyloupe
