// SPDX-License-Identifier: GPL-3.0-or-later
//
// The walk over a file's keys, edits included, expired ones too.
#include "core/transfer/export_run.h"

#include "core/engine/engine_save.h"
#include "core/engine/save_options.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"

namespace keyloupe {
namespace {

QByteArray auxRecord(QByteArrayView name, QByteArrayView value)
{
    QByteArray record(1, static_cast<char>(rdb::kOpAux));
    rdb::appendString(record, name);
    rdb::appendString(record, value);
    return record;
}

class KeyspaceWalk
{
public:
    KeyspaceWalk(const Keyspace &keyspace, ExportRun &run, const CancelToken &cancel) : m_keyspace(keyspace), m_run(run), m_cancel(cancel) { }

    Result<void> findings()
    {
        const ExportOptions &options = m_run.options();
        const bool isRdb = options.format == ExportFormat::Rdb;
        SaveFindings &findings = m_run.report().findings;
        if (options.isWhole() && m_keyspace.snapshot()) {
            const RdbSummary &summary = m_keyspace.snapshot()->summary();
            for (const RdbFileRecord &record : summary.fileRecords) {
                if (belongsInCopy(m_keyspace, record))
                    addFindings(findings, record, summary.family, m_run.facts());
            }
        }
        if (options.isWhole() && m_keyspace.functions() && !m_run.facts().functions) {
            for (const QByteArray &code : *m_keyspace.functions())
                findings.add({-1, libraryName(code), SaveIssue::Function, 1});
        }
        return each([&](const ExportRecord &record) -> Result<void> {
            if (record.edited)
                addFindings(findings, record.stored.db, record.stored.key, *record.edited, m_run.facts());
            else if (isRdb)
                addFindings(findings, record.stored, *options.target);
            else if (record.type == ValueType::Hash || record.type == ValueType::Stream) {
                if (const Result<Value> value = record.decode())
                    addFindings(findings, record.stored.db, record.stored.key, *value, m_run.facts());
            }
            return {};
        });
    }

    Result<void> write()
    {
        KL_CHECK(m_run.begin(head()));
        const bool isWhole = m_run.options().isWhole();
        if (isWhole) {
            for (const QByteArray &code : librariesOf(m_keyspace))
                KL_CHECK(m_run.library(code));
        }
        // With a target the findings are there already; else only commands cannot hold everything.
        const bool collect = !m_run.options().target && m_run.options().format == ExportFormat::Resp;
        KL_CHECK(each([&](const ExportRecord &record) { return m_run.key(record, collect); }));
        for (const QByteArray &record : fileRecords(true))
            KL_CHECK(m_run.fileRecord(record));
        return m_run.end(m_cancel);
    }

private:
    ExportHead head() const
    {
        ExportHead head;
        const Snapshot *snapshot = m_keyspace.snapshot();
        head.family = snapshot ? snapshot->summary().family : RdbFamily::Redis;
        head.version = savedVersion(m_keyspace, head.family);
        head.fileRecords = fileRecords(false);
        if (m_run.options().format == ExportFormat::Rdb && m_run.options().match.isEmpty() && m_run.options().type.isEmpty()) {
            for (int db = 0; db < m_keyspace.databaseCount(); ++db) {
                std::int64_t expires = 0;
                const std::int64_t keys = m_keyspace.savedCount(db, &expires);
                head.sizes[db] = {keys, expires};
            }
        }
        return head;
    }

    // AUX fields, and module data where everything is exported; functions go by themselves.
    std::vector<QByteArray> fileRecords(bool afterKeys) const
    {
        std::vector<QByteArray> records;
        const Snapshot *snapshot = m_keyspace.snapshot();
        if (m_run.options().format != ExportFormat::Rdb)
            return records;
        if (!afterKeys && (!snapshot || m_keyspace.isReplayed()))
            records.push_back(auxRecord("ctime", QByteArray::number(static_cast<qint64>(m_keyspace.now() / 1000))));
        if (!snapshot)
            return records;
        const RdbSummary &summary = snapshot->summary();
        const std::optional<SaveTarget> &target = m_run.options().target;
        for (const RdbFileRecord &record : summary.fileRecords) {
            const bool fits = !target || takesFileRecord(*target, record, summary.family);
            const bool isAsked = record.opcode == rdb::kOpAux || m_run.options().isWhole();
            if (record.afterKeys == afterKeys && record.opcode != rdb::kOpFunction && belongsInCopy(m_keyspace, record) && fits && isAsked)
                records.push_back(snapshot->bytesAt(record.offset, record.length).toByteArray());
        }
        return records;
    }

    template <typename Fn>
    Result<void> each(Fn fn)
    {
        const std::optional<int> only = m_run.options().db;
        Result<void> outcome;
        for (int db = 0; db < m_keyspace.databaseCount() && outcome.ok(); ++db) {
            if (only && *only != db)
                continue;
            forEachStored(m_keyspace, db, [&](const StoredRecord &stored, const Object *edited) {
                if ((++m_seen & 0x3ff) == 0 && m_cancel.isCancelled()) {
                    outcome = cancelledError();
                    return false;
                }
                const ValueType type = edited ? edited->type() : rdb::valueTypeOfRdbType(stored.rdbType, stored.family).value_or(ValueType::Module);
                if (!m_run.wants(stored.key, type))
                    return true;
                ExportRecord record;
                record.stored = stored;
                record.type = type;
                if (edited)
                    record.edited = edited->toValue();
                outcome = fn(record);
                return outcome.ok();
            });
        }
        return outcome;
    }

    const Keyspace &m_keyspace;
    ExportRun &m_run;
    const CancelToken &m_cancel;
    std::uint64_t m_seen = 0;
};

} // namespace

Result<void> exportKeyspace(const Keyspace &keyspace, ExportRun &run, const CancelToken &cancel)
{
    KeyspaceWalk walk(keyspace, run, cancel);
    if (run.options().target) {
        KL_CHECK(walk.findings());
        if (run.report().findings.losses > 0 && !run.options().acceptLoss)
            return {};
    }
    return walk.write();
}

} // namespace keyloupe
