// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/start_page.h"

#include "ui/format/human.h"
#include "ui/models/recent_list.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QFileInfo>
#include <QFontMetrics>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr int kCardWidth = 232;
constexpr int kCardsWidth = 3 * kCardWidth + 2 * space::kL;
constexpr std::size_t kShown = 6; // of what was opened before

// A card with an icon, a line of text and its button.
QFrame *card(const QString &icon, const QString &title, const QString &text, QPushButton *button)
{
    auto *frame = new QFrame;
    frame->setProperty("card", true);
    frame->setFixedSize(kCardWidth, 200);
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

// The name, then the folder or address. Each is cut on its own: cut as one text, a long path left only its name, twice.
QString rowText(const RecentSource &source, bool isFile, const QFontMetrics &metrics, int width)
{
    const QFileInfo file(source.location);
    const QString where = isFile && file.fileName() == source.title ? file.path() : source.location;
    QString text = metrics.elidedText(source.title, Qt::ElideMiddle, width * 2 / 3);
    if (where != source.title) {
        text += QStringLiteral("   ");
        text += metrics.elidedText(where, Qt::ElideMiddle, width - metrics.horizontalAdvance(text));
    }
    return text.replace(QLatin1Char('&'), QLatin1String("&&")); // a button takes a single one for its short cut
}

} // namespace

StartPage::StartPage(RecentList &recent, QWidget *parent) : QWidget(parent), m_recent(recent), m_recentCard(new QWidget), m_rows(new QVBoxLayout(m_recentCard))
{
    m_recentCard->setFixedWidth(kCardsWidth);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(0);
    auto *heading = new QLabel(QStringLiteral("Keyloupe"));
    heading->setProperty("role", QStringLiteral("heading"));
    auto *subtitle = new QLabel(tr("Look into Redis and Valkey: servers and snapshots alike."));
    subtitle->setProperty("tone", QStringLiteral("muted"));
    auto *drop = new QLabel(tr("Or drop a file or an append-only folder anywhere on this window."));
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
    cards->addWidget(card(QStringLiteral("file"), tr("A snapshot"), tr("Open an RDB or append-only file without any server. The file is only read."), open));
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
    layout->addSpacing(space::kL);
    layout->addWidget(m_recentCard, 0, Qt::AlignHCenter);
    layout->addStretch();
    connect(&recent, &RecentList::changed, this, &StartPage::showRecent);
    showRecent();
}

void StartPage::showRecent()
{
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    const std::vector<RecentEntry> &entries = m_recent.entries();
    m_recentCard->setVisible(!entries.empty());
    if (entries.empty())
        return;
    auto *heading = new QLabel(tr("Opened before"));
    heading->setProperty("role", QStringLiteral("title"));
    heading->setContentsMargins(space::kS, 0, 0, space::kXs);
    m_rows->addWidget(heading);
    for (std::size_t i = 0; i < std::min(kShown, entries.size()); ++i) {
        const RecentEntry &entry = entries[i];
        auto *line = new QWidget;
        auto *row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(space::kXs);
        auto *open = new QPushButton(themedIcon(entry.isFile ? QStringLiteral("file") : QStringLiteral("server"), IconTone::Muted), {});
        open->setProperty("variant", QStringLiteral("flat"));
        open->setObjectName(QStringLiteral("recent"));
        open->setText(rowText(entry.source, entry.isFile, fontMetrics(), kCardsWidth - 220));
        open->setStyleSheet(QStringLiteral("text-align: left;"));
        open->setEnabled(!entry.isMissing);
        open->setToolTip(entry.isMissing ? tr("%1 is not there any more").arg(entry.source.location) : entry.source.location);
        open->setAccessibleName(tr("Open %1").arg(entry.source.title));
        connect(open, &QPushButton::clicked, this, [this, location = entry.source.location] { Q_EMIT recentRequested(location); });
        auto *when = new QLabel(entry.isMissing ? tr("not there any more") : momentText(entry.source.openedMs));
        when->setProperty("role", QStringLiteral("caption"));
        auto *remove = new QToolButton;
        remove->setIcon(themedIcon(QStringLiteral("close"), IconTone::Muted));
        remove->setToolTip(tr("Forget it"));
        remove->setAccessibleName(tr("Forget %1").arg(entry.source.title));
        connect(remove, &QToolButton::clicked, this, [this, location = entry.source.location] { m_recent.remove(location); });
        row->addWidget(open, 1);
        row->addWidget(when);
        row->addWidget(remove);
        m_rows->addWidget(line);
    }
}

} // namespace keyloupe
