// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/go_to_box.h"

#include <QKeyEvent>
#include <QShortcut>

#include <algorithm>
#include <iterator>

namespace keyloupe {

std::optional<std::int64_t> parsePlace(const QString &text)
{
    QString digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](QChar c) { return !c.isSpace() && c != QLatin1Char(',') && c != QLatin1Char('_') && c != QLatin1Char('\''); });
    const bool hex = digits.startsWith(QLatin1String("0x"), Qt::CaseInsensitive);
    const QString number = hex ? digits.mid(2) : digits;
    // toLongLong would take a sign.
    if (number.isEmpty() || !number[0].isLetterOrNumber())
        return std::nullopt;
    bool ok = false;
    const std::int64_t place = number.toLongLong(&ok, hex ? 16 : 10);
    return ok && place >= 0 ? std::optional<std::int64_t>(place) : std::nullopt;
}

GoToBox::GoToBox(const QString &name, QWidget *holder) : QLineEdit(holder)
{
    setObjectName(QStringLiteral("goTo"));
    setPlaceholderText(name);
    setAccessibleName(name);
    setToolTip(tr("%1: decimal, or hex behind 0x (Ctrl+L)").arg(name));
    setFixedWidth(fontMetrics().horizontalAdvance(name) + 40);
    auto *jump = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_L), holder);
    jump->setContext(Qt::WidgetWithChildrenShortcut);
    connect(jump, &QShortcut::activated, this, [this] {
        setFocus(Qt::ShortcutFocusReason);
        selectAll();
    });
    connect(this, &QLineEdit::textChanged, this, [this](const QString &typed) {
        setProperty("invalid", !typed.isEmpty() && !parsePlace(typed));
        setStyleSheet(styleSheet()); // a property in a selector counts only after this
    });
}

void GoToBox::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Return && event->key() != Qt::Key_Enter)
        return QLineEdit::keyPressEvent(event);
    if (const std::optional<std::int64_t> place = parsePlace(text()))
        Q_EMIT placeEntered(*place);
}

} // namespace keyloupe
