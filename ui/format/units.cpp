// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/format/units.h"

#include "ui/format/human.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace keyloupe {
namespace {

bool isBytes(ValueUnit unit)
{
    return unit == ValueUnit::Bytes || unit == ValueUnit::BytesPerSecond;
}

bool isWhole(ValueUnit unit)
{
    return isBytes(unit) || unit == ValueUnit::Count;
}

QString percentText(double percent)
{
    const int decimals = std::fabs(percent - std::round(percent)) < 0.05 ? 0 : 1;
    return QLocale().toString(percent, 'f', decimals) + QChar(0xa0) + QLatin1Char('%');
}

// Small rates need a decimal that humanCount gives only below ten.
QString countText(double value)
{
    if (value != 0 && std::fabs(value) < 0.1)
        return QLocale().toString(value, 'f', 2);
    return humanCount(value);
}

QString perSecond(const QString &text)
{
    return QCoreApplication::translate("Units", "%1/s", "a rate: so much per second").arg(text);
}

} // namespace

QString axisText(double value, ValueUnit unit)
{
    if (std::isnan(value))
        return QString(QChar(0x2013));
    switch (unit) {
    case ValueUnit::Count:
    case ValueUnit::CountPerSecond:
        return countText(value);
    case ValueUnit::Bytes:
    case ValueUnit::BytesPerSecond:
        return humanBytes(std::int64_t(std::llround(value)));
    case ValueUnit::Ratio:
        return percentText(value * 100);
    case ValueUnit::Percent:
        return percentText(value);
    case ValueUnit::Milliseconds:
        return QCoreApplication::translate("Units", "%1 ms").arg(countText(value));
    }
    return {};
}

QString unitText(double value, ValueUnit unit)
{
    const QString text = axisText(value, unit);
    const bool isRate = unit == ValueUnit::CountPerSecond || unit == ValueUnit::BytesPerSecond;
    return isRate && !std::isnan(value) ? perSecond(text) : text;
}

double roundStep(double range, int steps, ValueUnit unit)
{
    if (!(range > 0) || steps < 1)
        return 1;
    const double raw = range / steps;
    double step = 0;
    if (isBytes(unit)) {
        step = std::exp2(std::ceil(std::log2(raw)));
    } else {
        const double power = std::pow(10.0, std::floor(std::log10(raw)));
        const double part = raw / power;
        step = power * (part <= 1.0001 ? 1 : part <= 2.0001 ? 2 : part <= 5.0001 ? 5 : 10);
    }
    return isWhole(unit) ? std::max(1.0, step) : step;
}

double roundUp(double value, ValueUnit unit, double least)
{
    const double wanted = std::max(value, least);
    const double step = roundStep(wanted, 4, unit);
    return std::ceil(wanted / step - 1e-9) * step;
}

} // namespace keyloupe
