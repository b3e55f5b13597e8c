// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rdb format: records that nobody changed byte for byte, for a target where one is chosen.
#include "core/transfer/export_record.h"

#include "core/rdb/rdb_writer.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"

namespace keyloupe {
namespace {

class RdbExportWriter final : public ExportWriter
{
public:
    RdbExportWriter(const std::optional<SaveTarget> &target, ExportSink sink) : m_target(target), m_sink(std::move(sink)) { }

    bool needsValue() const override { return false; }

    Result<void> begin(const ExportHead &head) override
    {
        m_writer = std::make_unique<RdbWriter>(m_sink, m_target ? factsOf(*m_target).family : head.family,
                                               m_target ? factsOf(*m_target).version : head.version);
        m_sizes = head.sizes;
        KL_CHECK(m_writer->begin());
        for (const QByteArray &record : head.fileRecords)
            KL_CHECK(m_writer->raw(record));
        return {};
    }

    Result<void> library(QByteArrayView code) override
    {
        if (m_target && !factsOf(*m_target).functions)
            return {};
        QByteArray record(1, static_cast<char>(rdb::kOpFunction));
        rdb::appendString(record, code);
        return m_writer->raw(record);
    }

    Result<void> fileRecord(QByteArrayView bytes) override { return m_writer->raw(bytes); }

    Result<bool> key(const ExportRecord &record, const Value *) override
    {
        const StoredRecord &stored = record.stored;
        if (std::exchange(m_db, stored.db) != stored.db) {
            KL_CHECK(m_writer->selectDb(stored.db));
            if (const auto size = m_sizes.find(stored.db); size != m_sizes.end())
                KL_CHECK(m_writer->resizeDb(size->second.first, size->second.second));
        }
        if (!record.edited)
            return writeStored(*m_writer, stored, m_target);
        KL_CHECK(writeValue(*m_writer, stored.key, *record.edited, stored.expireAtMs, stored.idleSeconds, stored.frequency, m_target));
        return true;
    }

    Result<void> end() override { return m_writer->end(); }

private:
    std::optional<SaveTarget> m_target;
    ExportSink m_sink;
    std::unique_ptr<RdbWriter> m_writer;
    std::map<int, std::pair<std::int64_t, std::int64_t>> m_sizes;
    int m_db = -1;
};

} // namespace

std::unique_ptr<ExportWriter> makeRdbWriter(const std::optional<SaveTarget> &target, ExportSink sink)
{
    return std::make_unique<RdbExportWriter>(target, std::move(sink));
}

} // namespace keyloupe
