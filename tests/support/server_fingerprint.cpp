// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/server_fingerprint.h"

#include "core/base/escape.h"
#include "tests/support/raw_client.h"
#include "tests/support/server_scene.h"

#include <algorithm>
#include <cstdlib>

namespace keyloupe::test {
namespace {

constexpr qsizetype kBatch = 500;

// A reply on one line. Names and values alternate in what XINFO answers; values behind a hidden name are left out.
QByteArray print(const RespValue &reply, const QByteArrayList &hidden = {})
{
    if (reply.isNull())
        return "nil";
    if (!reply.isAggregate())
        return reply.kind == RespValue::Kind::Integer ? QByteArray::number(static_cast<qint64>(reply.integer)) : quoteArgument(reply.bytes);
    QByteArray out = "[";
    bool hide = false;
    for (const RespValue &item : reply.items) {
        out += (hide ? QByteArray("*") : print(item, hidden)) + ' ';
        hide = item.isText() && hidden.contains(item.bytes);
    }
    return out + ']';
}

// The replies to many commands, in order.
std::vector<RespValue> askAll(RawClient &client, const QList<Command> &commands)
{
    std::vector<RespValue> replies;
    for (qsizetype i = 0; i < commands.size(); i += kBatch) {
        for (RespValue &reply : client.askAll(commands.mid(i, kBatch)))
            replies.push_back(std::move(reply));
    }
    return replies;
}

void addStream(RawClient &client, const QByteArray &key, const QByteArray &label, ServerFingerprint &fingerprint)
{
    QByteArrayList passing{"radix-tree-keys", "radix-tree-nodes", "seen-time", "active-time"};
    const RespValue info = client.ask(Command{"XINFO", "STREAM", key, "FULL", "COUNT", "0"});
    // Of a stream without entries it means nothing, and depends on how the stream came to be so.
    if (info.items.size() > 1 && info.items[1].toInteger() == 0)
        passing += "recorded-first-entry-id";
    fingerprint.counterLines.insert(label + " stream", print(info, passing));
    fingerprint.lines.insert(label + " stream", print(info, passing + QByteArrayList{"entries-read", "lag"}));
    fingerprint.loadedLines.insert(label + " stream", print(info));
}

void addFieldExpiries(RawClient &client, const QByteArray &key, const QByteArray &label, ServerFingerprint &fingerprint)
{
    QByteArrayList fields;
    for (const RespValue &field : client.ask(Command{"HKEYS", key}).items)
        fields += field.bytes;
    std::sort(fields.begin(), fields.end());
    const RespValue times = client.ask(Command(QByteArrayList{"HPEXPIRETIME", key, "FIELDS", QByteArray::number(fields.size())} + fields));
    fingerprint.lines.insert(label + " fields", print(times));
}

void addDatabase(RawClient &client, int db, const KnownServer &version, ServerFingerprint &fingerprint)
{
    client.ask(Command{"SELECT", QByteArray::number(db)});
    QByteArrayList keys;
    for (const RespValue &key : client.ask(Command{"KEYS", "*"}).items)
        keys += key.bytes;
    QList<Command> commands;
    const bool tellsMoment = version.version() >= 700;
    for (const QByteArray &key : keys)
        commands += {Command{"OBJECT", "FREQ", key}, Command{"TYPE", key}, Command{tellsMoment ? "PEXPIRETIME" : "PTTL", key},
                     Command{"DEBUG", "DIGEST-VALUE", key}};
    const RespValue time = client.ask(Command{"TIME"});
    const qint64 now = time.items.size() == 2 ? time.items[0].toInteger() * 1000 + time.items[1].toInteger() / 1000 : 0;
    const std::vector<RespValue> replies = askAll(client, commands);
    for (qsizetype i = 0; i < keys.size() && static_cast<std::size_t>(i * 4 + 3) < replies.size(); ++i) {
        const RespValue *reply = &replies[static_cast<std::size_t>(i * 4)];
        const QByteArray label = "db " + QByteArray::number(db) + ' ' + quoteArgument(keys[i].left(60)) + ' ' + QByteArray::number(qHash(keys[i]), 16);
        const qint64 left = reply[2].toInteger();
        fingerprint.loadedLines.insert(label + " frequency", print(reply[0]));
        fingerprint.lines.insert(label, print(reply[1]) + ' ' + print(reply[3]));
        fingerprint.expiries.insert(label, left < 0 || tellsMoment ? left : now + left);
        if (reply[1].bytes == "stream")
            addStream(client, keys[i], label, fingerprint);
        else if (reply[1].bytes == "hash" && hasFieldExpiry(version))
            addFieldExpiries(client, keys[i], label, fingerprint);
    }
}

void addFunctions(RawClient &client, const KnownServer &version, ServerFingerprint &fingerprint)
{
    if (!hasFunctions(version)) {
        // Scripts stand in the file of an old version; this is the one of a scene.
        fingerprint.loadedLines.insert("scripts", print(client.ask(Command{"INFO", "memory"})).contains("number_of_cached_scripts:0") ? "none" : "some");
        return;
    }
    QByteArrayList libraries;
    for (const RespValue &library : client.ask(Command{"FUNCTION", "LIST", "WITHCODE"}).items) {
        // Its functions have no order.
        QByteArrayList parts;
        for (const RespValue &part : library.items) {
            if (!part.isAggregate()) {
                parts += print(part);
                continue;
            }
            QByteArrayList functions;
            for (const RespValue &function : part.items)
                functions += print(function);
            std::sort(functions.begin(), functions.end());
            parts += functions.join(' ');
        }
        libraries += parts.join(' ');
    }
    std::sort(libraries.begin(), libraries.end());
    fingerprint.lines.insert("functions", libraries.join('\n'));
}

// Both texts around the first place where they differ.
QByteArray difference(const QByteArray &expected, const QByteArray &actual)
{
    const auto [a, b] = std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end());
    const qsizetype from = qMax<qsizetype>(0, a - expected.begin() - 100);
    return "\n    expected … " + expected.mid(from, 250) + "\n    actual   … " + actual.mid(from, 250);
}

template <typename T, typename Same>
void compare(const QMap<QByteArray, T> &expected, const QMap<QByteArray, T> &actual, const Same &same, const char *what, QByteArrayList &out)
{
    const auto text = [](const T &value) {
        if constexpr (std::is_same_v<T, QByteArray>)
            return value;
        else
            return QByteArray::number(value);
    };
    for (auto it = expected.begin(); it != expected.end(); ++it) {
        const auto other = actual.find(it.key());
        if (other == actual.end())
            out += QByteArray(what) + it.key() + " is missing";
        else if (!same(it.value(), other.value()))
            out += QByteArray(what) + it.key() + difference(text(it.value()), text(other.value()));
    }
    for (auto it = actual.begin(); it != actual.end(); ++it) {
        if (!expected.contains(it.key()))
            out += QByteArray(what) + it.key() + " is there, and should not";
    }
}

} // namespace

ServerFingerprint ServerFingerprint::of(const RedisServer &server, const KnownServer &version)
{
    ServerFingerprint all;
    all.expiryToleranceMs = version.version() >= 700 ? 0 : 2000;
    RawClient client(server.port());
    all.lines.insert("digest", print(client.ask(Command{"DEBUG", "DIGEST"})));
    for (const QByteArray &line : client.ask(Command{"INFO", "keyspace"}).bytes.split('\n')) {
        if (line.startsWith("db"))
            addDatabase(client, line.mid(2, line.indexOf(':') - 2).toInt(), version, all);
    }
    addFunctions(client, version, all);
    return all;
}

QByteArray differences(const ServerFingerprint &expected, const ServerFingerprint &actual, ServerFingerprint::Way way)
{
    QByteArrayList out;
    const auto equal = [](const QByteArray &a, const QByteArray &b) { return a == b; };
    compare(expected.lines, actual.lines, equal, "", out);
    if (way != ServerFingerprint::Way::RebuiltOfOld)
        compare(expected.counterLines, actual.counterLines, equal, "", out);
    if (way == ServerFingerprint::Way::Loaded)
        compare(expected.loadedLines, actual.loadedLines, equal, "as stored: ", out);
    const qint64 tolerance = expected.expiryToleranceMs;
    const auto near = [&](qint64 a, qint64 b) { return (a < 0) == (b < 0) && std::abs(a - b) <= tolerance; };
    compare(expected.expiries, actual.expiries, near, "expiry of ", out);
    return out.mid(0, 6).join('\n') + (out.size() > 6 ? "\n… " + QByteArray::number(out.size() - 6) + " more" : QByteArray());
}

} // namespace keyloupe::test
