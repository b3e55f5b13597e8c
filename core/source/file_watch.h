// SPDX-License-Identifier: GPL-3.0-or-later
//
// FileWatch: looks every two seconds, and whenever the system tells of a change, at what became of the files that an engine
// was opened from, and says so once for each change. Lives on the source's I/O thread, and never reads the files.
#pragma once

#include "core/base/file_identity.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <functional>

namespace keyloupe {

class FileWatch final : public QObject
{
    Q_OBJECT

public:
    FileWatch(const QStringList &paths, std::function<FileChange()> ask, std::function<void(FileChange)> tell, QObject *parent);

    /// Looks now; tells when it is something else than last time.
    void check();

private:
    std::function<FileChange()> m_ask;
    std::function<void(FileChange)> m_tell;
    FileChange m_told = FileChange::None;
    QFileSystemWatcher m_watcher;
    QTimer m_timer;
};

} // namespace keyloupe
