// SPDX-License-Identifier: GPL-3.0-or-later
//
// The RDB reader on arbitrary bytes: as a file behind a sound magic, and as one value of any type in either family. Nothing
// may crash, hang, or take memory that the input does not justify; what decodes holds what checks.h asks of every value,
// damage always has its place and its reason, and the compact table of records gives each record back as the scanner saw it.
#include "tests/fuzz/checks.h"

#include "core/engine/record_table.h"
#include "tests/support/check_rdb.h"

#include <cstddef>
#include <cstdint>

using namespace keyloupe;
using namespace keyloupe::fuzz;

namespace {

// What the table reads again from the image. It does not keep the database.
void checkTable(const RecordTable &table, const std::vector<std::pair<RecordInfo, QByteArray>> &records)
{
    require(table.size() == records.size(), "the table has all records");
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        const auto &[record, name] = records[i];
        const RecordInfo again = table.at(i);
        require(again.recordOffset == record.recordOffset && again.recordLength == record.recordLength, "the table knows where a record stands");
        require(again.valueOffset == record.valueOffset && again.valueLength == record.valueLength, "the table finds the value");
        require(again.expireAtMs == record.expireAtMs && again.idleSeconds == record.idleSeconds && again.frequency == record.frequency,
                "the table reads the attributes");
        require(again.rdbType == record.rdbType && again.type == record.type && table.rdbTypeAt(i) == record.rdbType, "the table knows the type");
        require(table.hasExpiryAt(i) == (record.expireAtMs >= 0), "the table knows what expires");
        QByteArray storage;
        require(table.nameAt(i, storage) == name, "the table reads the name");
    }
}

void checkFile(const QByteArray &image)
{
    std::int64_t before = 0;
    std::int64_t keys = 0;
    RecordTable table(image, image.startsWith("VALKEY") ? RdbFamily::Valkey : RdbFamily::Redis);
    std::vector<std::pair<RecordInfo, QByteArray>> records;
    ScanCallbacks callbacks;
    callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        require(record.recordOffset >= before, "records do not overlap");
        require(record.valueOffset > record.recordOffset, "a value stands behind its key");
        before = record.recordOffset + record.recordLength;
        require(record.valueLength > 0 && record.valueOffset + record.valueLength == before, "a record ends with its value");
        require(before <= image.size(), "a record ends within the file");
        ++keys;
        table.append(record);
        records.emplace_back(record, key.toByteArray());
        return true;
    };
    const Result<RdbSummary> summary = test::checkRdb(image, callbacks);
    checkTable(table, records);
    if (!summary.ok())
        return;
    require(summary->keys == keys && summary->fileSize == image.size(), "the summary counts what was given");
    require(summary->endOffset >= before && summary->endOffset <= image.size(), "the walk ends within the file");
    require(summary->reachedEof || !summary->damage.empty(), "a file without its end has damage");
    for (const RdbDamage &damage : summary->damage)
        require(damage.offset >= 0 && damage.offset <= image.size() && !damage.reason.isEmpty(), "damage has a place and a reason");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const QByteArrayView input(data, qsizetype(size));
    const bool valkey = (data[0] & 1) != 0;

    checkValue(data[1], input.sliced(2), valkey ? RdbFamily::Valkey : RdbFamily::Redis);
    checkFile(QByteArray(valkey ? "VALKEY080" : "REDIS0012") + input.sliced(1).toByteArray());
    if (looksLikeRdb(input)) // a seed, whole
        checkFile(input.toByteArray());
    return 0;
}
