// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/start_page.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

// A card with an icon, a line of text and its button.
QFrame *card(const QString &icon, const QString &title, const QString &text, QPushButton *button)
{
    auto *frame = new QFrame;
    frame->setProperty("card", true);
    frame->setFixedSize(232, 200);
    auto *picture = new QLabel;
    picture->setPixmap(themedIcon(icon, IconTone::Accent).pixmap(32, 32));
    auto *heading = new QLabel(title);
    heading->setProperty("role", QStringLiteral("title"));
    auto *body = new QLabel(text);
    body->setProperty("tone", QStringLiteral("muted"));
    body->setWordWrap(true);
    auto *layout = new QVBoxLayout(frame);
    layout->setContentsMargins(space::kL, space::kL, space::kL, space::kL);
    layout->setSpacing(space::kS);
    layout->addWidget(picture);
    layout->addWidget(heading);
    layout->addWidget(body);
    layout->addStretch();
    layout->addWidget(button);
    return frame;
}

} // namespace

StartPage::StartPage(QWidget *parent) : QWidget(parent)
{
    auto *heading = new QLabel(QStringLiteral("Keyloupe"));
    heading->setProperty("role", QStringLiteral("heading"));
    auto *subtitle = new QLabel(tr("Look into Redis and Valkey: servers and snapshots alike."));
    subtitle->setProperty("tone", QStringLiteral("muted"));
    auto *drop = new QLabel(tr("Or drop an RDB file anywhere on this window."));
    drop->setProperty("tone", QStringLiteral("muted"));

    auto *open = new QPushButton(tr("Open snapshot…"));
    auto *connectTo = new QPushButton(tr("Connect…"));
    auto *demo = new QPushButton(tr("Try the demo"));
    connectTo->setProperty("variant", QStringLiteral("primary"));
    connect(open, &QPushButton::clicked, this, &StartPage::openRequested);
    connect(connectTo, &QPushButton::clicked, this, &StartPage::connectRequested);
    connect(demo, &QPushButton::clicked, this, &StartPage::demoRequested);

    auto *cards = new QHBoxLayout;
    cards->setSpacing(space::kL);
    cards->addStretch();
    cards->addWidget(card(QStringLiteral("plug"), tr("A server"), tr("Watch its memory, hits and messages live."), connectTo));
    cards->addWidget(card(QStringLiteral("file"), tr("A snapshot"), tr("Open a dump.rdb without any server. The file is only read."), open));
    cards->addWidget(card(QStringLiteral("play"), tr("The demo"), tr("A small shop with live traffic, nothing to install."), demo));
    cards->addStretch();

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(space::kS);
    layout->addStretch();
    layout->addWidget(heading, 0, Qt::AlignHCenter);
    layout->addWidget(subtitle, 0, Qt::AlignHCenter);
    layout->addSpacing(space::kL);
    layout->addLayout(cards);
    layout->addSpacing(space::kL);
    layout->addWidget(drop, 0, Qt::AlignHCenter);
    layout->addStretch();
}

} // namespace keyloupe
