// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/stored_record.h"

#include "core/rdb/record_head.h"
#include "core/rdb/value_decoder.h"

namespace keyloupe {

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
        KL_CHECK(writer.raw(encodeRecordHead(record.key, record.rdbType, record.expireAtMs, record.idleSeconds, record.frequency)));
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
