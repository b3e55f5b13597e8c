// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyIndexBuilder: collects what a scan and our own writes say about keys, and merges it into a new KeyIndex on
// publish(). The last word about a name wins, so a batch may hold duplicates and come in any order. A plain value:
// one thread at a time; to merge in a job, move it there and back.
#pragma once

#include "core/keys/key_index.h"

#include <QByteArrayList>

#include <memory>
#include <vector>

namespace keyloupe {

class KeyIndexBuilder
{
public:
    explicit KeyIndexBuilder(std::shared_ptr<const KeyIndex> base = nullptr);

    void add(const QByteArrayList &keys);
    void insert(QByteArray key) { m_changes.push_back(Change{std::move(key), true}); }
    void remove(QByteArray key) { m_changes.push_back(Change{std::move(key), false}); }
    bool hasChanges() const { return !m_changes.empty(); }

    /// The last index with every change since; that index itself where there is none. Never null.
    std::shared_ptr<const KeyIndex> publish();
    const std::shared_ptr<const KeyIndex> &current() const { return m_base; }

private:
    struct Change
    {
        QByteArray key;
        bool present = true;
    };
    std::shared_ptr<const KeyIndex> m_base;
    std::vector<Change> m_changes;
};

} // namespace keyloupe
