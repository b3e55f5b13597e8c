// SPDX-License-Identifier: GPL-3.0-or-later
//
// Strings in RDB: raw bytes, 8/16/32-bit integers that stand for their decimal text, or LZF. Pure; any thread.
// Views point into the input and live as long as it does.
#pragma once

#include "core/rdb/byte_cursor.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>

namespace keyloupe::rdb {

/// A string as it stands in the input, not yet expanded.
struct StringRef
{
    enum class Form : std::uint8_t { Raw, Integer, Lzf };

    Form form = Form::Raw;
    QByteArrayView bytes;            ///< raw bytes, or the compressed stream
    std::int64_t number = 0;         ///< of an Integer
    std::uint64_t expandedSize = 0;  ///< of an Lzf, as claimed
    std::int64_t bytesOffset = 0;    ///< of `bytes`, in the cursor's input

    /// Length of the string it stands for, as claimed.
    std::uint64_t size() const;
};

/// Walks over a string; cheap, nothing is copied.
StringRef readStringRef(ByteCursor &in);

/// The same into a reference that is there, with a short way for short raw strings.
inline void readStringRef(ByteCursor &in, StringRef &ref)
{
    if (in.atEnd() || in.peek() >= 0x40) {
        ref = readStringRef(in);
        return;
    }
    const std::uint64_t size = in.u8();
    ref.form = StringRef::Form::Raw;
    ref.bytesOffset = in.offset();
    ref.bytes = in.take(size);
}

/// The bytes that the reference stands for. A raw string comes back as a view of the input; the other forms are put into
/// `storage` and the view points there. False when an LZF stream is damaged.
bool expandString(const StringRef &ref, QByteArray &storage, QByteArrayView &out);

/// readStringRef and expandString into bytes of its own; a damaged stream fails the cursor.
QByteArray readString(ByteCursor &in);

/// A string that holds a packed structure: a view where it stands raw, else expanded.
struct Blob
{
    QByteArray storage;
    QByteArrayView bytes;
    std::int64_t offset = 0;  ///< of the blob in the cursor's input
    bool isCompressed = false;

    /// The input's offset that fits a place inside the blob: the blob's start where it is compressed.
    std::int64_t outerOffset(std::int64_t inner) const { return isCompressed ? offset : offset + inner; }
};

Blob readBlob(ByteCursor &in);

/// Appends with the servers' own rules: 32-bit integers as such, more than 20 bytes as LZF where that saves 4 bytes.
void appendString(QByteArray &out, QByteArrayView bytes);

/// Appends with a plain length, never compressed; what readers of fixed-size ids expect.
void appendRawString(QByteArray &out, QByteArrayView bytes);

} // namespace keyloupe::rdb
