// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/aof/newer_commands.h"

#include "core/base/number.h"

#include <algorithm>

namespace keyloupe {
namespace {

using Outcome = std::optional<NewerOutcome>;

bool isOneOf(const QByteArray &word, std::initializer_list<const char *> words)
{
    return std::any_of(words.begin(), words.end(), [&](const char *known) { return word.compare(known, Qt::CaseInsensitive) == 0; });
}

NewerOutcome refused()
{
    return {RespValue::error("ERR syntax error"), {}};
}

class Replay
{
public:
    Replay(Engine &engine, EngineClient &client, const QByteArrayList &args, std::int64_t nowMs)
        : m_engine(engine), m_client(client), m_args(args), m_nowMs(nowMs)
    {
    }

    Outcome set();
    Outcome msetex();
    Outcome removeEntries();
    Outcome addOrTrim();
    Outcome remove() { return NewerOutcome{run({"DEL", m_args[1]}), {}}; }

private:
    RespValue run(const QByteArrayList &args) { return m_engine.replay(m_client, Command(args), m_nowMs); }

    // "IDS n id…" from `at` on; false where the count is not that of what is left.
    bool ids(qsizetype at, QByteArrayList *out) const
    {
        if (at + 1 >= m_args.size() || !isOneOf(m_args[at], {"ids"}))
            return false;
        *out = m_args.sliced(at + 2);
        return parseInt64(m_args[at + 1]).value_or(0) == out->size() && !out->isEmpty();
    }

    QByteArrayList groupsOf(const QByteArray &key, const QByteArray &wanted)
    {
        QByteArrayList found;
        for (const RespValue &group : run({"XINFO", "GROUPS", key}).items) {
            for (std::size_t i = 0; i + 1 < group.items.size(); i += 2) {
                if (group.items[i].bytes == wanted)
                    found.append(group.items[i + 1].bytes);
            }
        }
        return found;
    }

    bool isReferenced(const QByteArray &key, const QByteArray &id);
    void forgetPending(const QByteArray &key, const QByteArray &id);
    QByteArrayList firstEntries(const QByteArray &key, const QByteArray &maxLength, const QByteArray &minId);

    Engine &m_engine;
    EngineClient &m_client;
    const QByteArrayList &m_args;
    std::int64_t m_nowMs;
};

bool isTimed(const QByteArray &word)
{
    return isOneOf(word, {"ex", "px", "exat", "pxat"});
}

// SET key value … IFEQ old: it was equal.
Outcome Replay::set()
{
    QByteArrayList plain = m_args.first(3);
    for (qsizetype i = 3; i < m_args.size(); ++i) {
        if (isOneOf(m_args[i], {"ifeq", "ifne", "ifdeq", "ifdne"})) {
            ++i;
            continue;
        }
        plain.append(m_args[i]);
        if (isTimed(m_args[i]) && i + 1 < m_args.size())
            plain.append(m_args[++i]);
    }
    if (plain.size() == m_args.size())
        return std::nullopt;
    return NewerOutcome{run(plain), {}};
}

Outcome Replay::msetex()
{
    const std::int64_t count = parseInt64(m_args[1]).value_or(0);
    if (count < 1 || count > (m_args.size() - 2) / 2)
        return refused();
    QByteArrayList options;
    for (const QByteArray &word : m_args.sliced(2 + 2 * count)) {
        if (!isOneOf(word, {"nx", "xx"}))
            options.append(word);
    }
    for (std::int64_t i = 0; i < count; ++i) {
        RespValue reply = run(QByteArrayList{"SET", m_args[2 + 2 * i], m_args[3 + 2 * i]} + options);
        if (reply.isError())
            return NewerOutcome{std::move(reply), {}};
    }
    return NewerOutcome{RespValue::ok(), {}};
}

// Whether a group has still to read an entry, or to acknowledge it.
bool Replay::isReferenced(const QByteArray &key, const QByteArray &id)
{
    const QByteArrayList names = groupsOf(key, "name");
    const auto pending = [&](const QByteArray &group) { return !run({"XPENDING", key, group, id, id, "1"}).items.empty(); };
    if (std::any_of(names.begin(), names.end(), pending))
        return true;
    const QByteArrayList read = groupsOf(key, "last-delivered-id");
    const auto number = [](const QByteArray &text) {
        const qsizetype dash = text.indexOf('-');
        return std::pair(text.left(dash < 0 ? text.size() : dash).toULongLong(), dash < 0 ? 0 : text.mid(dash + 1).toULongLong());
    };
    return std::any_of(read.begin(), read.end(), [&](const QByteArray &last) { return number(last) < number(id); });
}

void Replay::forgetPending(const QByteArray &key, const QByteArray &id)
{
    for (const QByteArray &group : groupsOf(key, "name"))
        run({"XACK", key, group, id});
}

// The entries that a trimming can reach. Others that are pending may have been deleted long ago, and stay so.
QByteArrayList Replay::firstEntries(const QByteArray &key, const QByteArray &maxLength, const QByteArray &minId)
{
    QByteArrayList command{"XRANGE", key, "-", minId.isEmpty() ? QByteArray("+") : "(" + minId};
    if (minId.isEmpty()) {
        const std::int64_t length = run({"XLEN", key}).toInteger() + 1; // XADD brings one more
        const std::int64_t excess = length - std::clamp<std::int64_t>(parseInt64(maxLength).value_or(length), 0, length);
        command += {"COUNT", QByteArray::number(qint64(excess))};
    }
    QByteArrayList ids;
    for (const RespValue &entry : run(command).items) {
        if (!entry.items.empty())
            ids.append(entry.items[0].bytes);
    }
    return ids;
}

// XDELEX key [KEEPREF|DELREF|ACKED] IDS n id…, XACKDEL key group [the same]
Outcome Replay::removeEntries()
{
    const bool acknowledges = isOneOf(m_args[0], {"xackdel"});
    qsizetype at = acknowledges ? 3 : 2;
    QByteArray mode = "KEEPREF";
    if (at < m_args.size() && isOneOf(m_args[at], {"keepref", "delref", "acked"}))
        mode = m_args[at++].toUpper();
    QByteArrayList entries;
    if (!ids(at, &entries))
        return refused();
    const QByteArray &key = m_args[1];
    for (const QByteArray &id : entries) {
        if (acknowledges) {
            RespValue done = run({"XACK", key, m_args[2], id});
            if (done.isError())
                return NewerOutcome{std::move(done), {}};
            if (done.integer == 0)
                continue; // it was not waiting there
        }
        if (mode == "DELREF")
            forgetPending(key, id);
        if (mode == "ACKED" && isReferenced(key, id))
            continue;
        RespValue done = run({"XDEL", key, id});
        if (done.isError())
            return NewerOutcome{std::move(done), {}};
    }
    return NewerOutcome{RespValue::ok(), {}};
}

// XADD and XTRIM with what becomes of references, XADD with a producer's mark.
Outcome Replay::addOrTrim()
{
    const QByteArray &key = m_args[1];
    QByteArrayList plain = m_args.first(2);
    QByteArray maxLength;
    QByteArray minId;
    QByteArray limit;
    bool forgets = false;
    bool marked = false;
    qsizetype i = 2;
    for (; i < m_args.size(); ++i) {
        if (isOneOf(m_args[i], {"keepref"})) {
            continue;
        } else if (isOneOf(m_args[i], {"delref"})) {
            forgets = true;
        } else if (isOneOf(m_args[i], {"acked"})) {
            return NewerOutcome{RespValue::error("ERR trimming of acknowledged entries only is not known here"), {}};
        } else if (isOneOf(m_args[i], {"idmp", "idmpauto"})) {
            marked = true;
            i += isOneOf(m_args[i], {"idmp"}) ? 2 : 1;
        } else if (isOneOf(m_args[i], {"maxlen", "minid", "limit"})) {
            QByteArray &value = isOneOf(m_args[i], {"maxlen"}) ? maxLength : isOneOf(m_args[i], {"minid"}) ? minId : limit;
            plain.append(m_args[i]);
            if (i + 1 < m_args.size() && isOneOf(m_args[i + 1], {"=", "~"}))
                plain.append(m_args[++i]);
            if (i + 1 < m_args.size()) {
                value = m_args[++i];
                plain.append(value);
            }
        } else if (isOneOf(m_args[i], {"nomkstream"})) {
            plain.append(m_args[i]);
        } else {
            break; // the entry begins
        }
    }
    plain += m_args.sliced(std::min(i, m_args.size()));
    if (plain.size() == m_args.size())
        return std::nullopt;
    const QByteArrayList trimmed = forgets ? firstEntries(key, maxLength, minId) : QByteArrayList();
    NewerOutcome outcome{run(plain), {}};
    for (const QByteArray &id : trimmed) {
        if (run({"XRANGE", key, id, id}).items.empty())
            forgetPending(key, id);
    }
    if (marked)
        outcome.missing = QStringLiteral("the entry is added, but not what the server remembers of its producer");
    return outcome;
}

} // namespace

std::optional<NewerOutcome> replayNewer(Engine &engine, EngineClient &client, const QByteArrayList &args, std::int64_t nowMs)
{
    if (args.size() < 2)
        return std::nullopt;
    Replay replay(engine, client, args, nowMs);
    const QByteArray &name = args[0];
    if (args.size() > 3) {
        if (isOneOf(name, {"set"}))
            return replay.set();
        if (isOneOf(name, {"xadd", "xtrim"}))
            return replay.addOrTrim();
        if (isOneOf(name, {"msetex"}))
            return replay.msetex();
        if (isOneOf(name, {"xdelex", "xackdel"}))
            return replay.removeEntries();
    }
    return isOneOf(name, {"delex", "delifeq"}) ? replay.remove() : std::nullopt;
}

} // namespace keyloupe
