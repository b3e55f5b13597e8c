// SPDX-License-Identifier: GPL-3.0-or-later
//
// SourceList: the open sources and the databases of each with their key counts. GUI thread; asks INFO keyspace when a source
// becomes ready and when it is told to refresh, never per key.
#pragma once

#include <QTreeWidget>

#include <vector>

namespace keyloupe {

class SourceSession;

class SourceList : public QTreeWidget
{
    Q_OBJECT

public:
    explicit SourceList(QWidget *parent = nullptr);

    void add(SourceSession *session);
    void remove(SourceSession *session);
    SourceSession *current() const;
    void refresh(SourceSession *session); ///< key counts

Q_SIGNALS:
    void currentSessionChanged(keyloupe::SourceSession *session);

private:
    QTreeWidgetItem *itemOf(const SourceSession *session) const;
    SourceSession *sessionOf(QTreeWidgetItem *item) const;
    void showState(SourceSession *session);

    std::vector<SourceSession *> m_sessions; // in the order of the top-level items
};

} // namespace keyloupe
