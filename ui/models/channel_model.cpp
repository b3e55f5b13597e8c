// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/channel_model.h"

#include "core/base/escape.h"
#include "ui/format/human.h"
#include "ui/format/units.h"

namespace keyloupe {

void ChannelModel::setChannels(std::vector<ChannelStats> channels)
{
    const int before = int(m_channels.size());
    const int after = int(channels.size());
    // Rows come and go at the end; which channel a row shows is then a change of data.
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        m_channels.insert(m_channels.end(), channels.begin() + before, channels.end());
        endInsertRows();
    } else if (after < before) {
        beginRemoveRows({}, after, before - 1);
        m_channels.resize(channels.size());
        endRemoveRows();
    }
    m_channels = std::move(channels);
    if (after > 0)
        Q_EMIT dataChanged(index(0, 0), index(after - 1, ColumnCount - 1));
}

int ChannelModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_channels.size());
}

int ChannelModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ChannelModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole)
        return index.column() == Name ? int(Qt::AlignLeft | Qt::AlignVCenter) : int(Qt::AlignRight | Qt::AlignVCenter);
    const ChannelStats &channel = m_channels[std::size_t(index.row())];
    if (role == Qt::ToolTipRole)
        return tr("%1\n%2 in messages").arg(displayText(channel.channel, 500), humanBytes(std::int64_t(channel.bytes)));
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        return displayText(channel.channel, 200);
    case Messages:
        return groupedNumber(std::int64_t(channel.messages));
    case Rate:
        return unitText(channel.perSecond, ValueUnit::CountPerSecond);
    default:
        return {};
    }
}

QVariant ChannelModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == Name ? int(Qt::AlignLeft | Qt::AlignVCenter) : int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Channel");
    case Messages:
        return tr("Messages");
    case Rate:
        return tr("Rate");
    default:
        return {};
    }
}

} // namespace keyloupe
