// SPDX-License-Identifier: GPL-3.0-or-later
//
// Replies as text: the way redis-cli shows them on a terminal, and as typed JSON for scripts. Pure; any thread.
#pragma once

#include "core/resp/value.h"

#include <QByteArray>

namespace keyloupe {

/// redis-cli's terminal form, lines ended by '\n': `1) "a"`, `(integer) 5`, `(nil)`, `(error) ERR …`, `1# "k" => "v"`.
QByteArray printReply(const RespValue &reply);

/// Typed JSON on one line: strings as UTF-8 text, or {"base64":"…"} where they are not UTF-8; errors as {"error":"…"};
/// integers exact; infinite doubles as {"double":"inf"}; maps as {"map":[[k,v],…]} and sets as {"set":[…]}.
QByteArray replyToJson(const RespValue &reply);

} // namespace keyloupe
