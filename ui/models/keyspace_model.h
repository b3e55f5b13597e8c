// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyspaceModel: one row a database that has keys: number, keys, keys with a TTL, their share, mean TTL. GUI thread.
#pragma once

#include "core/monitor/info_parser.h"

#include <QAbstractTableModel>

namespace keyloupe {

class KeyspaceModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Database, Keys, Expires, Share, AverageTtl, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setRows(std::vector<KeyspaceRow> rows);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<KeyspaceRow> m_rows;
};

} // namespace keyloupe
