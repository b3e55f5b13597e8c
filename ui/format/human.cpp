// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/format/human.h"

#include <QCoreApplication>
#include <QDateTime>

#include <algorithm>
#include <array>
#include <cmath>

namespace keyloupe {
namespace {

struct Unit
{
    std::int64_t ms;
    const char *name;
};

constexpr std::array<Unit, 4> kUnits = {{
        {86'400'000, QT_TRANSLATE_NOOP("Human", "d")},
        {3'600'000, QT_TRANSLATE_NOOP("Human", "h")},
        {60'000, QT_TRANSLATE_NOOP("Human", "m")},
        {1'000, QT_TRANSLATE_NOOP("Human", "s")},
}};

QString translated(const char *text)
{
    return QCoreApplication::translate("Human", text);
}

// Three significant digits at most, no trailing zeros: 1.4, 12, 120.
QString shortNumber(double value)
{
    const int decimals = std::fabs(value) < 10 ? 1 : 0;
    QString text = QLocale().toString(value, 'f', decimals);
    const QString zero = QLocale().decimalPoint() + QLatin1Char('0');
    if (text.endsWith(zero))
        text.chop(zero.size());
    return text;
}

} // namespace

QString groupedNumber(std::int64_t value)
{
    return QLocale().toString(qlonglong(value));
}

QString humanBytes(std::int64_t bytes)
{
    static constexpr const char *kNames[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = double(bytes);
    int step = 0;
    while (std::fabs(value) >= 1024 && step < 5) {
        value /= 1024;
        ++step;
    }
    return (step == 0 ? groupedNumber(bytes) : shortNumber(value)) + QChar(0xa0) + QLatin1String(kNames[step]);
}

QString progressText(double fraction)
{
    const int percent = fraction >= 1 ? 100 : std::clamp(int(fraction * 100), 0, 99);
    return QLocale().toString(percent) + QChar(0xa0) + QLatin1Char('%');
}

QString humanCount(double value)
{
    static constexpr const char *kNames[] = {"", "k", "M", "G", "T"};
    int step = 0;
    while (std::fabs(value) >= 1000 && step < 4) {
        value /= 1000;
        ++step;
    }
    const QString number = shortNumber(value);
    return step == 0 ? number : number + QChar(0xa0) + QLatin1String(kNames[step]);
}

QString humanDuration(std::int64_t ms)
{
    if (ms < 1000)
        return QStringLiteral("%1 %2").arg(ms).arg(translated(QT_TRANSLATE_NOOP("Human", "ms")));
    for (std::size_t i = 0; i < kUnits.size(); ++i) {
        const std::int64_t whole = ms / kUnits[i].ms;
        if (whole == 0)
            continue;
        QString text = QStringLiteral("%1 %2").arg(groupedNumber(whole), translated(kUnits[i].name));
        if (i + 1 < kUnits.size()) {
            const std::int64_t rest = ms % kUnits[i].ms / kUnits[i + 1].ms;
            if (rest > 0)
                text += QStringLiteral(" %1 %2").arg(rest).arg(translated(kUnits[i + 1].name));
        }
        return text;
    }
    return {};
}

QString ttlText(std::int64_t remainingMs)
{
    if (remainingMs == -1)
        return translated(QT_TRANSLATE_NOOP("Human", "no TTL"));
    if (remainingMs <= 0)
        return translated(QT_TRANSLATE_NOOP("Human", "expired"));
    return humanDuration(remainingMs);
}

QString momentText(std::int64_t epochMs)
{
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(epochMs);
    const qint64 days = std::abs(QDateTime::currentDateTime().daysTo(moment));
    const QLocale locale;
    if (days < 7)
        return locale.toString(moment, QStringLiteral("ddd HH:mm:ss"));
    return locale.toString(moment, QStringLiteral("d MMM yyyy HH:mm"));
}

} // namespace keyloupe
