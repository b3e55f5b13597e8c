// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/key_tree_delegate.h"

#include "ui/format/human.h"
#include "ui/models/key_tree_model.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/type_badge.h"

#include <QApplication>
#include <QPainter>

namespace keyloupe {
namespace {

constexpr int kRowHeight = 26;
constexpr int kMarkWidth = 20;

} // namespace

KeyTreeDelegate::KeyTreeDelegate(QObject *parent)
    : QStyledItemDelegate(parent), m_folder(themedIcon(QStringLiteral("folder"), IconTone::Muted)),
      m_key(themedIcon(QStringLiteral("key"), IconTone::Muted))
{
}

QSize KeyTreeDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {120, kRowHeight};
}

void KeyTreeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    // Background, hover and selection as every other view has them; the content is ours.
    QStyleOptionViewItem blank = option;
    initStyleOption(&blank, index);
    const QString name = blank.text;
    blank.text.clear();
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &blank, painter, option.widget);

    const ThemeColors &colors = themeColors(option.widget);
    QRect rest = option.rect.adjusted(2, 0, -space::kS, 0);
    const QRect mark(rest.left(), rest.top(), kMarkWidth, rest.height());
    const bool isFolder = index.data(KeyTreeModel::IsFolderRole).toBool();
    const QByteArray type = index.data(KeyTreeModel::TypeRole).toByteArray();
    if (isFolder)
        m_folder.paint(painter, mark.adjusted(1, 5, -3, -5));
    else if (type.isEmpty())
        m_key.paint(painter, mark.adjusted(1, 5, -3, -5));
    else
        paintTypeBadge(painter, mark, type);
    rest.setLeft(mark.right() + space::kXs);

    QString side;
    if (isFolder) {
        side = index.data(KeyTreeModel::CountRole).toString();
    } else if (const qint64 expireAt = index.data(KeyTreeModel::TtlRole).toLongLong(); expireAt >= 0) {
        side = ttlText(std::max<qint64>(0, expireAt - m_nowMs));
    }
    if (!side.isEmpty()) {
        painter->setFont(smallFont());
        painter->setPen(colors.textMuted);
        painter->drawText(rest, Qt::AlignRight | Qt::AlignVCenter, side);
        rest.setRight(rest.right() - QFontMetrics(smallFont()).horizontalAdvance(side) - space::kS);
    }
    painter->setFont(option.font);
    painter->setPen(colors.text);
    painter->drawText(rest, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(option.font).elidedText(name, Qt::ElideMiddle, rest.width()));
}

} // namespace keyloupe
