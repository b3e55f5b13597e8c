// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/open_source.h"

#include "core/net/endpoint.h"
#include "core/source/live_source.h"
#include "core/source/snapshot_source.h"

#include <QFileInfo>

namespace keyloupe {

Result<std::unique_ptr<Source>> makeSource(const QString &location)
{
    if (location.trimmed().isEmpty())
        return Error{Errc::InvalidArgument, QStringLiteral("no file or server is named"), -1, {}};
    const bool hasScheme = location.contains(QLatin1String("://"));
    if (hasScheme || (!QFileInfo::exists(location) && looksLikeEndpoint(location))) {
        KL_TRY(Endpoint endpoint, parseEndpoint(location));
        return std::unique_ptr<Source>(std::make_unique<LiveSource>(std::move(endpoint)));
    }
    return std::unique_ptr<Source>(std::make_unique<SnapshotSource>(location));
}

} // namespace keyloupe
