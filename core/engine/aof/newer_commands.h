// SPDX-License-Identifier: GPL-3.0-or-later
//
// Writes that Redis since 8.0 and Valkey since 9.0 put into their files, done with commands that the engine has. Only for a
// replay: what stands in a file has happened, so conditions are not asked again.
#pragma once

#include "core/engine/engine.h"

#include <QByteArrayList>

#include <cstdint>
#include <optional>

namespace keyloupe {

struct NewerOutcome
{
    RespValue reply; ///< an error where it could not be done
    QString missing; ///< what of it could not be kept, though it was done; empty where nothing is missing
};

/// Nothing when the arguments are no such command, or no such form of it.
std::optional<NewerOutcome> replayNewer(Engine &engine, EngineClient &client, const QByteArrayList &args, std::int64_t nowMs);

} // namespace keyloupe
