// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/record_head.h"

#include "core/rdb/length_codec.h"
#include "core/rdb/module_codec.h"
#include "core/rdb/type_table.h"

#include <QtEndian>

#include <algorithm>
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

RecordParts readRecordParts(QByteArrayView record, RdbFamily family)
{
    RecordParts parts;
    RecordInfo attributes;
    ByteCursor in(record);
    std::uint8_t code = in.u8();
    ByteCursor behind = in;
    while (in.ok() && readAttribute(in, code, family, attributes)) {
        if (code == kOpKeyMetaOrSlotImport)
            parts.keyMetadata += static_cast<std::int64_t>(readLength(behind));
        if (code == kOpKeyMetaOrSlotImport || code == kOpRamLru || code == kOpSlotNumber)
            parts.isPlain = false;
        code = in.u8();
        behind = in;
    }
    parts.key = readString(in);
    return parts;
}

QByteArray otherAttributes(QByteArrayView attributes, RdbFamily family, NameChange change)
{
    QByteArray others;
    RecordInfo ignored;
    ByteCursor in(attributes);
    while (in.remaining() > 0) {
        const std::int64_t start = in.offset();
        const std::uint8_t code = in.u8();
        if (!readAttribute(in, code, family, ignored) || !in.ok())
            break;
        const bool isOther = code == kOpKeyMetaOrSlotImport || code == kOpRamLru || (code == kOpSlotNumber && change == NameChange::None);
        if (isOther)
            others.append(attributes.sliced(start, in.offset() - start));
    }
    return others;
}

QByteArray encodeRecordHead(QByteArrayView key, std::uint8_t rdbType, std::int64_t expireAtMs, std::int64_t idleSeconds, int frequency,
                            QByteArrayView others)
{
    QByteArray head;
    if (expireAtMs >= 0) {
        char time[8];
        qToLittleEndian(expireAtMs, time);
        head.append(static_cast<char>(kOpExpireMs));
        head.append(time, sizeof time);
    }
    if (idleSeconds >= 0) {
        head.append(static_cast<char>(kOpIdle));
        appendLength(head, static_cast<std::uint64_t>(idleSeconds));
    } else if (frequency >= 0) {
        head.append(static_cast<char>(kOpFrequency));
        head.append(static_cast<char>(std::min(frequency, 255)));
    }
    head.append(others);
    head.append(static_cast<char>(rdbType));
    appendString(head, key);
    return head;
}

} // namespace keyloupe::rdb
