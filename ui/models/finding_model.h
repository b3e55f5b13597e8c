// SPDX-License-Identifier: GPL-3.0-or-later
//
// FindingModel: what a server of an older release cannot hold of a file, one row a key: database, key, what happens to it.
// Losses first. Set once a check went through. GUI thread.
#pragma once

#include "core/rdb/save_target.h"

#include <QAbstractTableModel>

namespace keyloupe {

class FindingModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Database, Key, What, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setFindings(const SaveFindings &findings);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// What happens, and to how many.
    static QString whatText(const SaveFinding &finding);

private:
    std::vector<SaveFinding> m_findings;
};

} // namespace keyloupe
