// SPDX-License-Identifier: GPL-3.0-or-later
//
// The type bytes and opcodes of RDB by name, and which of them a family knows. Constants; any thread.
#pragma once

#include "core/rdb/rdb_types.h"

#include <cstdint>
#include <optional>

namespace keyloupe::rdb {

enum RdbType : std::uint8_t {
    kTypeString = 0,
    kTypeList = 1,
    kTypeSet = 2,
    kTypeZsetText = 3,
    kTypeHash = 4,
    kTypeZset = 5,
    kTypeModulePreGa = 6,
    kTypeModule = 7,
    kTypeHashZipmap = 9,
    kTypeListZiplist = 10,
    kTypeSetIntset = 11,
    kTypeZsetZiplist = 12,
    kTypeHashZiplist = 13,
    kTypeQuicklist = 14,
    kTypeStream1 = 15,
    kTypeHashListpack = 16,
    kTypeZsetListpack = 17,
    kTypeQuicklist2 = 18,
    kTypeStream2 = 19,
    kTypeSetListpack = 20,
    kTypeStream3 = 21,
    kTypeHashExpiring22 = 22, ///< Redis 7.4 RC and Valkey 9 mean different layouts
    kTypeHashListpackExPreGa = 23,
    kTypeHashExpiring = 24,
    kTypeHashListpackEx = 25,
    kTypeStream4 = 26,
};

enum RdbOpcode : std::uint8_t {
    kOpRamLru = 107,      ///< Redis Enterprise
    kOpSlotNumber = 121,  ///< Redis Enterprise
    kOpKeyMetaOrSlotImport = 243,
    kOpSlotInfo = 244,
    kOpFunction = 245,
    kOpFunctionPreGa = 246,
    kOpModuleAux = 247,
    kOpIdle = 248,
    kOpFrequency = 249,
    kOpAux = 250,
    kOpResizeDb = 251,
    kOpExpireMs = 252,
    kOpExpireSeconds = 253,
    kOpSelectDb = 254,
    kOpEof = 255,
};

/// From this header version on a DUMP payload is Valkey's own.
constexpr int kFirstValkeyVersion = 80;

/// What the type byte holds; nothing when the family has no such type or it cannot be walked (6).
std::optional<ValueType> valueTypeOfRdbType(std::uint8_t rdbType, RdbFamily family);

} // namespace keyloupe::rdb
