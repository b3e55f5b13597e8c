// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/text_box.h"

#include "core/base/escape.h"
#include "ui/theme/theme.h"

#include <QTextBlock>

#include <algorithm>

namespace keyloupe {
namespace {

qsizetype longestLine(const QByteArray &bytes)
{
    qsizetype longest = 0;
    qsizetype from = 0;
    while (from <= bytes.size()) {
        const qsizetype end = bytes.indexOf('\n', from);
        const qsizetype stop = end < 0 ? bytes.size() : end;
        longest = std::max(longest, stop - from);
        from = stop + 1;
    }
    return longest;
}

} // namespace

TextBox::TextBox(const QString &accessibleName, QWidget *parent) : QPlainTextEdit(parent)
{
    setFont(monoFont());
    setFrameShape(QFrame::NoFrame);
    setStyleSheet(QStringLiteral("QPlainTextEdit { border: none; border-radius: 0; }"));
    setAccessibleName(accessibleName);
    setTabStopDistance(fontMetrics().horizontalAdvance(QLatin1Char(' ')) * 4);
    document()->setDocumentMargin(space::kM);
}

bool TextBox::survives(const QByteArray &bytes, QString *why)
{
    if (bytes.size() > kMaxBytes || longestLine(bytes) > kMaxLine) {
        *why = tr("This text is too long to edit as text. Edit it in Hex.");
        return false;
    }
    if (!isUtf8(bytes)) {
        *why = tr("These bytes are not UTF-8 text. Edit them in Hex.");
        return false;
    }
    const QString text = QString::fromUtf8(bytes);
    const auto bad = std::find_if(text.begin(), text.end(), [](QChar c) {
        const char16_t u = c.unicode();
        return (u < 0x20 && u != '\t' && u != '\n') || u == 0x7f || u == QChar::LineSeparator || u == QChar::ParagraphSeparator || u == 0xfeff || u == 0xfdd0
               || u == 0xfdd1 || u == 0xfffe || u == 0xffff;
    });
    if (bad == text.end() && text.toUtf8() == bytes)
        return true;
    if (bad != text.end() && *bad == QLatin1Char('\r'))
        *why = tr("This text has carriage returns (\\r), which a text box would drop. Edit it in Hex.");
    else
        *why = tr("This text has characters that a text box would change. Edit it in Hex.");
    return false;
}

QString TextBox::readable(const QByteArray &bytes)
{
    constexpr qsizetype kShown = 1024 * 1024;
    QString text;
    const QByteArray head = bytes.first(std::min(bytes.size(), kShown));
    // Line by line, so that line breaks stay and one wild line does not stop the layout.
    qsizetype from = 0;
    while (from < head.size()) {
        const qsizetype end = head.indexOf('\n', from);
        const qsizetype stop = end < 0 ? head.size() : end;
        for (qsizetype at = from; at < stop; at += 16384)
            text += displayText(QByteArrayView(head).sliced(at, std::min<qsizetype>(16384, stop - at))) + (at + 16384 < stop ? QStringLiteral("\n") : QString());
        if (end >= 0)
            text += QLatin1Char('\n');
        from = stop + 1;
    }
    if (bytes.size() > kShown)
        text += QStringLiteral("\n") + QChar(0x2026);
    return text;
}

// toPlainText would turn no-break spaces into spaces.
QByteArray TextBox::utf8() const
{
    QByteArray bytes;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        if (block.blockNumber() > 0)
            bytes += '\n';
        bytes += block.text().toUtf8();
    }
    return bytes;
}

bool TextBox::findText(const QString &text, bool backward)
{
    if (text.isEmpty())
        return true;
    const QTextDocument::FindFlags flags = backward ? QTextDocument::FindBackward : QTextDocument::FindFlags();
    if (find(text, flags))
        return true;
    QTextCursor from = textCursor();
    from.movePosition(backward ? QTextCursor::End : QTextCursor::Start);
    const QTextCursor around = document()->find(text, from, flags);
    if (around.isNull())
        return false;
    setTextCursor(around);
    return true;
}

void TextBox::setWrapped(bool on)
{
    setLineWrapMode(on ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap);
}

} // namespace keyloupe
