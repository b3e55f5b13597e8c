// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/record_table.h"

#include "core/rdb/record_head.h"

#include <algorithm>

namespace keyloupe {

namespace {

template <typename Pairs>
auto findByPosition(const Pairs &pairs, std::uint32_t position)
{
    const auto it = std::lower_bound(pairs.begin(), pairs.end(), position, [](const auto &pair, std::uint32_t p) { return pair.first < p; });
    return it != pairs.end() && it->first == position ? &it->second : nullptr;
}

} // namespace

void RecordTable::append(const RecordInfo &record)
{
    if (!m_entries.empty()) {
        if (m_lastEnd == record.recordOffset)
            m_entries.back() |= kEndsAtNext;
        else
            m_ends.emplace_back(size() - 1, m_lastEnd);
    }
    m_lastEnd = record.recordOffset + record.recordLength;
    std::uint64_t entry = static_cast<std::uint64_t>(record.recordOffset) | (std::uint64_t{record.rdbType} << kTypeShift);
    if (record.expireAtMs >= 0)
        entry |= kExpires;
    std::uint64_t attributes = kManyAttributes;
    if (record.isInterrupted)
        m_interrupted.emplace_back(size(), record);
    else
        attributes = std::min(static_cast<std::uint64_t>(record.attributesLength), kManyAttributes);
    m_entries.push_back(entry | (attributes << kAttributesShift));
}

std::size_t RecordTable::memoryBytes() const
{
    return m_entries.capacity() * sizeof(m_entries[0]) + m_ends.capacity() * sizeof(m_ends[0])
        + m_interrupted.capacity() * sizeof(m_interrupted[0]);
}

std::int64_t RecordTable::endAt(std::uint32_t position) const
{
    if (m_entries[position] & kEndsAtNext)
        return offsetAt(position + 1);
    if (const std::int64_t *end = findByPosition(m_ends, position))
        return *end;
    return m_lastEnd;
}

std::int64_t RecordTable::expiryAt(std::uint32_t position) const
{
    if (!hasExpiryAt(position))
        return -1;
    if (const RecordInfo *kept = interruptedAt(position))
        return kept->expireAtMs;
    RecordInfo record;
    rdb::ByteCursor in(m_image.sliced(offsetAt(position)));
    rdb::readRecordHead(in, m_family, record);
    return record.expireAtMs;
}

std::vector<std::pair<std::int64_t, std::int64_t>> RecordTable::spans(std::uint32_t first, std::uint32_t last) const
{
    std::vector<std::pair<std::int64_t, std::int64_t>> spans;
    if (first >= last)
        return spans;
    auto gap = std::lower_bound(m_ends.begin(), m_ends.end(), first, [](const auto &end, std::uint32_t p) { return end.first < p; });
    for (std::uint32_t start = first; start < last;) {
        const std::uint32_t end = gap == m_ends.end() ? last : std::min(gap->first + 1, last);
        spans.emplace_back(offsetAt(start), endAt(end - 1));
        start = end;
        if (gap != m_ends.end())
            ++gap;
    }
    return spans;
}

std::vector<std::uint32_t> RecordTable::interrupted(std::uint32_t first, std::uint32_t last) const
{
    std::vector<std::uint32_t> positions;
    for (const auto &[position, record] : m_interrupted) {
        if (position >= first && position < last)
            positions.push_back(position);
    }
    return positions;
}

const RecordInfo *RecordTable::interruptedAt(std::uint32_t position) const
{
    return m_interrupted.empty() ? nullptr : findByPosition(m_interrupted, position);
}

RecordInfo RecordTable::at(std::uint32_t position) const
{
    if (const RecordInfo *kept = interruptedAt(position))
        return *kept;
    RecordInfo record;
    const std::int64_t offset = offsetAt(position);
    const std::int64_t end = endAt(position);
    rdb::ByteCursor in(m_image.sliced(offset, end - offset));
    rdb::readRecordHead(in, m_family, record);
    record.recordOffset = offset;
    record.valueOffset += offset;
    record.recordLength = end - offset;
    record.valueLength = end - record.valueOffset;
    return record;
}

rdb::StringRef RecordTable::nameRefAt(std::uint32_t position) const
{
    const std::uint64_t entry = m_entries[position];
    const std::int64_t offset = offsetAt(position);
    const std::uint64_t attributes = (entry >> kAttributesShift) & kManyAttributes;
    if (attributes < kManyAttributes) {
        rdb::ByteCursor in(m_image.sliced(offset + static_cast<std::int64_t>(attributes) + 1));
        return rdb::readStringRef(in);
    }
    if (const RecordInfo *kept = interruptedAt(position)) {
        rdb::ByteCursor in(m_image.sliced(kept->recordOffset + kept->attributesLength + 1));
        return rdb::readStringRef(in);
    }
    RecordInfo record;
    rdb::ByteCursor in(m_image.sliced(offset));
    return rdb::readRecordHead(in, m_family, record);
}

QByteArrayView RecordTable::nameAt(std::uint32_t position, QByteArray &storage) const
{
    QByteArrayView name;
    // Pass 1 has expanded it before; only a file that changed since can fail here.
    if (!rdb::expandString(nameRefAt(position), storage, name))
        return {};
    return name;
}

} // namespace keyloupe
