// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/aof/aof_replay.h"

#include "core/base/escape.h"
#include "core/base/number.h"
#include "core/engine/aof/newer_commands.h"
#include "core/engine/command_table.h"
#include "core/engine/engine_client.h"
#include "core/engine/keyspace.h"

#include <algorithm>

namespace keyloupe {
namespace {

// A file that is nothing but commands unknown here must not become a list larger than itself.
constexpr std::size_t kMaxDamage = 10'000;
constexpr std::int64_t kProgressStep = 4 * 1024 * 1024;

// Old servers wrote these into the file for their replicas. No key depends on them.
bool isHarmless(const QByteArray &lowerName)
{
    static constexpr const char *kNames[] = {"script", "publish", "spublish", "replconf", "ping", "debug"};
    return std::any_of(std::begin(kNames), std::end(kNames), [&](const char *name) { return lowerName == name; });
}

bool isScript(const QByteArray &lowerName)
{
    return lowerName == "eval" || lowerName == "evalsha" || lowerName == "fcall" || lowerName == "eval_ro" || lowerName == "evalsha_ro"
        || lowerName == "fcall_ro";
}

// Of a command that is not known here: most have their key first, scripts behind the count of keys.
QByteArray likelyKey(const QByteArray &lowerName, const QByteArrayList &args)
{
    if (isScript(lowerName))
        return args.size() > 3 && args[2] != "0" ? args[3] : QByteArray();
    return args.value(1);
}

QByteArray firstKey(const CommandSpec &spec, const QByteArrayList &args)
{
    const std::vector<qsizetype> positions = keyPositions(spec, args);
    return positions.empty() ? QByteArray() : args[positions.front()];
}

QByteArrayList argumentsOf(const AofCommand &command)
{
    QByteArrayList args;
    args.reserve(static_cast<qsizetype>(command.args.size()));
    for (const QByteArrayView arg : command.args)
        args.append(arg.toByteArray());
    return args;
}

} // namespace

AofReplay::AofReplay(Engine &engine, std::int64_t nowMs, CancelToken cancel, const AofLimits &limits)
    : m_engine(engine), m_nowMs(nowMs), m_cancel(std::move(cancel)), m_limits(limits)
{
    if (m_limits.maxString > 0) {
        const auto client = m_engine.connect();
        static_cast<void>(m_engine.execute(*client, Command{"CONFIG", "SET", "proto-max-bulk-len", QByteArray::number(qint64(m_limits.maxString))}));
    }
}

void AofReplay::addDamage(AofDamage damage)
{
    if (m_report.damage.size() > kMaxDamage)
        return;
    if (m_report.damage.size() == kMaxDamage)
        damage.reason = QStringLiteral("more damage follows and is not listed");
    m_report.damage.push_back(std::move(damage));
}

void AofReplay::refuse(const Part &part, const AofCommand &command, const QByteArray &key, const QString &reason)
{
    ++m_report.refused;
    constexpr qsizetype kMaxName = 128;
    addDamage({part.name, command.offset, m_client->db, command.args[0].first(std::min(command.args[0].size(), kMaxName)).toByteArray(), key, reason});
}

// False where what the commands ask for is out of all proportion to the file.
bool AofReplay::runOne(const Part &part, const AofCommand &command)
{
    if (command.timestampMs >= 0)
        m_nowMs = m_report.lastTimestampMs = command.timestampMs;
    QByteArrayList args = argumentsOf(command);
    if (command.is("RESTORE-ASKING")) // how a cluster moves keys; the same otherwise
        args[0] = "RESTORE";
    const QByteArray name = args[0].toLower();
    const CommandSpec *spec = m_engine.commands().find(name);
    if (name == "multi" || name == "exec") {
        refuse(part, command, {}, name == "multi" ? QStringLiteral("a transaction inside a transaction") : QStringLiteral("EXEC without MULTI"));
        return true;
    }
    if (name == "function") {
        if (const Result<void> applied = m_functions.apply(args); !applied.ok())
            refuse(part, command, {}, applied.error().message);
        else
            ++m_report.commands;
        return true;
    }
    if (const std::optional<NewerOutcome> newer = replayNewer(m_engine, *m_client, args, m_nowMs)) {
        const QByteArray key = spec ? firstKey(*spec, args) : name == "msetex" ? args.value(2) : args.value(1);
        if (newer->reply.isError())
            refuse(part, command, key, QStringLiteral("the command is refused: %1").arg(displayText(newer->reply.bytes, 200)));
        else
            ++m_report.commands;
        if (!newer->reply.isError() && !newer->missing.isEmpty())
            addDamage({part.name, command.offset, m_client->db, args[0], key, newer->missing});
        return isWithinMemory(part, command);
    }
    if (!spec) {
        if (isHarmless(name))
            ++m_report.commands;
        else if (isScript(name))
            refuse(part, command, likelyKey(name, args), QStringLiteral("scripts are not run; what it changed is missing"));
        else
            refuse(part, command, likelyKey(name, args), QStringLiteral("the command is not known here; what it changed is missing"));
        return true;
    }
    if (!spec->subcommands.empty() && args.size() > 1) {
        if (const CommandSpec *sub = spec->subcommand(args[1]))
            spec = sub;
    }
    if (!spec->isWrite() && spec->handler && name != "select") { // changes no key, so there is nothing to see in its reply
        ++m_report.commands;
        return true;
    }
    const RespValue reply = m_engine.replay(*m_client, Command(args), m_nowMs);
    if (reply.isError())
        refuse(part, command, firstKey(*spec, args), QStringLiteral("the command is refused: %1").arg(displayText(reply.bytes, 200)));
    else
        ++m_report.commands;
    return isWithinMemory(part, command);
}

bool AofReplay::isWithinMemory(const Part &part, const AofCommand &command)
{
    if (m_engine.keyspace().overlayBytes() <= m_limits.maxMemory)
        return true;
    addDamage({part.name, command.offset, m_client->db, command.args[0].toByteArray(), {},
               QStringLiteral("what is replayed takes too much memory; nothing from here on is read")});
    return false;
}

Result<bool> AofReplay::runTransaction(const Part &part, std::int64_t from, std::int64_t to)
{
    AofReader reader(part.bytes.first(to), from);
    AofCommand command;
    while (reader.next(&command)) {
        if (m_cancel.isCancelled())
            return cancelledError();
        if (!runOne(part, command))
            return false;
    }
    return true;
}

bool AofReplay::conclude(const Part &part, const AofEnd &end)
{
    const std::int64_t lost = part.bytes.size() - end.offset;
    if (end.kind == AofEnd::Kind::Whole)
        return true;
    if (end.isCut() && part.isLast) {
        m_report.cut = AofCut{part.name, end.offset, lost, end.kind == AofEnd::Kind::OpenTransaction};
        return true;
    }
    QString reason = QString::fromLatin1(end.reason);
    if (end.isCut())
        reason += QStringLiteral(", which only the last one may");
    reason += QStringLiteral("; %1 bytes from byte %2 on are not run").arg(lost).arg(end.offset);
    if (!part.isLast)
        reason += QStringLiteral(", nor are the parts behind this one");
    addDamage({part.name, end.badAt >= 0 ? end.badAt : end.offset, m_client->db, {}, {}, reason});
    return false;
}

Result<bool> AofReplay::run(const Part &part, const std::function<void(std::int64_t)> &progress)
{
    m_client = m_engine.connect(); // each part begins in database 0
    AofReader reader(part.bytes, part.start);
    AofCommand command;
    std::int64_t transactionFrom = -1;
    std::int64_t told = part.start;
    while (reader.next(&command)) {
        if (m_cancel.isCancelled())
            return cancelledError();
        if (progress && command.end - told >= kProgressStep) {
            told = command.end;
            progress(told);
        }
        if (transactionFrom >= 0) {
            // Read again once its end is found, so that nothing has to be kept.
            if (!command.is("EXEC"))
                continue;
            KL_TRY(const bool goOn, runTransaction(part, transactionFrom, command.offset));
            transactionFrom = -1;
            if (!goOn)
                return false;
        } else if (command.is("MULTI")) {
            transactionFrom = command.end;
        } else if (!runOne(part, command)) {
            return false;
        }
    }
    return conclude(part, reader.end());
}

void AofReplay::finish(std::int64_t nowMs)
{
    m_client.reset();
    if (m_functions.isChanged())
        m_engine.keyspace().setFunctions(m_functions.sources());
    m_engine.finishLoading(nowMs);
}

} // namespace keyloupe
