// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/bytes_edit.h"

#include "core/base/escape.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QToolButton>

#include <algorithm>

namespace keyloupe {
namespace {

// A text box turns line and paragraph separators into line breaks and no-break spaces into spaces.
bool survivesBox(QChar c, bool lineBreaks)
{
    if (c == QLatin1Char('\t'))
        return true;
    if (c == QLatin1Char('\n'))
        return lineBreaks;
    return c.unicode() >= 0x20 && c.unicode() != 0x7f && c != QChar::Nbsp && c != QChar::LineSeparator && c != QChar::ParagraphSeparator
           && c.category() != QChar::Other_Control && c.category() != QChar::Other_Format && c.unicode() < 0xfdd0;
}

QString escapedText(const QByteArray &bytes)
{
    const QByteArray quoted = quoteBytes(bytes);
    return QString::fromLatin1(quoted.mid(1, quoted.size() - 2));
}

} // namespace

bool isPlainText(const QByteArray &bytes, bool lineBreaks)
{
    if (!isUtf8(bytes))
        return false;
    const QString text = QString::fromUtf8(bytes);
    return std::all_of(text.begin(), text.end(), [lineBreaks](QChar c) { return c.isSurrogate() || survivesBox(c, lineBreaks); });
}

BytesEdit::BytesEdit(Lines lines, const QString &accessibleName, QWidget *parent) : QWidget(parent), m_escaped(new QToolButton)
{
    m_escaped->setText(QStringLiteral("\\x"));
    m_escaped->setCheckable(true);
    m_escaped->setProperty("variant", QStringLiteral("outlined"));
    m_escaped->setToolTip(tr("Read escapes: \\x00 \\n \\t \\\" \\\\"));
    m_escaped->setAccessibleName(tr("Read escapes"));
    m_escaped->setFocusPolicy(Qt::TabFocus);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kXs);
    if (lines == Lines::One) {
        m_line = new QLineEdit;
        m_line->setFont(monoFont());
        m_line->setAccessibleName(accessibleName);
        layout->addWidget(m_line, 1);
        setFocusProxy(m_line);
        connect(m_line, &QLineEdit::textEdited, this, &BytesEdit::edited);
        connect(m_line, &QLineEdit::returnPressed, this, &BytesEdit::returnPressed);
    } else {
        m_box = new QPlainTextEdit;
        m_box->setFont(monoFont());
        m_box->setAccessibleName(accessibleName);
        m_box->setTabChangesFocus(true);
        m_box->setMinimumHeight(88);
        layout->addWidget(m_box, 1);
        setFocusProxy(m_box);
        connect(m_box, &QPlainTextEdit::textChanged, this, &BytesEdit::edited);
    }
    layout->addWidget(m_escaped, 0, Qt::AlignTop);
    connect(m_escaped, &QToolButton::clicked, this, &BytesEdit::setEscaped);
}

QString BytesEdit::text() const
{
    return m_line ? m_line->text() : m_box->toPlainText();
}

void BytesEdit::setText(const QString &text)
{
    if (m_line)
        m_line->setText(text);
    else
        m_box->setPlainText(text);
}

void BytesEdit::setBytes(const QByteArray &bytes)
{
    const bool plain = isPlainText(bytes, m_box != nullptr);
    m_escaped->setChecked(!plain);
    setText(plain ? QString::fromUtf8(bytes) : escapedText(bytes));
}

// The bytes stay the same, only how they are written changes; bytes that plain text cannot show keep their escapes.
void BytesEdit::setEscaped(bool on)
{
    m_escaped->setChecked(!on);
    const Result<QByteArray> current = bytes();
    const bool possible = current.ok() && (on || isPlainText(*current, m_box != nullptr));
    m_escaped->setChecked(possible ? on : true);
    if (possible)
        setText(on ? escapedText(*current) : QString::fromUtf8(*current));
    Q_EMIT edited();
}

Result<QByteArray> BytesEdit::bytes() const
{
    const QByteArray typed = text().toUtf8();
    if (!m_escaped->isChecked())
        return typed;
    QByteArray line = typed;
    line.replace('\n', "\\n");
    Result<QByteArrayList> words = splitCommandLine('"' + line + '"');
    if (!words.ok() || words->size() != 1)
        return Error{Errc::InvalidArgument, QStringLiteral("a quote stands without a backslash before it"), -1, {}};
    return words->first();
}

void BytesEdit::setPlaceholder(const QString &text)
{
    if (m_line)
        m_line->setPlaceholderText(text);
    else
        m_box->setPlaceholderText(text);
}

void BytesEdit::selectAll()
{
    if (m_line)
        m_line->selectAll();
    else
        m_box->selectAll();
}

} // namespace keyloupe
