// SPDX-License-Identifier: GPL-3.0-or-later
//
// TaskDialog: a form whose action takes a while: it stays open with a bar meanwhile, Esc and Cancel stop the task, and it
// closes once that went through. What went wrong is said inside it. GUI thread.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "ui/dialogs/form_dialog.h"

#include <QElapsedTimer>

#include <optional>

class QProgressBar;

namespace keyloupe {

class TaskDialog : public FormDialog
{
    Q_OBJECT

public:
    TaskDialog(const QString &title, const QString &action, QWidget *parent);
    ~TaskDialog() override; ///< cancels what runs

    void reject() override; ///< while the task runs it only asks that to stop
    void abandon();         ///< stops the task and goes: what it was about is going

protected:
    /// The task runs from now on; it has to look at the token.
    CancelToken begin();
    /// 0…1, negative where unknown; `text` stands beside the buttons, instead of the percentage.
    void setProgress(double fraction, const QString &text = {});
    /// It ended. An error stays in the dialog, which can then be submitted again; a cancelled task and a done one close it.
    void end(const std::optional<Error> &error);

    /// It stopped without an error and waits for a person, who can submit it again.
    void pauseForDecision();

private:
    QProgressBar *m_bar;
    QElapsedTimer m_since;
    std::optional<CancelToken> m_cancel; // while it runs
    QString m_noteBefore;
};

} // namespace keyloupe
