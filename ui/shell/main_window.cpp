// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include "core/base/escape.h"
#include "core/source/live_source.h"
#include "core/source/open_source.h"
#include "ui/dialogs/connect_dialog.h"
#include "ui/dialogs/key_dialogs.h"
#include "ui/format/error_text.h"
#include "ui/models/source_session.h"
#include "ui/panels/key_view.h"
#include "ui/panels/panel.h"
#include "ui/shell/file_tasks.h"
#include "ui/shell/source_list.h"
#include "ui/shell/start_page.h"
#include "ui/theme/icons.h"
#include "ui/views/command_log_view.h"
#include "ui/views/key_browser.h"
#include "ui/views/task_strip.h"

#include <QApplication>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

// A tab remembers which panel of which source it shows.
constexpr char kPanelId[] = "keyloupePanel";
constexpr char kSession[] = "keyloupeSession";
constexpr char kPreview[] = "keyloupePreview"; // a key tab that the next plain click reuses

} // namespace

MainWindow::MainWindow(JobRunner &jobs, const QString &recentFile, QWidget *parent)
    : QMainWindow(parent), m_jobs(jobs), m_recent(recentFile, jobs), m_factories(makeAllPanels()), m_sources(new SourceList), m_browsers(new QStackedWidget), m_pages(new QStackedWidget),
      m_tabs(new QTabWidget), m_log(new CommandLogView), m_logDock(new QDockWidget(tr("Commands sent"))), m_panelBar(new QToolBar(tr("Panels"))), m_banner(new QFrame), m_bannerText(new QLabel),
      m_task(new TaskStrip), m_files(new FileTasks(this, m_task)), m_statusSource(new QLabel), m_statusServer(new QLabel), m_statusTrip(new QLabel)
{
    std::sort(m_factories.begin(), m_factories.end(), [](const auto &a, const auto &b) { return a->order() < b->order(); });
    setWindowTitle(QStringLiteral("Keyloupe"));
    setAcceptDrops(true);
    resize(1440, 900);

    auto *start = new StartPage(m_recent);
    connect(start, &StartPage::recentRequested, this, [this](const QString &location) { openLocation(location); });
    connect(start, &StartPage::openRequested, this, &MainWindow::askForFile);
    connect(start, &StartPage::connectRequested, this, &MainWindow::askForServer);
    connect(start, &StartPage::demoRequested, this, &MainWindow::demoRequested);
    m_pages->addWidget(start);
    m_pages->addWidget(m_tabs);

    m_tabs->setTabsClosable(true);
    m_tabs->setMovable(true);
    m_tabs->setDocumentMode(true);
    connect(m_tabs, &QTabWidget::tabCloseRequested, this, &MainWindow::closeTab);

    m_bannerText->setWordWrap(true);
    m_bannerText->setTextFormat(Qt::PlainText);
    m_bannerText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *dismiss = new QToolButton;
    dismiss->setIcon(themedIcon(QStringLiteral("close")));
    dismiss->setAccessibleName(tr("Dismiss"));
    connect(dismiss, &QToolButton::clicked, m_banner, &QWidget::hide);
    m_banner->setProperty("banner", QStringLiteral("danger"));
    auto *bannerLayout = new QHBoxLayout(m_banner);
    bannerLayout->setContentsMargins(space::kM, space::kS, space::kS, space::kS);
    bannerLayout->addWidget(m_bannerText, 1);
    bannerLayout->addWidget(dismiss, 0, Qt::AlignTop);
    m_banner->hide();

    auto *centre = new QWidget;
    auto *layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_banner);
    layout->addWidget(m_pages, 1);
    setCentralWidget(centre);

    auto *dock = new QDockWidget(tr("Sources"));
    dock->setObjectName(QStringLiteral("sources"));
    dock->setFeatures(QDockWidget::DockWidgetMovable);
    m_browsers->addWidget(new QWidget);
    auto *side = new QSplitter(Qt::Vertical);
    side->setChildrenCollapsible(false);
    side->addWidget(m_sources);
    side->addWidget(m_browsers);
    side->setSizes({180, 620});
    side->setMinimumWidth(220);
    dock->setWidget(side);
    addDockWidget(Qt::LeftDockWidgetArea, dock);
    resizeDocks({dock}, {300}, Qt::Horizontal);
    m_logDock->setObjectName(QStringLiteral("commandLog"));
    m_logDock->setWidget(m_log);
    m_logDock->hide();
    addDockWidget(Qt::BottomDockWidgetArea, m_logDock);
    connect(m_sources, &SourceList::currentSessionChanged, this, &MainWindow::sessionSelected);

    statusBar()->addWidget(m_statusSource);
    statusBar()->addWidget(m_statusServer, 1);
    statusBar()->addPermanentWidget(m_task);
    statusBar()->addPermanentWidget(m_statusTrip);
    connect(m_task, &TaskStrip::runningChanged, this, [this] { sessionSelected(m_sources->current()); });
    connect(m_files, &FileTasks::done, this, [this](const QString &text) { statusBar()->showMessage(text, 8000); });
    connect(m_files, &FileTasks::warned, this, [this](const QString &text) {
        m_bannerText->setText(text);
        m_banner->show();
    });
    connect(m_files, &FileTasks::failed, this, &MainWindow::showError);
    auto *statusTimer = new QTimer(this);
    connect(statusTimer, &QTimer::timeout, this, &MainWindow::showStatus);
    statusTimer->start(1000);

    m_escape = new QShortcut(Qt::Key_Escape, this, this, &MainWindow::escape);
    buildMenus();
    buildPanelBar();
    sessionSelected(nullptr);
    updatePages();
}

MainWindow::~MainWindow()
{
    // Panels and browsers look at their session to the last, so they go first.
    m_log->setLog(nullptr);
    delete m_tabs;
    delete m_browsers;
}

void MainWindow::buildMenus()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(themedIcon(QStringLiteral("plug")), tr("&Connect…"), QKeySequence(Qt::CTRL | Qt::Key_N), this, &MainWindow::askForServer);
    file->addAction(themedIcon(QStringLiteral("open")), tr("&Open snapshot…"), QKeySequence::Open, this, &MainWindow::askForFile);
    file->addAction(themedIcon(QStringLiteral("folder-open")), tr("Open append-only &folder…"), this, &MainWindow::askForFolder);
    file->addAction(themedIcon(QStringLiteral("play")), tr("Try the &demo"), this, &MainWindow::demoRequested);
    file->addSeparator();
    file->addAction(themedIcon(QStringLiteral("save")), tr("&Save"), QKeySequence::Save, this, &MainWindow::save);
    m_saveAs = file->addAction(themedIcon(QStringLiteral("save-as")), tr("Save snapshot &as…"), QKeySequence::SaveAs, this, [this] { m_files->saveAs(m_sources->current()); });
    m_export = file->addAction(themedIcon(QStringLiteral("download")), tr("&Export…"), QKeySequence(Qt::CTRL | Qt::Key_E), this,
                               [this] { m_files->exportKeys(m_sources->current()); });
    m_closeSource = file->addAction(tr("Close so&urce"), this, [this] {
        if (SourceSession *session = m_sources->current())
            withoutLosing({session}, [this, session] { closeSession(session); });
    });
    file->addSeparator();
    file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);

    QMenu *view = menuBar()->addMenu(tr("&View"));
    int number = 1;
    for (const auto &factory : m_factories) {
        QAction *action = view->addAction(themedIcon(factory->iconName()), factory->title(), this, [this, id = factory->id()] { showPanel(id); });
        if (number <= 9)
            action->setShortcut(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_0 + number++)));
    }
    view->addSeparator();
    view->addAction(themedIcon(QStringLiteral("filter")), tr("Filter keys"), QKeySequence::Find, this, [this] {
        if (KeyBrowser *browser = browserOf(m_sources->current()))
            browser->focusFilter();
    });
    QAction *log = m_logDock->toggleViewAction();
    log->setIcon(themedIcon(QStringLiteral("log")));
    log->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_G));
    view->addAction(log);
    view->addAction(tr("Close tab"), QKeySequence::Close, this, [this] { closeTab(m_tabs->currentIndex()); });
    view->addSeparator();
    view->addAction(themedIcon(QStringLiteral("sun")), tr("Light theme"), this, [this] { Q_EMIT themeRequested(ThemeMode::Light); });
    view->addAction(themedIcon(QStringLiteral("moon")), tr("Dark theme"), this, [this] { Q_EMIT themeRequested(ThemeMode::Dark); });
}

void MainWindow::buildPanelBar()
{
    m_panelBar->setObjectName(QStringLiteral("panels"));
    m_panelBar->setMovable(false);
    m_panelBar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_panelBar->setIconSize(QSize(16, 16));
    for (const auto &factory : m_factories) {
        QAction *action = m_panelBar->addAction(themedIcon(factory->iconName()), factory->title());
        action->setData(factory->id());
        connect(action, &QAction::triggered, this, [this, id = factory->id()] { showPanel(id); });
    }
    addToolBar(Qt::TopToolBarArea, m_panelBar);
}

std::vector<QString> MainWindow::panelIds() const
{
    std::vector<QString> ids;
    for (const auto &factory : m_factories)
        ids.push_back(factory->id());
    return ids;
}

SourceSession *MainWindow::openLocation(const QString &location, Remember remember)
{
    Result<std::unique_ptr<Source>> made = makeSource(location, Opening::FirstKeys);
    if (!made.ok()) {
        showError(tr("Opening failed"), made.error());
        return nullptr;
    }
    return open(std::move(made).value(), remember);
}

SourceSession *MainWindow::openEndpoint(const Endpoint &endpoint)
{
    return open(std::make_unique<LiveSource>(endpoint), Remember::Yes);
}

SourceSession *MainWindow::open(std::unique_ptr<Source> source, Remember remember)
{
    m_sessions.push_back(std::make_unique<SourceSession>(std::move(source), m_jobs));
    SourceSession *session = m_sessions.back().get();
    m_banner->hide();
    connect(&session->source(), &Source::stateChanged, this, [this, session, remember](SourceState state) {
        if (state == SourceState::Ready && remember == Remember::Yes)
            m_recent.add(session->source().info().location, session->source().info().title);
        if (state == SourceState::Failed)
            showError(tr("%1 cannot be opened").arg(session->source().info().title), session->source().lastError());
        else if (state == SourceState::Reconnecting)
            statusBar()->showMessage(tr("%1: the connection was lost, trying again").arg(session->source().info().title), 10'000);
        sessionSelected(m_sources->current());
    });
    connect(session, &SourceSession::openKeyRequested, this, [this, session](const KeyRef &key, bool newTab) { showKey(session, key, newTab); });
    connect(&session->source(), &Source::progressChanged, this, [this, session] {
        if (session->isWhole())
            sessionSelected(m_sources->current());
    });
    connect(session, &SourceSession::panelRequested, this, [this, session](const QString &id) {
        setCurrentSession(session);
        showPanel(id);
    });
    // Behind the click that asked for it: its button goes with the session.
    connect(session, &SourceSession::reloadRequested, this, [this, session] { reload(session); }, Qt::QueuedConnection);
    connect(session, &SourceSession::errorPosted, this, &MainWindow::showError);
    connect(session, &SourceSession::messagePosted, this, [this](const QString &text) { statusBar()->showMessage(text, 5000); });
    auto *browser = new KeyBrowser(*session);
    connect(browser, &KeyBrowser::newKeyRequested, this, [this, session](const QByteArray &prefix) { askNewKey(*session, session->currentDb(), prefix, this); });
    connect(browser, &KeyBrowser::renameRequested, this, [this, session](const KeyRef &key) {
        withHeader(*session, key, this, [this, session, key](const KeyHeader &header) { askRename(*session, key, header, this); });
    });
    connect(browser, &KeyBrowser::expiryRequested, this, [this, session](const KeyRef &key) {
        withHeader(*session, key, this, [this, session, key](const KeyHeader &header) { askExpiry(*session, key, header, this); });
    });
    connect(browser, &KeyBrowser::deleteRequested, this, [this, session](const KeyRef &key) {
        withHeader(*session, key, this, [this, session, key](const KeyHeader &header) { askDelete(*session, key, header, this); });
    });
    m_browsers->addWidget(browser);
    m_sources->add(session);
    session->source().open();
    showPanel(QStringLiteral("overview"));
    return session;
}

void MainWindow::setCurrentSession(SourceSession *session)
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (m_tabs->widget(i)->property(kSession).value<QObject *>() == session)
            m_tabs->setCurrentIndex(i);
    }
    for (int row = 0; row < m_sources->topLevelItemCount(); ++row) {
        if (m_sessions[std::size_t(row)].get() == session)
            m_sources->setCurrentItem(m_sources->topLevelItem(row));
    }
}

QWidget *MainWindow::showPanel(const QString &id)
{
    SourceSession *session = m_sources->current();
    const auto factory = std::find_if(m_factories.begin(), m_factories.end(), [&](const auto &candidate) { return candidate->id() == id; });
    if (!session || factory == m_factories.end())
        return nullptr;
    for (int i = 0; i < m_tabs->count(); ++i) {
        QWidget *page = m_tabs->widget(i);
        if (page->property(kPanelId).toString() == id && page->property(kSession).value<QObject *>() == session) {
            m_tabs->setCurrentIndex(i);
            return page;
        }
    }
    QString whyNot;
    if (!(*factory)->supports(*session, &whyNot)) {
        statusBar()->showMessage(whyNot, 8000);
        return nullptr;
    }
    QWidget *page = (*factory)->create(*session, m_tabs);
    page->setProperty(kPanelId, id);
    page->setProperty(kSession, QVariant::fromValue<QObject *>(session));
    const int index = m_tabs->addTab(page, themedIcon((*factory)->iconName(), IconTone::Muted),
                                     QStringLiteral("%1 · %2").arg((*factory)->title(), session->source().info().title));
    m_tabs->setTabToolTip(index, session->source().info().location);
    m_tabs->setCurrentIndex(index);
    updatePages();
    return page;
}

// A plain click reuses the preview tab of the session; Ctrl-click gets a tab of its own.
void MainWindow::showKey(SourceSession *session, const KeyRef &key, bool newTab)
{
    KeyView *view = nullptr;
    for (int i = 0; i < m_tabs->count(); ++i) {
        auto *candidate = qobject_cast<KeyView *>(m_tabs->widget(i));
        if (!candidate || candidate->property(kSession).value<QObject *>() != session)
            continue;
        if (candidate->currentKey() == key) {
            m_tabs->setCurrentIndex(i);
            return;
        }
        // A tab with unsaved typing is no preview any more.
        if (!newTab && candidate->property(kPreview).toBool() && !candidate->isModified())
            view = candidate;
    }
    if (!view) {
        view = new KeyView(*session, m_tabs);
        view->setProperty(kSession, QVariant::fromValue<QObject *>(session));
        view->setProperty(kPreview, !newTab);
        m_tabs->addTab(view, themedIcon(QStringLiteral("key"), IconTone::Muted), QString());
        connect(view, &KeyView::titleChanged, this, [this, view] { showKeyTitle(view); });
    }
    view->open(key);
    m_tabs->setCurrentWidget(view);
    updatePages();
}

void MainWindow::showKeyTitle(KeyView *view)
{
    const int index = m_tabs->indexOf(view);
    if (index < 0)
        return;
    const bool modified = view->isModified();
    if (modified)
        view->setProperty(kPreview, false);
    // An ampersand would become an underline.
    const QString name = displayText(view->currentKey().key, 40).replace(QLatin1Char('&'), QStringLiteral("&&"));
    m_tabs->setTabText(index, modified ? QStringLiteral("\u25cf ") + name : name);
    const QString tip = displayText(view->currentKey().key, 512);
    m_tabs->setTabToolTip(index, modified ? tr("%1 (unsaved change)").arg(tip) : tip);
}

void MainWindow::closeTab(int index)
{
    QWidget *page = m_tabs->widget(index);
    if (!page)
        return;
    const auto close = [this, page] {
        m_tabs->removeTab(m_tabs->indexOf(page));
        page->deleteLater();
        updatePages();
    };
    if (auto *view = qobject_cast<KeyView *>(page))
        view->withoutLosing(close);
    else
        close();
}

void MainWindow::closeSession(SourceSession *session)
{
    for (int i = m_tabs->count() - 1; i >= 0; --i) {
        QWidget *page = m_tabs->widget(i);
        if (page->property(kSession).value<QObject *>() == session) {
            m_tabs->removeTab(i);
            delete page; // now: it must not outlive its session
        }
    }
    m_log->setLog(nullptr); // it may be this session's
    m_sources->remove(session);
    delete browserOf(session);
    std::erase_if(m_sessions, [session](const auto &candidate) { return candidate.get() == session; });
    sessionSelected(m_sources->current());
    updatePages();
}

KeyBrowser *MainWindow::browserOf(const SourceSession *session) const
{
    const auto it = std::find_if(m_sessions.begin(), m_sessions.end(), [session](const auto &candidate) { return candidate.get() == session; });
    return it == m_sessions.end() ? nullptr : qobject_cast<KeyBrowser *>(m_browsers->widget(int(it - m_sessions.begin()) + 1));
}

void MainWindow::updatePages()
{
    m_pages->setCurrentIndex(m_tabs->count() > 0 ? 1 : 0);
}

void MainWindow::sessionSelected(SourceSession *session)
{
    const QList<QAction *> actions = m_panelBar->actions();
    for (std::size_t i = 0; i < m_factories.size(); ++i) {
        QString whyNot;
        const bool possible = session && m_factories[i]->supports(*session, &whyNot);
        actions[qsizetype(i)]->setEnabled(possible);
        actions[qsizetype(i)]->setToolTip(possible || whyNot.isEmpty() ? m_factories[i]->title() : whyNot);
    }
    m_panelBar->setVisible(session != nullptr);
    m_log->setLog(session ? session->source().commandLog() : nullptr);
    if (KeyBrowser *browser = browserOf(session))
        m_browsers->setCurrentWidget(browser);
    else
        m_browsers->setCurrentIndex(0);
    m_saveAs->setEnabled(session && session->source().fileActions() && session->isWhole());
    m_export->setEnabled(session && session->isWhole());
    m_closeSource->setEnabled(session != nullptr);
    m_escape->setEnabled(m_task->isRunning() || (session && session->source().state() == SourceState::Connecting));
    showStatus();
}

void MainWindow::showStatus()
{
    const SourceSession *session = m_sources->current();
    // Qt puts the program's name behind it.
    setWindowTitle(session && session->source().state() == SourceState::Ready ? session->source().info().title : QStringLiteral("Keyloupe"));
    if (!session) {
        m_statusSource->clear();
        m_statusServer->clear();
        m_statusTrip->clear();
        return;
    }
    const SourceInfo info = session->source().info();
    m_statusSource->setText(info.title);
    QStringList facts;
    for (const QString &fact : {info.serverName + QLatin1Char(' ') + info.version, info.mode, info.role}) {
        if (!fact.trimmed().isEmpty())
            facts.append(fact.trimmed());
    }
    if (info.tls)
        facts.append(tr("TLS"));
    if (info.readOnly)
        facts.append(tr("read-only"));
    m_statusServer->setText(facts.join(QStringLiteral(" · ")));
    m_statusTrip->setText(info.roundTripMs < 0 ? QString() : tr("%1 ms").arg(QLocale().toString(info.roundTripMs, 'f', 1)));
    m_statusTrip->setToolTip(tr("Round trip of a command"));
}

void MainWindow::showError(const QString &what, const Error &error)
{
    if (error.code == Errc::Cancelled)
        return;
    m_bannerText->setText(QStringLiteral("%1. %2").arg(what, errorLine(error)));
    m_banner->show();
}

void MainWindow::askForFile()
{
    // What a file is shows in its content; the names only shorten the list.
    auto *dialog = new QFileDialog(this, tr("Open snapshot"), QString(),
                                   tr("Redis and Valkey files (*.rdb *.aof *.manifest *.gz *.zst *.lz4);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList &paths) {
        for (const QString &path : paths)
            openLocation(path);
    });
    dialog->open();
}

void MainWindow::askForFolder()
{
    auto *dialog = new QFileDialog(this, tr("Open append-only folder"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) { openLocation(path); });
    dialog->open();
}

// The task that runs, or else an opening: a source that is not open yet has nothing to lose.
void MainWindow::escape()
{
    if (m_task->isRunning())
        return m_task->cancel();
    SourceSession *session = m_sources->current();
    if (!session || session->source().state() != SourceState::Connecting)
        return;
    const QString title = session->source().info().title;
    closeSession(session);
    statusBar()->showMessage(tr("Opening %1 was cancelled").arg(title), 8000);
}

// The file anew, with the keys that are open in tabs.
void MainWindow::reload(SourceSession *session)
{
    withoutLosing({session}, [this, session] {
        const QString location = session->source().info().location;
        std::vector<KeyRef> keys;
        for (int i = 0; i < m_tabs->count(); ++i) {
            const auto *view = qobject_cast<KeyView *>(m_tabs->widget(i));
            if (view && view->property(kSession).value<QObject *>() == session)
                keys.push_back(view->currentKey());
        }
        const int db = session->currentDb();
        closeSession(session);
        SourceSession *again = openLocation(location, Remember::No);
        if (!again)
            return;
        again->setCurrentDb(db);
        for (const KeyRef &key : keys)
            Q_EMIT again->openKeyRequested(key, true);
    });
}

void MainWindow::askForServer()
{
    auto *dialog = new ConnectDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConnectDialog::connectRequested, this, &MainWindow::openEndpoint);
    dialog->open();
}

// What is being typed first; then the edits of a snapshot.
void MainWindow::save()
{
    if (auto *view = qobject_cast<KeyView *>(m_tabs->currentWidget()); view && view->isModified())
        return view->save();
    SourceSession *session = m_sources->current();
    const FileActions *file = session ? session->source().fileActions() : nullptr;
    if (file && file->isModified())
        m_files->save(session);
    else
        statusBar()->showMessage(tr("Nothing to save"), 4000);
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (std::any_of(urls.begin(), urls.end(), [](const QUrl &url) { return url.isLocalFile(); }))
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    for (const QUrl &url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            openLocation(url.toLocalFile());
    }
    event->acceptProposedAction();
}

// Edits of a snapshot live in memory only, and so does what is being typed: none is thrown away without a word.
void MainWindow::withoutLosing(const std::vector<SourceSession *> &sessions, std::function<void()> then)
{
    QStringList modified;
    for (const SourceSession *session : sessions) {
        if (const FileActions *actions = session->source().fileActions(); actions && actions->isModified())
            modified.append(session->source().info().title);
        for (int i = 0; i < m_tabs->count(); ++i) {
            const auto *view = qobject_cast<KeyView *>(m_tabs->widget(i));
            if (view && view->isModified() && view->property(kSession).value<QObject *>() == session)
                modified.append(displayText(view->currentKey().key, 60));
        }
    }
    if (modified.isEmpty())
        return then();
    auto *box = new QMessageBox(QMessageBox::Warning, tr("Unsaved changes"),
                                tr("Not saved: %1.").arg(modified.join(QStringLiteral(", "))),
                                QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, this, [then = std::move(then)](int answer) {
        if (answer == QMessageBox::Discard)
            then();
    });
    box->open();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_mayClose)
        return event->accept();
    event->ignore();
    std::vector<SourceSession *> all;
    for (const auto &session : m_sessions)
        all.push_back(session.get());
    withoutLosing(all, [this] {
        m_mayClose = true;
        // Behind this event: a window cannot close while it refuses to.
        QMetaObject::invokeMethod(this, [this] { close(); }, Qt::QueuedConnection);
    });
}

} // namespace keyloupe
