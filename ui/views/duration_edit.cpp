// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/duration_edit.h"

#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSpinBox>

#include <limits>

namespace keyloupe {

DurationEdit::DurationEdit(bool optional, QWidget *parent) : QWidget(parent), m_number(new QSpinBox), m_unit(new QComboBox)
{
    m_number->setRange(1, std::numeric_limits<int>::max());
    m_number->setGroupSeparatorShown(true);
    m_number->setAccessibleName(tr("Time to live"));
    m_number->setMinimumWidth(120);
    m_unit->setAccessibleName(tr("Unit of time"));
    if (optional)
        m_unit->addItem(tr("never"), qlonglong(-1));
    m_unit->addItem(tr("milliseconds"), qlonglong(1));
    m_unit->addItem(tr("seconds"), qlonglong(1000));
    m_unit->addItem(tr("minutes"), qlonglong(60'000));
    m_unit->addItem(tr("hours"), qlonglong(3'600'000));
    m_unit->addItem(tr("days"), qlonglong(86'400'000));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kS);
    layout->addWidget(m_number);
    layout->addWidget(m_unit);
    layout->addStretch();
    setMinimumHeight(30); // what its boxes need once they are styled
    setFocusProxy(m_number);
    connect(m_number, &QSpinBox::valueChanged, this, &DurationEdit::edited);
    connect(m_unit, &QComboBox::currentIndexChanged, this, [this] {
        m_number->setVisible(unitMs() > 0);
        Q_EMIT edited();
    });
    setDurationMs(optional ? -1 : 3'600'000);
}

std::int64_t DurationEdit::unitMs() const
{
    return m_unit->currentData().toLongLong();
}

void DurationEdit::setDurationMs(std::int64_t ms)
{
    int best = m_unit->findData(qlonglong(ms < 0 ? -1 : 1));
    for (int i = 0; ms > 0 && i < m_unit->count(); ++i) {
        const qlonglong unit = m_unit->itemData(i).toLongLong();
        if (unit > 0 && ms % unit == 0 && ms / unit <= std::numeric_limits<int>::max())
            best = i;
    }
    m_unit->setCurrentIndex(std::max(best, 0));
    const std::int64_t unit = unitMs();
    if (unit > 0)
        m_number->setValue(int(std::clamp<std::int64_t>(ms / unit, 1, std::numeric_limits<int>::max())));
    m_number->setVisible(unit > 0);
}

std::int64_t DurationEdit::durationMs() const
{
    return unitMs() < 0 ? -1 : m_number->value() * unitMs();
}

} // namespace keyloupe
