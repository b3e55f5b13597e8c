// SPDX-License-Identifier: GPL-3.0-or-later
//
// InfoTableModel: every field of an INFO answer, known or not: section, field, value. A new answer with the same fields only
// changes cells, so selection and scrolling stay. GUI thread.
#pragma once

#include "core/monitor/info_parser.h"

#include <QAbstractTableModel>

namespace keyloupe {

class InfoTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Section, Name, Value, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setInfo(const InfoSnapshot &info);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<InfoField> m_fields;
};

} // namespace keyloupe
