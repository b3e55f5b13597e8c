// SPDX-License-Identifier: GPL-3.0-or-later
//
// The deep check: pass 1 over the file plus pass 2 over every value, so that damage inside packed and compressed values
// is found too. Any thread; asks the token often.
#pragma once

#include "core/rdb/rdb_scanner.h"

namespace keyloupe {

/// As scanRdb, with the damage of values that do not decode added (offsets in the file, each value at most once).
/// `onKey` of the callbacks, if set, is called first.
Result<RdbSummary> checkRdb(QByteArrayView image, const ScanCallbacks &callbacks = {}, const CancelToken &cancel = {});

} // namespace keyloupe
