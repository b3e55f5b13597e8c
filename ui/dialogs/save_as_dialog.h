// SPDX-License-Identifier: GPL-3.0-or-later
//
// SaveAsDialog: a file's keys, edits included, as an RDB under a name, as the file is or for a chosen server. What that server
// cannot hold is listed before anything is written, and saving then wants a tick. Never blocking: show it with open(). GUI
// thread; the session must outlive it.
#pragma once

#include "core/rdb/save_target.h"
#include "core/source/source.h"
#include "ui/dialogs/task_dialog.h"

#include <optional>

class QComboBox;

namespace keyloupe {

class FindingsBox;
class PathEdit;
class SourceSession;

class SaveAsDialog : public TaskDialog
{
    Q_OBJECT

public:
    /// `path` is what stands in the name box at first.
    SaveAsDialog(SourceSession &session, const QString &path, QWidget *parent);

    ~SaveAsDialog() override;

    void setTarget(const std::optional<SaveTarget> &target); ///< nothing: as the file is

Q_SIGNALS:
    void saved(const keyloupe::SaveReport &report);

protected:
    void submit() override;

private:
    std::optional<SaveTarget> target() const;
    void check();
    bool overwritesChanged() const;
    void showState();

    SourceSession &m_session;
    PathEdit *m_path;
    QComboBox *m_target;
    FindingsBox *m_findings;
    CancelToken m_cancelCheck;
    std::uint64_t m_generation = 0; // of checks; late answers are dropped by it
    bool m_isChecked = true;        // the findings are those of the target that is chosen
};

} // namespace keyloupe
