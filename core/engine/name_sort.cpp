// SPDX-License-Identifier: GPL-3.0-or-later
//
// Multikey quicksort that looks at eight bytes of each name at a time: names are compared by the eight that are kept beside
// their position, and the next eight are read from the file only for those that agree so far. Large groups are split and
// shared between the threads; small ones go to std::sort.
#include "core/engine/name_sort.h"

#include "core/async/run_on_threads.h"

#include <QtEndian>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>

namespace keyloupe {
namespace {

constexpr std::size_t kWindow = 8;
constexpr std::uint32_t kMore = kWindow + 1;     // of Entry::rest
constexpr std::size_t kShared = 64 * 1024;       // larger groups are split between threads
constexpr std::size_t kFew = 12;                 // smaller ones are compared as they are

struct Entry
{
    std::uint64_t window;    // the name's next eight bytes, as a big-endian number; zeros behind its end
    std::uint32_t position;
    std::uint32_t rest;      // bytes from the window's start to the name's end, kMore for all that goes on behind it

    bool operator<(const Entry &other) const { return window != other.window ? window < other.window : rest < other.rest; }
};

struct Group
{
    std::size_t begin;
    std::size_t end;
    std::size_t depth; // where the windows start
};

class NameSorter
{
public:
    NameSorter(const RecordTable &records, const CancelToken &cancel) : m_records(records), m_cancel(cancel) { }

    std::vector<std::uint32_t> run(const std::vector<std::pair<std::uint32_t, std::uint32_t>> &spans)
    {
        std::size_t count = 0;
        for (const auto &[first, size] : spans)
            count += size;
        m_entries.resize(count);
        std::size_t at = 0;
        for (const auto &[first, size] : spans) {
            for (std::uint32_t i = 0; i < size; ++i)
                m_entries[at++].position = first + i;
        }
        const unsigned threads = count > kShared ? coreCount() : 1;
        loadAll(threads);
        m_queue.push_back({0, count, 0});
        m_open = 1;
        runOnThreads(threads, [this] { work(); });
        if (m_cancel.isCancelled())
            return {};
        return numbered(spans);
    }

private:
    void load(Entry &entry, std::size_t depth, QByteArray &storage) const
    {
        const QByteArrayView name = m_records.nameAt(entry.position, storage);
        const auto size = static_cast<std::size_t>(name.size());
        const std::size_t left = size > depth ? size - depth : 0;
        uchar bytes[kWindow] = {};
        if (left > 0)
            std::memcpy(bytes, name.data() + depth, std::min(left, kWindow));
        entry.window = qFromBigEndian<std::uint64_t>(bytes);
        entry.rest = static_cast<std::uint32_t>(std::min<std::size_t>(left, kMore));
    }

    // The names of a group lie anywhere in the file: both steps to them are asked for ahead.
    void load(std::size_t begin, std::size_t end, std::size_t depth)
    {
        constexpr std::size_t kAhead = 12;
        QByteArray storage;
        for (std::size_t i = begin; i < end; ++i) {
            if (i + 2 * kAhead < end)
                m_records.prefetchEntry(m_entries[i + 2 * kAhead].position);
            if (i + kAhead < end)
                m_records.prefetchName(m_entries[i + kAhead].position, depth);
            load(m_entries[i], depth, storage);
        }
    }

    void loadAll(unsigned threads)
    {
        std::atomic<std::size_t> next{0};
        runOnThreads(threads, [&] {
            for (std::size_t begin = next.fetch_add(kShared); begin < m_entries.size(); begin = next.fetch_add(kShared)) {
                if (m_cancel.isCancelled())
                    return;
                load(begin, std::min(begin + kShared, m_entries.size()), 0);
            }
        });
    }

    void work()
    {
        std::vector<Group> mine;
        for (;;) {
            {
                std::unique_lock lock(m_mutex);
                m_changed.wait(lock, [this] { return !m_queue.empty() || m_open == 0; });
                if (m_queue.empty())
                    return;
                mine.push_back(m_queue.back());
                m_queue.pop_back();
            }
            while (!mine.empty()) {
                const Group group = mine.back();
                mine.pop_back();
                if (m_cancel.isCancelled())
                    continue;
                if (group.end - group.begin > kShared)
                    split(group);
                else
                    sort(group, mine);
            }
            const std::lock_guard lock(m_mutex);
            if (--m_open == 0)
                m_changed.notify_all();
        }
    }

    void share(const Group &group)
    {
        if (group.begin == group.end)
            return;
        const std::lock_guard lock(m_mutex);
        m_queue.push_back(group);
        ++m_open;
        m_changed.notify_one();
    }

    // One step of quicksort: below, at and above a pivot window.
    void split(const Group &group)
    {
        const auto begin = m_entries.begin() + static_cast<std::ptrdiff_t>(group.begin);
        const auto end = m_entries.begin() + static_cast<std::ptrdiff_t>(group.end);
        std::uint64_t sample[31];
        const std::size_t step = (group.end - group.begin) / std::size(sample);
        for (std::size_t i = 0; i < std::size(sample); ++i)
            sample[i] = m_entries[group.begin + i * step].window;
        std::sort(std::begin(sample), std::end(sample));
        const std::uint64_t pivot = sample[std::size(sample) / 2];
        const auto atPivot = std::partition(begin, end, [pivot](const Entry &entry) { return entry.window < pivot; });
        const auto above = std::partition(atPivot, end, [pivot](const Entry &entry) { return entry.window == pivot; });
        const auto index = [this](auto it) { return static_cast<std::size_t>(it - m_entries.begin()); };
        share({group.begin, index(atPivot), group.depth});
        share({index(above), group.end, group.depth});
        const std::size_t deeper = dropEnded(index(atPivot), index(above));
        if (deeper < index(above)) {
            load(deeper, index(above), group.depth + kWindow);
            share({deeper, index(above), group.depth + kWindow});
        }
    }

    // Of names with one window, those that end in it come first and are in place then; where the others begin.
    std::size_t dropEnded(std::size_t begin, std::size_t end)
    {
        const auto first = m_entries.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto last = m_entries.begin() + static_cast<std::ptrdiff_t>(end);
        const auto more = std::partition(first, last, [](const Entry &entry) { return entry.rest < kMore; });
        std::sort(first, more);
        return static_cast<std::size_t>(more - m_entries.begin());
    }

    void sort(const Group &group, std::vector<Group> &deeper)
    {
        const auto begin = m_entries.begin() + static_cast<std::ptrdiff_t>(group.begin);
        const auto end = m_entries.begin() + static_cast<std::ptrdiff_t>(group.end);
        if (group.end - group.begin <= kFew)
            return insertInOrder(group);
        std::sort(begin, end);
        for (std::size_t i = group.begin; i < group.end;) {
            std::size_t same = i + 1;
            while (same < group.end && m_entries[same].window == m_entries[i].window)
                ++same;
            if (same - i > 1) {
                const std::size_t more = dropEnded(i, same);
                if (same - more > 1) {
                    load(more, same, group.depth + kWindow);
                    deeper.push_back({more, same, group.depth + kWindow});
                }
            }
            i = same;
        }
    }

    // Not std::sort: names that change while they are compared, in a file that somebody writes to, must do no harm.
    void insertInOrder(const Group &group)
    {
        for (std::size_t i = group.begin + 1; i < group.end; ++i) {
            const Entry entry = m_entries[i];
            std::size_t at = i;
            for (; at > group.begin && isBefore(entry, m_entries[at - 1], group.depth); --at)
                m_entries[at] = m_entries[at - 1];
            m_entries[at] = entry;
        }
    }

    bool isBefore(const Entry &a, const Entry &b, std::size_t depth) const
    {
        if (a.window != b.window || a.rest < kMore || b.rest < kMore)
            return a < b;
        QByteArray storageA;
        QByteArray storageB;
        const QByteArrayView nameA = m_records.nameAt(a.position, storageA);
        const QByteArrayView nameB = m_records.nameAt(b.position, storageB);
        const auto from = static_cast<qsizetype>(depth + kWindow);
        // Shorter than before only in a file that changed meanwhile.
        return compareBytes(nameA.sliced(std::min(from, nameA.size())), nameB.sliced(std::min(from, nameB.size()))) < 0;
    }

    static int compareBytes(QByteArrayView a, QByteArrayView b)
    {
        const auto common = static_cast<std::size_t>(std::min(a.size(), b.size()));
        const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
        return order != 0 ? order : a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
    }

    std::vector<std::uint32_t> numbered(const std::vector<std::pair<std::uint32_t, std::uint32_t>> &spans) const
    {
        std::vector<std::uint32_t> order;
        order.reserve(m_entries.size());
        if (spans.size() == 1) {
            for (const Entry &entry : m_entries)
                order.push_back(entry.position - spans.front().first);
            return order;
        }
        std::vector<std::uint32_t> before;
        std::uint32_t sum = 0;
        for (const auto &[first, count] : spans)
            before.push_back(std::exchange(sum, sum + count));
        for (const Entry &entry : m_entries) {
            const auto behind = std::upper_bound(spans.begin(), spans.end(), entry.position, [](std::uint32_t p, const auto &span) { return p < span.first; });
            const auto i = static_cast<std::size_t>(behind - spans.begin()) - 1;
            order.push_back(before[i] + (entry.position - spans[i].first));
        }
        return order;
    }

    const RecordTable &m_records;
    const CancelToken &m_cancel;
    std::vector<Entry> m_entries;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Group> m_queue;
    std::size_t m_open = 0; // groups in the queue or being worked on
};

} // namespace

std::vector<std::uint32_t> sortNames(const RecordTable &records, const std::vector<std::pair<std::uint32_t, std::uint32_t>> &spans,
                                     const CancelToken &cancel)
{
    return NameSorter(records, cancel).run(spans);
}

} // namespace keyloupe
