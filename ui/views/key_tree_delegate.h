// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyTreeDelegate: paints a row of the key tree: type badge or folder, name, and at the right the count or the TTL. All rows
// have one height, whatever their letters. GUI thread.
#pragma once

#include <QIcon>
#include <QStyledItemDelegate>

namespace keyloupe {

class KeyTreeDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    explicit KeyTreeDelegate(QObject *parent = nullptr);

    /// "Now" that TTLs are counted from, ms since the epoch; a file stands still at its own.
    void setNowMs(std::int64_t nowMs) { m_nowMs = nowMs; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    QIcon m_folder;
    QIcon m_key;
    std::int64_t m_nowMs = 0;
};

} // namespace keyloupe
