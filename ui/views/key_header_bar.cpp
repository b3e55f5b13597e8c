// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/key_header_bar.h"

#include "core/base/escape.h"
#include "ui/format/human.h"
#include "ui/models/key_edits.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/type_badge.h"
#include "ui/views/elided_label.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

namespace keyloupe {
namespace {

constexpr int kNameChars = 512;

QToolButton *button(const QString &icon, const QString &tip, const QKeySequence &shortcut = {})
{
    auto *tool = new QToolButton;
    tool->setIcon(themedIcon(icon));
    tool->setAccessibleName(tip);
    tool->setToolTip(shortcut.isEmpty() ? tip : QStringLiteral("%1 (%2)").arg(tip, shortcut.toString(QKeySequence::NativeText)));
    return tool;
}

} // namespace

KeyHeaderBar::KeyHeaderBar(SourceSession &session, OpenKey &key, QWidget *parent)
    : QFrame(parent), m_session(session), m_key(key), m_badge(new TypeBadge), m_name(new ElidedLabel), m_expiry(new QPushButton), m_facts(new QLabel),
      m_rename(button(QStringLiteral("rename"), tr("Rename"), QKeySequence(Qt::Key_F2))), m_copy(button(QStringLiteral("copy"), tr("Copy"))),
      m_delete(button(QStringLiteral("trash"), tr("Delete key"))), m_refresh(button(QStringLiteral("refresh"), tr("Refresh"), QKeySequence(Qt::Key_F5)))
{
    setProperty("bar", true);
    m_name->setFont(monoFont());
    m_expiry->setIcon(themedIcon(QStringLiteral("clock"), IconTone::Muted));
    m_expiry->setProperty("variant", QStringLiteral("flat"));
    m_expiry->setObjectName(QStringLiteral("expiry"));
    m_facts->setProperty("tone", QStringLiteral("muted"));
    m_facts->setTextFormat(Qt::PlainText);
    m_copy->setPopupMode(QToolButton::InstantPopup);
    m_delete->setProperty("variant", QStringLiteral("danger"));
    m_delete->setObjectName(QStringLiteral("deleteKey"));
    buildCopyMenu();

    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(space::kM, space::kS, space::kS, space::kS);
    line->setSpacing(space::kS);
    line->addWidget(m_badge);
    line->addWidget(m_name, 1);
    line->addWidget(m_facts);
    line->addWidget(m_expiry);
    line->addWidget(m_refresh);
    line->addWidget(m_rename);
    line->addWidget(m_copy);
    line->addWidget(m_delete);

    connect(m_refresh, &QToolButton::clicked, this, &KeyHeaderBar::refreshRequested);
    connect(m_rename, &QToolButton::clicked, this, &KeyHeaderBar::renameRequested);
    connect(m_delete, &QToolButton::clicked, this, &KeyHeaderBar::deleteRequested);
    connect(m_expiry, &QPushButton::clicked, this, &KeyHeaderBar::expiryRequested);
    connect(&key, &OpenKey::headerChanged, this, &KeyHeaderBar::showKey);
    connect(&key, &OpenKey::renamed, this, &KeyHeaderBar::showKey);
    connect(&session.source(), &Source::infoChanged, this, &KeyHeaderBar::showKey);
    connect(&session.source(), &Source::stateChanged, this, &KeyHeaderBar::showKey);
    connect(&m_clock, &QTimer::timeout, this, &KeyHeaderBar::showExpiry);
    m_clock.start(1000);
    showKey();
}

void KeyHeaderBar::buildCopyMenu()
{
    auto *menu = new QMenu(m_copy);
    const auto copy = [](const QString &text) { QApplication::clipboard()->setText(text); };
    menu->addAction(tr("Name"), this, [this, copy] { copy(QString::fromUtf8(m_key.ref().key)); });
    menu->addAction(tr("Name as redis-cli"), this, [this, copy] { copy(QString::fromLatin1(quoteArgument(m_key.ref().key))); });
    menu->addAction(tr("Command that reads it"), this, [this, copy] {
        const QByteArray key = quoteArgument(m_key.ref().key);
        const QByteArray words[] = {"TYPE ", "GET ", "LRANGE ", "SMEMBERS ", "ZRANGE ", "HGETALL ", "XRANGE ", "DUMP "};
        const QByteArray tails[] = {"", "", " 0 99", "", " 0 99 WITHSCORES", "", " - + COUNT 100", ""};
        const auto kind = std::size_t(m_key.header().kind);
        copy(QString::fromLatin1(words[kind] + key + tails[kind]));
    });
    m_copy->setMenu(menu);
}

void KeyHeaderBar::showKey()
{
    const KeyHeader &header = m_key.header();
    const bool there = m_key.state() == OpenKey::State::Ready;
    const bool writable = there && m_session.isWritable();
    m_badge->setTypeName(there ? header.typeName : QByteArray());
    m_badge->setVisible(there);
    m_name->setText(displayText(m_key.ref().key, kNameChars));
    QStringList facts;
    if (there && !header.encoding.isEmpty())
        facts.append(QString::fromLatin1(header.encoding));
    if (there && header.memoryBytes >= 0)
        facts.append(humanBytes(header.memoryBytes));
    if (there && header.idleSeconds >= 60)
        facts.append(tr("idle %1").arg(humanDuration(header.idleSeconds * 1000)));
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_facts->setToolTip(tr("Encoding, memory with overhead as the server estimates it, time since the last access"));
    m_expiry->setVisible(there);
    m_expiry->setEnabled(writable);
    m_rename->setEnabled(writable);
    m_delete->setEnabled(writable);
    m_copy->setEnabled(m_key.state() != OpenKey::State::Empty);
    showExpiry();
}

void KeyHeaderBar::showExpiry()
{
    const std::int64_t when = m_key.header().expireAtMs;
    m_expiry->setText(when < 0 ? tr("no TTL") : ttlText(std::max<std::int64_t>(0, when - nowOf(m_session))));
    m_expiry->setToolTip(when < 0 ? tr("Never expires. Click to set a time to live.") : tr("Expires %1. Click to change it.").arg(momentText(when)));
    m_expiry->setAccessibleName(tr("Time to live: %1").arg(m_expiry->text()));
}

} // namespace keyloupe
