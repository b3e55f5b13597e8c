// SPDX-License-Identifier: GPL-3.0-or-later
//
// The colour and letter of a value type, and painting of its badge; never colour alone. GUI thread.
#pragma once

#include <QByteArray>
#include <QColor>
#include <QIcon>
#include <QRect>
#include <QString>
#include <QWidget>

class QPainter;

namespace keyloupe {

struct TypeLook
{
    QString letter; ///< "S", "H", "L", "T" (set), "Z", "X" (stream), "J" (JSON), "?" unknown
    QString title;  ///< translated: "Sorted set"
    QColor color;
};

/// By the name that TYPE answers ("zset", "ReJSON-RL"); an unknown or empty name gives the grey one.
TypeLook typeLook(const QByteArray &typeName);

/// A rounded square with the letter, centred in `rect` (at most 18 px).
void paintTypeBadge(QPainter *painter, const QRect &rect, const QByteArray &typeName);

/// The badge as an icon, 18 by 18.
QIcon typeIcon(const QByteArray &typeName);

/// A pill with letter and title, for headers.
class TypeBadge : public QWidget
{
    Q_OBJECT

public:
    explicit TypeBadge(QWidget *parent = nullptr);
    void setTypeName(const QByteArray &typeName);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QByteArray m_typeName;
};

} // namespace keyloupe
