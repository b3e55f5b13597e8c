// SPDX-License-Identifier: GPL-3.0-or-later
//
// ExportDialog: keys of a file or a server into a file of a format: which databases, which keys, for which server. Stays open
// with its progress; where a chosen server cannot hold everything it lists that and waits for a tick. Never blocking: show it
// with open(). GUI thread; goes when its session does.
#pragma once

#include "core/transfer/export_run.h"
#include "ui/dialogs/task_dialog.h"

#include <QTimer>

#include <memory>
#include <vector>

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace keyloupe {

class FindingsBox;
class PathEdit;
class SourceSession;
struct DatabaseInfo;

class ExportDialog : public TaskDialog
{
    Q_OBJECT

public:
    /// `folder`: where the file goes when nobody says otherwise.
    ExportDialog(SourceSession &session, const QString &folder, QWidget *parent);

    void setFormat(ExportFormat format);

Q_SIGNALS:
    void exported(const keyloupe::ExportReport &report, const QString &path);

protected:
    void submit() override;

private:
    void askDatabases();
    void showDatabases(const std::vector<DatabaseInfo> &databases);
    void formatChosen();
    void formChanged(); ///< what was listed is not about this any more
    void showState();
    void showProgress();
    void finished(const Result<ExportReport> &report, const ExportOptions &options);
    ExportOptions options() const;
    ExportFormat format() const;

    SourceSession &m_session;
    QComboBox *m_format;
    QComboBox *m_target;
    QComboBox *m_db;
    QLineEdit *m_match;
    PathEdit *m_path;
    QCheckBox *m_check;
    FindingsBox *m_findings;
    std::shared_ptr<ExportRun> m_run; // while it runs
    QTimer m_poll;
};

} // namespace keyloupe
