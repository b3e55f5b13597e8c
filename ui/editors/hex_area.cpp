// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/hex_area.h"

#include "core/base/escape.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr int kColumns = 16;
constexpr int kOffsetDigits = 8;
constexpr int kMargin = 12;
constexpr int kTop = 6;
constexpr char kDigits[] = "0123456789ABCDEF";

int digitOf(QChar c)
{
    const char16_t u = c.toLower().unicode();
    if (u >= '0' && u <= '9')
        return u - '0';
    return u >= 'a' && u <= 'f' ? u - 'a' + 10 : -1;
}

// As a literal of C, where \x takes every hex digit that follows: such a one is escaped too.
QByteArray cString(const QByteArray &bytes)
{
    QByteArray out("\"");
    bool afterHex = false;
    for (const char c : bytes) {
        const bool plain = c >= 0x20 && c < 0x7f && c != '?' && !(afterHex && digitOf(QLatin1Char(c)) >= 0);
        if (plain && (c == '"' || c == '\\'))
            out += '\\';
        if (plain)
            out += c;
        else
            out += "\\x" + QByteArray(1, c).toHex();
        afterHex = !plain;
    }
    return out + '"';
}

} // namespace

bool parseHex(const QString &text, QByteArray *out)
{
    out->clear();
    int high = -1;
    for (const QChar c : text) {
        if (c.isSpace() && high < 0)
            continue;
        const int digit = digitOf(c);
        if (digit < 0)
            return false;
        if (high >= 0)
            out->append(static_cast<char>(high * 16 + digit));
        high = high >= 0 ? -1 : digit;
    }
    return high < 0;
}

HexArea::HexArea(QWidget *parent) : QAbstractScrollArea(parent)
{
    setFont(monoFont());
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Value as hex"));
    viewport()->setCursor(Qt::IBeamCursor);
    m_charWidth = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    m_rowHeight = fontMetrics().height() + 4;
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
}

void HexArea::setBytes(const QByteArray &bytes)
{
    m_bytes = bytes;
    m_stored = bytes;
    m_steps.clear();
    m_step = 0;
    m_position = 0;
    m_anchor = -1;
    m_lowNibble = false;
    verticalScrollBar()->setValue(0);
    updateScrollBar();
    viewport()->update();
    Q_EMIT positionChanged();
}

void HexArea::setStored(const QByteArray &bytes)
{
    m_stored = bytes;
    compareEnds();
    viewport()->update();
}

void HexArea::setReadOnly(bool readOnly)
{
    m_readOnly = readOnly;
    viewport()->update();
}

void HexArea::setInserting(bool on)
{
    m_inserting = on;
    m_lowNibble = false;
    viewport()->update();
    Q_EMIT positionChanged();
}

qsizetype HexArea::rowCount() const
{
    return m_bytes.size() / kColumns + 1; // the cursor may stand behind the last byte
}

qsizetype HexArea::visibleRows() const
{
    return std::max(1, (viewport()->height() - kTop) / m_rowHeight);
}

qsizetype HexArea::selectionStart() const
{
    return m_anchor < 0 ? m_position : std::min(m_anchor, m_position);
}

qsizetype HexArea::selectionEnd() const
{
    return m_anchor < 0 ? m_position : std::max(m_anchor, m_position);
}

bool HexArea::isMarked(qsizetype at) const
{
    if (m_bytes.size() == m_stored.size())
        return m_bytes[at] != m_stored[at];
    return at >= m_sameHead && at < m_bytes.size() - m_sameTail;
}

QByteArray HexArea::selected() const
{
    return m_bytes.mid(selectionStart(), selectionEnd() - selectionStart());
}

// A gap in the middle of the row helps the eye.
int HexArea::hexX(int column) const
{
    return kMargin + (kOffsetDigits + 2) * m_charWidth + column * 3 * m_charWidth + (column >= kColumns / 2 ? m_charWidth : 0) - horizontalScrollBar()->value();
}

int HexArea::textX(int column) const
{
    return hexX(kColumns) + m_charWidth + column * m_charWidth;
}

void HexArea::updateScrollBar()
{
    verticalScrollBar()->setRange(0, int(std::max<qsizetype>(0, rowCount() - visibleRows())));
    verticalScrollBar()->setPageStep(int(visibleRows()));
    const int width = textX(kColumns) + horizontalScrollBar()->value() + kMargin;
    horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
}

void HexArea::showPosition()
{
    const qsizetype row = m_position / kColumns;
    const qsizetype first = verticalScrollBar()->value();
    if (row < first)
        verticalScrollBar()->setValue(int(row));
    else if (row >= first + visibleRows())
        verticalScrollBar()->setValue(int(row - visibleRows() + 1));
    viewport()->update();
}

void HexArea::setPosition(qsizetype offset, bool select)
{
    if (select && m_anchor < 0)
        m_anchor = m_position;
    else if (!select)
        m_anchor = -1;
    m_position = std::clamp<qsizetype>(offset, 0, m_bytes.size());
    m_lowNibble = false;
    showPosition();
    Q_EMIT positionChanged();
}

void HexArea::compareEnds()
{
    if (m_bytes.size() != m_stored.size()) {
        const auto shorter = std::min(m_bytes.size(), m_stored.size());
        m_sameHead = std::mismatch(m_bytes.cbegin(), m_bytes.cbegin() + shorter, m_stored.cbegin()).first - m_bytes.cbegin();
        const auto rest = m_bytes.crbegin() + (shorter - m_sameHead);
        m_sameTail = std::mismatch(m_bytes.crbegin(), rest, m_stored.crbegin()).first - m_bytes.crbegin();
    }
}

void HexArea::apply(qsizetype offset, qsizetype length, const QByteArray &after)
{
    m_bytes.replace(offset, length, after);
    compareEnds();
    updateScrollBar();
    viewport()->update();
    Q_EMIT edited();
}

void HexArea::replace(qsizetype offset, qsizetype length, const QByteArray &after)
{
    m_steps.resize(m_step);
    m_steps.push_back({offset, m_bytes.mid(offset, length), after});
    ++m_step;
    apply(offset, length, after);
}

void HexArea::undo()
{
    if (!canUndo() || m_readOnly)
        return;
    const Step &step = m_steps[--m_step];
    apply(step.offset, step.after.size(), step.before);
    setPosition(step.offset);
}

void HexArea::redo()
{
    if (!canRedo() || m_readOnly)
        return;
    const Step &step = m_steps[m_step++];
    apply(step.offset, step.before.size(), step.after);
    setPosition(step.offset + step.after.size());
}

void HexArea::typeHex(int digit)
{
    const qsizetype at = selectionStart();
    const qsizetype chosen = selectionEnd() - at;
    if (m_lowNibble && at < m_bytes.size()) {
        const char byte = static_cast<char>((static_cast<unsigned char>(m_bytes[at]) & 0xf0) | digit);
        replace(at, 1, QByteArray(1, byte));
        setPosition(at + 1);
        return;
    }
    const bool adds = m_inserting || at >= m_bytes.size();
    const char kept = adds ? '\0' : static_cast<char>(m_bytes[at] & 0x0f);
    const char byte = static_cast<char>(digit << 4 | kept);
    // A selection is replaced as a whole only when inserting: overwriting never changes the length.
    replace(at, adds ? (m_inserting ? chosen : 0) : 1, QByteArray(1, byte));
    setPosition(at);
    m_lowNibble = true;
    viewport()->update();
}

void HexArea::typeText(const QByteArray &text)
{
    const qsizetype at = selectionStart();
    const qsizetype length = m_inserting ? selectionEnd() - at : std::min<qsizetype>(text.size(), m_bytes.size() - at);
    replace(at, length, text);
    setPosition(at + text.size());
}

void HexArea::removeAt(bool backwards)
{
    qsizetype at = selectionStart();
    qsizetype length = selectionEnd() - at;
    if (length == 0) {
        at -= backwards ? 1 : 0;
        length = 1;
    }
    if (at < 0 || at >= m_bytes.size())
        return;
    replace(at, length, {});
    setPosition(at);
}

QString HexArea::selectedAs(CopyAs form) const
{
    const QByteArray bytes = selected();
    if (form == CopyAs::Text)
        return isUtf8(bytes) ? QString::fromUtf8(bytes) : QString::fromLatin1(quoteBytes(bytes));
    return QString::fromLatin1(form == CopyAs::Hex ? bytes.toHex(' ').toUpper() : cString(bytes));
}

void HexArea::copy(CopyAs form)
{
    if (!selected().isEmpty())
        QApplication::clipboard()->setText(selectedAs(form));
}

void HexArea::cut()
{
    if (selected().isEmpty() || m_readOnly)
        return;
    copy(m_inText ? CopyAs::Text : CopyAs::Hex);
    removeAt(false);
}

void HexArea::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [this, menu](const QString &text, bool enabled, auto slot) { menu->addAction(text, this, slot)->setEnabled(enabled); };
    const bool any = !selected().isEmpty();
    add(tr("Undo"), canUndo() && !m_readOnly, [this] { undo(); });
    add(tr("Redo"), canRedo() && !m_readOnly, [this] { redo(); });
    menu->addSeparator();
    add(tr("Copy as hex"), any, [this] { copy(CopyAs::Hex); });
    add(tr("Copy as text"), any, [this] { copy(CopyAs::Text); });
    add(tr("Copy as a C string"), any, [this] { copy(CopyAs::CString); });
    add(tr("Cut"), any && !m_readOnly, [this] { cut(); });
    add(tr("Paste"), !m_readOnly, [this] { paste(); });
    menu->addSeparator();
    add(tr("Select all"), !m_bytes.isEmpty(), [this] {
        setPosition(0);
        setPosition(m_bytes.size(), true);
    });
    menu->popup(event->globalPos());
}

void HexArea::paste()
{
    const QString text = QApplication::clipboard()->text();
    QByteArray bytes = text.toUtf8();
    if (!m_inText && !parseHex(text, &bytes))
        return;
    if (!bytes.isEmpty())
        typeText(bytes);
}

void HexArea::keyPressEvent(QKeyEvent *event)
{
    const bool select = event->modifiers().testFlag(Qt::ShiftModifier);
    const bool control = event->modifiers().testFlag(Qt::ControlModifier);
    const qsizetype row = m_position - m_position % kColumns;
    if (event->matches(QKeySequence::Undo))
        return undo();
    if (event->matches(QKeySequence::Redo))
        return redo();
    if (event->matches(QKeySequence::Copy))
        return copy(m_inText ? CopyAs::Text : CopyAs::Hex);
    if (event->matches(QKeySequence::SelectAll)) {
        setPosition(0);
        return setPosition(m_bytes.size(), true);
    }
    switch (event->key()) {
    case Qt::Key_Left:
        return setPosition(m_position - (m_lowNibble ? 0 : 1), select);
    case Qt::Key_Right:
        return setPosition(m_position + 1, select);
    case Qt::Key_Up:
        return setPosition(m_position >= kColumns ? m_position - kColumns : m_position, select);
    case Qt::Key_Down:
        return setPosition(m_position + kColumns <= m_bytes.size() ? m_position + kColumns : m_position, select);
    case Qt::Key_PageUp:
        return setPosition(std::max<qsizetype>(m_position % kColumns, m_position - visibleRows() * kColumns), select);
    case Qt::Key_PageDown:
        return setPosition(m_position + visibleRows() * kColumns, select);
    case Qt::Key_Home:
        return setPosition(control ? 0 : row, select);
    case Qt::Key_End:
        return setPosition(control ? m_bytes.size() : std::min<qsizetype>(row + kColumns - 1, m_bytes.size()), select);
    default:
        break;
    }
    if (m_readOnly)
        return QAbstractScrollArea::keyPressEvent(event);
    if (event->matches(QKeySequence::Cut))
        return cut();
    if (event->matches(QKeySequence::Paste))
        return paste();
    if (event->key() == Qt::Key_Insert)
        return setInserting(!m_inserting);
    if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace)
        return removeAt(event->key() == Qt::Key_Backspace);
    const QString typed = event->text();
    if (control || typed.isEmpty() || !typed[0].isPrint())
        return QAbstractScrollArea::keyPressEvent(event);
    if (m_inText)
        typeText(typed.toUtf8());
    else if (const int digit = digitOf(typed[0]); digit >= 0)
        typeHex(digit);
}

// Tab goes from the hex to the text column and then on; Shift+Tab the other way.
bool HexArea::focusNextPrevChild(bool next)
{
    if (next == m_inText)
        return QAbstractScrollArea::focusNextPrevChild(next);
    m_inText = next;
    m_lowNibble = false;
    viewport()->update();
    return true;
}

void HexArea::placeAt(const QPoint &point, bool select)
{
    const qsizetype row = verticalScrollBar()->value() + std::max(0, point.y() - kTop) / m_rowHeight;
    m_inText = point.x() >= textX(0) - m_charWidth / 2;
    int column = 0;
    while (column < kColumns && point.x() >= (m_inText ? textX(column + 1) : hexX(column + 1) - m_charWidth / 2))
        ++column;
    // Selecting goes up to the end of the row; the cursor alone stays in it.
    setPosition(row * kColumns + std::min(column, select ? kColumns : kColumns - 1), select);
}

void HexArea::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        placeAt(event->pos(), event->modifiers().testFlag(Qt::ShiftModifier));
}

void HexArea::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons().testFlag(Qt::LeftButton))
        placeAt(event->pos(), true);
}

void HexArea::focusInEvent(QFocusEvent *event)
{
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason)
        m_inText = event->reason() == Qt::BacktabFocusReason;
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void HexArea::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void HexArea::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBar();
}

void HexArea::paintEvent(QPaintEvent *)
{
    const ThemeColors &colors = themeColors(this);
    QPainter painter(viewport());
    painter.setFont(font());
    painter.fillRect(viewport()->rect(), colors.surface);
    const int baseline = fontMetrics().ascent() + 2;
    const qsizetype first = verticalScrollBar()->value();
    const qsizetype last = std::min(rowCount() - 1, first + visibleRows() + 1);
    for (qsizetype row = first; row <= last; ++row) {
        const int top = kTop + int(row - first) * m_rowHeight;
        const qsizetype offset = row * kColumns;
        painter.setPen(colors.textFaint);
        painter.drawText(kMargin - horizontalScrollBar()->value(), top + baseline, QStringLiteral("%1").arg(offset, kOffsetDigits, 16, QLatin1Char('0')).toUpper());
        for (int column = 0; column < kColumns; ++column) {
            const qsizetype at = offset + column;
            const QRect hexCell(hexX(column) - m_charWidth / 2, top, 3 * m_charWidth, m_rowHeight);
            const QRect textCell(textX(column), top, m_charWidth, m_rowHeight);
            if (m_anchor >= 0 && at >= selectionStart() && at < selectionEnd()) {
                painter.fillRect(hexCell, colors.accentSoft);
                painter.fillRect(textCell, colors.accentSoft);
            }
            if (at == m_position) {
                const QRect own = m_inText ? textCell : hexCell.adjusted(m_charWidth / 4, 0, -m_charWidth / 4 - m_charWidth / 2, 0);
                const QRect other = m_inText ? hexCell.adjusted(m_charWidth / 4, 0, -m_charWidth / 4 - m_charWidth / 2, 0) : textCell;
                painter.fillRect(other, colors.hover);
                painter.setPen(hasFocus() ? colors.accent : colors.textFaint);
                if (m_inserting)
                    painter.drawLine(own.topLeft(), own.bottomLeft());
                else
                    painter.drawRect(own.adjusted(0, 0, -1, -1));
                if (m_lowNibble && !m_inText)
                    painter.fillRect(QRect(hexX(column) + m_charWidth, top + m_rowHeight - 3, m_charWidth, 2), colors.accent);
            }
            if (at >= m_bytes.size())
                continue;
            const auto byte = static_cast<unsigned char>(m_bytes[at]);
            const bool changed = isMarked(at);
            const bool printable = byte >= 0x20 && byte < 0x7f;
            painter.setPen(changed ? colors.warning : byte == 0 ? colors.textFaint : colors.text);
            painter.drawText(hexX(column), top + baseline, QString(QLatin1Char(kDigits[byte >> 4])) + QLatin1Char(kDigits[byte & 15]));
            painter.setPen(changed ? colors.warning : printable ? colors.text : colors.textFaint);
            painter.drawText(textX(column), top + baseline, QString(QChar(printable ? char16_t(byte) : u'\u00b7')));
        }
    }
}

} // namespace keyloupe
