// SPDX-License-Identifier: GPL-3.0-or-later
//
// MainWindow: puts the parts together and wires them; what a part does is in the part. GUI thread.
#pragma once

#include "core/net/endpoint.h"
#include "ui/models/recent_list.h"
#include "ui/theme/theme.h"

#include <QMainWindow>

#include <functional>
#include <memory>
#include <vector>

class QDockWidget;
class QFrame;
class QLabel;
class QShortcut;
class QStackedWidget;
class QTabWidget;
class QToolBar;

namespace keyloupe {

class CommandLogView;
class FileTasks;
class JobRunner;
class KeyBrowser;
class KeyView;
class PanelFactory;
class Source;
class SourceList;
class SourceSession;
class TaskStrip;
struct KeyRef;

class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    /// `jobs` must outlive the window. `recentFile`: where the list of what was opened is kept.
    MainWindow(JobRunner &jobs, const QString &recentFile, QWidget *parent = nullptr);
    ~MainWindow() override;

    enum class Remember { No, Yes };

    /// A path, host:port or URL; what is wrong with it is shown in the window. Null then. The demo is not remembered.
    SourceSession *openLocation(const QString &location, Remember remember = Remember::Yes);
    SourceSession *openEndpoint(const Endpoint &endpoint);

    /// Shows the panel of the current source, opening a tab where there is none. Null when the source cannot have it.
    QWidget *showPanel(const QString &id);
    std::vector<QString> panelIds() const;
    void setCurrentSession(SourceSession *session);

Q_SIGNALS:
    void demoRequested();
    void themeRequested(keyloupe::ThemeMode mode);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    SourceSession *open(std::unique_ptr<Source> source, Remember remember);
    void buildMenus();
    void buildPanelBar();
    void askForFile();
    void askForFolder();
    void escape();
    void reload(SourceSession *session);
    void askForServer();
    void save();
    void showKey(SourceSession *session, const KeyRef &key, bool newTab);
    void showKeyTitle(KeyView *view);
    void closeTab(int index);
    void closeSession(SourceSession *session);
    /// Runs `then` at once, or after a person agreed to lose unsaved edits of these.
    void withoutLosing(const std::vector<SourceSession *> &sessions, std::function<void()> then);
    void sessionSelected(SourceSession *session);
    void showStatus();
    void showError(const QString &what, const Error &error);
    KeyBrowser *browserOf(const SourceSession *session) const;
    void updatePages();

    JobRunner &m_jobs;
    RecentList m_recent;
    std::vector<std::unique_ptr<PanelFactory>> m_factories;
    std::vector<std::unique_ptr<SourceSession>> m_sessions;
    SourceList *m_sources;
    QStackedWidget *m_browsers; // the key browser of each session, in the order of m_sessions; an empty page first
    QStackedWidget *m_pages; // start page, or the tabs
    QTabWidget *m_tabs;
    CommandLogView *m_log; // of the current source
    QDockWidget *m_logDock;
    QToolBar *m_panelBar;
    QFrame *m_banner;
    QLabel *m_bannerText;
    TaskStrip *m_task;
    FileTasks *m_files;
    QLabel *m_statusSource;
    QLabel *m_statusServer;
    QLabel *m_statusTrip;
    QAction *m_saveAs;
    QAction *m_export;
    QAction *m_closeSource;
    QShortcut *m_escape; // on only while there is something to cancel
    bool m_mayClose = false;
};

} // namespace keyloupe
