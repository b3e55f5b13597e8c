// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transfer/export_run.h"

#include "core/base/escape.h"
#include "core/base/glob.h"
#include "core/transfer/exported_record.h"

#include <QFile>

namespace keyloupe {
namespace {

constexpr std::size_t kListedProblems = 100;

// What a reader of the format can hold, beyond or below what its target can.
TargetFacts factsFor(const ExportOptions &options)
{
    const bool isText = options.format == ExportFormat::JsonLines || options.format == ExportFormat::Csv;
    TargetFacts facts;
    if (options.target && !isText)
        facts = factsOf(*options.target);
    else
        facts.functions = facts.fieldExpiry = facts.streamCounters = facts.activeTimes = facts.idempotency = true;
    if (options.format == ExportFormat::Resp)
        facts.activeTimes = true; // no command sets such times anywhere; said once, in the docs
    return facts;
}

} // namespace

bool isValueTypeName(QByteArrayView name)
{
    for (const ValueType type : {ValueType::String, ValueType::List, ValueType::Set, ValueType::SortedSet, ValueType::Hash, ValueType::Stream,
                                 ValueType::Module}) {
        if (name == QByteArrayView(valueTypeName(type)))
            return true;
    }
    return false;
}

ExportRun::ExportRun(ExportOptions options)
    : m_options(std::move(options)), m_facts(factsFor(m_options)), m_fidelity(fidelityOf(m_options.format, m_options.target))
{
}

bool ExportRun::wants(QByteArrayView key, ValueType type) const
{
    return (m_options.type.isEmpty() || m_options.type == valueTypeName(type)) && (m_options.match.isEmpty() || globMatch(m_options.match, key));
}

Result<void> ExportRun::put(QByteArrayView bytes)
{
    m_report.bytes += bytes.size();
    return m_file ? m_file->write(bytes) : m_options.sink(bytes);
}

Result<void> ExportRun::begin(const ExportHead &head)
{
    if (!m_options.path.isEmpty()) {
        KL_TRY(m_file, WholeFile::create(m_options.path));
    }
    m_writer = makeExportWriter(m_options.format, m_options.target, [this](QByteArrayView bytes) { return put(bytes); });
    return m_writer->begin(head);
}

Result<void> ExportRun::library(QByteArrayView code)
{
    if (!m_facts.functions)
        return {};
    ++m_report.libraries;
    return m_writer->library(code);
}

Result<void> ExportRun::key(const ExportRecord &record, bool collectFindings)
{
    const StoredRecord &stored = record.stored;
    std::optional<Value> value;
    const bool mayLose = record.type == ValueType::Stream || (record.type == ValueType::Hash && !m_facts.fieldExpiry);
    if ((m_writer->needsValue() && !m_writer->streams(record)) || m_options.check || (collectFindings && mayLose)) {
        Result<Value> decoded = record.decode();
        if (!decoded) {
            ++m_report.unreadable;
            addProblem(stored.db, stored.key, describe(decoded.error()));
            if (m_writer->needsValue())
                return {};
        } else {
            value = std::move(decoded).value();
        }
    }
    if (collectFindings) {
        if (value)
            addFindings(m_report.findings, stored.db, stored.key, *value, m_facts);
        if (stored.keyMetadata > 0)
            m_report.findings.add({stored.db, stored.key, SaveIssue::KeyMetadata, stored.keyMetadata});
    }
    KL_TRY(const bool written, m_writer->key(record, value ? &*value : nullptr));
    if (!written) {
        if (value || !m_options.check) {
            ++m_report.unreadable;
            addProblem(stored.db, stored.key, QString::fromLatin1(saveIssueText(SaveIssue::Unreadable)));
        }
        return {};
    }
    ++m_report.keys;
    m_progress.store(m_report.keys, std::memory_order_relaxed);
    if (m_options.check)
        m_expected.push_back(value ? fingerprintOf(stored.db, stored.key, stored.expireAtMs, *value, m_fidelity) : Fingerprint());
    return {};
}

Result<void> ExportRun::fileRecord(QByteArrayView bytes)
{
    return m_writer->fileRecord(bytes);
}

Result<void> ExportRun::end(const CancelToken &cancel)
{
    KL_CHECK(m_writer->end());
    if (m_file) {
        KL_CHECK(m_file->sync());
        if (m_options.check)
            KL_CHECK(check(cancel));
        if (m_report.differences > 0)
            return {};
        if (cancel.isCancelled())
            return cancelledError();
        KL_CHECK(m_file->commit());
    }
    m_report.written = true;
    return {};
}

Result<void> ExportRun::check(const CancelToken &cancel)
{
    QFile file(m_file->temporaryPath());
    if (!file.open(QIODevice::ReadOnly))
        return Error{Errc::Io, QStringLiteral("cannot read back %1: %2").arg(m_options.path, file.errorString()), -1, {}};
    const uchar *mapped = file.size() == 0 ? nullptr : file.map(0, file.size());
    if (file.size() > 0 && !mapped)
        return Error{Errc::Io, QStringLiteral("cannot read back %1: %2").arg(m_options.path, file.errorString()), -1, {}};
    std::size_t keys = 0;
    std::int64_t libraries = 0;
    const auto differs = [this](int db, const QByteArray &key, const QString &reason) {
        ++m_report.differences;
        addProblem(db, key, reason);
    };
    const auto printOf = [this](const ExportedRecord &record) {
        return record.isDamaged ? Fingerprint() : fingerprintOf(record.db, record.key, record.expireAtMs, record.value, m_fidelity);
    };
    const auto compare = [&](const ExportedRecord &record) -> Result<void> {
        if (record.isLibrary) {
            ++libraries;
            return {};
        }
        const std::size_t place = keys++;
        if (place >= m_expected.size())
            differs(record.db, record.key, QStringLiteral("is read back, but was not written"));
        else if (m_expected[place] != printOf(record))
            differs(record.db, record.key, QStringLiteral("does not read back as it was written"));
        return {};
    };
    const Result<void> read = readExport(m_options.format, QByteArrayView(mapped, file.size()), compare, cancel);
    if (!read) {
        if (read.error().code == Errc::Cancelled)
            return read;
        differs(0, {}, describe(read.error()));
    } else if (keys < m_expected.size()) {
        differs(0, {}, QStringLiteral("%1 keys were written, %2 are read back").arg(m_expected.size()).arg(keys));
    }
    if (read && libraries != m_report.libraries)
        differs(0, {}, QStringLiteral("%1 function libraries were written, %2 are read back").arg(m_report.libraries).arg(libraries));
    return {};
}

void ExportRun::addProblem(int db, const QByteArray &key, const QString &reason)
{
    if (m_report.problems.size() < kListedProblems)
        m_report.problems.push_back({db, key, reason});
}

} // namespace keyloupe
