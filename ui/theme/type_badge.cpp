// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/type_badge.h"

#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>

namespace keyloupe {
namespace {

struct Row
{
    const char *type;
    const char *letter;
    const char *title;
    QRgb color;
};

constexpr Row kRows[] = {
        {"string", "S", QT_TRANSLATE_NOOP("TypeLook", "String"), 0xff8b5cf6},
        {"hash", "H", QT_TRANSLATE_NOOP("TypeLook", "Hash"), 0xff3b82f6},
        {"list", "L", QT_TRANSLATE_NOOP("TypeLook", "List"), 0xff10b981},
        {"set", "T", QT_TRANSLATE_NOOP("TypeLook", "Set"), 0xfff59e0b},
        {"zset", "Z", QT_TRANSLATE_NOOP("TypeLook", "Sorted set"), 0xffef4444},
        {"stream", "X", QT_TRANSLATE_NOOP("TypeLook", "Stream"), 0xffec4899},
        {"ReJSON-RL", "J", QT_TRANSLATE_NOOP("TypeLook", "JSON"), 0xff828766},
};

constexpr QRgb kUnknownColor = 0xff7b8794;
constexpr int kBadge = 18;

// Black or white, whichever reads better on the colour.
QColor inkOn(const QColor &color)
{
    const double luminance = 0.299 * color.redF() + 0.587 * color.greenF() + 0.114 * color.blueF();
    return luminance > 0.58 ? QColor(0x14181f) : QColor(Qt::white);
}

} // namespace

TypeLook typeLook(const QByteArray &typeName)
{
    for (const Row &row : kRows) {
        if (typeName == row.type)
            return {QString::fromLatin1(row.letter), QCoreApplication::translate("TypeLook", row.title), QColor::fromRgb(row.color)};
    }
    if (typeName.isEmpty())
        return {QString(), QString(), QColor::fromRgb(kUnknownColor)};
    return {QStringLiteral("?"), QString::fromUtf8(typeName), QColor::fromRgb(kUnknownColor)};
}

void paintTypeBadge(QPainter *painter, const QRect &rect, const QByteArray &typeName)
{
    const TypeLook look = typeLook(typeName);
    const int side = std::min({kBadge, rect.width(), rect.height()});
    const QRectF box(rect.center().x() - side / 2 + 1, rect.center().y() - side / 2 + 1, side - 2, side - 2);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(look.color);
    painter->drawRoundedRect(box, 4, 4);
    QFont font = smallFont();
    font.setPixelSize(10);
    font.setBold(true);
    painter->setFont(font);
    painter->setPen(inkOn(look.color));
    painter->drawText(box, Qt::AlignCenter, look.letter);
    painter->restore();
}

QIcon typeIcon(const QByteArray &typeName)
{
    constexpr int kSize = 18;
    QIcon icon;
    for (const int scale : {1, 2, 3}) {
        QPixmap picture(QSize(kSize, kSize) * scale);
        picture.setDevicePixelRatio(scale);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        paintTypeBadge(&painter, QRect(0, 0, kSize, kSize), typeName);
        icon.addPixmap(picture);
    }
    return icon;
}

TypeBadge::TypeBadge(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void TypeBadge::setTypeName(const QByteArray &typeName)
{
    m_typeName = typeName;
    setAccessibleName(typeLook(typeName).title);
    updateGeometry();
    update();
}

QSize TypeBadge::sizeHint() const
{
    QFont font = smallFont();
    font.setBold(true);
    return {QFontMetrics(font).horizontalAdvance(typeLook(m_typeName).title) + 20, 22};
}

void TypeBadge::paintEvent(QPaintEvent *)
{
    const TypeLook look = typeLook(m_typeName);
    if (look.title.isEmpty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.color);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    QFont font = smallFont();
    font.setBold(true);
    painter.setFont(font);
    painter.setPen(inkOn(look.color));
    painter.drawText(rect(), Qt::AlignCenter, look.title);
}

} // namespace keyloupe
