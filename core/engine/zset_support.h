// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the families of sorted-set commands share: looking a set up and answering with its members. Engine's thread.
#pragma once

#include "core/engine/command_context.h"

namespace keyloupe {

/// Null when there is no key; *wrong when it holds another type. The read form counts a hit or miss.
const ZSetObject *readZset(const CommandContext &ctx, const QByteArray &key, bool *wrong);
const ZSetObject *peekZset(const CommandContext &ctx, const QByteArray &key, bool *wrong);

/// Members, with their scores as pairs in RESP3 and flat in RESP2.
RespValue scoredMembersReply(const CommandContext &ctx, const std::vector<ScoredMember> &members, bool withScores);

} // namespace keyloupe
