// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/damage_model.h"

#include "core/base/escape.h"
#include "ui/format/human.h"

namespace keyloupe {

void DamageModel::setDamage(std::vector<FileDamage> damage)
{
    beginResetModel();
    m_damage = std::move(damage);
    endResetModel();
}

int DamageModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_damage.size());
}

int DamageModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DamageModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const FileDamage &place = m_damage[std::size_t(index.row())];
    switch (index.column()) {
    case Offset:
        return groupedNumber(place.offset);
    case Database:
        return QStringLiteral("db%1").arg(place.db);
    case Key:
        return displayText(place.key, 200);
    case Reason:
        return place.reason;
    default:
        return {};
    }
}

QVariant DamageModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Offset:
        return tr("At byte");
    case Database:
        return tr("Database");
    case Key:
        return tr("Key");
    case Reason:
        return tr("What is wrong");
    default:
        return {};
    }
}

} // namespace keyloupe
