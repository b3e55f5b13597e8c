// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyView: one key: header, elements, and the chosen element's bytes in an editor; every edit of it starts here. Sends
// nothing that takes longer the larger the value is. Unsaved typing is never thrown away without a word. GUI thread.
#pragma once

#include "ui/models/open_key.h"
#include "ui/models/source_session.h"

#include <QWidget>

#include <functional>
#include <optional>

class QComboBox;
class QFrame;
class QLabel;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace keyloupe {

class ElementTable;
class KeyHeaderBar;
class ValueEditor;

class KeyView : public QWidget
{
    Q_OBJECT

public:
    explicit KeyView(SourceSession &session, QWidget *parent = nullptr);

    void open(const KeyRef &key);
    const KeyRef &currentKey() const { return m_key.ref(); }
    bool isModified() const;
    /// Saves what is being typed; `then` runs only once that is done.
    void save(std::function<void()> then = {});
    /// Runs `then` at once, or after the person saved or gave up what is unsaved; never if they cancel.
    void withoutLosing(std::function<void()> then);

Q_SIGNALS:
    void titleChanged(); ///< another key, a new name, or isModified() changed

private:
    void showOpened();
    void showState();
    void showString();
    void showRaw();
    void showElement();
    void showField();
    void elementChosen();
    void submit(EditChange change, const QByteArray &saved, std::function<void()> then);
    std::optional<EditChange> changeOf(const QByteArray &bytes) const;
    void showConflict(const EditConflict &conflict, const QByteArray &yours);
    void askRemove();
    void askNewScore();
    void showNotice(const QString &text, bool danger);
    void showMessagePage(const QString &title, const QString &text);

    SourceSession &m_session;
    OpenKey m_key;
    KeyHeaderBar *m_header;
    QWidget *m_noticeBox; // room around the banner
    QFrame *m_notice;
    QLabel *m_noticeText;
    QStackedWidget *m_pages;
    QWidget *m_messagePage;
    QLabel *m_message;
    QPushButton *m_showBytes; // of a module's value that is large
    QSplitter *m_split;
    ElementTable *m_table;
    QWidget *m_pane;
    QComboBox *m_field; // of a stream entry
    ValueEditor *m_editor;
    std::optional<Element> m_element; // whose bytes are in the editor
    bool m_restoring = false;
};

} // namespace keyloupe
