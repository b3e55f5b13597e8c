// SPDX-License-Identifier: GPL-3.0-or-later
//
// CommandLogModel: what was sent to one source, newest last, bounded as the log is. Entries are fetched a few times a second
// at most, not one signal an entry. The log must outlive the model or be replaced by null. GUI thread.
#pragma once

#include "core/source/command_log.h"

#include <QAbstractTableModel>
#include <QPointer>
#include <QTimer>

#include <deque>

namespace keyloupe {

class CommandLogModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, Database, Text, Duration, Outcome, ColumnCount };
    enum Role { IsErrorRole = Qt::UserRole + 1 };

    explicit CommandLogModel(QObject *parent = nullptr);

    void setLog(CommandLog *log); ///< may be null
    /// Sampling and the details of visible rows are left out unless wanted.
    void setShowsBackground(bool on);
    void clear(); ///< the rows, not the log
    const CommandLogEntry &entryAt(int row) const { return m_rows[std::size_t(row)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void fetch();
    void reload(std::uint64_t from);

    QPointer<CommandLog> m_log;
    QTimer m_timer;
    std::deque<CommandLogEntry> m_rows;
    std::uint64_t m_next = 0;
    std::uint64_t m_clearedAt = 0;
    bool m_showsBackground = false;
};

} // namespace keyloupe
