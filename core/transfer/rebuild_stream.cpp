// SPDX-License-Identifier: GPL-3.0-or-later
//
// Streams as commands. XCLAIM … FORCE makes a pending entry only of an entry that is there, so entries that are deleted but
// still pending are first added as stand-ins, claimed, and trimmed away: XTRIM, unlike XDEL, leaves the highest deleted id
// alone, and an empty stream lets XSETID go back, so that the real entries can follow with lower ids. A group cannot have
// read more entries than were added, so a count above that is set behind the counters of the stream.
#include "core/transfer/rebuild_commands.h"

#include "core/rdb/rdb_writer.h"
#include "core/rdb/save_target.h"

#include <algorithm>
#include <limits>
#include <set>

namespace keyloupe {
namespace {

QByteArray idText(const StreamId &id)
{
    return QByteArray::number(quint64(id.ms)) + '-' + QByteArray::number(quint64(id.seq));
}

class StreamRebuilder
{
public:
    StreamRebuilder(const QByteArray &key, const StreamValue &stream, const CommandForm &form, const CommandSink &sink)
        : m_key(key), m_stream(stream), m_form(form), m_sink(sink)
    {
        for (const StreamGroup &group : stream.groups) {
            for (const StreamPending &pending : group.pending) {
                if (!isThere(pending.id) && pending.id != StreamId{})
                    m_standIns.insert(pending.id);
            }
        }
    }

    Result<void> run()
    {
        if (!m_standIns.empty())
            KL_CHECK(standIns());
        KL_CHECK(entries());
        if (m_standIns.empty())
            KL_CHECK(groups());
        KL_CHECK(claims(true));
        KL_CHECK(idleConsumers());
        KL_CHECK(counters());
        return lateReadCounts();
    }

private:
    bool isThere(const StreamId &id) const
    {
        const auto place = std::lower_bound(m_stream.entries.begin(), m_stream.entries.end(), id,
                                            [](const StreamEntry &entry, const StreamId &wanted) { return entry.id < wanted; });
        return place != m_stream.entries.end() && place->id == id;
    }

    Result<void> standIns()
    {
        for (const StreamId &id : m_standIns)
            KL_CHECK(m_sink(Command{"XADD", m_key, idText(id), "f", "v"}));
        KL_CHECK(groups());
        KL_CHECK(claims(false));
        KL_CHECK(m_sink(Command{"XTRIM", m_key, "MAXLEN", "0"}));
        return m_sink(Command{"XSETID", m_key, "0-0"});
    }

    Result<void> entries()
    {
        if (m_stream.entries.empty() && m_standIns.empty() && m_stream.groups.empty()) {
            // A stream without entries or groups: one group that goes at once.
            KL_CHECK(m_sink(Command{"XGROUP", "CREATE", m_key, "g", "0-0", "MKSTREAM"}));
            return m_sink(Command{"XGROUP", "DESTROY", m_key, "g"});
        }
        for (const StreamEntry &entry : m_stream.entries) {
            Command command{"XADD", m_key, idText(entry.id)};
            for (const auto &[field, value] : entry.fields)
                command << field << value;
            KL_CHECK(m_sink(command));
        }
        return {};
    }

    Result<void> groups()
    {
        for (const StreamGroup &group : m_stream.groups) {
            Command command{"XGROUP", "CREATE", m_key, group.name, idText(group.lastDelivered)};
            if (m_stream.entries.empty() && m_standIns.empty())
                command << "MKSTREAM";
            if (m_form.streamCounters && group.entriesRead >= 0 && !isReadCountLate(group))
                command << "ENTRIESREAD" << qint64(group.entriesRead);
            KL_CHECK(m_sink(command));
        }
        return {};
    }

    // More than there is when groups() runs.
    bool isReadCountLate(const StreamGroup &group) const
    {
        const std::size_t added = m_standIns.empty() ? m_stream.entries.size() : m_standIns.size();
        return group.entriesRead > static_cast<std::int64_t>(added);
    }

    Result<void> lateReadCounts()
    {
        for (const StreamGroup &group : m_stream.groups) {
            if (m_form.streamCounters && isReadCountLate(group)) {
                KL_CHECK(m_sink(Command{"XGROUP", "SETID", m_key, group.name, idText(group.lastDelivered), "ENTRIESREAD",
                                        QByteArray::number(qint64(group.entriesRead))}));
            }
        }
        return {};
    }

    // The pending entries of each consumer: those that are in the stream, or those that are not.
    Result<void> claims(bool there)
    {
        for (const StreamGroup &group : m_stream.groups) {
            for (const StreamConsumer &consumer : group.consumers) {
                std::vector<StreamPending> run; // with the same time and count
                for (const StreamId &id : consumer.pending) {
                    const auto pending = std::lower_bound(group.pending.begin(), group.pending.end(), id,
                                                          [](const StreamPending &p, const StreamId &wanted) { return p.id < wanted; });
                    if (pending == group.pending.end() || pending->id != id || isThere(id) != there || id == StreamId{})
                        continue;
                    const bool fits = run.empty() || (run.back().deliveredMs == pending->deliveredMs && run.back().deliveries == pending->deliveries);
                    if (!fits || run.size() == std::size_t(kRebuildElements))
                        KL_CHECK(claim(group, consumer, std::exchange(run, {})));
                    run.push_back(*pending);
                }
                KL_CHECK(claim(group, consumer, run));
            }
        }
        return {};
    }

    Result<void> claim(const StreamGroup &group, const StreamConsumer &consumer, const std::vector<StreamPending> &run)
    {
        if (run.empty())
            return {};
        Command command{"XCLAIM", m_key, group.name, consumer.name, "0"};
        for (const StreamPending &pending : run)
            command << idText(pending.id);
        command << "TIME" << qint64(run.front().deliveredMs) << "RETRYCOUNT" << qint64(run.front().deliveries) << "JUSTID" << "FORCE";
        return m_sink(command);
    }

    // Consumers with nothing pending; a look at the history makes one where there is no command for it.
    Result<void> idleConsumers()
    {
        for (const StreamGroup &group : m_stream.groups) {
            for (const StreamConsumer &consumer : group.consumers) {
                if (!consumer.pending.empty())
                    continue;
                KL_CHECK(m_sink(m_form.createConsumer
                                        ? Command{"XGROUP", "CREATECONSUMER", m_key, group.name, consumer.name}
                                        : Command{"XREADGROUP", "GROUP", group.name, consumer.name, "COUNT", "1", "STREAMS", m_key, "0"}));
            }
        }
        return {};
    }

    // The last id and the counters, where what was done above does not already give them.
    Result<void> counters()
    {
        const std::uint64_t added = m_stream.entries.size() + m_standIns.size();
        const StreamId last = m_stream.entries.empty() ? StreamId{} : m_stream.entries.back().id;
        const bool ownCounters = m_form.streamCounters && (m_stream.entriesAdded != added || m_stream.maxDeletedId != StreamId{});
        const StreamId lastId = std::max(m_stream.lastId, last);
        if (lastId == last && !ownCounters)
            return {};
        Command command{"XSETID", m_key, idText(lastId)};
        if (ownCounters) {
            const std::uint64_t most = std::numeric_limits<std::int64_t>::max();
            const std::uint64_t entriesAdded = std::clamp<std::uint64_t>(m_stream.entriesAdded, m_stream.entries.size(), most);
            command << "ENTRIESADDED" << qint64(entriesAdded) << "MAXDELETEDID" << idText(std::min(m_stream.maxDeletedId, lastId));
        }
        return m_sink(command);
    }

    const QByteArray &m_key;
    const StreamValue &m_stream;
    const CommandForm &m_form;
    const CommandSink &m_sink;
    std::set<StreamId> m_standIns;
};

// What no XADD makes; only a damaged or hand-made file has it.
bool isBeyondCommands(const StreamValue &stream)
{
    return std::any_of(stream.entries.begin(), stream.entries.end(),
                       [](const StreamEntry &entry) { return entry.fields.empty() || entry.id == StreamId{}; });
}

} // namespace

Result<void> rebuildStream(const QByteArray &key, const StreamValue &stream, const CommandForm &form, const CommandSink &sink)
{
    // Which messages a producer sent already can be told by no command.
    const bool producers = form.idempotency && rememberedProducers(stream) > 0;
    if (isBeyondCommands(stream) || producers) {
        const int version = std::max(form.dumpVersion, producers ? 13 : form.streamCounters ? 10 : 9);
        KL_TRY(const QByteArray payload, encodeDumpPayload(Value(stream), producers ? RdbFamily::Redis : form.dumpFamily, version));
        return sink(Command{"RESTORE", key, "0", payload});
    }
    return StreamRebuilder(key, stream, form, sink).run();
}

} // namespace keyloupe
