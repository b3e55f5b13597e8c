// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/recent_list.h"

#include "core/async/job_runner.h"
#include "core/async/on_ready.h"
#include "core/base/clock.h"
#include "core/base/log.h"

#include <QFileInfo>
#include <QMutex>

namespace keyloupe {

// Jobs may run at the same time; the list is theirs one by one.
struct RecentList::Store
{
    explicit Store(const QString &file) : sources(file) { }

    QMutex mutex;
    RecentSources sources;
};

RecentList::RecentList(const QString &file, JobRunner &jobs, QObject *parent) : QObject(parent), m_jobs(jobs), m_store(std::make_shared<Store>(file))
{
    run([](RecentSources &sources) {
        if (const Result<void> loaded = sources.load(); !loaded.ok())
            qCWarning(lcUi, "recent sources: %s", qPrintable(describe(loaded.error())));
    });
}

RecentList::~RecentList() = default;

void RecentList::add(const QString &location, const QString &title)
{
    run([location, title](RecentSources &sources) {
        if (const Result<void> added = sources.add(location, title, systemNowMs()); !added.ok())
            qCWarning(lcUi, "recent sources: %s", qPrintable(describe(added.error())));
    });
}

void RecentList::remove(const QString &location)
{
    run([location](RecentSources &sources) {
        if (const Result<void> removed = sources.remove(location); !removed.ok())
            qCWarning(lcUi, "recent sources: %s", qPrintable(describe(removed.error())));
    });
}

void RecentList::run(std::function<void(RecentSources &)> work)
{
    auto job = [store = m_store, work = std::move(work)]() -> Result<std::vector<RecentEntry>> {
        const QMutexLocker lock(&store->mutex);
        work(store->sources);
        std::vector<RecentEntry> entries;
        for (const RecentSource &source : store->sources.all()) {
            const QFileInfo file(source.location);
            entries.push_back({source, file.isAbsolute(), file.isAbsolute() && !file.exists()});
        }
        return entries;
    };
    onReady(m_jobs.run(std::move(job)), this, [this, generation = ++m_generation](Result<std::vector<RecentEntry>> entries) {
        if (generation != m_generation || !entries.ok() || *entries == m_entries)
            return;
        m_entries = std::move(*entries);
        Q_EMIT changed();
    });
}

} // namespace keyloupe
