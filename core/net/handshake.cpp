// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/handshake.h"

namespace keyloupe {

Command helloCommand(const Endpoint &endpoint)
{
    Command hello{"HELLO", "3"};
    if (!endpoint.password.isEmpty())
        hello << QByteArray("AUTH") << (endpoint.user.isEmpty() ? QByteArray("default") : endpoint.user) << endpoint.password;
    return hello;
}

bool needsResp2(const RespValue &reply)
{
    if (!reply.isError())
        return false;
    const QByteArray text = reply.bytes.toLower();
    return reply.errorCode() == "NOPROTO" || text.contains("unknown command") || text.contains("syntax error in hello")
            || text.contains("wrong number of arguments for 'hello'");
}

Command authCommand(const Endpoint &endpoint)
{
    if (endpoint.password.isEmpty())
        return {};
    if (endpoint.user.isEmpty())
        return Command{"AUTH", endpoint.password};
    return Command{"AUTH", endpoint.user, endpoint.password};
}

std::vector<Command> settlingCommands(const Endpoint &endpoint)
{
    std::vector<Command> commands;
    commands.push_back(Command{"SELECT", QByteArray::number(endpoint.db)});
    commands.push_back(Command{"CLIENT", "SETNAME", "keyloupe"});
    commands.push_back(Command{"CLIENT", "SETINFO", "LIB-NAME", "keyloupe"});
    commands.push_back(Command{"CLIENT", "SETINFO", "LIB-VER", KEYLOUPE_VERSION});
    commands.push_back(Command{"CLIENT", "NO-TOUCH", "ON"});
    commands.push_back(Command{"INFO", "server"});
    commands.push_back(Command{"INFO", "replication"});
    commands.push_back(Command{"CONFIG", "GET", "databases"});
    return commands;
}

ServerIdentity identityFromHello(const RespValue &hello)
{
    ServerIdentity identity;
    for (std::size_t i = 0; i + 1 < hello.items.size(); i += 2) {
        const QByteArray &name = hello.items[i].bytes;
        const RespValue &value = hello.items[i + 1];
        if (name == "server")
            identity.server = QString::fromUtf8(value.bytes);
        else if (name == "version")
            identity.version = QString::fromUtf8(value.bytes);
        else if (name == "mode")
            identity.mode = QString::fromUtf8(value.bytes);
        else if (name == "role")
            identity.role = QString::fromUtf8(value.bytes);
        else if (name == "proto")
            identity.protocol = int(value.toInteger(2));
    }
    return identity;
}

void refineIdentity(ServerIdentity &identity, const QByteArray &info)
{
    QByteArray redisVersion;
    for (const QByteArray &raw : info.split('\n')) {
        const QByteArray line = raw.trimmed();
        const qsizetype colon = line.indexOf(':');
        if (colon < 0)
            continue;
        const QByteArray name = line.left(colon);
        const QString value = QString::fromUtf8(line.mid(colon + 1));
        if (name == "redis_version" && identity.version.isEmpty())
            identity.version = value;
        else if (name == "valkey_version")
            identity.version = value; // redis_version is pinned there
        else if (name == "server_name")
            identity.server = value;
        else if (name == "redis_mode" || name == "server_mode")
            identity.mode = value;
        else if (name == "role")
            identity.role = value == QLatin1String("slave") ? QStringLiteral("replica") : value;
    }
}

} // namespace keyloupe
