// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the targets over RDB's parts share: properties that every value must have, whatever bytes it came from. A property
// that does not hold is named on standard error and ends the process, which the fuzzer keeps as a find. One thread.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/rdb_scanner.h"
#include "core/rdb/rdb_writer.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/value_check.h"
#include "core/rdb/value_decoder.h"
#include "core/rdb/value_view/collection_view.h"
#include "core/rdb/value_view/rdb_string_view.h"
#include "core/rdb/value_view/stream_view.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace keyloupe::fuzz {

inline void require(bool holds, const char *property)
{
    if (holds)
        return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

/// At most `count` of the bytes that are left: inputs are read as choices, and never run out.
inline QByteArrayView takeUpTo(rdb::ByteCursor &in, std::uint64_t count)
{
    return in.take(std::min(count, in.remaining()));
}

template <typename T>
void appendLittleEndian(QByteArray &out, T number)
{
    char raw[sizeof(T)];
    qToLittleEndian(number, raw);
    out.append(raw, sizeof raw);
}

/// A blob as a string of the file: compressed where that pays, or as it stands.
inline QByteArray asString(QByteArrayView blob, bool mayCompress)
{
    QByteArray out;
    if (mayCompress)
        rdb::appendString(out, blob);
    else
        rdb::appendRawString(out, blob);
    return out;
}

/// What valueLength counts; -1 for the oldest streams, whose own count may be wrong in files of release candidates.
inline std::int64_t elementsOf(std::uint8_t rdbType, const DecodedValue &decoded)
{
    const auto count = [](const auto &things) { return static_cast<std::int64_t>(things.size()); };
    switch (typeOf(decoded.value)) {
    case ValueType::String:
        return count(std::get<QByteArray>(decoded.value));
    case ValueType::List:
        return count(std::get<ListValue>(decoded.value).items);
    case ValueType::Set:
        return count(std::get<SetValue>(decoded.value).members);
    case ValueType::SortedSet:
        return count(std::get<SortedSetValue>(decoded.value).members);
    case ValueType::Hash:
        return count(std::get<HashValue>(decoded.value).fields);
    case ValueType::Module:
        return decoded.consumed;
    case ValueType::Stream:
        break;
    }
    return rdbType == 15 ? -1 : count(std::get<StreamValue>(decoded.value).entries);
}

/// The value encoded anew decodes to the same.
inline void checkEncoded(const Value &value, RdbFamily family, int version)
{
    QByteArray out;
    std::uint8_t rdbType = 0;
    require(appendEncodedValue(out, value, family, version, &rdbType).ok(), "what decodes can be encoded");
    const Result<DecodedValue> again = decodeValue(rdbType, out, family);
    require(again.ok(), "what was encoded decodes");
    require(again->consumed == out.size(), "what was encoded is decoded whole");
    require(again->value == value, "what was encoded decodes to the same value");
}

/// In a file of its own the scanner finds the value with the same end, and nothing wrong.
inline void checkScanned(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family)
{
    QByteArray image(family == RdbFamily::Valkey ? "VALKEY080" : "REDIS0012");
    image.append(static_cast<char>(rdbType)).append("\x01k", 2).append(bytes.data(), bytes.size());
    image.append('\xff').append(8, '\0');
    int keys = 0;
    ScanCallbacks callbacks;
    callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        require(key == "k" && record.rdbType == rdbType, "the scanner gives the key");
        require(record.valueLength == bytes.size(), "the scanner and the decoder agree where a value ends");
        ++keys;
        return true;
    };
    const Result<RdbSummary> summary = scanRdb(image, callbacks);
    require(summary.ok() && keys == 1 && summary->isSound(), "the scanner finds nothing wrong with what decodes");
}

/// The walk that builds nothing says what the decoder says.
inline void checkChecked(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family, const Result<DecodedValue> &decoded)
{
    static ValueChecker checker;
    const Result<ValueCounts> checked = checker.check(rdbType, bytes, family);
    require(checked.ok() == decoded.ok(), "the check is as strict as the decoder");
    if (!checked.ok()) {
        require(checked.error().offset >= 0 && checked.error().offset <= bytes.size(), "what the check finds lies within the value");
        return;
    }
    require(checked->consumed == decoded->consumed, "the check and the decoder agree where a value ends");
}

/// A view, whatever the bytes, comes to an end; of a value that decodes it gives every element.
inline void checkViewed(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family, const Result<DecodedValue> &decoded)
{
    std::int64_t seen = 0;
    if (CollectionView::covers(rdbType, family)) {
        CollectionView view(rdbType, bytes, family);
        const Result<std::int64_t> count = view.count();
        static_cast<void>(view.ranks(0, 3));
        static_cast<void>(view.find({QByteArrayView("a"), QByteArrayView("12")}, [](std::size_t, const ElementView &) {}));
        static_cast<void>(view.read(5, 3, [](const ElementView &) {}));
        const Result<void> read = view.read(0, bytes.size() * 100 + 100, [&seen](const ElementView &) { ++seen; });
        if (decoded.ok())
            require(count.ok() && read.ok() && *count == seen && seen == elementsOf(rdbType, *decoded), "a view gives every element");
    } else if (StreamView::covers(rdbType)) {
        StreamView view(rdbType, bytes);
        for (const bool descending : {false, true}) {
            seen = 0;
            const Result<void> read = view.read({0, 0}, {~0ULL, ~0ULL}, INT64_MAX, descending, [&seen](const StreamEntry &) { ++seen; });
            if (decoded.ok() && (read.ok() || read.error().code != Errc::Unsupported))
                require(read.ok() && seen == static_cast<std::int64_t>(std::get<StreamValue>(decoded->value).entries.size()), "a view gives every entry");
        }
    } else if (rdbType == 0) {
        RdbStringView view(bytes);
        static_cast<void>(view.slice(3, 5));
        const Result<QByteArray> whole = view.slice(0, INT64_MAX);
        if (decoded.ok())
            require(whole.ok() && *whole == std::get<QByteArray>(decoded->value), "a view gives the string");
    }
}

/// Everything that holds for a value that decodes; an error has its place and its reason. True when it decodes.
inline bool checkValue(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family)
{
    const Result<DecodedValue> decoded = decodeValue(rdbType, bytes, family);
    const Result<std::int64_t> length = valueLength(rdbType, bytes, family);
    checkChecked(rdbType, bytes, family, decoded);
    checkViewed(rdbType, bytes, family, decoded);
    if (!decoded.ok()) {
        require(decoded.error().offset >= 0 && decoded.error().offset <= bytes.size(), "an error lies within the value");
        require(!decoded.error().message.isEmpty(), "an error has a reason");
        return false;
    }
    require(decoded->consumed > 0 && decoded->consumed <= bytes.size(), "a value ends within its bytes");
    const std::int64_t elements = elementsOf(rdbType, *decoded);
    require(elements < 0 || (length.ok() && *length == elements), "the count is the number of elements");
    checkScanned(rdbType, bytes.first(decoded->consumed), family);
    checkEncoded(decoded->value, family, family == RdbFamily::Valkey ? 80 : 13);
    return true;
}

} // namespace keyloupe::fuzz
