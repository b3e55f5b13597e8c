// SPDX-License-Identifier: GPL-3.0-or-later
//
// ValueEditor: one value's bytes in the view that fits, with the choice of the others. What it gives back is byte for byte
// what it got, but for what a person changed. Switching the view takes unsaved changes along. GUI thread.
#pragma once

#include "ui/editors/value_view.h"

#include <QByteArray>
#include <QHash>
#include <QWidget>

#include <cstdint>
#include <memory>
#include <vector>

class QButtonGroup;
class QFrame;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTimer;
class QToolButton;

namespace keyloupe {

class ValueEditor : public QWidget
{
    Q_OBJECT

public:
    explicit ValueEditor(QWidget *parent = nullptr);
    ~ValueEditor() override;

    /// Shows `bytes`, the first part of a value of `totalBytes` bytes. A part cannot be edited; a bar says so and offers to
    /// load all (loadAllRequested).
    void setValue(const QByteArray &bytes, std::int64_t totalBytes);
    void clear();

    QByteArray original() const { return m_original; }
    /// What saving would write; original() while nothing was changed. An Error where what was typed cannot be saved.
    Result<QByteArray> value() const;
    bool isModified() const;
    void revert();
    /// The save went through: these bytes are now the original. What was typed since stays, and is unsaved.
    void setSaved(const QByteArray &bytes);

    void setReadOnly(bool readOnly, const QString &reason = {});
    QString viewName() const;
    void setViewName(const QString &id);

Q_SIGNALS:
    void modifiedChanged(bool modified); ///< for large values after a pause in typing
    void saveRequested(); ///< Save button, Ctrl+S or Ctrl+Enter; only while modified
    void loadAllRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Entry
    {
        std::unique_ptr<ValueViewFactory> factory;
        ValueView *view = nullptr; // made when first shown
        QToolButton *button = nullptr;
    };

    void chooseView();
    void showIn(int index, const QByteArray &bytes);
    void switchTo(int index);
    void viewEdited();
    void showState();
    void startFind();
    void findNext(bool backward);
    ValueView *view() const;

    std::vector<Entry> m_views;
    int m_current = -1;
    QString m_kind;                    // the view that fits the value best
    QHash<QString, QString> m_chosen;  // by a person instead, for each kind; kept for the next values it fits
    QByteArray m_original;
    QByteArray m_shown;       // the original, less a character that the end of a part cuts through
    QByteArray m_base;        // what the current view was given; differs from the original after a switch with changes
    std::int64_t m_totalBytes = 0;
    bool m_hasValue = false;
    bool m_readOnly = false;
    QString m_readOnlyReason;
    bool m_wasModified = false;
    QButtonGroup *m_buttons;
    QLabel *m_size;
    QToolButton *m_wrap;
    QToolButton *m_find;
    QPushButton *m_revert;
    QPushButton *m_save;
    QWidget *m_noteBox; // room around the banner
    QFrame *m_note;
    QLabel *m_noteText;
    QPushButton *m_loadAll;
    QFrame *m_findBar;
    QLineEdit *m_findText;
    QStackedWidget *m_pages;
    QTimer *m_pause; // after typing in a large value
};

} // namespace keyloupe
