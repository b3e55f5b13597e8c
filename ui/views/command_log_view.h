// SPDX-License-Identifier: GPL-3.0-or-later
//
// CommandLogView: the bottom dock's table of what Keyloupe sent to the current source, secrets already masked; filter, copy
// as redis-cli lines, background commands on demand. Follows the newest entry unless scrolled up. GUI thread.
#pragma once

#include <QWidget>

class QLineEdit;
class QSortFilterProxyModel;
class QTableView;

namespace keyloupe {

class CommandLog;
class CommandLogModel;

class CommandLogView : public QWidget
{
    Q_OBJECT

public:
    explicit CommandLogView(QWidget *parent = nullptr);

    /// The log of the source in front; null for none. Call with null before the source dies.
    void setLog(CommandLog *log);

private:
    void copySelected() const;

    CommandLogModel *m_model;
    QSortFilterProxyModel *m_filtered;
    QTableView *m_table;
    QLineEdit *m_filter;
};

} // namespace keyloupe
