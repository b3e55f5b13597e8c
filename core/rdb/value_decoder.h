// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pass 2: one value from its record bytes, every encoding of both families. Pure; any thread.
#pragma once

#include "core/base/result.h"
#include "core/rdb/rdb_types.h"

#include <QByteArrayView>

namespace keyloupe {

struct DecodedValue
{
    Value value;
    const char *encoding = ""; ///< as OBJECT ENCODING names the stored form: "listpack", "intset", "embstr" …
    std::int64_t consumed = 0; ///< bytes of the value
};

/// Decodes a value of type byte `rdbType` at the start of `bytes`. Errors are Corrupt with the offset inside `bytes`,
/// or Unsupported for an unknown type. Memory is bounded by what the bytes justify (LZF ratio included).
Result<DecodedValue> decodeValue(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family);

/// How many elements (fields, members, entries, bytes of a string) the value holds, without decoding elements where the
/// layout says it up front; falls back to decoding.
Result<std::int64_t> valueLength(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family);

/// Encoding name from the type byte and, for strings, the value's first bytes; what a server would say after loading it.
const char *encodingName(std::uint8_t rdbType, QByteArrayView bytes);

/// A DUMP payload: type, value, version, CRC-64. Checks the footer; a zero CRC is refused.
Result<DecodedValue> decodeDumpPayload(QByteArrayView payload);

} // namespace keyloupe
