// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/text_box.h"

#include "core/base/escape.h"
#include "ui/theme/theme.h"

#include <QKeyEvent>
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

// Every line break is CRLF, and no carriage return stands elsewhere.
bool breaksLinesWithCrLf(const QByteArray &bytes)
{
    const qsizetype returns = bytes.count('\r');
    return returns > 0 && returns == bytes.count('\n') && returns == bytes.count("\r\n");
}

QByteArray withoutReturns(QByteArray bytes)
{
    return breaksLinesWithCrLf(bytes) ? bytes.replace("\r\n", "\n") : bytes;
}

// The first character that the box would change, as its offset, or -1. Only for sound UTF-8, in which two bytes follow 0xe2
// and 0xef. On bytes, because values may be large.
qsizetype firstUnsafe(const QByteArray &bytes)
{
    const bool crLf = breaksLinesWithCrLf(bytes);
    const auto *data = reinterpret_cast<const unsigned char *>(bytes.constData());
    for (qsizetype at = 0; at < bytes.size(); ++at) {
        const unsigned char c = data[at];
        if (c >= 0x20 && c < 0x7f)
            continue;
        if (c < 0x20 ? c != '\t' && c != '\n' && !(c == '\r' && crLf) : c == 0x7f)
            return at;
        if (c != 0xe2 && c != 0xef)
            continue;
        const int rest = data[at + 1] << 8 | data[at + 2];
        // Line and paragraph separator; the mark of byte order, U+FDD0, U+FDD1, U+FFFE and U+FFFF.
        if (c == 0xe2 ? rest == 0x80a8 || rest == 0x80a9 : rest == 0xbbbf || rest == 0xb790 || rest == 0xb791 || rest == 0xbfbe || rest == 0xbfbf)
            return at;
    }
    return -1;
}

// `at`, or a little before it where a character would be cut.
qsizetype characterStart(const QByteArray &bytes, qsizetype at)
{
    qsizetype start = at;
    while (start > 0 && at - start < 3 && start < bytes.size() && (static_cast<unsigned char>(bytes[start]) & 0xc0) == 0x80)
        --start;
    return start;
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

bool TextBox::holds(const QByteArray &bytes)
{
    return isUtf8(bytes) && firstUnsafe(bytes) < 0;
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
    const qsizetype bad = firstUnsafe(bytes);
    if (bad < 0)
        return true;
    if (bytes[bad] == '\r')
        *why = tr("This text has carriage returns (\\r), which a text box would drop. Edit it in Hex.");
    else
        *why = tr("This text has characters that a text box would change. Edit it in Hex.");
    return false;
}

QString TextBox::readable(const QByteArray &bytes)
{
    constexpr qsizetype kShown = 1024 * 1024;
    constexpr qsizetype kChunk = 16384; // of a line
    QString text;
    const QByteArray head = bytes.first(bytes.size() > kShown ? characterStart(bytes, kShown) : bytes.size());
    // Line by line, so that line breaks stay and one wild line does not stop the layout.
    qsizetype from = 0;
    while (from < head.size()) {
        const qsizetype end = head.indexOf('\n', from);
        const qsizetype stop = end < 0 ? head.size() : end;
        for (qsizetype at = from; at < stop;) {
            const qsizetype next = stop - at > kChunk ? characterStart(head, at + kChunk) : stop;
            text += displayText(QByteArrayView(head).sliced(at, next - at)) + (next < stop ? QStringLiteral("\n") : QString());
            at = next;
        }
        if (end >= 0)
            text += QLatin1Char('\n');
        from = stop + 1;
    }
    if (bytes.size() > kShown)
        text += QStringLiteral("\n") + QChar(0x2026);
    return text;
}

bool TextBox::setValue(const QByteArray &bytes, QString *why)
{
    const bool editable = survives(bytes, why);
    const bool crLf = editable && breaksLinesWithCrLf(bytes);
    m_lineBreak = crLf ? "\r\n" : "\n";
    setPlainText(editable ? QString::fromUtf8(withoutReturns(bytes)) : readable(bytes));
    document()->setModified(false);
    return editable;
}

// toPlainText would turn no-break spaces into spaces.
QByteArray TextBox::value() const
{
    QByteArray bytes;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        if (block.blockNumber() > 0)
            bytes += m_lineBreak;
        bytes += block.text().toUtf8();
    }
    return bytes;
}

bool TextBox::findText(const QString &text, bool backward)
{
    if (text.isEmpty()) {
        QTextCursor start = textCursor();
        start.setPosition(start.selectionStart());
        setTextCursor(start);
        return true;
    }
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

// Shift+Enter would put a line separator (U+2028) into the value.
void TextBox::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::InsertLineSeparator) && !isReadOnly())
        textCursor().insertBlock();
    else
        QPlainTextEdit::keyPressEvent(event);
}

void TextBox::setWrapped(bool on)
{
    setLineWrapMode(on ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap);
}

} // namespace keyloupe
