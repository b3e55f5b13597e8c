// SPDX-License-Identifier: GPL-3.0-or-later
//
// ConflictDialog: what a person wanted to save, what is stored now and what they had opened, side by side, with the choice.
// Deletes itself; nothing happens unless a button is pressed. GUI thread.
#pragma once

#include "core/values/edit_conflict.h"

#include <QDialog>

namespace keyloupe {

class ConflictDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ConflictDialog(const EditConflict &conflict, QWidget *parent = nullptr);

Q_SIGNALS:
    void overwriteRequested(); ///< write mine over what is stored now
    void takeTheirsRequested();
};

} // namespace keyloupe
