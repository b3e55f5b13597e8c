// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/number.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace keyloupe {

std::optional<std::int64_t> parseInt64(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 20)
        return std::nullopt;
    const char *first = text.data();
    const char *last = first + text.size();
    const char *digits = *first == '-' ? first + 1 : first;
    if (digits == last || *digits < '0' || *digits > '9')
        return std::nullopt;
    if (*digits == '0' && (digits + 1 != last || digits != first))
        return std::nullopt;
    std::int64_t value = 0;
    const auto [end, status] = std::from_chars(first, last, value);
    if (status != std::errc() || end != last)
        return std::nullopt;
    return value;
}

std::optional<double> parseDouble(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 400)
        return std::nullopt;
    QByteArray lower = text.toByteArray().toLower();
    const bool negative = lower.startsWith('-');
    if (negative || lower.startsWith('+'))
        lower.remove(0, 1);
    if (lower == "inf" || lower == "infinity") {
        const double inf = std::numeric_limits<double>::infinity();
        return negative ? -inf : inf;
    }
    if (lower.startsWith("0x")) { // strtod reads these too
        double value = 0;
        const auto [end, status] = std::from_chars(lower.constData() + 2, lower.constData() + lower.size(), value, std::chars_format::hex);
        const bool whole = status == std::errc() && end == lower.constData() + lower.size() && lower[2] != '-' && std::isfinite(value);
        return whole ? std::optional<double>(negative ? -value : value) : std::nullopt;
    }
    // QByteArray::toDouble follows the C locale but trims spaces and takes "nan"; refuse both first.
    if (lower.isEmpty() || !((lower[0] >= '0' && lower[0] <= '9') || lower[0] == '.'))
        return std::nullopt;
    const char tail = lower.back();
    if (tail == ' ' || tail == '\n' || tail == '\t' || tail == '\r' || tail == '\v' || tail == '\f' || tail == '\0')
        return std::nullopt;
    bool ok = false;
    const double value = lower.toDouble(&ok);
    // Out of range: Qt gives inf or 0 with ok false; Redis refuses as well.
    if (!ok || std::isnan(value) || std::isinf(value))
        return std::nullopt;
    return negative ? -value : value;
}

QByteArray formatDouble(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    if (value == 0)
        return std::signbit(value) ? "-0" : "0";
    if (std::fabs(value) < 1e17 && value == std::floor(value))
        return QByteArray::number(static_cast<qint64>(value));
    // 17 significant digits always read back; take the shortest precision that does.
    for (int precision = 1; precision < 17; ++precision) {
        const QByteArray text = QByteArray::number(value, 'g', precision);
        if (text.toDouble() == value)
            return text;
    }
    return QByteArray::number(value, 'g', 17);
}

} // namespace keyloupe
