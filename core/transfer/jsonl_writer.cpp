// SPDX-License-Identifier: GPL-3.0-or-later
//
// The jsonl format: one object a line, libraries before the keys.
#include "core/transfer/out_buffer.h"
#include "core/transfer/value_json.h"

#include "core/base/escape.h"

namespace keyloupe {
namespace {

class JsonLinesWriter final : public ExportWriter
{
public:
    explicit JsonLinesWriter(ExportSink sink) : m_out(std::move(sink)) { }

    Result<void> begin(const ExportHead &) override { return {}; }
    Result<void> fileRecord(QByteArrayView) override { return {}; }
    Result<void> end() override { return m_out.flush(); }

    Result<void> library(QByteArrayView code) override
    {
        QByteArray &out = m_out.bytes();
        out.append("{\"type\":\"function\",\"library\":");
        appendJsonBytes(out, libraryName(code));
        out.append(",\"code\":");
        appendJsonBytes(out, code);
        out.append("}\n");
        return m_out.flushIfFull();
    }

    Result<bool> key(const ExportRecord &record, const Value *value) override
    {
        QByteArray &out = m_out.bytes();
        const StoredRecord &stored = record.stored;
        out.append("{\"db\":").append(QByteArray::number(stored.db));
        if (isUtf8(stored.key)) {
            out.append(",\"key\":");
            appendJsonBytes(out, stored.key);
        } else {
            out.append(",\"key_b64\":\"").append(stored.key.toBase64()).append("\"");
        }
        out.append(",\"type\":\"").append(valueTypeName(record.type)).append("\",\"expire_at_ms\":");
        out.append(stored.expireAtMs < 0 ? QByteArrayLiteral("null") : QByteArray::number(qint64(stored.expireAtMs)));
        if (stored.idleSeconds >= 0)
            out.append(",\"idle_s\":").append(QByteArray::number(qint64(stored.idleSeconds)));
        if (stored.frequency >= 0)
            out.append(",\"freq\":").append(QByteArray::number(stored.frequency));
        out.append(",\"value\":");
        KL_CHECK(appendJsonValue(out, *value, [this] { return m_out.flushIfFull(); }));
        out.append("}\n");
        KL_CHECK(m_out.flushIfFull());
        return true;
    }

private:
    OutBuffer m_out;
};

class JsonLinesReader final : public ExportReader
{
public:
    explicit JsonLinesReader(QByteArrayView text) : m_rest(text) { }

    Result<std::optional<ExportedRecord>> next() override
    {
        if (m_rest.isEmpty())
            return std::optional<ExportedRecord>();
        const qsizetype end = m_rest.indexOf('\n');
        if (end < 0)
            return Error{Errc::Corrupt, QStringLiteral("the last line has no end"), -1, {}};
        const QByteArrayView line = m_rest.first(end);
        m_rest = m_rest.sliced(end + 1);
        KL_TRY(ExportedRecord record, parseJsonLine(line));
        return std::optional<ExportedRecord>(std::move(record));
    }

private:
    QByteArrayView m_rest;
};

} // namespace

std::unique_ptr<ExportWriter> makeJsonLinesWriter(ExportSink sink)
{
    return std::make_unique<JsonLinesWriter>(std::move(sink));
}

std::unique_ptr<ExportReader> makeJsonLinesReader(QByteArrayView text)
{
    return std::make_unique<JsonLinesReader>(text);
}

} // namespace keyloupe
