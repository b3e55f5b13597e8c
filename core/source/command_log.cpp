// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/command_log.h"

#include "core/async/post_to.h"

namespace keyloupe {

CommandLog::CommandLog(QObject *parent) : QObject(parent) { }

void CommandLog::append(std::vector<CommandLogEntry> entries)
{
    bool announce = false;
    {
        const std::lock_guard lock(m_mutex);
        for (CommandLogEntry &entry : entries) {
            m_entries.push(std::move(entry));
            ++m_total;
        }
        announce = !std::exchange(m_announced, true);
    }
    if (announce) {
        postTo(this, [this] {
            {
                const std::lock_guard lock(m_mutex);
                m_announced = false;
            }
            Q_EMIT entriesAdded();
        });
    }
}

std::vector<CommandLogEntry> CommandLog::since(std::uint64_t from, std::uint64_t *next) const
{
    const std::lock_guard lock(m_mutex);
    const std::uint64_t oldest = m_total - m_entries.size();
    std::vector<CommandLogEntry> result;
    for (std::uint64_t i = std::max(from, oldest); i < m_total; ++i)
        result.push_back(m_entries[std::size_t(i - oldest)]);
    *next = m_total;
    return result;
}

} // namespace keyloupe
