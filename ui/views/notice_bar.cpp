// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/notice_bar.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyloupe {

NoticeBar::NoticeBar(Tone tone, Buttons place, QWidget *parent) : QFrame(parent), m_text(new QLabel), m_buttons(new QHBoxLayout)
{
    constexpr int kIcon = 16;
    setProperty("banner", tone == Tone::Danger ? QStringLiteral("danger") : tone == Tone::Warning ? QStringLiteral("warning") : QStringLiteral("info"));
    auto *icon = new QLabel;
    icon->setPixmap(themedIcon(tone == Tone::Info ? QStringLiteral("info") : QStringLiteral("warning")).pixmap(kIcon, kIcon));
    icon->setFixedSize(kIcon, kIcon);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setMinimumWidth(60);
    m_buttons->setSpacing(space::kXs);
    auto *line = new QHBoxLayout;
    line->setSpacing(space::kS);
    line->addWidget(icon, 0, place == Buttons::Below ? Qt::AlignTop : Qt::AlignVCenter);
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
