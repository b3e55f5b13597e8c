// SPDX-License-Identifier: GPL-3.0-or-later
//
// Encoding of requests (client side) and of replies (the engine's server side). Pure; any thread.
#pragma once

#include "core/resp/command.h"
#include "core/resp/value.h"

#include <QByteArray>

namespace keyloupe {

/// Appends the request as an array of bulk strings.
void appendCommand(QByteArray &out, const Command &command);

/// Appends a reply. With protocol 2, RESP3 kinds are written as Redis writes them to an old client: maps and sets as
/// flat arrays, doubles and big numbers as bulk strings, booleans as integers, pushes as arrays, Null as "$-1".
void appendReply(QByteArray &out, const RespValue &reply, int protocol);

} // namespace keyloupe
