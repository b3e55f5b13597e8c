// SPDX-License-Identifier: GPL-3.0-or-later
//
// MetricTile: a card with a caption, one large value, a line of detail and a sparkline. GUI thread.
#pragma once

#include <QFrame>

class QLabel;

namespace keyloupe {

class Sparkline;

class MetricTile : public QFrame
{
    Q_OBJECT

public:
    MetricTile(const QString &caption, int color, QWidget *parent = nullptr);

    void setValue(const QString &value, const QString &detail = {});
    QString value() const;
    Sparkline *sparkline() const { return m_sparkline; }

private:
    QLabel *m_caption;
    QLabel *m_value;
    QLabel *m_detail;
    Sparkline *m_sparkline;
};

} // namespace keyloupe
