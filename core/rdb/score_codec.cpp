// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/score_codec.h"

#include "core/base/number.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

namespace keyloupe::rdb {

namespace {

constexpr qsizetype kLongestScore = 127;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Digits with at most one point inside, as nearly all scores are written; they need no copy to be read.
std::optional<double> parseSimpleDecimal(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 40)
        return std::nullopt;
    qsizetype points = 0;
    for (qsizetype i = text[0] == '-' ? 1 : 0; i < text.size(); ++i) {
        if (text[i] == '.')
            ++points;
        else if (!isDigit(text[i]))
            return std::nullopt;
    }
    const qsizetype first = text[0] == '-' ? 1 : 0;
    if (points > 1 || first == text.size() || !isDigit(text[first]) || !isDigit(text.back()))
        return std::nullopt;
    double value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    return status == std::errc() && end == text.data() + text.size() ? std::optional<double>(value) : std::nullopt;
}

} // namespace

std::optional<double> parseScore(QByteArrayView text)
{
    if (text.size() > kLongestScore)
        return std::nullopt;
    if (const std::optional<double> simple = parseSimpleDecimal(text))
        return simple;
    return parseDouble(text);
}

double readTextScore(ByteCursor &in)
{
    const std::int64_t start = in.offset();
    const std::uint8_t size = in.u8();
    if (size == 254)
        return std::numeric_limits<double>::infinity();
    if (size == 255)
        return -std::numeric_limits<double>::infinity();
    const std::optional<double> score = size == 253 ? std::nullopt : parseScore(in.take(size));
    if (!score)
        in.fail(kBadScore, start);
    return score.value_or(0);
}

double readBinaryScore(ByteCursor &in)
{
    const std::int64_t start = in.offset();
    const double score = std::bit_cast<double>(in.le<std::uint64_t>());
    if (std::isnan(score))
        in.fail(kBadScore, start);
    return score;
}

} // namespace keyloupe::rdb
