// SPDX-License-Identifier: GPL-3.0-or-later
//
// ExpandBuffer: memory that LZF strings and numbers are expanded into, one after the other, so that walking a value
// allocates nothing per element. A view it gave ends with the next expand(). One thread at a time.
#pragma once

#include "core/rdb/lzf.h"
#include "core/rdb/string_codec.h"

#include <charconv>
#include <memory>

namespace keyloupe::rdb {

class ExpandBuffer
{
public:
    /// The bytes that the reference stands for: in the input where it is raw, else here. False for a damaged LZF stream.
    bool expand(const StringRef &ref, QByteArrayView &out)
    {
        if (ref.form == StringRef::Form::Raw) {
            out = QByteArrayView(ref.bytes.data(), ref.bytes.size());
            return true;
        }
        return expandOther(ref, out);
    }

    std::int64_t capacity() const { return static_cast<std::int64_t>(m_capacity); }

private:
    bool expandOther(const StringRef &ref, QByteArrayView &out)
    {
        if (ref.form == StringRef::Form::Integer) {
            const auto end = std::to_chars(m_digits, m_digits + sizeof m_digits, ref.number).ptr;
            out = QByteArrayView(m_digits, end - m_digits);
            return true;
        }
        if (!LzfExpander::isPlausible(ref.bytes, ref.expandedSize))
            return false;
        reserve(ref.expandedSize + LzfExpander::kSlack);
        LzfExpander lzf(ref.bytes);
        if (!lzf.expandTo(m_bytes.get(), ref.expandedSize, ref.expandedSize) || lzf.expanded() != ref.expandedSize || !lzf.atEnd())
            return false;
        out = QByteArrayView(m_bytes.get(), static_cast<qsizetype>(ref.expandedSize));
        return true;
    }

    void reserve(std::uint64_t size)
    {
        if (size <= m_capacity)
            return;
        m_capacity = size + size / 2;
        m_bytes.reset(new char[m_capacity]);
    }

    std::unique_ptr<char[]> m_bytes;
    std::uint64_t m_capacity = 0;
    char m_digits[24];
};

} // namespace keyloupe::rdb
