// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/format/payload_text.h"

#include "core/base/escape.h"
#include "ui/format/human.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <algorithm>

namespace keyloupe {
namespace {

// Lines stay lines; everything else that is no plain text is escaped as in labels.
QString readableText(QByteArrayView bytes)
{
    QString out;
    while (true) {
        const qsizetype end = bytes.indexOf('\n');
        const QByteArrayView line = end < 0 ? bytes : bytes.first(end);
        qsizetype from = 0;
        for (qsizetype tab = line.indexOf('\t'); tab >= 0; tab = line.indexOf('\t', from)) {
            out += displayText(line.sliced(from, tab - from)) + QLatin1Char('\t');
            from = tab + 1;
        }
        out += displayText(line.sliced(from));
        if (end < 0)
            return out;
        out += QLatin1Char('\n');
        bytes = bytes.sliced(end + 1);
    }
}

} // namespace

QString hexDump(QByteArrayView bytes)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    QString out;
    out.reserve(bytes.size() / 16 * 78 + 78);
    for (qsizetype at = 0; at < bytes.size(); at += 16) {
        const QByteArrayView row = bytes.sliced(at, std::min<qsizetype>(16, bytes.size() - at));
        out += QStringLiteral("%1  ").arg(at, 8, 16, QLatin1Char('0'));
        for (qsizetype i = 0; i < 16; ++i) {
            if (i < row.size()) {
                const auto byte = static_cast<unsigned char>(row[i]);
                out += QLatin1Char(kDigits[byte >> 4]);
                out += QLatin1Char(kDigits[byte & 15]);
            } else {
                out += QLatin1String("  ");
            }
            out += QLatin1String(i == 7 ? "  " : " ");
        }
        out += QLatin1Char(' ');
        for (const char c : row)
            out += c >= 0x20 && c < 0x7f ? QLatin1Char(c) : QLatin1Char('.');
        out += QLatin1Char('\n');
    }
    return out;
}

QString payloadText(QByteArrayView bytes, PayloadForm form, qsizetype maxBytes)
{
    const QByteArrayView head = bytes.first(std::min(bytes.size(), maxBytes));
    QString text;
    if (form == PayloadForm::Hex) {
        text = hexDump(head);
    } else {
        if (form == PayloadForm::Json && head.size() == bytes.size()) {
            const QJsonDocument document = QJsonDocument::fromJson(bytes.toByteArray());
            if (!document.isNull())
                text = QString::fromUtf8(document.toJson(QJsonDocument::Indented));
        }
        if (text.isEmpty())
            text = readableText(head);
    }
    if (head.size() < bytes.size()) {
        text += QLatin1Char('\n')
                + QCoreApplication::translate("PayloadText", "… the first %1 of %2 are shown")
                          .arg(humanBytes(head.size()), humanBytes(bytes.size()));
    }
    return text;
}

} // namespace keyloupe
