// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/record_head.h"

#include "core/rdb/length_codec.h"
#include "core/rdb/module_codec.h"
#include "core/rdb/type_table.h"

#include <limits>

namespace keyloupe::rdb {

bool readAttribute(ByteCursor &in, std::uint8_t opcode, RdbFamily family, RecordInfo &record)
{
    switch (opcode) {
    case kOpExpireMs:
        record.expireAtMs = in.le<std::int64_t>();
        return true;
    case kOpExpireSeconds:
        record.expireAtMs = std::int64_t{in.le<std::int32_t>()} * 1000;
        return true;
    case kOpFrequency:
        record.frequency = in.u8();
        return true;
    case kOpIdle: {
        const std::uint64_t seconds = readLength(in);
        // Out of any clock's range: kept as none rather than as a negative number.
        constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 1000);
        record.idleSeconds = seconds > kMost ? -1 : static_cast<std::int64_t>(seconds);
        return true;
    }
    case kOpRamLru:
    case kOpSlotNumber:
        readLength(in);
        return true;
    case kOpKeyMetaOrSlotImport:
        if (family != RdbFamily::Redis)
            return false;
        skipKeyMetadata(in);
        return true;
    default:
        return false;
    }
}

StringRef readRecordHead(ByteCursor &in, RdbFamily family, RecordInfo &record)
{
    record.recordOffset = in.offset();
    std::uint8_t code = in.u8();
    while (in.ok() && readAttribute(in, code, family, record))
        code = in.u8();
    record.attributesLength = in.offset() - 1 - record.recordOffset;
    record.rdbType = code;
    record.type = valueTypeOfRdbType(code, family).value_or(ValueType::String);
    StringRef key = readStringRef(in);
    record.valueOffset = in.offset();
    return key;
}

} // namespace keyloupe::rdb
