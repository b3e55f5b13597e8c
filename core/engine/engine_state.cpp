// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine_state.h"

#include "core/base/number.h"
#include "core/engine/command_context.h"
#include "core/engine/engine_client.h"

#include <QElapsedTimer>
#include <QUuid>

#include <algorithm>

namespace keyloupe {
namespace {

// Commands that run at once even while a transaction collects.
bool runsInsideMulti(const QByteArray &name)
{
    return name == "exec" || name == "discard" || name == "multi" || name == "watch" || name == "quit" || name == "reset";
}

bool allowedWhileSubscribed(const QByteArray &name)
{
    return name == "subscribe" || name == "ssubscribe" || name == "psubscribe" || name == "unsubscribe" || name == "sunsubscribe"
        || name == "punsubscribe" || name == "ping" || name == "quit" || name == "reset";
}

// Large values are read where they stand in the file, by the commands that know how.
RespValue run(CommandContext &context)
{
    if (const CommandTable::Large *large = context.state.commands.large(context.spec)) {
        if (const std::shared_ptr<LargeValue> value = context.keys().large(context.db(), context.arg(1))) {
            std::optional<RespValue> answer;
            if (large->type && value->type() != *large->type)
                answer = reply::wrongType();
            else
                answer = large->handler(context, *value);
            context.keys().requireIntact(value->record());
            if (answer) {
                ++context.state.statistics.hits;
                return *std::move(answer);
            }
        }
    }
    return context.spec.handler(context);
}

QByteArray shortened(const QByteArray &text)
{
    return text.left(128).replace('\r', ' ').replace('\n', ' ');
}

} // namespace

EngineState::EngineState(std::unique_ptr<Keyspace> space, Clock clockSource)
    : clock(std::move(clockSource)), keyspace(std::move(space)), startSteadyMs(steadyNowMs()),
      runId((QUuid::createUuid().toByteArray(QUuid::Id128) + QUuid::createUuid().toByteArray(QUuid::Id128)).left(40))
{
    config = {{"maxmemory", "0"},
              {"maxmemory-policy", "noeviction"},
              {"maxmemory-samples", "5"},
              {"databases", QByteArray::number(keyspace->databaseCount())},
              {"notify-keyspace-events", ""},
              {"slowlog-log-slower-than", "10000"},
              {"slowlog-max-len", "128"},
              {"latency-monitor-threshold", "0"},
              {"proto-max-bulk-len", "536870912"},
              {"timeout", "0"},
              {"save", ""},
              {"appendonly", "no"},
              {"bind", "127.0.0.1"},
              {"port", "0"},
              {"hash-max-listpack-entries", "512"},
              {"hash-max-listpack-value", "64"},
              {"set-max-intset-entries", "512"},
              {"zset-max-listpack-entries", "128"},
              {"zset-max-listpack-value", "64"},
              {"list-max-listpack-size", "-2"}};
    keyspace->onTouched = [this](int db, const QByteArray &key) {
        for (EngineClient *client : clients) {
            for (const EngineClient::Watch &watch : client->watched) {
                if (watch.db == db && (key.isNull() || watch.key == key))
                    client->watchBroken = true;
            }
        }
    };
    keyspace->onExpired = [this](int db, const QByteArray &key) {
        ++statistics.expired;
        notify('x', "expired", db, key);
    };
}

EngineState::~EngineState()
{
    for (EngineClient *client : clients)
        client->onGone = nullptr;
}

std::int64_t EngineState::configNumber(const char *name, std::int64_t fallback) const
{
    const auto it = config.find(QByteArray(name));
    return it == config.end() ? fallback : parseInt64(it->second).value_or(fallback);
}

std::int64_t EngineState::usedMemory() const
{
    const std::int64_t file = keyspace->snapshot() ? keyspace->snapshot()->summary().fileSize : 0;
    return 1024 * 1024 + file + keyspace->overlayBytes() + static_cast<std::int64_t>(clients.size()) * 20'000;
}

bool EngineState::hasDatabase(std::int64_t db)
{
    constexpr std::int64_t kMaxDatabases = 16384; // a number alone must not take much memory
    if (isLoading && db >= keyspace->databaseCount() && db < kMaxDatabases) {
        keyspace->grow(static_cast<int>(db) + 1);
        config["databases"] = QByteArray::number(keyspace->databaseCount());
    }
    return db >= 0 && db < keyspace->databaseCount();
}

void EngineState::notify(char category, const char *event, int db, const QByteArray &key)
{
    const QByteArray &flags = config["notify-keyspace-events"];
    if (flags.isEmpty())
        return;
    // 'A' stands for all categories but key-miss and new-key events.
    const bool wanted = flags.contains(category) || (flags.contains('A') && category != 'm' && category != 'n');
    if (!wanted)
        return;
    const QByteArray number = QByteArray::number(db);
    if (flags.contains('K'))
        pubsub.publish("__keyspace@" + number + "__:" + key, event);
    if (flags.contains('E'))
        pubsub.publish("__keyevent@" + number + "__:" + event, key);
}

void EngineState::closeClient(EngineClient &client)
{
    client.wantsClose = true;
}

const CommandSpec *resolveCommand(const CommandTable &table, const QByteArrayList &args, QByteArray *fullName, RespValue *error)
{
    const CommandSpec *spec = table.find(args[0]);
    if (!spec) {
        QByteArray text = "unknown command '" + shortened(args[0]) + "', with args beginning with: ";
        for (qsizetype i = 1; i < args.size() && text.size() < 256; ++i)
            text += "'" + shortened(args[i]) + "' ";
        *error = reply::err(text);
        return nullptr;
    }
    *fullName = spec->name;
    if (!spec->subcommands.empty() && args.size() > 1) {
        const CommandSpec *sub = spec->subcommand(args[1]);
        if (!sub) {
            *error = reply::err("unknown subcommand '" + shortened(args[1]) + "'. Try " + QByteArray(spec->name).toUpper() + " HELP.");
            return nullptr;
        }
        *fullName += '|' + QByteArray(sub->name);
        spec = sub;
    }
    if (!spec->acceptsArgumentCount(args.size()) || !spec->handler) {
        *error = reply::wrongArgumentCount(*fullName);
        return nullptr;
    }
    return spec;
}

RespValue EngineState::refuse(EngineClient &client, RespValue error)
{
    if (client.inMulti)
        client.multiFailed = true;
    ++statistics.errorReplies;
    ++statistics.errors[error.errorCode()];
    return error;
}

void EngineState::countCommand(const QByteArray &name, std::int64_t usec, const RespValue &reply, bool rejected)
{
    EngineStatistics::PerCommand &per = statistics.perCommand[name];
    if (rejected) {
        ++per.rejected;
        return;
    }
    ++per.calls;
    per.usec += usec;
    if (reply.isError()) {
        ++per.failed;
        ++statistics.errorReplies;
        ++statistics.errors[reply.errorCode()];
    }
    ++statistics.commands;
    const std::int64_t now = steadyNowMs();
    ++statistics.windowCommands;
    if (now - statistics.windowStartMs >= 1000) {
        statistics.opsPerSecond = statistics.windowCommands * 1000 / std::max<std::int64_t>(1, now - statistics.windowStartMs);
        statistics.windowStartMs = now;
        statistics.windowCommands = 0;
    }
}

RespValue EngineState::call(EngineClient &client, const CommandSpec &spec, const QByteArrayList &args)
{
    QElapsedTimer timer;
    timer.start();
    QByteArray fullName;
    RespValue ignored;
    resolveCommand(commands, args, &fullName, &ignored);
    RespValue result;
    try {
        CommandContext context(*this, client, spec, args);
        result = run(context);
    } catch (const DamagedValue &damage) {
        result = reply::err(QByteArray("the value of this key cannot be read: ") + describe(damage.error).toUtf8());
    }
    const std::int64_t usec = timer.nsecsElapsed() / 1000;
    countCommand(fullName, usec, result, false);
    const std::int64_t slow = configNumber("slowlog-log-slower-than", 10'000);
    if (slow >= 0 && usec >= slow && fullName != "exec") {
        SlowLogEntry entry{nextSlowId++, systemNowMs() / 1000, usec, {}, client.address, client.name};
        for (qsizetype i = 0; i < std::min<qsizetype>(args.size(), 32); ++i) {
            const QByteArray &arg = args[i];
            if (i == 31 && args.size() > 32)
                entry.args << "... (" + QByteArray::number(args.size() - 31) + " more arguments)";
            else
                entry.args << (arg.size() > 128 ? arg.left(128) + "... (" + QByteArray::number(arg.size() - 128) + " more bytes)" : arg);
        }
        slowLog.push(std::move(entry));
    }
    keyspace->release();
    return result;
}

RespValue EngineState::replay(EngineClient &client, const QByteArrayList &args)
{
    QByteArray fullName;
    RespValue result;
    const CommandSpec *spec = resolveCommand(commands, args, &fullName, &result);
    if (!spec)
        return result;
    try {
        CommandContext context(*this, client, *spec, args);
        result = spec->handler(context);
    } catch (const DamagedValue &damage) {
        result = reply::err(QByteArray("the value of this key cannot be read: ") + describe(damage.error).toUtf8());
    }
    keyspace->release();
    return result;
}

RespValue EngineState::execute(EngineClient &client, const Command &command)
{
    if (command.isEmpty())
        return reply::err("empty command");
    keyspace->advance(clock());
    client.lastCommandMs = systemNowMs();
    if (client.reply == EngineClient::Reply::Skipping)
        client.reply = EngineClient::Reply::On;
    else if (client.reply == EngineClient::Reply::SkipNext)
        client.reply = EngineClient::Reply::Skipping;

    QByteArray fullName;
    RespValue error;
    const CommandSpec *spec = resolveCommand(commands, command.args, &fullName, &error);
    if (!spec) {
        if (!fullName.isEmpty())
            countCommand(fullName, 0, error, true);
        if (fullName == "exec") { // ends the transaction all the same
            client.endTransaction();
            error = RespValue::error("EXECABORT Transaction discarded because of: " + error.bytes.mid(4));
        }
        return refuse(client, std::move(error));
    }
    client.lastCommand = fullName;
    const QByteArray name = command.args[0].toLower();
    if (client.protocol < 3 && client.isSubscribed() && !allowedWhileSubscribed(name)) {
        return refuse(client, reply::err("Can't execute '" + fullName
                                         + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"));
    }
    if (client.inMulti && !runsInsideMulti(name)) {
        if (spec->hasFlag("no_multi"))
            return refuse(client, reply::err("Command not allowed inside a transaction"));
        client.queue.push_back(command);
        return RespValue::simple("QUEUED");
    }
    return call(client, *spec, command.args);
}

} // namespace keyloupe
