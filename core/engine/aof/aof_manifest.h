// SPDX-License-Identifier: GPL-3.0-or-later
//
// AofManifest: which files make up a multi-part AOF, and in which order: the text that a server keeps beside them.
// Pure values and one parser. It opens nothing; no name in it leaves the manifest's own folder.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <optional>
#include <vector>

namespace keyloupe {

struct AofManifestEntry
{
    QByteArray name;       ///< of a file in the manifest's folder
    std::int64_t sequence = 0;
    int line = 0;          ///< from 1 on
    bool operator==(const AofManifestEntry &) const = default;
};

struct AofManifest
{
    std::optional<AofManifestEntry> base;
    std::vector<AofManifestEntry> increments; ///< in the order they are replayed
    std::vector<AofManifestEntry> history;    ///< replaced and to be deleted; not read
};

/// As a server reads it, and as strict: Errc::Corrupt with the number of the line where it would refuse to start.
Result<AofManifest> parseAofManifest(QByteArrayView text);

} // namespace keyloupe
