// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/json_highlighter.h"

#include "ui/theme/theme.h"

#include <QEvent>
#include <QWidget>

namespace keyloupe {
namespace {

constexpr int kMaxLine = 20'000; // longer lines stay plain: colouring them would be felt while typing

struct JsonColors
{
    QColor name;
    QColor string;
    QColor number;
    QColor word;
};

// At least 4.5 : 1 on the surface of their theme.
JsonColors colorsOf(const QWidget *widget)
{
    if (themeColors(widget).dark)
        return {QColor(0x7cc0ff), QColor(0x9ad17b), QColor(0xf0b072), QColor(0xd6a2f5)};
    return {QColor(0x0b5cad), QColor(0x2f6f1e), QColor(0x9a4a00), QColor(0x7a2fa8)};
}

qsizetype stringEnd(const QString &text, qsizetype at)
{
    for (++at; at < text.size(); ++at) {
        if (text[at] == QLatin1Char('\\'))
            ++at;
        else if (text[at] == QLatin1Char('"'))
            return at + 1;
    }
    return text.size();
}

} // namespace

JsonHighlighter::JsonHighlighter(QTextDocument *document, QWidget *widget) : QSyntaxHighlighter(document), m_widget(widget)
{
    widget->installEventFilter(this);
}

void JsonHighlighter::highlightBlock(const QString &text)
{
    if (text.size() > kMaxLine)
        return;
    const JsonColors colors = colorsOf(m_widget);
    qsizetype at = 0;
    while (at < text.size()) {
        const QChar c = text[at];
        qsizetype end = at + 1;
        if (c == QLatin1Char('"')) {
            end = stringEnd(text, at);
            qsizetype next = end;
            while (next < text.size() && text[next].isSpace())
                ++next;
            const bool isName = next < text.size() && text[next] == QLatin1Char(':');
            setFormat(int(at), int(end - at), isName ? colors.name : colors.string);
        } else if (c == QLatin1Char('-') || c.isDigit()) {
            while (end < text.size() && (text[end].isLetterOrNumber() || QStringLiteral("+-.").contains(text[end])))
                ++end;
            setFormat(int(at), int(end - at), colors.number);
        } else if (c.isLetter()) {
            while (end < text.size() && text[end].isLetter())
                ++end;
            setFormat(int(at), int(end - at), colors.word);
        }
        at = end;
    }
}

bool JsonHighlighter::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_widget && event->type() == QEvent::PaletteChange)
        QMetaObject::invokeMethod(this, &JsonHighlighter::rehighlight, Qt::QueuedConnection);
    return QSyntaxHighlighter::eventFilter(watched, event);
}

} // namespace keyloupe
