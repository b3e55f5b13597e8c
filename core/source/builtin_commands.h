// SPDX-License-Identifier: GPL-3.0-or-later
//
// What each command does, for the policy: one row a command, for servers that do not answer COMMAND (proxies, managed
// services). Source: the command table of Redis 7.2 and its documentation. Pure.
#pragma once

#include <QByteArrayView>

#include <cstdint>

namespace keyloupe {

enum class CommandEffect : std::uint8_t {
    Read,       ///< changes nothing
    Write,      ///< changes keys
    Admin,      ///< changes the server or other clients
    Session,    ///< changes the state of the connection it is sent on
    Unknown,    ///< not in the table: refused in read-only mode
};

/// By upper-case full name ("CLIENT KILL", "GET"); a container without a row for the subcommand counts as Unknown.
CommandEffect builtinEffect(QByteArrayView fullName);

/// True for commands that stop or scan the whole server or cannot be undone, and need a person's confirmation.
bool needsConfirmation(QByteArrayView fullName);

/// True for commands that wait at the server and would hold up everything behind them on a shared connection.
bool isBlocking(QByteArrayView name);

} // namespace keyloupe
