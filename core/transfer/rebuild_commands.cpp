// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transfer/rebuild_commands.h"

#include "core/base/number.h"
#include "core/rdb/rdb_writer.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace keyloupe {
namespace {

// Gathers elements of one kind of command and sends a piece whenever it is full.
class Pieces
{
public:
    Pieces(Command head, const CommandSink &sink) : m_head(std::move(head)), m_sink(sink), m_command(m_head) { }

    Result<void> add(const QByteArray &element)
    {
        KL_CHECK(makeRoom(element.size()));
        m_command << element;
        return {};
    }

    Result<void> add(const QByteArray &first, const QByteArray &second)
    {
        KL_CHECK(makeRoom(first.size() + second.size()));
        m_command << first << second;
        return {};
    }

    Result<void> finish()
    {
        if (m_elements == 0)
            return {};
        m_elements = 0;
        m_bytes = 0;
        const Command full = std::exchange(m_command, m_head);
        return m_sink(full);
    }

private:
    Result<void> makeRoom(qsizetype bytes)
    {
        if (m_elements == kRebuildElements || (m_elements > 0 && m_bytes + bytes > kRebuildBytes))
            KL_CHECK(finish());
        ++m_elements;
        m_bytes += bytes;
        return {};
    }

    Command m_head;
    const CommandSink &m_sink;
    Command m_command;
    qsizetype m_elements = 0;
    qsizetype m_bytes = 0;
};

class Rebuilder
{
public:
    Rebuilder(const QByteArray &key, const CommandForm &form, const CommandSink &sink) : m_key(key), m_form(form), m_sink(sink) { }

    Result<void> operator()(const QByteArray &text) { return m_sink(Command{"SET", m_key, text}); }
    Result<void> operator()(const ListValue &list) { return elements("RPUSH", list.items); }
    Result<void> operator()(const SetValue &set) { return elements("SADD", set.members); }

    Result<void> operator()(const SortedSetValue &set)
    {
        // Redis 7 puts a score of -0 as 0 into its small encoding, by a command as well as when it loads the large one from
        // a file; so it comes last, when the set is as large as it gets. But it loads a small one as it stands: there a
        // long member, gone at the end, has the server take the large encoding at once.
        const auto isNegativeZero = [](const ScoredMember &member) { return member.score == 0 && std::signbit(member.score); };
        const bool any = std::any_of(set.members.begin(), set.members.end(), isNegativeZero);
        const QByteArray helper = any && m_form.packedScores ? longNonMember(set) : QByteArray();
        if (!helper.isEmpty())
            KL_CHECK(m_sink(Command{"ZADD", m_key, "0", helper}));
        Pieces pieces(Command{"ZADD", m_key}, m_sink);
        for (const bool last : {false, true}) {
            for (const ScoredMember &member : set.members) {
                if ((any && isNegativeZero(member)) == last)
                    KL_CHECK(pieces.add(formatDouble(member.score), member.member));
            }
            if (!any)
                break;
        }
        KL_CHECK(pieces.finish());
        return helper.isEmpty() ? Result<void>() : m_sink(Command{"ZREM", m_key, helper});
    }

    Result<void> operator()(const HashValue &hash)
    {
        Pieces pieces(Command{"HSET", m_key}, m_sink);
        for (const HashField &field : hash.fields)
            KL_CHECK(pieces.add(field.field, field.value));
        KL_CHECK(pieces.finish());
        return m_form.fieldExpiry ? fieldExpiries(hash) : Result<void>();
    }

    Result<void> operator()(const StreamValue &stream) { return rebuildStream(m_key, stream, m_form, m_sink); }

    // Its layout is the module's own: the bytes go as they are.
    Result<void> operator()(const ModuleValue &module)
    {
        KL_TRY(const QByteArray payload, encodeDumpPayload(Value(module), m_form.dumpFamily, m_form.dumpVersion));
        return m_sink(Command{"RESTORE", m_key, "0", payload});
    }

private:
    static QByteArray longNonMember(const SortedSetValue &set)
    {
        QByteArray name(4096, '-'); // far above any usual zset-max-listpack-value
        while (std::any_of(set.members.begin(), set.members.end(), [&](const ScoredMember &m) { return m.member == name; }))
            name += '-';
        return name;
    }

    Result<void> elements(const QByteArray &name, const std::vector<QByteArray> &all)
    {
        Pieces pieces(Command{name, m_key}, m_sink);
        for (const QByteArray &element : all)
            KL_CHECK(pieces.add(element));
        return pieces.finish();
    }

    // One command a moment and piece: fields that were given their time together mostly have the same.
    Result<void> fieldExpiries(const HashValue &hash)
    {
        std::map<std::int64_t, QByteArrayList> byTime;
        for (const HashField &field : hash.fields) {
            if (field.expireAtMs >= 0)
                byTime[field.expireAtMs].append(field.field);
        }
        for (const auto &[when, fields] : byTime) {
            for (qsizetype first = 0; first < fields.size(); first += kRebuildElements) {
                const QByteArrayList piece = fields.mid(first, kRebuildElements);
                Command command{"HPEXPIREAT", m_key, QByteArray::number(qint64(when)), "FIELDS", QByteArray::number(piece.size())};
                command.args += piece;
                KL_CHECK(m_sink(command));
            }
        }
        return {};
    }

    const QByteArray &m_key;
    const CommandForm &m_form;
    const CommandSink &m_sink;
};

} // namespace

Result<void> rebuildCommands(const QByteArray &key, const Value &value, std::int64_t expireAtMs, const CommandForm &form, const CommandSink &sink)
{
    KL_CHECK(std::visit(Rebuilder(key, form, sink), value));
    if (expireAtMs < 0)
        return {};
    return sink(Command{"PEXPIREAT", key, QByteArray::number(qint64(expireAtMs))});
}

} // namespace keyloupe
