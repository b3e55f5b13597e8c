// SPDX-License-Identifier: GPL-3.0-or-later
//
// Is a value sound? Walks all of it, as strictly as decodeValue, and builds nothing: for the deep check of whole files.
// A ValueChecker keeps its buffers from value to value; one thread at a time, one checker for each thread.
#pragma once

#include "core/base/result.h"
#include "core/rdb/duplicate_finder.h"
#include "core/rdb/expand_buffer.h"
#include "core/rdb/rdb_types.h"

#include <QByteArrayView>

namespace keyloupe {

struct ValueCounts
{
    std::int64_t elements = 0; ///< items, members, fields, live entries; bytes of a string or of a module's value
    std::int64_t consumed = 0; ///< bytes of the value
};

class ValueChecker
{
public:
    /// Errors as those of decodeValue: Corrupt with the offset inside `bytes`, or Unsupported for an unknown type.
    Result<ValueCounts> check(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family);

private:
    std::int64_t checkElements(rdb::ByteCursor &in, std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family, ValueType type);
    std::int64_t checkStream(rdb::ByteCursor &in, std::uint8_t rdbType);
    bool hasDuplicate(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family);

    rdb::ExpandBuffer m_blobs;
    rdb::ExpandBuffer m_names;
    rdb::DuplicateFinder m_duplicates;
};

} // namespace keyloupe
