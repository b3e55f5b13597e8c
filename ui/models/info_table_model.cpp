// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/info_table_model.h"

#include "core/base/escape.h"

#include <algorithm>

namespace keyloupe {

void InfoTableModel::setInfo(const InfoSnapshot &info)
{
    const std::vector<InfoField> &fields = info.fields();
    const bool sameFields = std::equal(fields.begin(), fields.end(), m_fields.begin(), m_fields.end(),
                                       [](const InfoField &a, const InfoField &b) { return a.section == b.section && a.name == b.name; });
    if (!sameFields) {
        beginResetModel();
        m_fields = fields;
        endResetModel();
        return;
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (m_fields[i].value == fields[i].value)
            continue;
        m_fields[i].value = fields[i].value;
        const QModelIndex cell = index(int(i), Value);
        Q_EMIT dataChanged(cell, cell);
    }
}

int InfoTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_fields.size());
}

int InfoTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant InfoTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const InfoField &field = m_fields[std::size_t(index.row())];
    switch (index.column()) {
    case Section:
        return role == Qt::DisplayRole ? displayText(field.section) : QVariant();
    case Name:
        return role == Qt::DisplayRole ? displayText(field.name) : QVariant();
    case Value:
        return displayText(field.value, role == Qt::DisplayRole ? 300 : 2000);
    default:
        return {};
    }
}

QVariant InfoTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Section:
        return tr("Section");
    case Name:
        return tr("Field");
    case Value:
        return tr("Value");
    default:
        return {};
    }
}

} // namespace keyloupe
