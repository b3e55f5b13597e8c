// SPDX-License-Identifier: GPL-3.0-or-later
//
// ChannelModel: channels with their count, rate and bytes, busiest first. GUI thread.
#pragma once

#include "core/pubsub/message_log.h"

#include <QAbstractTableModel>

namespace keyloupe {

class ChannelModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Messages, Rate, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setChannels(std::vector<ChannelStats> channels);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<ChannelStats> m_channels;
};

} // namespace keyloupe
