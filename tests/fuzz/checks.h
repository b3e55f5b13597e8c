// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the targets over RDB's parts share: properties that every value must have, whatever bytes it came from. A property
// that does not hold is named on standard error and ends the process, which the fuzzer keeps as a find. One thread.
#pragma once

#include "core/rdb/byte_cursor.h"
#include "core/rdb/rdb_scanner.h"
#include "core/rdb/rdb_writer.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/value_decoder.h"

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

/// Everything that holds for a value that decodes; an error has its place and its reason. True when it decodes.
inline bool checkValue(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family)
{
    const Result<DecodedValue> decoded = decodeValue(rdbType, bytes, family);
    const Result<std::int64_t> length = valueLength(rdbType, bytes, family);
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
