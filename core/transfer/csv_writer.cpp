// SPDX-License-Identifier: GPL-3.0-or-later
//
// The csv format: one row an element, every column in every row; docs/export.md says what each part has in which column.
#include "core/transfer/csv_format.h"
#include "core/transfer/out_buffer.h"
#include "core/transfer/value_json.h"

#include "core/base/escape.h"
#include "core/base/number.h"

namespace keyloupe {
namespace {

void appendField(QByteArray &out, QByteArrayView text)
{
    const bool plain = std::none_of(text.begin(), text.end(), [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; });
    if (plain) {
        out.append(text.data(), text.size());
        return;
    }
    out.append('"').append(text.toByteArray().replace("\"", "\"\"")).append('"');
}

// The text, or its bytes in the column behind.
void appendTwin(QByteArray &out, QByteArrayView bytes)
{
    if (isUtf8(bytes)) {
        appendField(out, bytes);
        out.append(',');
    } else {
        out.append(',').append(bytes.toByteArray().toBase64());
    }
}

class CsvWriter final : public ExportWriter
{
public:
    explicit CsvWriter(ExportSink sink) : m_out(std::move(sink)) { }

    Result<void> begin(const ExportHead &) override
    {
        m_out.bytes().append(kCsvHeader);
        return {};
    }

    Result<void> fileRecord(QByteArrayView) override { return {}; }
    Result<void> end() override { return m_out.flush(); }

    Result<void> library(QByteArrayView code) override
    {
        m_head = QByteArrayLiteral(",,,function,,");
        return row("code", {}, libraryName(code), code);
    }

    Result<bool> key(const ExportRecord &record, const Value *value) override
    {
        const StoredRecord &stored = record.stored;
        m_head = QByteArray::number(stored.db) + ',';
        appendTwin(m_head, stored.key);
        m_head.append(',').append(valueTypeName(record.type)).append(',');
        if (stored.expireAtMs >= 0)
            m_head.append(QByteArray::number(qint64(stored.expireAtMs)));
        m_head.append(',');
        KL_CHECK(std::visit([this](const auto &v) { return rows(v); }, *value));
        return true;
    }

private:
    Result<void> row(const char *part, QByteArrayView id, QByteArrayView name, QByteArrayView value)
    {
        QByteArray &out = m_out.bytes();
        out.append(m_head).append(part).append(',');
        out.append(id.data(), id.size()).append(',');
        appendTwin(out, name);
        out.append(',');
        appendTwin(out, value);
        out.append('\n');
        return m_out.flushIfFull();
    }

    Result<void> rows(const QByteArray &text) { return row("value", {}, {}, text); }

    Result<void> rows(const ListValue &list)
    {
        for (std::size_t i = 0; i < list.items.size(); ++i)
            KL_CHECK(row("item", QByteArray::number(quint64(i)), {}, list.items[i]));
        return {};
    }

    Result<void> rows(const SetValue &set)
    {
        for (const QByteArray &member : set.members)
            KL_CHECK(row("member", {}, {}, member));
        return {};
    }

    Result<void> rows(const SortedSetValue &set)
    {
        for (const ScoredMember &member : set.members)
            KL_CHECK(row("member", formatDouble(member.score), {}, member.member));
        return {};
    }

    Result<void> rows(const HashValue &hash)
    {
        for (const HashField &field : hash.fields) {
            const QByteArray expiry = field.expireAtMs < 0 ? QByteArray() : QByteArray::number(qint64(field.expireAtMs));
            KL_CHECK(row("field", expiry, field.field, field.value));
        }
        return {};
    }

    Result<void> rows(const StreamValue &stream)
    {
        for (const StreamEntry &entry : stream.entries) {
            if (entry.fields.empty())
                KL_CHECK(row("entry", streamIdText(entry.id), {}, {}));
            for (const auto &[field, value] : entry.fields)
                KL_CHECK(row("field", streamIdText(entry.id), field, value));
        }
        QByteArray facts;
        appendJsonStreamFacts(facts, stream);
        return row("stream", {}, {}, facts);
    }

    Result<void> rows(const ModuleValue &module)
    {
        return row("module", QByteArray::number(module.encodingVersion), module.moduleName, module.payload);
    }

    OutBuffer m_out;
    QByteArray m_head; // columns that all rows of a key share
};

} // namespace

std::unique_ptr<ExportWriter> makeCsvWriter(ExportSink sink)
{
    return std::make_unique<CsvWriter>(std::move(sink));
}

} // namespace keyloupe
