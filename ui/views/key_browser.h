// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyBrowser: the keys of one source's database as a tree that fills while SCAN runs, with a filter, type chips and one line
// of truth about the scan. One a session; GUI thread.
#pragma once

#include "core/keys/key_filter.h"
#include "ui/models/key_scanner.h"
#include "ui/models/key_tree_model.h"
#include "ui/models/source_session.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QProgressBar;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace keyloupe {

class KeyTreeDelegate;
class NoticeBar;

class KeyBrowser : public QWidget
{
    Q_OBJECT

public:
    explicit KeyBrowser(SourceSession &session, QWidget *parent = nullptr);

    void focusFilter();
    KeyScanner &scanner() { return m_scanner; }
    QTreeView *tree() const { return m_tree; }

Q_SIGNALS:
    void newKeyRequested(const QByteArray &prefix);
    void renameRequested(const keyloupe::KeyRef &key);
    void expiryRequested(const keyloupe::KeyRef &key);
    void deleteRequested(const keyloupe::KeyRef &key);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void rescan(KeyScanner::Before before = KeyScanner::Before::Forget);
    void followOpening();
    void scanPrefix(const QByteArray &prefix);
    void applyFilter();
    void showIndex();
    void showScan();
    void showFile();
    void showChange(FileChange change);
    QString openingText() const;
    void fetchVisible();
    void openCurrent(bool newTab);
    std::optional<KeyRef> currentKey() const; ///< none on a folder
    QByteArray currentPrefix() const;         ///< of the folder that the current row is, or is in
    void showMenu(const QPoint &at);

    SourceSession &m_session;
    KeyScanner m_scanner;
    KeyTreeModel m_model;
    KeyFilter m_filter;
    std::uint64_t m_filterGeneration = 0;
    QByteArray m_type;         // chip that is on; empty: all
    QByteArray m_serverMatch;  // MATCH of the running scan
    QLineEdit *m_filterBox;
    QList<QToolButton *> m_chips;
    QToolButton *m_new;
    QStackedWidget *m_pages;   // tree, or a word about why it is empty
    QTreeView *m_tree;
    QLabel *m_empty;
    KeyTreeDelegate *m_delegate;
    NoticeBar *m_damage;
    NoticeBar *m_changed;      // by somebody else
    QProgressBar *m_progress;  // of opening
    QElapsedTimer m_opening;
    bool m_isPart = false;     // the scan began while the file was still being read
    QLabel *m_line;
    QToolButton *m_pause;
    QToolButton *m_stop;
    QToolButton *m_again;
    QTimer m_filterTimer;
    QTimer m_detailsTimer;
    QTimer m_clock;
};

} // namespace keyloupe
