// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/message_model.h"

#include "core/base/escape.h"
#include "ui/theme/theme.h"

#include <QDateTime>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr int kPreviewChars = 240;

} // namespace

void MessageModel::follow(const MessageLog &log)
{
    const std::uint64_t end = m_firstId + m_rows.size();
    const std::uint64_t gone = std::min<std::uint64_t>(m_rows.size(), log.firstId() > m_firstId ? log.firstId() - m_firstId : 0);
    if (gone > 0) {
        beginRemoveRows({}, 0, int(gone) - 1);
        m_rows.erase(m_rows.begin(), m_rows.begin() + std::ptrdiff_t(gone));
        m_firstId += gone;
        endRemoveRows();
    }
    if (m_rows.empty())
        m_firstId = std::max(log.firstId(), end);
    const std::uint64_t next = m_firstId + m_rows.size();
    if (next >= log.endId())
        return;
    const int at = int(m_rows.size());
    beginInsertRows({}, at, at + int(log.endId() - next) - 1);
    for (std::uint64_t id = next; id < log.endId(); ++id)
        m_rows.push_back(log.message(id));
    endInsertRows();
}

int MessageModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int MessageModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant MessageModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const PubSubMessage &message = m_rows[std::size_t(index.row())];
    if (role == Qt::FontRole)
        return index.column() == Time ? QVariant() : QVariant(monoFont());
    if (role == Qt::ToolTipRole && index.column() == Time)
        return QDateTime::fromMSecsSinceEpoch(message.timeMs).toString(Qt::ISODateWithMs);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Time:
        return QDateTime::fromMSecsSinceEpoch(message.timeMs).toString(QStringLiteral("HH:mm:ss.zzz"));
    case Channel:
        return displayText(message.channel, kPreviewChars);
    case Pattern:
        return displayText(message.pattern, kPreviewChars);
    case Payload:
        // Only the head is looked at: a payload may be megabytes and rows are painted often.
        return displayText(QByteArrayView(message.payload).first(std::min<qsizetype>(message.payload.size(), 4 * kPreviewChars)), kPreviewChars);
    default:
        return {};
    }
}

QVariant MessageModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Channel:
        return tr("Channel");
    case Pattern:
        return tr("Pattern");
    case Payload:
        return tr("Message");
    default:
        return {};
    }
}

} // namespace keyloupe
