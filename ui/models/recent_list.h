// SPDX-License-Identifier: GPL-3.0-or-later
//
// RecentList: the sources opened last, for the start page. The file behind it is read and written in the job pool; what is
// shown is the last that came back. GUI thread.
#pragma once

#include "core/config/recent_sources.h"

#include <QObject>

#include <functional>
#include <memory>
#include <vector>

namespace keyloupe {

class JobRunner;

struct RecentEntry
{
    RecentSource source;
    bool isFile = false;
    bool isMissing = false; ///< a file that is not there now
    bool operator==(const RecentEntry &) const = default;
};

class RecentList : public QObject
{
    Q_OBJECT

public:
    /// `file`: where the list is kept. Begins to read it. `jobs` must outlive this.
    RecentList(const QString &file, JobRunner &jobs, QObject *parent = nullptr);
    ~RecentList() override;

    const std::vector<RecentEntry> &entries() const { return m_entries; }
    void add(const QString &location, const QString &title);
    void remove(const QString &location);

Q_SIGNALS:
    void changed();

private:
    struct Store;
    void run(std::function<void(RecentSources &)> work);

    JobRunner &m_jobs;
    std::shared_ptr<Store> m_store;
    std::vector<RecentEntry> m_entries;
    std::uint64_t m_generation = 0;
};

} // namespace keyloupe
