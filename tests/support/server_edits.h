// SPDX-License-Identifier: GPL-3.0-or-later
//
// Commands over the data of a scene, of the kinds that a server writes into its append-only file in another form than it got
// them: random choices, relative times, blocking and scripted writes. Plain functions of a KnownServer.
#pragma once

#include "core/resp/command.h"
#include "tests/support/redis_server.h"

#include <QList>

namespace keyloupe::test {

/// To be run behind the scene "everything"; each must succeed.
QList<Command> editsOf(const KnownServer &server);

} // namespace keyloupe::test
