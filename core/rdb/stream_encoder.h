// SPDX-License-Identifier: GPL-3.0-or-later
//
// Streams to record bytes (types 15, 19, 21, 26 by version). Pure; any thread.
#pragma once

#include "core/base/result.h"
#include "core/rdb/rdb_types.h"

#include <QByteArray>

namespace keyloupe::rdb {

/// The lowest version whose stream type loses nothing of this stream.
int lowestStreamVersion(const StreamValue &stream);

/// Errc::LimitExceeded for an entry that no listpack can hold (1 GiB), InvalidArgument for ids out of order.
Result<void> appendStream(QByteArray &out, const StreamValue &stream, RdbFamily family, int version, std::uint8_t *rdbType);

} // namespace keyloupe::rdb
