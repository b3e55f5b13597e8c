// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/key_index_builder.h"

#include <algorithm>

namespace keyloupe {

KeyIndexBuilder::KeyIndexBuilder(std::shared_ptr<const KeyIndex> base)
    : m_base(base ? std::move(base) : std::make_shared<const KeyIndex>())
{
}

void KeyIndexBuilder::add(const QByteArrayList &keys)
{
    m_changes.reserve(m_changes.size() + static_cast<std::size_t>(keys.size()));
    for (const QByteArray &key : keys)
        m_changes.push_back(Change{key, true});
}

std::shared_ptr<const KeyIndex> KeyIndexBuilder::publish()
{
    if (m_changes.empty())
        return m_base;
    // Stable, so that of several changes to one name the last stays last.
    std::stable_sort(m_changes.begin(), m_changes.end(),
                     [](const Change &a, const Change &b) { return compareBytes(a.key, b.key) < 0; });
    KeyIndexWriter writer;
    writer.reserve(m_base->memoryBytes() + m_changes.size() * 16);
    KeyIndex::Cursor old(*m_base, 0);
    for (std::size_t i = 0; i < m_changes.size(); ++i) {
        const Change &change = m_changes[i];
        if (i + 1 < m_changes.size() && m_changes[i + 1].key == change.key)
            continue;
        for (; !old.atEnd() && compareBytes(old.key(), change.key) < 0; old.next())
            writer.append(old.key());
        if (!old.atEnd() && compareBytes(old.key(), change.key) == 0)
            old.next();
        if (change.present)
            writer.append(change.key);
    }
    for (; !old.atEnd(); old.next())
        writer.append(old.key());
    m_changes.clear();
    m_base = writer.finish();
    return m_base;
}

} // namespace keyloupe
