// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyIndex: an immutable, bytewise sorted set of key names, front-coded in blocks of 16 (about the bytes that differ
// from the name before, plus 2-3 bytes a key). Shared as std::shared_ptr<const KeyIndex>; any thread may read.
// Namespaces are not stored: they are ranges of ordinals, found by galloping search when a level is asked for.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"

#include "core/base/byte_order.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keyloupe {

/// Ordinals [first, last) of one index; they mean nothing in another.
struct KeyRange
{
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t count() const { return last - first; }
    bool operator==(const KeyRange &) const = default;
};

/// One row of a level: a key, or all keys that begin with a prefix that ends in the separator.
struct KeyChild
{
    KeyRange range;
    std::uint32_t prefixLength = 0; ///< of a folder: how much of keyAt(range.first) is its prefix; 0 for a key
    bool isFolder() const { return prefixLength != 0; }
    bool operator==(const KeyChild &) const = default;
};

class KeyIndex
{
public:
    static constexpr std::uint32_t kBlock = 16;

    /// Walks the names in order without decoding a block anew for each. The index must outlive it.
    class Cursor
    {
    public:
        Cursor(const KeyIndex &index, std::uint32_t ordinal);
        bool atEnd() const { return m_ordinal >= m_index.m_size; }
        std::uint32_t ordinal() const { return m_ordinal; }
        QByteArrayView key() const { return {m_key.data(), static_cast<qsizetype>(m_key.size())}; }
        void next();
        void seek(std::uint32_t ordinal);

    private:
        void decode();
        const KeyIndex &m_index;
        std::string m_key;
        std::size_t m_at = 0;
        std::uint32_t m_ordinal = 0;
    };

    std::uint32_t size() const { return m_size; }
    KeyRange all() const { return {0, m_size}; }
    std::size_t memoryBytes() const { return m_arena.capacity() + m_blocks.capacity() * sizeof(std::uint64_t); }

    /// The name with this ordinal; empty past the end.
    QByteArray keyAt(std::uint32_t ordinal) const;
    /// Ordinal of the first name not less than `key`, not before `from`; size() where there is none. Gallops, so that
    /// near answers are cheap.
    std::uint32_t lowerBound(QByteArrayView key, std::uint32_t from = 0) const;
    std::optional<std::uint32_t> find(QByteArrayView key) const;
    /// All names that begin with `prefix`.
    KeyRange prefixRange(QByteArrayView prefix, std::uint32_t from = 0) const;

    /// The rows of one level in bytewise order: `range` must be names that share their first `prefixLength` bytes.
    Result<std::vector<KeyChild>> children(KeyRange range, std::uint32_t prefixLength, const QByteArray &separator,
                                           const CancelToken &cancel = {}) const;

private:
    friend class KeyIndexWriter;
    std::string m_arena;
    std::vector<std::uint64_t> m_blocks; ///< offset of each block's first entry
    std::uint32_t m_size = 0;
};

/// Makes an index of names given in ascending order; equal neighbours are kept once.
class KeyIndexWriter
{
public:
    KeyIndexWriter() : m_index(std::make_shared<KeyIndex>()) { }
    void reserve(std::size_t arenaBytes) { m_index->m_arena.reserve(arenaBytes); }
    void append(QByteArrayView key);
    std::shared_ptr<const KeyIndex> finish();

private:
    std::shared_ptr<KeyIndex> m_index;
    std::string m_last;
};


/// Cuts `count` rows into at most `limit` slices of equal size limit^k, so that no level has more than `limit` rows.
/// Empty when the rows fit as they are.
std::vector<KeyRange> splitWide(std::uint32_t count, std::uint32_t limit = 1000);

} // namespace keyloupe
