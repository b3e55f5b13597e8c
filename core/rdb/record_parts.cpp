// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/record_parts.h"

#include "core/rdb/length_codec.h"
#include "core/rdb/module_codec.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"

#include <QtEndian>

#include <algorithm>

namespace keyloupe {

using namespace rdb;

namespace {

// False at the type byte.
bool skipAttribute(ByteCursor &in, RdbFamily family, RecordParts &head)
{
    switch (in.peek()) {
    case kOpExpireMs:
        in.skip(9);
        return true;
    case kOpExpireSeconds:
        in.skip(5);
        return true;
    case kOpFrequency:
        in.skip(2);
        return true;
    case kOpIdle:
        in.skip(1);
        readLength(in);
        return true;
    case kOpRamLru:
    case kOpSlotNumber:
        in.skip(1);
        readLength(in);
        head.isPlain = false;
        return true;
    case kOpKeyMetaOrSlotImport: {
        if (family != RdbFamily::Redis)
            return false;
        in.skip(1);
        ByteCursor count = in;
        head.keyMetadata += static_cast<std::int64_t>(readLength(count));
        head.isPlain = false;
        skipKeyMetadata(in);
        return true;
    }
    default:
        return false;
    }
}

} // namespace

RecordParts readRecordParts(QByteArrayView record, RdbFamily family)
{
    RecordParts head;
    ByteCursor in(record);
    while (in.ok() && skipAttribute(in, family, head)) { }
    in.skip(1);
    head.key = readString(in);
    return head;
}

QByteArray encodeRecordHead(QByteArrayView key, std::uint8_t rdbType, std::int64_t expireAtMs, std::int64_t idleSeconds, int frequency)
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
    head.append(static_cast<char>(rdbType));
    appendString(head, key);
    return head;
}

} // namespace keyloupe
