// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/string_codec.h"

#include "core/base/number.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/lzf.h"

#include <limits>

namespace keyloupe::rdb {

namespace {

constexpr std::uint8_t kInt8 = 0xc0;
constexpr std::uint8_t kInt16 = 0xc1;
constexpr std::uint8_t kInt32 = 0xc2;
constexpr std::uint8_t kLzf = 0xc3;
constexpr qsizetype kLongestInteger = 11;  // "-2147483648"
constexpr qsizetype kCompressAbove = 20;

bool appendInteger(QByteArray &out, QByteArrayView bytes)
{
    if (bytes.isEmpty() || bytes.size() > kLongestInteger)
        return false;
    const std::optional<std::int64_t> number = parseInt64(bytes);
    if (!number || *number < std::numeric_limits<std::int32_t>::min() || *number > std::numeric_limits<std::int32_t>::max())
        return false;
    char raw[5];
    if (*number >= -128 && *number <= 127) {
        raw[0] = static_cast<char>(kInt8);
        raw[1] = static_cast<char>(*number);
        out.append(raw, 2);
    } else if (*number >= -32768 && *number <= 32767) {
        raw[0] = static_cast<char>(kInt16);
        qToLittleEndian(static_cast<std::int16_t>(*number), raw + 1);
        out.append(raw, 3);
    } else {
        raw[0] = static_cast<char>(kInt32);
        qToLittleEndian(static_cast<std::int32_t>(*number), raw + 1);
        out.append(raw, 5);
    }
    return true;
}

} // namespace

std::uint64_t StringRef::size() const
{
    switch (form) {
    case Form::Raw:
        return static_cast<std::uint64_t>(bytes.size());
    case Form::Lzf:
        return expandedSize;
    case Form::Integer:
        break;
    }
    std::uint64_t digits = number < 0 ? 2 : 1;
    for (std::int64_t rest = number / 10; rest != 0; rest /= 10)
        ++digits;
    return digits;
}

StringRef readStringRef(ByteCursor &in)
{
    StringRef ref;
    const std::uint8_t first = in.peek();
    if (first < 0xc0) {
        const std::uint64_t size = first < 0x40 ? in.u8() : readLength(in);
        ref.bytesOffset = in.offset();
        ref.bytes = in.take(size);
        return ref;
    }
    in.u8();
    switch (first) {
    case kInt8:
        ref.form = StringRef::Form::Integer;
        ref.number = static_cast<std::int8_t>(in.u8());
        break;
    case kInt16:
        ref.form = StringRef::Form::Integer;
        ref.number = in.le<std::int16_t>();
        break;
    case kInt32:
        ref.form = StringRef::Form::Integer;
        ref.number = in.le<std::int32_t>();
        break;
    case kLzf: {
        ref.form = StringRef::Form::Lzf;
        const std::uint64_t compressed = readLength(in);
        ref.expandedSize = readLength(in);
        ref.bytesOffset = in.offset();
        ref.bytes = in.take(compressed);
        break;
    }
    default:
        in.fail("a string has an unknown encoding", in.offset() - 1);
        break;
    }
    return ref;
}

bool expandString(const StringRef &ref, QByteArray &storage, QByteArrayView &out)
{
    switch (ref.form) {
    case StringRef::Form::Raw:
        out = ref.bytes;
        return true;
    case StringRef::Form::Integer:
        storage = QByteArray::number(static_cast<qlonglong>(ref.number));
        out = storage;
        return true;
    case StringRef::Form::Lzf:
        break;
    }
    std::optional<QByteArray> expanded = lzfExpand(ref.bytes, ref.expandedSize);
    if (!expanded)
        return false;
    storage = *std::move(expanded);
    out = storage;
    return true;
}

QByteArray readString(ByteCursor &in)
{
    const StringRef ref = readStringRef(in);
    if (!in.ok())
        return {};
    QByteArray storage;
    QByteArrayView view;
    if (!expandString(ref, storage, view)) {
        in.fail("a compressed string is damaged", ref.bytesOffset);
        return {};
    }
    return ref.form == StringRef::Form::Raw ? view.toByteArray() : storage;
}

Blob readBlob(ByteCursor &in)
{
    Blob blob;
    const StringRef ref = readStringRef(in);
    if (!in.ok())
        return blob;
    blob.offset = ref.bytesOffset;
    blob.isCompressed = ref.form != StringRef::Form::Raw;
    if (!expandString(ref, blob.storage, blob.bytes))
        in.fail("a compressed string is damaged", ref.bytesOffset);
    return blob;
}

void appendRawString(QByteArray &out, QByteArrayView bytes)
{
    appendLength(out, static_cast<std::uint64_t>(bytes.size()));
    out.append(bytes.data(), bytes.size());
}

void appendString(QByteArray &out, QByteArrayView bytes)
{
    if (appendInteger(out, bytes))
        return;
    if (bytes.size() > kCompressAbove) {
        if (const std::optional<QByteArray> compressed = lzfCompress(bytes)) {
            out.append(static_cast<char>(kLzf));
            appendLength(out, static_cast<std::uint64_t>(compressed->size()));
            appendLength(out, static_cast<std::uint64_t>(bytes.size()));
            out.append(*compressed);
            return;
        }
    }
    appendRawString(out, bytes);
}

} // namespace keyloupe::rdb
