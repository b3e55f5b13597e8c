// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers, sizes, durations and times as a person reads them, by locale. Pure but for the locale; GUI thread.
#pragma once

#include <QLocale>
#include <QString>

#include <cstdint>

namespace keyloupe {

/// "1,204,311" grouped by the default locale.
QString groupedNumber(std::int64_t value);
/// "1.4 GiB"; "812 B".
QString humanBytes(std::int64_t bytes);
/// "37 %" of a fraction; 100 only when it is whole.
QString progressText(double fraction);
/// "1.2 M", "3.4 k", "812": for rates and axes.
QString humanCount(double value);
/// Two largest units: "2 d 3 h", "4 m 10 s", "850 ms".
QString humanDuration(std::int64_t ms);
/// What a TTL button shows: "no TTL", "expired", or the duration.
QString ttlText(std::int64_t remainingMs);
/// Local wall-clock moment: "Fri 14:05:03" within a week, else with the date.
QString momentText(std::int64_t epochMs);

} // namespace keyloupe
