// SPDX-License-Identifier: GPL-3.0-or-later
//
// FormDialog: what the dialogs that do something have in common: a form, an error line, a note, and two buttons. What went
// wrong is said inside it and nothing typed is lost. Never modal in a nested loop: show it with open(). GUI thread.
#pragma once

#include <QDialog>

class QFormLayout;
class QFrame;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace keyloupe {

class FormDialog : public QDialog
{
    Q_OBJECT

public:
    FormDialog(const QString &title, const QString &action, QWidget *parent);

protected:
    /// The action button was pressed.
    virtual void submit() = 0;

    QFormLayout *form() const { return m_form; }
    QLabel *note() const { return m_note; } ///< small text beside the buttons
    void insertAboveButtons(QWidget *widget);
    void setDangerous(); ///< red button, and Cancel is what Enter does
    void setReady(bool ready, const QString &action = {}); ///< whether the form can be submitted; another text for the button
    bool isReady() const { return m_ready; }
    void showProblem(const QString &text);
    void setBusy(bool busy); ///< nothing can be changed or submitted meanwhile; Cancel stays
    bool isBusy() const { return m_busy; }

private:
    QVBoxLayout *m_layout;
    QFormLayout *m_form;
    QLabel *m_note;
    QFrame *m_problem;
    QLabel *m_problemText;
    QPushButton *m_cancel;
    QPushButton *m_action;
    bool m_ready = true;
    bool m_busy = false;
};

/// A label of a form row, of one width in all dialogs, so that nested forms stand in line.
QLabel *formLabel(const QString &text);

} // namespace keyloupe
