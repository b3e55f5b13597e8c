// SPDX-License-Identifier: GPL-3.0-or-later
//
// DamageModel: the damaged places of a file: offset, database, key, reason. Set once a file is open. GUI thread.
#pragma once

#include "core/source/source.h"

#include <QAbstractTableModel>

namespace keyloupe {

class DamageModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Offset, Database, Key, Reason, ColumnCount };
    enum Role { KeyRole = Qt::UserRole + 1 /* bytes; empty where unknown */, DbRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setDamage(std::vector<FileDamage> damage);
    /// One line a row, columns parted by tabs, for the clipboard.
    QString textOf(const std::vector<int> &rows) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<FileDamage> m_damage;
};

} // namespace keyloupe
