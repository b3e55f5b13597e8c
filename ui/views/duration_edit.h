// SPDX-License-Identifier: GPL-3.0-or-later
//
// DurationEdit: a number and its unit: how long from now. GUI thread.
#pragma once

#include <QWidget>

#include <cstdint>

class QComboBox;
class QSpinBox;

namespace keyloupe {

class DurationEdit : public QWidget
{
    Q_OBJECT

public:
    /// `optional`: the first unit is "never", and then there is no number.
    explicit DurationEdit(bool optional, QWidget *parent = nullptr);

    /// -1 for never; otherwise above 0. The largest unit that shows it exactly is chosen.
    void setDurationMs(std::int64_t ms);
    std::int64_t durationMs() const;

Q_SIGNALS:
    void edited();

private:
    std::int64_t unitMs() const;

    QSpinBox *m_number;
    QComboBox *m_unit;
};

} // namespace keyloupe
