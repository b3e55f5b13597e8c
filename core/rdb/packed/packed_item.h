// SPDX-License-Identifier: GPL-3.0-or-later
//
// PackedItem: one element of a listpack or ziplist: an integer, or bytes inside the blob. A view; any thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>

namespace keyloupe::rdb {

struct PackedItem
{
    QByteArrayView text;      ///< empty for an integer
    std::int64_t integer = 0;
    bool isInteger = false;

    void setInteger(std::int64_t value)
    {
        text = {};
        integer = value;
        isInteger = true;
    }
    void setText(QByteArrayView bytes)
    {
        text = bytes;
        integer = 0;
        isInteger = false;
    }

    /// The element's bytes; integers as their decimal text.
    QByteArray toBytes() const
    {
        return isInteger ? QByteArray::number(static_cast<qlonglong>(integer)) : text.toByteArray();
    }
};

} // namespace keyloupe::rdb
