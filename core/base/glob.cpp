// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/glob.h"

namespace keyloupe {
namespace {

// Matches one non-star pattern element at `p` against byte `c`; sets `next` behind the element.
bool matchOne(QByteArrayView pattern, qsizetype p, unsigned char c, qsizetype *next)
{
    const auto at = [&](qsizetype i) { return static_cast<unsigned char>(pattern[i]); };
    switch (at(p)) {
    case '?':
        *next = p + 1;
        return true;
    case '[': {
        qsizetype i = p + 1;
        const bool negated = i < pattern.size() && at(i) == '^';
        if (negated)
            ++i;
        bool hit = false;
        // As Redis: a ']' closes the class even when it comes first, and an unclosed class ends with the pattern.
        while (i < pattern.size() && at(i) != ']') {
            if (at(i) == '\\' && i + 1 < pattern.size()) {
                hit |= at(i + 1) == c;
                i += 2;
            } else if (i + 2 < pattern.size() && at(i + 1) == '-') {
                unsigned char low = at(i);
                unsigned char high = at(i + 2);
                if (low > high)
                    std::swap(low, high);
                hit |= c >= low && c <= high;
                i += 3;
            } else {
                hit |= at(i) == c;
                ++i;
            }
        }
        *next = i < pattern.size() ? i + 1 : i;
        return hit != negated;
    }
    case '\\':
        if (p + 1 < pattern.size()) {
            *next = p + 2;
            return at(p + 1) == c;
        }
        [[fallthrough]];
    default:
        *next = p + 1;
        return at(p) == c;
    }
}

} // namespace

bool globMatch(QByteArrayView pattern, QByteArrayView text)
{
    qsizetype p = 0;
    qsizetype t = 0;
    qsizetype starPattern = -1; // behind the last star seen
    qsizetype starText = 0;     // where that star stops matching for now
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            starPattern = ++p;
            starText = t;
            continue;
        }
        qsizetype next = p;
        if (p < pattern.size() && matchOne(pattern, p, static_cast<unsigned char>(text[t]), &next)) {
            p = next;
            ++t;
            continue;
        }
        if (starPattern < 0)
            return false;
        p = starPattern;
        t = ++starText;
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

QByteArray globEscape(QByteArrayView literal)
{
    QByteArray out;
    out.reserve(literal.size());
    for (const char c : literal) {
        if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\')
            out.append('\\');
        out.append(c);
    }
    return out;
}

bool isLiteralGlob(QByteArrayView pattern)
{
    for (const char c : pattern) {
        if (c == '*' || c == '?' || c == '[' || c == '\\')
            return false;
    }
    return true;
}

} // namespace keyloupe
