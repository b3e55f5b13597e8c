// SPDX-License-Identifier: GPL-3.0-or-later
//
// FileTasks: what the File menu does with sources: saving over a file, saving as another, exporting; with progress, and Esc
// that stops it. Asks in dialogs that never block. Owned by the window; GUI thread.
#pragma once

#include "core/base/result.h"

#include <QObject>

class QWidget;

namespace keyloupe {

class SourceSession;
class TaskStrip;

class FileTasks : public QObject
{
    Q_OBJECT

public:
    /// Dialogs open over `window`; `strip` shows what runs without one.
    FileTasks(QWidget *window, TaskStrip *strip);

    /// Over the file itself where that is an RDB; otherwise asks for a name.
    void save(SourceSession *session);
    void saveAs(SourceSession *session);
    void exportKeys(SourceSession *session); ///< of a file or a server

Q_SIGNALS:
    void done(const QString &message);
    void warned(const QString &text); ///< done, but not all of it
    void failed(const QString &what, const keyloupe::Error &error);

private:
    QWidget *m_window;
    TaskStrip *m_strip;
    QMetaObject::Connection m_progress;
    QMetaObject::Connection m_closing; // of the source that is being saved
};

} // namespace keyloupe
