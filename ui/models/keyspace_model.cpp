// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/keyspace_model.h"

#include "ui/format/human.h"
#include "ui/format/units.h"

#include <algorithm>

namespace keyloupe {

void KeyspaceModel::setRows(std::vector<KeyspaceRow> rows)
{
    const bool sameDatabases = std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(),
                                          [](const KeyspaceRow &a, const KeyspaceRow &b) { return a.db == b.db; });
    if (!sameDatabases) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
        return;
    }
    m_rows = std::move(rows);
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(int(m_rows.size()) - 1, ColumnCount - 1));
}

int KeyspaceModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int KeyspaceModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant KeyspaceModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole)
        return index.column() == Database ? int(Qt::AlignLeft | Qt::AlignVCenter) : int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const KeyspaceRow &row = m_rows[std::size_t(index.row())];
    switch (index.column()) {
    case Database:
        return QStringLiteral("db%1").arg(row.db);
    case Keys:
        return groupedNumber(row.keys);
    case Expires:
        return groupedNumber(row.expires);
    case Share:
        return row.keys > 0 ? unitText(double(row.expires) / double(row.keys), ValueUnit::Ratio) : QString();
    case AverageTtl:
        return row.avgTtlMs > 0 ? humanDuration(row.avgTtlMs) : QString(QChar(0x2013));
    default:
        return {};
    }
}

QVariant KeyspaceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == Database ? int(Qt::AlignLeft | Qt::AlignVCenter) : int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Database:
        return tr("Database");
    case Keys:
        return tr("Keys");
    case Expires:
        return tr("With TTL");
    case Share:
        return tr("Share");
    case AverageTtl:
        return tr("Mean TTL");
    default:
        return {};
    }
}

} // namespace keyloupe
