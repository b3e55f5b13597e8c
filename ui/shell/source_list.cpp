// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/source_list.h"

#include "core/async/on_ready.h"
#include "ui/format/error_text.h"
#include "ui/format/human.h"
#include "ui/models/source_session.h"
#include "ui/theme/icons.h"

#include <QHeaderView>

namespace keyloupe {
namespace {

constexpr int kDbRole = Qt::UserRole + 1;

QString stateText(const Source &source)
{
    const double done = source.openProgress();
    switch (source.state()) {
    case SourceState::Connecting: return done > 0 ? SourceList::tr("opening… %1").arg(progressText(done)) : SourceList::tr("opening…");
    case SourceState::Reconnecting: return SourceList::tr("reconnecting…");
    case SourceState::Failed: return SourceList::tr("failed");
    case SourceState::Closed: return SourceList::tr("closed");
    case SourceState::Ready: return done > 0 && done < 1 ? SourceList::tr("reading… %1").arg(progressText(done)) : QString();
    }
    return {};
}

} // namespace

SourceList::SourceList(QWidget *parent) : QTreeWidget(parent)
{
    setColumnCount(2);
    setHeaderHidden(true);
    setUniformRowHeights(true);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Open sources"));
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(0, QHeaderView::Stretch);
    header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    connect(this, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) {
        SourceSession *session = sessionOf(item);
        if (session && item->parent())
            session->setCurrentDb(item->data(0, kDbRole).toInt());
        Q_EMIT currentSessionChanged(session);
    });
}

QTreeWidgetItem *SourceList::itemOf(const SourceSession *session) const
{
    const auto it = std::find(m_sessions.begin(), m_sessions.end(), session);
    return it == m_sessions.end() ? nullptr : topLevelItem(int(it - m_sessions.begin()));
}

SourceSession *SourceList::sessionOf(QTreeWidgetItem *item) const
{
    if (!item)
        return nullptr;
    const int row = indexOfTopLevelItem(item->parent() ? item->parent() : item);
    return row < 0 ? nullptr : m_sessions[std::size_t(row)];
}

void SourceList::add(SourceSession *session)
{
    const SourceInfo info = session->source().info();
    m_sessions.push_back(session);
    auto *item = new QTreeWidgetItem(this, {info.title});
    item->setIcon(0, themedIcon(info.kind == SourceKind::File ? QStringLiteral("file") : QStringLiteral("server")));
    item->setToolTip(0, info.location);
    item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    item->setExpanded(true);
    connect(&session->source(), &Source::stateChanged, this, [this, session] {
        showState(session);
        if (session->source().state() == SourceState::Ready)
            refresh(session);
    });
    connect(&session->source(), &Source::progressChanged, this, [this, session] {
        if (QTreeWidgetItem *changed = itemOf(session))
            changed->setText(1, stateText(session->source()));
        if (session->isWhole()) // with all keys, where the first ones were counted
            refresh(session);
    });
    if (const FileActions *file = session->source().fileActions())
        connect(file, &FileActions::modifiedChanged, this, [this, session] { showState(session); });
    connect(session, &SourceSession::databasesChanged, this, [this, session] { refresh(session); });
    showState(session);
    setCurrentItem(item);
}

void SourceList::remove(SourceSession *session)
{
    QTreeWidgetItem *item = itemOf(session);
    if (!item)
        return;
    session->source().disconnect(this);
    if (FileActions *file = session->source().fileActions())
        file->disconnect(this);
    session->disconnect(this);
    m_sessions.erase(std::find(m_sessions.begin(), m_sessions.end(), session));
    delete item;
}

SourceSession *SourceList::current() const
{
    return sessionOf(currentItem());
}

void SourceList::showState(SourceSession *session)
{
    QTreeWidgetItem *item = itemOf(session);
    const FileActions *file = session->source().fileActions();
    const bool modified = file && file->isModified();
    const QString title = session->source().info().title;
    item->setText(0, modified ? QStringLiteral("\u25cf ") + title : title);
    item->setToolTip(0, modified ? tr("%1 (changes not saved)").arg(session->source().info().location) : session->source().info().location);
    item->setText(1, stateText(session->source()));
    const bool failed = session->source().state() == SourceState::Failed;
    item->setToolTip(1, failed ? errorLine(session->source().lastError()) : QString());
}

void SourceList::refresh(SourceSession *session)
{
    ExecOptions options;
    options.background = true;
    onReady(session->source().execute(Command{"INFO", "keyspace"}, options), this, [this, session](Result<RespValue> reply) {
        QTreeWidgetItem *item = itemOf(session);
        if (!item || !reply.ok() || reply->isError())
            return;
        const std::vector<DatabaseInfo> databases = parseKeyspace(reply->bytes);
        // Rows are kept where the databases are the same, so that nothing jumps.
        for (int row = item->childCount() - 1; row >= 0; --row) {
            const int db = item->child(row)->data(0, kDbRole).toInt();
            const bool stays = std::any_of(databases.begin(), databases.end(), [db](const DatabaseInfo &info) { return info.index == db; });
            if (!stays)
                delete item->takeChild(row);
        }
        int row = 0;
        for (const DatabaseInfo &info : databases) {
            QTreeWidgetItem *child = item->child(row);
            if (!child || child->data(0, kDbRole).toInt() != info.index) {
                child = new QTreeWidgetItem({tr("db%1").arg(info.index)});
                child->setData(0, kDbRole, info.index);
                child->setIcon(0, themedIcon(QStringLiteral("database"), IconTone::Muted));
                child->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
                item->insertChild(row, child);
            }
            child->setText(1, groupedNumber(info.keys));
            child->setToolTip(1, tr("%1 keys, %2 with a TTL").arg(groupedNumber(info.keys), groupedNumber(info.expires)));
            ++row;
        }
        item->setExpanded(true);
    });
}

} // namespace keyloupe
