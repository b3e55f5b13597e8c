// SPDX-License-Identifier: GPL-3.0-or-later
//
// Screenshots: renders the start page, the dialogs and every panel of the demo sources to PNG files, then says it is done.
// The pictures of the README and what a reviewer looks at. GUI thread.
#pragma once

#include <QObject>
#include <QPointer>
#include <QSize>
#include <QString>

#include <functional>
#include <vector>

namespace keyloupe {

class MainWindow;
class SourceSession;

class Screenshots : public QObject
{
    Q_OBJECT

public:
    /// `window` shows nothing yet. `file` and `live` are what to open for the panels.
    Screenshots(MainWindow *window, QString folder, QString file, QString live, QObject *parent = nullptr);

    void start();

Q_SIGNALS:
    void finished(bool allWritten);

private:
    void addDialogs();
    void addFilePages();
    void next();
    void grab(QWidget *widget, const QString &name);
    void after(int ms, std::function<void()> step);

    MainWindow *m_window;
    QString m_folder;
    QString m_file;
    QString m_live;
    QPointer<SourceSession> m_fileSession;
    QPointer<SourceSession> m_liveSession;
    QPointer<SourceSession> m_damagedSession;
    std::vector<std::function<void()>> m_steps; // run from the front
    std::size_t m_step = 0;
    QPointer<QWidget> m_shown; // the panel that was asked for last; null where the source cannot have it
    bool m_allWritten = true;
};

} // namespace keyloupe
