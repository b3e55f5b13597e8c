// SPDX-License-Identifier: GPL-3.0-or-later
//
// A message's bytes to read: as text, as indented JSON, as a hex dump. Bounded; what was cut is said in the last line. Pure.
#pragma once

#include <QByteArrayView>
#include <QString>

namespace keyloupe {

enum class PayloadForm { Text, Json, Hex };

/// JSON falls back to text where the bytes are none.
QString payloadText(QByteArrayView bytes, PayloadForm form, qsizetype maxBytes = 256 * 1024);

/// Offset, sixteen bytes in two groups, printable ASCII; one line each.
QString hexDump(QByteArrayView bytes);

} // namespace keyloupe
