// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/file_watch.h"

#include <utility>

namespace keyloupe {
namespace {

constexpr int kLookEveryMs = 2000; // for file systems that tell nothing, and files that were put in place of others
constexpr int kSettleMs = 50;      // a writer that appends piece by piece is one change

} // namespace

FileWatch::FileWatch(const QStringList &paths, std::function<FileChange()> ask, std::function<void(FileChange)> tell, QObject *parent)
    : QObject(parent), m_ask(std::move(ask)), m_tell(std::move(tell))
{
    if (paths.isEmpty())
        return;
    m_watcher.addPaths(paths);
    m_timer.setSingleShot(true);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, [this] {
        if (m_timer.remainingTime() > kSettleMs) // else one who never stops writing would never be seen
            m_timer.start(kSettleMs);
    });
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_timer.start(kLookEveryMs);
        check();
    });
    m_timer.start(kLookEveryMs);
}

void FileWatch::check()
{
    const FileChange now = m_ask();
    if (std::exchange(m_told, now) != now)
        m_tell(now);
}

} // namespace keyloupe
