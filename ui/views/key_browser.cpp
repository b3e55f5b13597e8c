// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/key_browser.h"

#include "core/async/job_runner.h"
#include "core/async/on_ready.h"
#include "core/base/clock.h"
#include "core/base/escape.h"
#include "core/base/glob.h"
#include "ui/format/error_text.h"
#include "ui/format/human.h"
#include "ui/models/source_session.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/type_badge.h"
#include "ui/views/key_tree_delegate.h"
#include "ui/views/notice_bar.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTime>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

constexpr int kFilterDelayMs = 200;
constexpr int kDetailsDelayMs = 80;
constexpr const char *kTypes[] = {"string", "hash", "list", "set", "zset", "stream"};

QToolButton *button(const QString &icon, const QString &tip)
{
    auto *tool = new QToolButton;
    tool->setIcon(themedIcon(icon));
    tool->setToolTip(tip);
    tool->setAccessibleName(tip);
    return tool;
}

} // namespace

KeyBrowser::KeyBrowser(SourceSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_scanner(session), m_model(session), m_filterBox(new QLineEdit), m_new(button(QStringLiteral("plus"), tr("New key"))),
      m_pages(new QStackedWidget), m_tree(new QTreeView), m_empty(new QLabel), m_delegate(new KeyTreeDelegate(this)), m_damage(new NoticeBar(NoticeBar::Tone::Danger, NoticeBar::Buttons::Beside)),
      m_changed(new NoticeBar(NoticeBar::Tone::Warning, NoticeBar::Buttons::Below)), m_progress(new QProgressBar), m_line(new QLabel),
      m_pause(button(QStringLiteral("pause"), tr("Pause the scan"))), m_stop(button(QStringLiteral("stop"), tr("Stop the scan"))),
      m_again(button(QStringLiteral("refresh"), tr("Scan again (F5)")))
{
    m_filterBox->setPlaceholderText(tr("Filter keys: user:*, re:…, =exact"));
    m_filterBox->setAccessibleName(tr("Filter keys"));
    m_filterBox->setClearButtonEnabled(true);

    auto *chips = new QHBoxLayout;
    chips->setSpacing(space::kXs);
    for (const char *type : kTypes) {
        const TypeLook look = typeLook(type);
        auto *chip = new QToolButton;
        chip->setIcon(typeIcon(type));
        chip->setIconSize(QSize(18, 18));
        chip->setToolTip(tr("Only: %1").arg(look.title));
        chip->setAccessibleName(look.title);
        chip->setCheckable(true);
        chip->setProperty("type", QByteArray(type));
        connect(chip, &QToolButton::clicked, this, [this, chip, name = QByteArray(type)](bool on) {
            for (QToolButton *other : m_chips)
                other->setChecked(other == chip && on);
            m_type = on ? name : QByteArray();
            rescan();
        });
        m_chips.append(chip);
        chips->addWidget(chip);
    }
    chips->addStretch();
    chips->addWidget(m_new);
    connect(m_new, &QToolButton::clicked, this, [this] { Q_EMIT newKeyRequested(currentPrefix()); });

    m_tree->setModel(&m_model);
    m_tree->setItemDelegate(m_delegate);
    m_tree->setHeaderHidden(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setIndentation(16);
    m_tree->setSelectionMode(QAbstractItemView::SingleSelection);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setAccessibleName(tr("Keys"));
    m_tree->installEventFilter(this);
    m_tree->viewport()->installEventFilter(this);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setProperty("tone", QStringLiteral("muted"));
    m_empty->setContentsMargins(space::kL, space::kL, space::kL, space::kL);
    m_pages->addWidget(m_tree);
    m_pages->addWidget(m_empty);

    m_line->setProperty("role", QStringLiteral("caption"));
    m_line->setTextFormat(Qt::PlainText);
    auto *truth = new QHBoxLayout;
    truth->setContentsMargins(space::kS, 0, space::kXs, 0);
    truth->setSpacing(0);
    truth->addWidget(m_line, 1);
    truth->addWidget(m_pause);
    truth->addWidget(m_stop);
    truth->addWidget(m_again);

    connect(m_damage->addButton(tr("Show")), &QPushButton::clicked, this, [this] { Q_EMIT m_session.panelRequested(QStringLiteral("overview")); });
    connect(m_changed->addButton(tr("Ignore")), &QPushButton::clicked, this, [this] { m_changed->setText({}); });
    connect(m_changed->addButton(tr("Reload")), &QPushButton::clicked, &session, &SourceSession::reloadRequested);
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(4);
    m_progress->setAccessibleName(tr("Progress of opening"));
    m_progress->hide();
    auto *head = new QVBoxLayout;
    head->setContentsMargins(space::kS, space::kS, space::kS, space::kXs);
    head->setSpacing(space::kXs);
    head->addWidget(m_changed);
    head->addWidget(m_damage);
    head->addWidget(m_filterBox);
    head->addLayout(chips);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, space::kXs);
    layout->setSpacing(space::kXs);
    layout->addLayout(head);
    layout->addWidget(m_pages, 1);
    layout->addWidget(m_progress);
    layout->addLayout(truth);

    m_filterTimer.setSingleShot(true);
    m_filterTimer.setInterval(kFilterDelayMs);
    m_detailsTimer.setSingleShot(true);
    m_detailsTimer.setInterval(kDetailsDelayMs);
    m_clock.start(1000);
    connect(&m_filterTimer, &QTimer::timeout, this, &KeyBrowser::applyFilter);
    connect(&m_detailsTimer, &QTimer::timeout, this, &KeyBrowser::fetchVisible);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        const FileActions *file = m_session.source().fileActions();
        m_delegate->setNowMs(file ? file->nowMs() : systemNowMs());
        if (isVisible())
            m_tree->viewport()->update();
        showScan();
    });
    connect(m_filterBox, &QLineEdit::textChanged, this, [this] { m_filterTimer.start(); });
    connect(m_filterBox, &QLineEdit::returnPressed, this, [this] { rescan(); });
    connect(&m_scanner, &KeyScanner::indexChanged, this, &KeyBrowser::showIndex);
    connect(&m_scanner, &KeyScanner::stateChanged, this, &KeyBrowser::showIndex);
    connect(m_pause, &QToolButton::clicked, this, [this] {
        if (m_scanner.state() == KeyScanner::State::Scanning)
            m_scanner.pause();
        else
            m_scanner.resume();
    });
    connect(m_stop, &QToolButton::clicked, &m_scanner, &KeyScanner::stop);
    connect(m_again, &QToolButton::clicked, this, [this] { rescan(); });
    connect(m_tree->verticalScrollBar(), &QScrollBar::valueChanged, &m_detailsTimer, qOverload<>(&QTimer::start));
    connect(m_tree, &QTreeView::expanded, &m_detailsTimer, qOverload<>(&QTimer::start));
    connect(&m_model, &QAbstractItemModel::rowsInserted, &m_detailsTimer, qOverload<>(&QTimer::start));
    connect(&m_model, &QAbstractItemModel::dataChanged, &m_detailsTimer, qOverload<>(&QTimer::start));
    connect(m_tree, &QTreeView::customContextMenuRequested, this, &KeyBrowser::showMenu);
    connect(m_tree, &QTreeView::clicked, this, [this] { openCurrent(QApplication::keyboardModifiers().testFlag(Qt::ControlModifier)); });

    connect(&session, &SourceSession::currentDbChanged, this, [this] { rescan(); });
    connect(&session, &SourceSession::keyCreated, this, [this](const KeyRef &key) {
        if (key.db == m_session.currentDb())
            m_scanner.insert(key.key);
    });
    connect(&session, &SourceSession::keyDeleted, this, [this](const KeyRef &key) {
        if (key.db == m_session.currentDb())
            m_scanner.remove(key.key);
    });
    connect(&session, &SourceSession::keyRenamed, this, [this](const KeyRef &from, const QByteArray &to) {
        if (from.db != m_session.currentDb())
            return;
        m_scanner.remove(from.key);
        m_scanner.insert(to);
    });
    connect(&session, &SourceSession::keyChanged, this, [this](const KeyRef &key) {
        if (key.db == m_session.currentDb())
            m_model.forgetDetails(key.key);
    });
    connect(&session.source(), &Source::stateChanged, this, [this](SourceState state) {
        if (state == SourceState::Ready && m_scanner.state() == KeyScanner::State::Idle)
            rescan();
        followOpening();
        showIndex();
        showFile();
    });
    connect(&session.source(), &Source::infoChanged, this, &KeyBrowser::showFile);
    connect(&session.source(), &Source::progressChanged, this, &KeyBrowser::followOpening);
    if (const FileActions *file = session.source().fileActions())
        connect(file, &FileActions::fileChanged, this, &KeyBrowser::showChange);
    m_opening.start();
    if (session.source().state() == SourceState::Ready)
        rescan();
    showIndex();
    showFile();
}

// What is wrong with the file itself, above its keys.
void KeyBrowser::showFile()
{
    const FileActions *file = m_session.source().fileActions();
    const auto places = file && m_session.source().state() == SourceState::Ready ? std::int64_t(file->damage().size()) : 0;
    m_damage->setText(places == 0 ? QString() : places == 1 ? tr("Damaged in one place") : tr("Damaged in %1 places").arg(groupedNumber(places)));
}

// A bar that was taken away comes back with the next change only.
void KeyBrowser::showChange(FileChange change)
{
    const QString name = m_session.source().info().title;
    const QString now = QLocale().toString(QTime::currentTime(), QStringLiteral("HH:mm"));
    switch (change) {
    case FileChange::None:
        return m_changed->setText({});
    case FileChange::Grown:
        return m_changed->setText(tr("%1 has grown since it was opened (seen at %2).").arg(name, now));
    case FileChange::Cut:
        return m_changed->setText(tr("%1 was cut at %2. Values behind the cut cannot be read any more.").arg(name, now));
    case FileChange::Replaced:
        return m_changed->setText(tr("%1 was replaced at %2 by a newer one. You see the one before.").arg(name, now));
    case FileChange::Removed:
        return m_changed->setText(tr("%1 was removed at %2. What is open stays readable until it is closed.").arg(name, now));
    case FileChange::Rewritten:
        return m_changed->setText(tr("%1 was written to at %2. What you see may be wrong.").arg(name, now));
    }
}

QString KeyBrowser::openingText() const
{
    constexpr std::int64_t kSayTimeAfterMs = 1000;
    const double done = m_session.source().openProgress();
    if (done <= 0)
        return tr("Opening…");
    QString text = tr("Opening… %1").arg(progressText(done));
    if (m_opening.elapsed() > kSayTimeAfterMs && done > 0.02 && done < 1) {
        const auto left = std::int64_t(double(m_opening.elapsed()) * (1 - done) / done);
        text += QStringLiteral(" · ") + tr("%1 left").arg(humanDuration(std::max<std::int64_t>(1000, left)));
    }
    return text + QStringLiteral("\n\n") + tr("Esc cancels.");
}

void KeyBrowser::focusFilter()
{
    m_filterBox->setFocus();
    m_filterBox->selectAll();
}

// On the server where it can help: MATCH and TYPE; what it cannot (a regular expression) is filtered here.
void KeyBrowser::rescan(KeyScanner::Before before)
{
    if (m_session.source().state() != SourceState::Ready)
        return;
    const double opened = m_session.source().openProgress();
    m_isPart = opened > 0 && opened < 1;
    Result<KeyFilter> filter = KeyFilter::parse(m_filterBox->text());
    m_serverMatch = filter.ok() ? filter->serverGlob() : QByteArray();
    if (before == KeyScanner::Before::Forget)
        m_model.clear();
    m_scanner.start(m_session.currentDb(), m_serverMatch, m_type, before);
    applyFilter();
}

// The first keys of a large file are shown while the rest is read; then all of them, without taking away what is looked at.
void KeyBrowser::followOpening()
{
    if (m_isPart && m_session.source().state() == SourceState::Ready && m_session.source().openProgress() >= 1)
        rescan(KeyScanner::Before::Keep);
    showScan();
}

void KeyBrowser::scanPrefix(const QByteArray &prefix)
{
    m_filterBox->setText(QString::fromUtf8(globEscape(prefix)) + QLatin1Char('*'));
    rescan();
}

void KeyBrowser::applyFilter()
{
    Result<KeyFilter> filter = KeyFilter::parse(m_filterBox->text());
    m_filterBox->setProperty("invalid", !filter.ok());
    m_filterBox->setToolTip(filter.ok() ? QString() : filter.error().message);
    m_filterBox->style()->polish(m_filterBox);
    if (!filter.ok())
        return;
    m_filter = *filter;
    // What the server left out of the scan is missing once the filter asks for more.
    if (!m_serverMatch.isEmpty() && m_filter.serverGlob() != m_serverMatch) {
        rescan();
        return;
    }
    showIndex();
}

void KeyBrowser::showIndex()
{
    const bool exact = m_scanner.state() == KeyScanner::State::Done;
    const std::uint64_t generation = ++m_filterGeneration;
    if (m_filter.kind() == KeyFilter::Kind::All) {
        m_model.setIndex(m_scanner.index(), exact);
    } else {
        auto job = [filter = m_filter, index = m_scanner.index()] { return filter.apply(*index, CancelToken()); };
        onReady(m_session.jobs().run(std::move(job)), this, [this, generation, exact](Result<std::shared_ptr<const KeyIndex>> filtered) {
            if (generation == m_filterGeneration && filtered.ok())
                m_model.setIndex(*filtered, exact);
        });
    }
    showScan();
}

void KeyBrowser::showScan()
{
    using State = KeyScanner::State;
    const State state = m_scanner.state();
    const bool running = state == State::Scanning;
    m_pause->setIcon(themedIcon(running ? QStringLiteral("pause") : QStringLiteral("play")));
    m_pause->setToolTip(running ? tr("Pause the scan") : tr("Go on with the scan"));
    m_pause->setEnabled(running || state == State::Paused || state == State::Stopped || state == State::Failed);
    m_stop->setEnabled(running || state == State::Paused);
    m_again->setEnabled(m_session.source().state() == SourceState::Ready);
    m_new->setEnabled(m_session.isWritable());

    const std::int64_t found = m_scanner.index()->size();
    const std::int64_t total = m_scanner.keysInDatabase();
    QStringList line;
    line.append(total > found ? tr("%1 of ≈%2 keys").arg(groupedNumber(found), groupedNumber(total)) : tr("%1 keys").arg(groupedNumber(found)));
    if (running && m_scanner.keysPerSecond() > 0)
        line.append(tr("%1/s").arg(humanCount(m_scanner.keysPerSecond())));
    if (state == State::Paused)
        line.append(tr("paused"));
    else if (state == State::Stopped)
        line.append(tr("stopped"));
    else if (state == State::Failed)
        line.append(tr("interrupted"));
    m_line->setText(state == State::Idle ? QString() : line.join(QStringLiteral(" · ")));
    m_line->setToolTip(state == State::Failed ? errorLine(m_scanner.lastError()) : QString());

    QString why;
    const SourceState source = m_session.source().state();
    if (source == SourceState::Failed)
        why = tr("Not connected. %1").arg(errorLine(m_session.source().lastError()));
    else if (source == SourceState::Connecting)
        why = openingText();
    else if (m_model.rowCount() == 0 && running)
        why = tr("Scanning…");
    else if (m_model.rowCount() == 0 && state == State::Done && (m_filter.kind() != KeyFilter::Kind::All || !m_type.isEmpty()))
        why = tr("Nothing matches the filter.");
    else if (m_model.rowCount() == 0 && state == State::Done && found == 0)
        why = tr("No keys in db%1.").arg(m_session.currentDb());
    const double opened = m_session.source().openProgress();
    m_progress->setVisible((source == SourceState::Connecting || source == SourceState::Ready) && opened > 0 && opened < 1);
    m_progress->setValue(int(opened * 1000));
    m_empty->setText(why);
    m_pages->setCurrentIndex(why.isEmpty() ? 0 : 1);
}

// Types and TTLs of the rows on screen only.
void KeyBrowser::fetchVisible()
{
    if (!isVisible())
        return;
    QModelIndexList rows;
    const QRect area = m_tree->viewport()->rect();
    for (QModelIndex row = m_tree->indexAt(area.topLeft()); row.isValid(); row = m_tree->indexBelow(row)) {
        rows.append(row);
        if (m_tree->visualRect(row).top() > area.bottom())
            break;
    }
    m_model.fetchDetails(rows);
}

void KeyBrowser::openCurrent(bool newTab)
{
    const QModelIndex row = m_tree->currentIndex();
    if (row.isValid() && !row.data(KeyTreeModel::IsFolderRole).toBool())
        Q_EMIT m_session.openKeyRequested({m_session.currentDb(), row.data(KeyTreeModel::KeyRole).toByteArray()}, newTab);
}

std::optional<KeyRef> KeyBrowser::currentKey() const
{
    const QModelIndex row = m_tree->currentIndex();
    if (!row.isValid() || row.data(KeyTreeModel::IsFolderRole).toBool())
        return std::nullopt;
    return KeyRef{m_session.currentDb(), row.data(KeyTreeModel::KeyRole).toByteArray()};
}

QByteArray KeyBrowser::currentPrefix() const
{
    const QModelIndex row = m_tree->currentIndex();
    const QModelIndex folder = row.isValid() && !row.data(KeyTreeModel::IsFolderRole).toBool() ? row.parent() : row;
    return folder.isValid() ? folder.data(KeyTreeModel::KeyRole).toByteArray() : QByteArray();
}

void KeyBrowser::showMenu(const QPoint &at)
{
    const QModelIndex row = m_tree->indexAt(at);
    if (!row.isValid())
        return;
    const QByteArray name = row.data(KeyTreeModel::KeyRole).toByteArray();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (row.data(KeyTreeModel::IsFolderRole).toBool()) {
        menu->addAction(themedIcon(QStringLiteral("search")), tr("Scan this prefix completely"), this, [this, name] { scanPrefix(name); });
    } else {
        menu->addAction(tr("Open"), this, [this] { openCurrent(false); });
        menu->addAction(tr("Open in a new tab"), this, [this] { openCurrent(true); });
        menu->addSeparator();
        const KeyRef key{m_session.currentDb(), name};
        const bool writable = m_session.isWritable();
        menu->addAction(themedIcon(QStringLiteral("rename")), tr("Rename…"), this, [this, key] { Q_EMIT renameRequested(key); })->setEnabled(writable);
        menu->addAction(themedIcon(QStringLiteral("clock")), tr("Time to live…"), this, [this, key] { Q_EMIT expiryRequested(key); })->setEnabled(writable);
        menu->addAction(themedIcon(QStringLiteral("trash")), tr("Delete…"), this, [this, key] { Q_EMIT deleteRequested(key); })->setEnabled(writable);
    }
    menu->addSeparator();
    menu->addAction(themedIcon(QStringLiteral("plus")), tr("New key here…"), this, [this] { Q_EMIT newKeyRequested(currentPrefix()); })
            ->setEnabled(m_session.isWritable());
    menu->addSeparator();
    menu->addAction(themedIcon(QStringLiteral("copy")), tr("Copy name"), this, [name] { QApplication::clipboard()->setText(QString::fromUtf8(name)); });
    menu->addAction(tr("Copy name as redis-cli"), this, [name] { QApplication::clipboard()->setText(QString::fromLatin1(quoteArgument(name))); });
    menu->popup(m_tree->viewport()->mapToGlobal(at));
}

bool KeyBrowser::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_tree && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            openCurrent(key->modifiers().testFlag(Qt::ControlModifier));
            return true;
        }
        if (key->key() == Qt::Key_F5) {
            rescan();
            return true;
        }
        if (key->key() == Qt::Key_Escape && m_scanner.state() == KeyScanner::State::Scanning) {
            m_scanner.stop();
            return true;
        }
        const std::optional<KeyRef> current = m_session.isWritable() ? currentKey() : std::nullopt;
        if (current && key->key() == Qt::Key_Delete) {
            Q_EMIT deleteRequested(*current);
            return true;
        }
        if (current && key->key() == Qt::Key_F2) {
            Q_EMIT renameRequested(*current);
            return true;
        }
    }
    if (watched == m_tree->viewport() && (event->type() == QEvent::Resize || event->type() == QEvent::Show))
        m_detailsTimer.start();
    return QWidget::eventFilter(watched, event);
}

} // namespace keyloupe
