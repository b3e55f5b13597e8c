// SPDX-License-Identifier: GPL-3.0-or-later
//
// EditDialog: what all dialogs that change a key have in common: a form, the command that will be sent, an error line, and
// buttons. It stays open until the change was made; what went wrong is said inside it and nothing typed is lost. Never
// modal in a nested loop: show it with open(). GUI thread.
#pragma once

#include "core/values/edit.h"
#include "ui/models/source_session.h"

#include <QDialog>

class QFormLayout;
class QFrame;
class QLabel;
class QPushButton;

namespace keyloupe {

class EditDialog : public QDialog
{
    Q_OBJECT

public:
    EditDialog(SourceSession &session, const QString &title, const QString &action, QWidget *parent);

Q_SIGNALS:
    void made(const keyloupe::Edit &edit, const std::vector<keyloupe::RespValue> &replies); ///< before it closes

protected:
    /// What the form says now; an Error keeps the button off and is shown once something was typed.
    virtual Result<Edit> edit() const = 0;

    QFormLayout *form() const { return m_form; }
    SourceSession &session() const { return m_session; }
    void setDangerous(); ///< red button, and Cancel is what Enter does
    void formChanged();  ///< to be called by the form at the end of its constructor and after each change

private:
    void submit();
    void showProblem(const QString &text);
    void setBusy(bool busy);

    SourceSession &m_session;
    QFormLayout *m_form;
    QLabel *m_preview;
    QFrame *m_problem;
    QLabel *m_problemText;
    QPushButton *m_cancel;
    QPushButton *m_action;
    bool m_busy = false;
    bool m_touched = false;
};

/// A label of a form row, of one width in all dialogs, so that nested forms stand in line.
QLabel *formLabel(const QString &text);

/// Sentence for a conflict, with what to do.
QString conflictText(const EditConflict &conflict);

} // namespace keyloupe
