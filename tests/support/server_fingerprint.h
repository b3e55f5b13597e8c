// SPDX-License-Identifier: GPL-3.0-or-later
//
// ServerFingerprint: everything that a server can tell of what it holds, to compare two loads of the same data: DEBUG DIGEST
// of the whole and of each key, and what digests leave out (expiries, expiries of fields, stream groups, functions).
#pragma once

#include "tests/support/redis_server.h"

#include <QByteArray>
#include <QMap>

namespace keyloupe::test {

struct ServerFingerprint
{
    /// How the data came into the server.
    enum class Way {
        Loaded,       ///< from a file: everything is the same
        Rebuilt,      ///< by commands: no command sets when a consumer was last seen, the shape of a stream's tree, or how often a key was used
        RebuiltOfOld, ///< and from a file of before Redis 7, which does not say how much a group read: newer servers guess
    };

    QMap<QByteArray, QByteArray> lines;
    QMap<QByteArray, QByteArray> counterLines; ///< more, the same unless it was RebuiltOfOld
    QMap<QByteArray, QByteArray> loadedLines; ///< more, the same only when it was Loaded
    QMap<QByteArray, qint64> expiries;        ///< in ms since the epoch
    qint64 expiryToleranceMs = 0;             ///< a server before 7.0 only tells what is left

    qsizetype keyCount() const { return expiries.size(); }

    static ServerFingerprint of(const RedisServer &server, const KnownServer &version);
};

/// The first differences, one a line; empty where the two are the same.
QByteArray differences(const ServerFingerprint &expected, const ServerFingerprint &actual, ServerFingerprint::Way way);

} // namespace keyloupe::test
