// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/notice_bar.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

constexpr int kIcon = 16;

} // namespace

NoticeBar::NoticeBar(Tone tone, Buttons place, QWidget *parent)
    : QFrame(parent), m_tone(tone), m_icon(new QLabel), m_text(new QLabel), m_buttons(new QHBoxLayout)
{
    setProperty("banner", tone == Tone::Danger ? QStringLiteral("danger") : tone == Tone::Warning ? QStringLiteral("warning") : QStringLiteral("info"));
    m_icon->setFixedSize(kIcon, kIcon);
    showIcon();
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setMinimumWidth(60);
    m_buttons->setSpacing(space::kXs);
    auto *line = new QHBoxLayout;
    line->setSpacing(space::kS);
    line->addWidget(m_icon, 0, place == Buttons::Below ? Qt::AlignTop : Qt::AlignVCenter);
    line->addWidget(m_text, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::kS, space::kXs, space::kXs, space::kXs);
    column->setSpacing(space::kXs);
    column->addLayout(line);
    if (place == Buttons::Beside) {
        line->addLayout(m_buttons);
    } else {
        m_buttons->addStretch();
        column->addLayout(m_buttons);
    }
    hide();
}

// A pixmap keeps the colour that it was drawn in.
void NoticeBar::showIcon()
{
    m_icon->setPixmap(themedIcon(m_tone == Tone::Info ? QStringLiteral("info") : QStringLiteral("warning")).pixmap(kIcon, kIcon));
}

void NoticeBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        showIcon();
    QFrame::changeEvent(event);
}

void NoticeBar::setText(const QString &text)
{
    m_text->setText(text);
    m_text->setAccessibleName(text);
    setVisible(!text.isEmpty());
}

QString NoticeBar::text() const
{
    return m_text->text();
}

QPushButton *NoticeBar::addButton(const QString &text)
{
    auto *button = new QPushButton(text);
    button->setProperty("variant", QStringLiteral("flat"));
    m_buttons->addWidget(button);
    return button;
}

} // namespace keyloupe
