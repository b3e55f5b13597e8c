// SPDX-License-Identifier: GPL-3.0-or-later
//
// The resp format: requests as they go over a connection, fit for redis-cli --pipe.
#include "core/rdb/type_table.h"
#include "core/resp/writer.h"
#include "core/transfer/out_buffer.h"
#include "core/transfer/rebuild_commands.h"

namespace keyloupe {
namespace {

class RespWriter final : public ExportWriter
{
public:
    RespWriter(const std::optional<SaveTarget> &target, ExportSink sink) : m_out(std::move(sink))
    {
        if (!target)
            return;
        const TargetFacts &facts = factsOf(*target);
        m_functions = facts.functions;
        m_form.fieldExpiry = facts.fieldExpiry;
        m_form.streamCounters = facts.streamCounters;
        m_form.idempotency = facts.idempotency;
        // The command came with 6.2, and a target stands for its oldest release.
        m_form.createConsumer = *target != SaveTarget::Redis5 && *target != SaveTarget::Redis6;
    }

    Result<void> begin(const ExportHead &) override { return {}; }
    Result<void> fileRecord(QByteArrayView) override { return {}; }
    Result<void> end() override { return m_out.flush(); }

    Result<void> library(QByteArrayView code) override
    {
        return m_functions ? put(Command{"FUNCTION", "LOAD", code.toByteArray()}) : Result<void>();
    }

    Result<bool> key(const ExportRecord &record, const Value *value) override
    {
        const StoredRecord &stored = record.stored;
        if (std::exchange(m_db, stored.db) != stored.db)
            KL_CHECK(put(Command{"SELECT", QByteArray::number(stored.db)}));
        m_form.packedScores = !record.edited && (stored.rdbType == rdb::kTypeZsetZiplist || stored.rdbType == rdb::kTypeZsetListpack);
        KL_CHECK(rebuildCommands(stored.key, *value, stored.expireAtMs, m_form, [this](const Command &command) { return put(command); }));
        return true;
    }

private:
    Result<void> put(const Command &command)
    {
        appendCommand(m_out.bytes(), command);
        return m_out.flushIfFull();
    }

    OutBuffer m_out;
    CommandForm m_form;
    bool m_functions = true;
    int m_db = -1;
};

} // namespace

std::unique_ptr<ExportWriter> makeRespWriter(const std::optional<SaveTarget> &target, ExportSink sink)
{
    return std::make_unique<RespWriter>(target, std::move(sink));
}

} // namespace keyloupe
