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
    if (!index.isValid())
        return {};
    const FileDamage &place = m_damage[std::size_t(index.row())];
    if (role == KeyRole)
        return place.key;
    if (role == DbRole)
        return place.db;
    if (role == Qt::TextAlignmentRole && index.column() == Offset)
        return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case Offset:
        return groupedNumber(place.offset);
    case Database:
        return QStringLiteral("db%1").arg(place.db);
    case Key:
        return place.key.isEmpty() ? tr("not known") : displayText(place.key, 200);
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

QString DamageModel::textOf(const std::vector<int> &rows) const
{
    QStringList lines;
    for (const int row : rows) {
        const FileDamage &place = m_damage[std::size_t(row)];
        lines.append(QStringLiteral("%1\tdb%2\t%3\t%4")
                             .arg(QString::number(place.offset), QString::number(place.db), QString::fromLatin1(quoteArgument(place.key)), place.reason));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace keyloupe
