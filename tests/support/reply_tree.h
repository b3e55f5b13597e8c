// SPDX-License-Identifier: GPL-3.0-or-later
//
// ReplyTree: a reply as it stands on the wire, markers kept (the null of an array is not the null of a string), read by code
// of its own so that a test of the product's writer does not go through the product's reader.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <algorithm>
#include <vector>

namespace keyloupe::test {

struct ReplyTree
{
    char marker = 0;
    bool isNull = false;
    QByteArray text;
    std::vector<ReplyTree> items;

    bool isText() const { return !isNull && (marker == '$' || marker == '+' || marker == '='); }
    bool isAggregate() const { return !isNull && (marker == '*' || marker == '%' || marker == '~' || marker == '>'); }
    bool operator==(const ReplyTree &) const = default;

    /// One line, for messages and for sorting.
    QByteArray print() const
    {
        if (isNull)
            return QByteArray(1, marker) + "null";
        if (!isAggregate())
            return QByteArray(1, marker) + text.toPercentEncoding(" !\"#$&'()*+,/:;<=>?@[]^`{|}~\\");
        QByteArray out(1, marker);
        out += '[';
        for (const ReplyTree &item : items)
            out += item.print() + ", ";
        if (!items.empty())
            out.chop(2);
        return out + ']';
    }

    void sortItems()
    {
        std::sort(items.begin(), items.end(), [](const ReplyTree &a, const ReplyTree &b) { return a.print() < b.print(); });
    }

    /// Reads one reply at *at and moves behind it; false when the bytes end before it does or are no RESP.
    static bool read(QByteArrayView bytes, qsizetype *at, ReplyTree *out)
    {
        const qsizetype end = bytes.indexOf("\r\n", *at);
        if (end < 0 || end == *at)
            return false;
        out->marker = bytes[*at];
        const QByteArray line = bytes.sliced(*at + 1, end - *at - 1).toByteArray();
        *at = end + 2;
        switch (out->marker) {
        case '+': case '-': case ':': case ',': case '#': case '(':
            out->text = line;
            return true;
        case '_':
            out->isNull = true;
            return line.isEmpty();
        case '$': case '=': {
            const qsizetype size = line.toLongLong();
            if (size < 0) {
                out->isNull = true;
                return true;
            }
            if (bytes.size() < *at + size + 2)
                return false;
            out->text = bytes.sliced(*at, size).toByteArray();
            *at += size + 2;
            return true;
        }
        case '*': case '~': case '>': case '%': {
            const qsizetype count = line.toLongLong() * (out->marker == '%' ? 2 : 1);
            if (count < 0) {
                out->isNull = true;
                return true;
            }
            for (qsizetype i = 0; i < count; ++i) {
                ReplyTree item;
                if (!read(bytes, at, &item))
                    return false;
                out->items.push_back(std::move(item));
            }
            return true;
        }
        default:
            return false;
        }
    }
};

} // namespace keyloupe::test
