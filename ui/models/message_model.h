// SPDX-License-Identifier: GPL-3.0-or-later
//
// MessageModel: the messages of a MessageLog as rows, newest last. It follows the log only when told to, in one insertion
// and one removal a time, so that a burst costs one redraw and a paused view keeps what it shows. GUI thread.
#pragma once

#include "core/pubsub/message_log.h"

#include <QAbstractTableModel>

#include <deque>

namespace keyloupe {

class MessageModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, Channel, Pattern, Payload, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    /// Drops the rows that the log has forgotten and adds those that are new.
    void follow(const MessageLog &log);
    /// The row's message; valid until the next follow().
    const PubSubMessage &messageAt(int row) const { return m_rows[std::size_t(row)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::deque<PubSubMessage> m_rows; ///< shares its bytes with the log
    std::uint64_t m_firstId = 0;
};

} // namespace keyloupe
