// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is said first on a new connection, as pure functions: the commands and what their replies mean. No sockets.
// HELLO 3 (with AUTH), else RESP2 and AUTH for servers before 6.0 or proxies; then politeness: a name, the library's name,
// and CLIENT NO-TOUCH so that looking at a key does not make it look used. Those may fail without harm.
#pragma once

#include "core/base/result.h"
#include "core/net/endpoint.h"
#include "core/resp/command.h"
#include "core/resp/value.h"

#include <vector>

namespace keyloupe {

/// What the server said of itself.
struct ServerIdentity
{
    QString server = QStringLiteral("redis"); ///< "redis", "valkey", "keyloupe"
    QString version;
    QString mode;  ///< "standalone", "cluster", "sentinel"
    QString role;  ///< "master" or "replica"
    int protocol = 2;
};

/// The first command: HELLO 3 with AUTH where there is a password.
Command helloCommand(const Endpoint &endpoint);
/// True when the reply to HELLO means an old server: go on with RESP2.
bool needsResp2(const RespValue &helloReply);
/// AUTH for a RESP2 connection; empty without a password.
Command authCommand(const Endpoint &endpoint);
/// Sent behind the greeting; SELECT first when a database other than 0 is wanted. Replies but SELECT's may be errors.
std::vector<Command> settlingCommands(const Endpoint &endpoint);

/// From the map HELLO answers.
ServerIdentity identityFromHello(const RespValue &hello);
/// Fills in from INFO what HELLO did not say, Valkey's own name and version included.
void refineIdentity(ServerIdentity &identity, const QByteArray &info);

} // namespace keyloupe
