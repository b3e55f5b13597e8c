// SPDX-License-Identifier: GPL-3.0-or-later
//
// Data that tests put into a real server: every type in every encoding that this version of it has, edges included.
// Always the same commands; no time, no chance. Plain functions of a KnownServer.
#pragma once

#include "core/resp/command.h"
#include "tests/support/redis_server.h"

#include <QList>

namespace keyloupe::test {

/// A server is started with the arguments and given the commands; each of them must succeed.
struct ServerScene
{
    QByteArray name;
    QStringList arguments;
    QList<Command> commands;
};

/// 2100-01-01, with milliseconds that must survive: no key of a scene lapses while a test looks at it.
constexpr qint64 kSceneExpiry = 4'102'444'800'123;

/// Those that this version can have: fewer types in an old one.
QList<ServerScene> scenesOf(const KnownServer &server);

/// What differs between the two families and their versions.
inline bool hasFunctions(const KnownServer &server) { return server.version() >= 700; }
inline bool hasFieldExpiry(const KnownServer &server) { return server.version() >= (server.isValkey() ? 900 : 704); }
inline bool hasVectorSets(const KnownServer &server) { return !server.isValkey() && server.version() >= 800; }
inline bool hasIdempotentStreams(const KnownServer &server) { return !server.isValkey() && server.version() >= 806; }

} // namespace keyloupe::test
