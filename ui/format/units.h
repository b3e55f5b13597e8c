// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values of charts and tiles as a person reads them: bytes, counts, rates, percent; and a scale's step that gives round
// numbers in that unit. Pure but for the locale.
#pragma once

#include <QString>

namespace keyloupe {

enum class ValueUnit { Count, CountPerSecond, Bytes, BytesPerSecond, Ratio, Milliseconds, Percent };

/// "1.2 k/s", "3.4 MiB", "97.5 %". NaN is an en dash.
QString unitText(double value, ValueUnit unit);

/// The same without the rate's "/s", for the labels of an axis whose title or read-out names the unit.
QString axisText(double value, ValueUnit unit);

/// A round step that splits `range` into about `steps` parts: 1, 2 or 5 times a power of ten; of two for bytes.
double roundStep(double range, int steps, ValueUnit unit);

/// The smallest round end of a scale that holds `value`, at least `least`.
double roundUp(double value, ValueUnit unit, double least);

} // namespace keyloupe
