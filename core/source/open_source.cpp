// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/open_source.h"

#include "core/net/endpoint.h"
#include "core/source/live_source.h"
#include "core/source/snapshot_source.h"

#include <QFileInfo>

namespace keyloupe {

Result<std::unique_ptr<Source>> makeSource(const QString &location, Opening opening)
{
    if (location.trimmed().isEmpty())
        return Error{Errc::InvalidArgument, QStringLiteral("no file or server is named"), -1, {}};
    const bool hasScheme = location.contains(QLatin1String("://"));
    if (hasScheme || (!QFileInfo::exists(location) && looksLikeEndpoint(location))) {
        KL_TRY(Endpoint endpoint, parseEndpoint(location));
        return std::unique_ptr<Source>(std::make_unique<LiveSource>(std::move(endpoint)));
    }
    auto file = std::make_unique<SnapshotSource>(location);
    file->setShowsFirstKeys(opening == Opening::FirstKeys);
    return std::unique_ptr<Source>(std::move(file));
}

} // namespace keyloupe
