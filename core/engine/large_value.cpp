// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/large_value.h"

#include "core/engine/keyspace.h"

#include <algorithm>

namespace keyloupe {
namespace {

constexpr std::int64_t kBudgetBytes = 64ll * 1024 * 1024; // a larger one is kept while it is the latest
constexpr std::size_t kMostKept = 32;

} // namespace

LargeValue::LargeValue(const RecordInfo &record, QByteArrayView bytes, RdbFamily family) : m_record(record), m_bytes(bytes)
{
    if (record.type == ValueType::String)
        m_view = std::make_unique<RdbStringView>(bytes);
    else if (record.type == ValueType::Stream)
        m_view = std::make_unique<StreamView>(record.rdbType, bytes);
    else
        m_view = std::make_unique<CollectionView>(record.rdbType, bytes, family);
}

bool LargeValue::covers(const RecordInfo &record, RdbFamily family)
{
    return record.valueLength >= kMinimumBytes
            && (record.type == ValueType::String || record.type == ValueType::Stream || CollectionView::covers(record.rdbType, family));
}

std::int64_t LargeValue::memoryBytes() const
{
    return std::visit([](const auto &view) { return view->memoryBytes(); }, m_view);
}

void LargeValue::throwDamage(Error error) const
{
    error.offset = m_record.valueOffset + std::max<std::int64_t>(error.offset, 0);
    throw DamagedValue{std::move(error)};
}

std::shared_ptr<LargeValue> LargeValues::get(const RecordInfo &record, QByteArrayView bytes, RdbFamily family)
{
    const auto kept = std::find_if(m_latest.begin(), m_latest.end(),
                                   [&record](const auto &large) { return large->record().valueOffset == record.valueOffset; });
    if (kept != m_latest.end()) {
        m_latest.splice(m_latest.begin(), m_latest, kept);
        return m_latest.front();
    }
    // Views grow while they are read, so their sizes are asked for anew.
    std::int64_t sum = 0;
    std::size_t count = 0;
    for (auto it = m_latest.begin(); it != m_latest.end();) {
        sum += (*it)->memoryBytes();
        ++count;
        it = sum > kBudgetBytes || count >= kMostKept ? m_latest.erase(it) : std::next(it);
    }
    m_latest.push_front(std::make_shared<LargeValue>(record, bytes, family));
    return m_latest.front();
}

// The seam: only what stands unedited in the file has a view.
std::shared_ptr<LargeValue> Keyspace::large(int db, const QByteArray &key)
{
    if (!m_snapshot)
        return nullptr;
    const std::optional<KeyFacts> found = facts(db, key);
    if (!found || found->object || !found->record)
        return nullptr;
    const RecordInfo record = *found->record;
    const RdbFamily family = m_snapshot->summary().family;
    if (!LargeValue::covers(record, family))
        return nullptr;
    return m_large.get(record, m_snapshot->valueBytes(record), family);
}

} // namespace keyloupe
