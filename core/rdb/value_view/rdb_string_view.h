// SPDX-License-Identifier: GPL-3.0-or-later
//
// RdbStringView: a string that is read where it stands in the file: a slice of a raw one costs the slice; a compressed one
// is expanded from its start as far as was asked for, once. The bytes must outlive it. One thread at a time.
#pragma once

#include "core/base/result.h"
#include "core/rdb/lzf.h"
#include "core/rdb/string_codec.h"

#include <memory>

namespace keyloupe {

class RdbStringView
{
public:
    explicit RdbStringView(QByteArrayView bytes);
    RdbStringView(const RdbStringView &) = delete;
    RdbStringView &operator=(const RdbStringView &) = delete;

    /// Of a compressed string as claimed, where its size can justify that.
    Result<std::int64_t> size() const;

    /// Bytes [first, first + count), fewer where the string ends. Damage behind them is not noticed.
    Result<QByteArray> slice(std::int64_t first, std::int64_t count);

    std::int64_t memoryBytes() const;

private:
    rdb::StringRef m_ref;
    std::optional<Error> m_damage;
    rdb::LzfExpander m_lzf;
    std::unique_ptr<char[]> m_expanded;
};

} // namespace keyloupe
