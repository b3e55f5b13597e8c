// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a server's own COMMAND says about commands that our table does not have: those of modules and of newer versions.
// Pure; any thread.
#pragma once

#include "core/resp/value.h"
#include "core/source/builtin_commands.h"

#include <QByteArray>
#include <QHash>

namespace keyloupe {

struct LearnedCommand
{
    CommandEffect effect = CommandEffect::Unknown;
    bool blocking = false; ///< waits at the server
    bool operator==(const LearnedCommand &) const = default;
};

/// By upper-case name. Rows that our table has are left out: a server cannot talk us into anything it knows better. What
/// does not look like a row is passed over; at most 4096 are taken.
QHash<QByteArray, LearnedCommand> learnCommands(const RespValue &commandReply);

} // namespace keyloupe
