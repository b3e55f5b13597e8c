// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/rdb_types.h"

#include "core/rdb/type_table.h"

namespace keyloupe {

const char *valueTypeName(ValueType type)
{
    switch (type) {
    case ValueType::String:
        return "string";
    case ValueType::List:
        return "list";
    case ValueType::Set:
        return "set";
    case ValueType::SortedSet:
        return "zset";
    case ValueType::Hash:
        return "hash";
    case ValueType::Stream:
        return "stream";
    case ValueType::Module:
        break;
    }
    return "module";
}

ValueType typeOf(const Value &value)
{
    static_assert(std::variant_size_v<Value> == 7, "the alternatives stand in the order of ValueType");
    return static_cast<ValueType>(value.index());
}

namespace rdb {

std::optional<ValueType> valueTypeOfRdbType(std::uint8_t rdbType, RdbFamily family)
{
    if (family == RdbFamily::Valkey && rdbType > kTypeHashExpiring22)
        return std::nullopt;
    switch (rdbType) {
    case kTypeString:
        return ValueType::String;
    case kTypeList:
    case kTypeListZiplist:
    case kTypeQuicklist:
    case kTypeQuicklist2:
        return ValueType::List;
    case kTypeSet:
    case kTypeSetIntset:
    case kTypeSetListpack:
        return ValueType::Set;
    case kTypeZsetText:
    case kTypeZset:
    case kTypeZsetZiplist:
    case kTypeZsetListpack:
        return ValueType::SortedSet;
    case kTypeHash:
    case kTypeHashZipmap:
    case kTypeHashZiplist:
    case kTypeHashListpack:
    case kTypeHashExpiring22:
    case kTypeHashListpackExPreGa:
    case kTypeHashExpiring:
    case kTypeHashListpackEx:
        return ValueType::Hash;
    case kTypeStream1:
    case kTypeStream2:
    case kTypeStream3:
    case kTypeStream4:
        return ValueType::Stream;
    case kTypeModule:
        return ValueType::Module;
    default:
        return std::nullopt;
    }
}

} // namespace rdb

} // namespace keyloupe
