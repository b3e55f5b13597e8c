// SPDX-License-Identifier: GPL-3.0-or-later
//
// The order of byte strings that Redis uses for members and that the key index keeps: unsigned bytes, the shorter first.
// Unlike QByteArray's operators it is the same for views of every length and byte. Pure; any thread.
#pragma once

#include <QByteArrayView>

#include <algorithm>
#include <cstring>

namespace keyloupe {

/// Negative, zero or positive, as memcmp.
inline int compareBytes(QByteArrayView a, QByteArrayView b)
{
    const qsizetype common = std::min(a.size(), b.size());
    const int order = common > 0 ? std::memcmp(a.data(), b.data(), std::size_t(common)) : 0;
    if (order != 0)
        return order;
    return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

} // namespace keyloupe
