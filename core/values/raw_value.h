// SPDX-License-Identifier: GPL-3.0-or-later
//
// RawValue: a value that Keyloupe does not understand, as its bytes with the name of the module that does; read by DUMP from
// a server or a file. DUMP costs the more the larger the value is, so it is for values that a person chose to see.
// Pure but for readRawValue, which is called on the Source's thread.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QFuture>

#include <optional>

namespace keyloupe {

class Source;

struct RawValue
{
    QByteArray moduleName;  ///< "ReJSON-RL"; empty where it is no module's value
    int encodingVersion = -1; ///< of the module's own layout, 0…1023; -1 where it is no module's
    int rdbType = -1;       ///< the type byte
    QByteArray bytes;       ///< what follows the type byte, and the module's id where there is one
};

/// Takes a DUMP payload apart. Errc::Corrupt where it is none.
Result<RawValue> parseRawValue(const QByteArray &payload);

/// An empty optional when the key is gone.
QFuture<Result<std::optional<RawValue>>> readRawValue(Source &source, int db, const QByteArray &key);

} // namespace keyloupe
