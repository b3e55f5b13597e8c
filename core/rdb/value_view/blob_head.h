// SPDX-License-Identifier: GPL-3.0-or-later
//
// The first bytes of a packed value, of which an LZF-compressed one is expanded no further. Pure; any thread.
#pragma once

#include "core/rdb/lzf.h"
#include "core/rdb/string_codec.h"

#include <algorithm>
#include <span>

namespace keyloupe::rdb {

struct BlobHead
{
    static constexpr std::uint64_t kBytes = 20; ///< that are there at least, of a value that is as long
    static constexpr std::uint64_t kOneRun = 264; ///< the most that one step of LZF goes on
    static constexpr std::size_t kBuffer = kBytes + kOneRun + LzfExpander::kSlack;

    /// All of a plain string, or the beginning of a compressed one, which then stands in `buffer`. Empty where it is neither, or damaged.
    static QByteArrayView read(const StringRef &ref, std::span<char, kBuffer> buffer)
    {
        if (ref.form != StringRef::Form::Lzf)
            return ref.bytes; // empty for a number
        LzfExpander lzf(ref.bytes);
        if (!LzfExpander::isPlausible(ref.bytes, ref.expandedSize)
            || !lzf.expandTo(buffer.data(), kBytes, std::min<std::uint64_t>(ref.expandedSize, kBytes + kOneRun)))
            return {};
        return {buffer.data(), static_cast<qsizetype>(lzf.expanded())};
    }
};

} // namespace keyloupe::rdb
