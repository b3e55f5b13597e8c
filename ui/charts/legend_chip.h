// SPDX-License-Identifier: GPL-3.0-or-later
//
// LegendChip: one line of a plot's legend: a dash in the line's colour, its title, its value. Clicking switches the line.
// The value keeps its widest width, so that the row does not move while numbers change. GUI thread.
#pragma once

#include <QAbstractButton>

namespace keyloupe {

class LegendChip : public QAbstractButton
{
    Q_OBJECT

public:
    LegendChip(const QString &title, int color, bool isDashed, QWidget *parent = nullptr);

    void setValue(const QString &value);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_value;
    int m_color;
    bool m_isDashed;
    int m_valueWidth = 0;
};

} // namespace keyloupe
