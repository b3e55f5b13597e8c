// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/stored_record.h"

#include "core/rdb/byte_cursor.h"
#include "core/rdb/crc64.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/module_codec.h"
#include "core/rdb/record_head.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_decoder.h"

#include <QtEndian>

namespace keyloupe {

Result<StoredRecord> storedRecordOf(QByteArrayView payload, int *version)
{
    constexpr qsizetype kFooter = 10;
    if (payload.size() < kFooter + 2)
        return Error{Errc::Corrupt, QStringLiteral("a DUMP payload is shorter than its footer"), 0, {}};
    const qsizetype bodySize = payload.size() - kFooter;
    if (crc64(0, payload.first(bodySize + 2)) != qFromLittleEndian<std::uint64_t>(payload.data() + bodySize + 2))
        return Error{Errc::Corrupt, QStringLiteral("a DUMP payload's checksum is wrong"), bodySize + 2, {}};
    const auto number = qFromLittleEndian<std::uint16_t>(payload.data() + bodySize);
    if (version)
        *version = number;
    StoredRecord record;
    record.family = number >= rdb::kFirstValkeyVersion ? RdbFamily::Valkey : RdbFamily::Redis;
    rdb::ByteCursor in(payload.first(bodySize));
    if (record.family == RdbFamily::Redis && in.peek() == rdb::kOpKeyMetaOrSlotImport) {
        in.skip(1);
        rdb::ByteCursor count = in;
        record.keyMetadata = static_cast<std::int64_t>(rdb::readLength(count));
        rdb::skipKeyMetadata(in);
    }
    record.rdbType = in.u8();
    if (!in.ok())
        return in.error();
    record.value = payload.sliced(in.offset(), bodySize - in.offset());
    return record;
}

bool isCopied(const StoredRecord &record, const std::optional<SaveTarget> &target)
{
    if (record.whole.isEmpty())
        return false;
    return !target || (record.isPlain && takesAsItStands(*target, record.family, record.rdbType, record.value));
}

void addFindings(SaveFindings &findings, const StoredRecord &record, SaveTarget target)
{
    if (record.keyMetadata > 0)
        findings.add({record.db, record.key, SaveIssue::KeyMetadata, record.keyMetadata});
    const bool stands = takesAsItStands(target, record.family, record.rdbType, record.value);
    if (stands && !mayLose(target, record.rdbType))
        return;
    const Result<DecodedValue> decoded = decodeValue(record.rdbType, record.value, record.family);
    if (decoded)
        addFindings(findings, record.db, record.key, decoded->value, factsOf(target));
    else if (!stands)
        findings.add({record.db, record.key, SaveIssue::Unreadable, 1});
}

Result<bool> writeStored(RdbWriter &writer, const StoredRecord &record, const std::optional<SaveTarget> &target)
{
    if (isCopied(record, target)) {
        KL_CHECK(writer.raw(record.whole));
        return true;
    }
    if (!target || takesAsItStands(*target, record.family, record.rdbType, record.value)) {
        KL_CHECK(writer.raw(rdb::encodeRecordHead(record.key, record.rdbType, record.expireAtMs, record.idleSeconds, record.frequency)));
        KL_CHECK(writer.raw(record.value));
        return true;
    }
    Result<DecodedValue> decoded = decodeValue(record.rdbType, record.value, record.family);
    if (!decoded)
        return false;
    KL_CHECK(writeValue(writer, record.key, std::move(decoded.value().value), record.expireAtMs, record.idleSeconds, record.frequency, target));
    return true;
}

Result<void> writeValue(RdbWriter &writer, QByteArrayView key, Value value, std::int64_t expireAtMs, std::int64_t idleSeconds, int frequency,
                        const std::optional<SaveTarget> &target)
{
    if (target)
        dropUnheld(value, factsOf(*target));
    return writer.key(key, value, expireAtMs, idleSeconds, idleSeconds >= 0 ? -1 : frequency);
}

} // namespace keyloupe
