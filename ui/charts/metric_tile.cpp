// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/metric_tile.h"

#include "ui/charts/sparkline.h"
#include "ui/theme/theme.h"

#include <QLabel>
#include <QVBoxLayout>

namespace keyloupe {

MetricTile::MetricTile(const QString &caption, int color, QWidget *parent)
    : QFrame(parent), m_caption(new QLabel(caption, this)), m_value(new QLabel(this)), m_detail(new QLabel(this)),
      m_sparkline(new Sparkline(color, this))
{
    setProperty("card", true);
    setAccessibleName(caption);
    m_caption->setProperty("role", QStringLiteral("caption"));
    m_value->setProperty("role", QStringLiteral("heading"));
    m_detail->setProperty("role", QStringLiteral("caption"));
    // Numbers come and go in width; the tile does not move.
    for (QLabel *label : {m_caption, m_value, m_detail})
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::kM, space::kS, space::kM, space::kS);
    column->setSpacing(2);
    column->addWidget(m_caption);
    column->addWidget(m_value);
    column->addWidget(m_detail);
    column->addSpacing(2);
    column->addWidget(m_sparkline);
    setValue(QString(QChar(0x2013)), QString(QChar(0xa0)));
}

void MetricTile::setValue(const QString &value, const QString &detail)
{
    m_value->setText(value);
    m_detail->setText(detail.isEmpty() ? QString(QChar(0xa0)) : detail);
    m_detail->setToolTip(detail);
    setAccessibleDescription(value + QLatin1Char(' ') + detail);
}

QString MetricTile::value() const
{
    return m_value->text();
}

} // namespace keyloupe
