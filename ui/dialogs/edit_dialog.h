// SPDX-License-Identifier: GPL-3.0-or-later
//
// EditDialog: what all dialogs that change a key have in common: a form with the command that will be sent. It stays open
// until the change was made. GUI thread.
#pragma once

#include "core/values/edit.h"
#include "ui/dialogs/form_dialog.h"
#include "ui/models/source_session.h"

namespace keyloupe {

class EditDialog : public FormDialog
{
    Q_OBJECT

public:
    EditDialog(SourceSession &session, const QString &title, const QString &action, QWidget *parent);

Q_SIGNALS:
    void made(const keyloupe::Edit &edit, const std::vector<keyloupe::RespValue> &replies); ///< before it closes

protected:
    /// What the form says now; an Error keeps the button off and is shown once something was typed.
    virtual Result<Edit> edit() const = 0;

    SourceSession &session() const { return m_session; }
    void formChanged(); ///< to be called by the form at the end of its constructor and after each change

private:
    void submit() override;

    SourceSession &m_session;
    bool m_touched = false;
};

/// Sentence for a conflict, with what to do.
QString conflictText(const EditConflict &conflict);

} // namespace keyloupe
