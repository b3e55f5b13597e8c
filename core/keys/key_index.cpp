// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keys/key_index.h"

#include <algorithm>
#include <cstring>

namespace keyloupe {
namespace {

void putVarint(std::string &out, std::size_t value)
{
    while (value >= 0x80) {
        out.push_back(static_cast<char>((value & 0x7f) | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

std::size_t takeVarint(const std::string &in, std::size_t &at)
{
    std::size_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(in[at++]);
        value |= static_cast<std::size_t>(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

bool startsWith(QByteArrayView key, QByteArrayView prefix)
{
    return key.size() >= prefix.size() && compareBytes(key.first(prefix.size()), prefix) == 0;
}

/// The least name above all that begin with `prefix`; nothing where none is (all bytes 0xff, or empty).
std::optional<QByteArray> prefixEnd(QByteArrayView prefix)
{
    QByteArray end = prefix.toByteArray();
    while (!end.isEmpty() && static_cast<unsigned char>(end.back()) == 0xff)
        end.chop(1);
    if (end.isEmpty())
        return std::nullopt;
    end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    return end;
}

} // namespace

KeyIndex::Cursor::Cursor(const KeyIndex &index, std::uint32_t ordinal) : m_index(index)
{
    seek(ordinal);
}

void KeyIndex::Cursor::seek(std::uint32_t ordinal)
{
    m_ordinal = std::min(ordinal, m_index.m_size);
    if (atEnd())
        return;
    m_at = static_cast<std::size_t>(m_index.m_blocks[m_ordinal / kBlock]);
    const std::uint32_t wanted = m_ordinal;
    for (m_ordinal -= m_ordinal % kBlock;; ++m_ordinal) {
        decode();
        if (m_ordinal == wanted)
            return;
    }
}

void KeyIndex::Cursor::next()
{
    ++m_ordinal;
    if (!atEnd())
        decode();
}

void KeyIndex::Cursor::decode()
{
    // The first entry of a block stands alone, so that a seek needs nothing before it.
    const std::size_t shared = m_ordinal % kBlock == 0 ? 0 : takeVarint(m_index.m_arena, m_at);
    const std::size_t rest = takeVarint(m_index.m_arena, m_at);
    m_key.resize(shared);
    m_key.append(m_index.m_arena, m_at, rest);
    m_at += rest;
}

QByteArray KeyIndex::keyAt(std::uint32_t ordinal) const
{
    const Cursor cursor(*this, ordinal);
    return cursor.atEnd() ? QByteArray() : cursor.key().toByteArray();
}

std::uint32_t KeyIndex::lowerBound(QByteArrayView key, std::uint32_t from) const
{
    if (from >= m_size)
        return m_size;
    const auto blockIsLess = [&](std::uint32_t block) {
        auto at = static_cast<std::size_t>(m_blocks[block]);
        const auto length = static_cast<qsizetype>(takeVarint(m_arena, at));
        return compareBytes(QByteArrayView(m_arena.data() + at, length), key) < 0;
    };
    // Invariant: block `low` begins below the key or is where we start; block `high` does not begin below it.
    std::uint32_t low = from / kBlock;
    const auto blocks = static_cast<std::uint32_t>(m_blocks.size());
    std::uint32_t step = 1;
    std::uint32_t high = low + 1;
    while (high < blocks && blockIsLess(high)) {
        low = high;
        step = std::min(step * 2, blocks);
        high = std::min(blocks, low + step);
    }
    while (high - low > 1) {
        const std::uint32_t middle = low + (high - low) / 2;
        (blockIsLess(middle) ? low : high) = middle;
    }
    Cursor cursor(*this, std::max(from, low * kBlock));
    while (!cursor.atEnd() && compareBytes(cursor.key(), key) < 0)
        cursor.next();
    return cursor.ordinal();
}

std::optional<std::uint32_t> KeyIndex::find(QByteArrayView key) const
{
    const Cursor cursor(*this, lowerBound(key));
    if (cursor.atEnd() || compareBytes(cursor.key(), key) != 0)
        return std::nullopt;
    return cursor.ordinal();
}

KeyRange KeyIndex::prefixRange(QByteArrayView prefix, std::uint32_t from) const
{
    const std::uint32_t first = lowerBound(prefix, from);
    const auto end = prefixEnd(prefix);
    return {first, end ? lowerBound(*end, first) : m_size};
}

Result<std::vector<KeyChild>> KeyIndex::children(KeyRange range, std::uint32_t prefixLength, const QByteArray &separator,
                                                 const CancelToken &cancel) const
{
    std::vector<KeyChild> rows;
    range.last = std::min(range.last, m_size);
    Cursor cursor(*this, range.first);
    while (cursor.ordinal() < range.last) {
        if ((rows.size() & 0xfff) == 0xfff && cancel.isCancelled())
            return cancelledError();
        const QByteArrayView key = cursor.key();
        const qsizetype at = separator.isEmpty() || static_cast<qsizetype>(prefixLength) > key.size()
            ? -1 : key.indexOf(separator, static_cast<qsizetype>(prefixLength));
        const std::uint32_t first = cursor.ordinal();
        if (at < 0) {
            rows.push_back(KeyChild{{first, first + 1}, 0});
            cursor.next();
            continue;
        }
        const QByteArray prefix = key.first(at + separator.size()).toByteArray();
        // A small folder is walked; only a long one is worth a search.
        while (cursor.ordinal() < range.last && cursor.ordinal() - first < kBlock && startsWith(cursor.key(), prefix))
            cursor.next();
        std::uint32_t last = cursor.ordinal();
        if (last - first == kBlock && last < range.last) {
            const auto end = prefixEnd(prefix);
            last = end ? std::min(lowerBound(*end, last), range.last) : range.last;
            cursor.seek(last);
        }
        rows.push_back(KeyChild{{first, last}, static_cast<std::uint32_t>(prefix.size())});
    }
    return rows;
}

void KeyIndexWriter::append(QByteArrayView key)
{
    KeyIndex &index = *m_index;
    const QByteArrayView last(m_last.data(), static_cast<qsizetype>(m_last.size()));
    if (index.m_size > 0 && compareBytes(last, key) == 0)
        return;
    const auto length = static_cast<std::size_t>(key.size());
    std::size_t shared = 0;
    if (index.m_size % KeyIndex::kBlock == 0) {
        index.m_blocks.push_back(index.m_arena.size());
    } else {
        const std::size_t most = std::min(m_last.size(), length);
        while (shared < most && m_last[shared] == key.data()[shared])
            ++shared;
        putVarint(index.m_arena, shared);
    }
    putVarint(index.m_arena, length - shared);
    if (length > 0) { // the data of an empty view may be null
        index.m_arena.append(key.data() + shared, length - shared);
        m_last.assign(key.data(), length);
    } else {
        m_last.clear();
    }
    ++index.m_size;
}

std::shared_ptr<const KeyIndex> KeyIndexWriter::finish()
{
    m_last.clear();
    return std::exchange(m_index, std::make_shared<KeyIndex>());
}

std::vector<KeyRange> splitWide(std::uint32_t count, std::uint32_t limit)
{
    std::vector<KeyRange> slices;
    if (count <= limit || limit < 2)
        return slices;
    std::uint64_t size = limit;
    while ((count + size - 1) / size > limit)
        size *= limit;
    for (std::uint64_t at = 0; at < count; at += size)
        slices.push_back(KeyRange{static_cast<std::uint32_t>(at),
                                  static_cast<std::uint32_t>(std::min<std::uint64_t>(count, at + size))});
    return slices;
}

} // namespace keyloupe
