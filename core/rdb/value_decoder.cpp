// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/value_decoder.h"

#include "core/rdb/collection_decoders.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/module_codec.h"
#include "core/rdb/packed/intset.h"
#include "core/rdb/packed/listpack.h"
#include "core/rdb/packed/ziplist.h"
#include "core/rdb/packed/zipmap.h"
#include "core/rdb/packed_walk.h"
#include "core/rdb/type_table.h"

namespace keyloupe {

using namespace rdb;

namespace {

Error unknownType(std::uint8_t rdbType)
{
    return Error{Errc::Unsupported, QStringLiteral("value type %1 is not known").arg(rdbType), 0, {}};
}

Value readValue(ByteCursor &in, std::uint8_t rdbType, ValueType type, RdbFamily family, QByteArrayView whole)
{
    switch (type) {
    case ValueType::String:
        return readString(in);
    case ValueType::List:
        return readList(in, rdbType);
    case ValueType::Set:
        return readSet(in, rdbType);
    case ValueType::SortedSet:
        return readSortedSet(in, rdbType);
    case ValueType::Hash:
        return readHash(in, rdbType, family);
    case ValueType::Stream:
        return readStream(in, rdbType, whole);
    case ValueType::Module:
        break;
    }
    return readModuleValue(in, whole);
}

// Elements of the next blob: the header's count where the blob stands raw and knows it, else a walk.
template <typename Reader>
std::int64_t countPacked(ByteCursor &in)
{
    const Blob blob = readBlob(in);
    if (!in.ok())
        return 0;
    Reader reader(blob.bytes);
    std::int64_t count = 0;
    if (const auto known = reader.headerCount(); known && reader.ok()) {
        count = *known;
    } else {
        PackedItem item;
        while (reader.next(item))
            ++count;
    }
    if (!reader.ok())
        in.fail(reader.reason(), blob.outerOffset(reader.failOffset()));
    return count;
}

std::int64_t countIntset(ByteCursor &in)
{
    const Blob blob = readBlob(in);
    if (!in.ok())
        return 0;
    const IntsetReader reader(blob.bytes);
    if (!reader.ok())
        in.fail(reader.reason(), blob.outerOffset(reader.failOffset()));
    return reader.count();
}

std::int64_t countZipmap(ByteCursor &in)
{
    const Blob blob = readBlob(in);
    if (!in.ok())
        return 0;
    ZipmapReader reader(blob.bytes);
    QByteArrayView field;
    QByteArrayView value;
    std::int64_t count = 0;
    while (reader.next(field, value))
        ++count;
    if (!reader.ok())
        in.fail(reader.reason(), blob.outerOffset(reader.failOffset()));
    return count;
}

std::int64_t countQuicklist(ByteCursor &in, std::uint8_t rdbType)
{
    const std::uint64_t nodes = readLength(in);
    std::int64_t count = 0;
    for (std::uint64_t i = 0; i < nodes && in.ok(); ++i) {
        if (rdbType == kTypeQuicklist) {
            count += countPacked<ZiplistReader>(in);
        } else if (readLength(in) == 2) {
            count += countPacked<ListpackReader>(in);
        } else {
            readStringRef(in);
            ++count;
        }
    }
    return count;
}

std::int64_t countStream(ByteCursor &in)
{
    const std::uint64_t nodes = readLength(in);
    for (std::uint64_t i = 0; i < nodes && in.ok(); ++i) {
        readStringRef(in);
        readStringRef(in);
    }
    return static_cast<std::int64_t>(readLength(in));
}

std::int64_t countElements(ByteCursor &in, std::uint8_t rdbType)
{
    switch (rdbType) {
    case kTypeString:
        return static_cast<std::int64_t>(readStringRef(in).size());
    case kTypeModule: {
        const std::int64_t start = in.offset();
        skipModuleValue(in);
        return in.offset() - start;
    }
    case kTypeHashZipmap:
        return countZipmap(in);
    case kTypeSetIntset:
        return countIntset(in);
    case kTypeListZiplist:
        return countPacked<ZiplistReader>(in);
    case kTypeZsetZiplist:
    case kTypeHashZiplist:
        return countPacked<ZiplistReader>(in) / 2;
    case kTypeSetListpack:
        return countPacked<ListpackReader>(in);
    case kTypeHashListpack:
    case kTypeZsetListpack:
        return countPacked<ListpackReader>(in) / 2;
    case kTypeHashListpackEx:
        in.skip(8);
        [[fallthrough]];
    case kTypeHashListpackExPreGa:
        return countPacked<ListpackReader>(in) / 3;
    case kTypeQuicklist:
    case kTypeQuicklist2:
        return countQuicklist(in, rdbType);
    case kTypeStream1:
    case kTypeStream2:
    case kTypeStream3:
    case kTypeStream4:
        return countStream(in);
    case kTypeHashExpiring:
        in.skip(8);
        break;
    default:
        break;
    }
    return static_cast<std::int64_t>(readLength(in));
}

} // namespace

Result<DecodedValue> decodeValue(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family)
{
    const std::optional<ValueType> type = valueTypeOfRdbType(rdbType, family);
    if (!type)
        return unknownType(rdbType);
    ByteCursor in(bytes);
    DecodedValue decoded;
    decoded.value = readValue(in, rdbType, *type, family, bytes);
    if (!in.ok())
        return in.error();
    decoded.consumed = in.offset();
    decoded.encoding = encodingName(rdbType, bytes.first(in.offset()));
    return decoded;
}

Result<std::int64_t> valueLength(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family)
{
    if (!valueTypeOfRdbType(rdbType, family))
        return unknownType(rdbType);
    ByteCursor in(bytes);
    const std::int64_t count = countElements(in, rdbType);
    if (!in.ok())
        return in.error();
    if (count < 0)
        return Error{Errc::Corrupt, QStringLiteral("a count is out of range"), 0, {}};
    return count;
}

} // namespace keyloupe
