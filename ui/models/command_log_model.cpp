// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/command_log_model.h"

#include "core/base/escape.h"
#include "ui/theme/theme.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr int kFetchMs = 100;

QString durationText(std::int64_t us)
{
    if (us < 0)
        return QString(QChar(0x2013));
    const double ms = double(us) / 1000;
    return CommandLogModel::tr("%1 ms").arg(QLocale().toString(ms, 'f', ms < 10 ? 2 : ms < 100 ? 1 : 0));
}

} // namespace

CommandLogModel::CommandLogModel(QObject *parent) : QAbstractTableModel(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(kFetchMs);
    connect(&m_timer, &QTimer::timeout, this, &CommandLogModel::fetch);
}

void CommandLogModel::setLog(CommandLog *log)
{
    if (m_log)
        disconnect(m_log, nullptr, this, nullptr);
    m_log = log;
    m_clearedAt = 0;
    if (log) {
        connect(log, &CommandLog::entriesAdded, this, [this] {
            if (!m_timer.isActive())
                m_timer.start();
        });
    }
    reload(0);
}

void CommandLogModel::setShowsBackground(bool on)
{
    if (on == m_showsBackground)
        return;
    m_showsBackground = on;
    reload(m_clearedAt);
}

void CommandLogModel::clear()
{
    fetch(); // so that what is waiting counts as seen
    m_clearedAt = m_next;
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

void CommandLogModel::reload(std::uint64_t from)
{
    beginResetModel();
    m_rows.clear();
    m_next = from;
    endResetModel();
    fetch();
}

void CommandLogModel::fetch()
{
    if (!m_log)
        return;
    std::vector<CommandLogEntry> fresh = m_log->since(m_next, &m_next);
    if (!m_showsBackground)
        std::erase_if(fresh, [](const CommandLogEntry &entry) { return entry.background; });
    if (fresh.empty())
        return;
    const std::size_t total = m_rows.size() + fresh.size();
    if (total > CommandLog::kCapacity && !m_rows.empty()) {
        const std::size_t gone = std::min(m_rows.size(), total - CommandLog::kCapacity);
        beginRemoveRows({}, 0, int(gone) - 1);
        m_rows.erase(m_rows.begin(), m_rows.begin() + std::ptrdiff_t(gone));
        endRemoveRows();
    }
    const int at = int(m_rows.size());
    beginInsertRows({}, at, at + int(fresh.size()) - 1);
    std::move(fresh.begin(), fresh.end(), std::back_inserter(m_rows));
    endInsertRows();
}

int CommandLogModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int CommandLogModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CommandLogModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const CommandLogEntry &entry = m_rows[std::size_t(index.row())];
    switch (role) {
    case IsErrorRole:
        return !entry.error.isEmpty();
    case Qt::FontRole:
        return index.column() == Text ? QVariant(monoFont()) : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == Duration || index.column() == Database ? int(Qt::AlignRight | Qt::AlignVCenter)
                                                                       : int(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        if (!entry.error.isEmpty() && index.column() == Outcome)
            return themeColors(static_cast<const QWidget *>(nullptr)).danger;
        if (entry.background)
            return themeColors(static_cast<const QWidget *>(nullptr)).textMuted;
        return {};
    case Qt::ToolTipRole:
        return index.column() == Outcome ? displayText(entry.error) : index.column() == Text ? displayText(entry.text, 2000) : QString();
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case Time:
        return QDateTime::fromMSecsSinceEpoch(entry.timeMs).toString(QStringLiteral("HH:mm:ss.zzz"));
    case Database:
        return QString::number(entry.db);
    case Text:
        return displayText(entry.text, 500);
    case Duration:
        return durationText(entry.durationUs);
    case Outcome:
        return entry.error.isEmpty() ? tr("done") : displayText(entry.error, 200);
    default:
        return {};
    }
}

QVariant CommandLogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return section == Duration || section == Database ? int(Qt::AlignRight | Qt::AlignVCenter) : int(Qt::AlignLeft | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Database:
        return tr("db", "column heading: database number");
    case Text:
        return tr("Command");
    case Duration:
        return tr("Took");
    case Outcome:
        return tr("Answer");
    default:
        return {};
    }
}

} // namespace keyloupe
