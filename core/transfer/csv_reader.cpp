// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading the csv format back: rows by RFC 4180, rows of one key gathered into its value.
#include "core/transfer/csv_format.h"
#include "core/transfer/exported_record.h"
#include "core/transfer/value_json.h"

#include "core/base/number.h"

#include <array>

namespace keyloupe {
namespace {

using Row = std::array<QByteArray, kCsvColumns>;

Error misfit(const char *why)
{
    return Error{Errc::Corrupt, QStringLiteral("a row does not read back: %1").arg(QLatin1String(why)), -1, {}};
}

class CsvReader final : public ExportReader
{
public:
    explicit CsvReader(QByteArrayView text) : m_rest(text) { }

    Result<std::optional<ExportedRecord>> next() override
    {
        if (!m_begun) {
            m_begun = true;
            if (!m_rest.startsWith(kCsvHeader))
                return misfit("the header is not there");
            m_rest = m_rest.sliced(qsizetype(sizeof kCsvHeader) - 1);
            KL_CHECK(readRow());
        }
        if (!m_row)
            return std::optional<ExportedRecord>();
        const Row first = *m_row;
        ExportedRecord record;
        record.isLibrary = first[kCsvType] == "function";
        record.db = first[kCsvDb].toInt();
        record.key = twin(first, kCsvKey);
        if (!first[kCsvExpireAt].isEmpty())
            record.expireAtMs = first[kCsvExpireAt].toLongLong();
        KL_CHECK(start(record.value, first[kCsvType]));
        do {
            KL_CHECK(take(record.value, *m_row));
            KL_CHECK(readRow());
        } while (m_row && !record.isLibrary && (*m_row)[kCsvDb] == first[kCsvDb] && (*m_row)[kCsvKey] == first[kCsvKey]
                 && (*m_row)[kCsvKeyB64] == first[kCsvKeyB64]);
        return std::optional<ExportedRecord>(std::move(record));
    }

private:
    static QByteArray twin(const Row &row, int column)
    {
        const auto behind = std::size_t(column) + 1;
        return row[behind].isEmpty() ? row[std::size_t(column)] : QByteArray::fromBase64(row[behind]);
    }

    Result<void> start(Value &value, const QByteArray &type)
    {
        if (type == "string" || type == "function")
            value = QByteArray();
        else if (type == "list")
            value = ListValue();
        else if (type == "set")
            value = SetValue();
        else if (type == "zset")
            value = SortedSetValue();
        else if (type == "hash")
            value = HashValue();
        else if (type == "stream")
            value = StreamValue();
        else if (type == "module")
            value = ModuleValue();
        else
            return misfit("a type that is not known");
        return {};
    }

    Result<void> take(Value &value, const Row &row)
    {
        QByteArray bytes = twin(row, kCsvValue);
        if (auto *text = std::get_if<QByteArray>(&value)) {
            *text = std::move(bytes);
        } else if (auto *list = std::get_if<ListValue>(&value)) {
            list->items.push_back(std::move(bytes));
        } else if (auto *set = std::get_if<SetValue>(&value)) {
            set->members.push_back(std::move(bytes));
        } else if (auto *sorted = std::get_if<SortedSetValue>(&value)) {
            const std::optional<double> score = parseDouble(row[kCsvId]);
            if (!score)
                return misfit("a score that is no number");
            sorted->members.push_back({std::move(bytes), *score});
        } else if (auto *hash = std::get_if<HashValue>(&value)) {
            hash->fields.push_back({twin(row, kCsvName), std::move(bytes), row[kCsvId].isEmpty() ? -1 : row[kCsvId].toLongLong()});
        } else if (auto *stream = std::get_if<StreamValue>(&value)) {
            return takeStreamRow(*stream, row, bytes);
        } else {
            value = ModuleValue{twin(row, kCsvName), row[kCsvId].toInt(), std::move(bytes)};
        }
        return {};
    }

    Result<void> takeStreamRow(StreamValue &stream, const Row &row, const QByteArray &bytes)
    {
        if (row[kCsvPart] == "stream") {
            KL_TRY(StreamValue facts, parseJsonStreamFacts(bytes));
            facts.entries = std::move(stream.entries);
            stream = std::move(facts);
            return {};
        }
        KL_TRY(const StreamId id, parseStreamIdText(row[kCsvId]));
        if (stream.entries.empty() || stream.entries.back().id != id)
            stream.entries.push_back({id, {}});
        if (row[kCsvPart] == "field")
            stream.entries.back().fields.emplace_back(twin(row, kCsvName), bytes);
        return {};
    }

    // The next row into m_row, or none at the end.
    Result<void> readRow()
    {
        m_row.reset();
        if (m_rest.isEmpty())
            return {};
        Row row;
        for (std::size_t column = 0; column < row.size(); ++column) {
            const bool last = column + 1 == row.size();
            if (!readField(row[column], last ? '\n' : ','))
                return misfit("it has too few columns, or its end is missing");
        }
        m_row = std::move(row);
        return {};
    }

    bool readField(QByteArray &field, char end)
    {
        qsizetype at = 0;
        if (m_rest.startsWith('"')) {
            for (at = 1;; ++at) {
                const qsizetype quote = m_rest.indexOf('"', at);
                if (quote < 0)
                    return false;
                field.append(m_rest.data() + at, quote - at);
                at = quote + 1;
                if (at >= m_rest.size() || m_rest[at] != '"')
                    break;
                field.append('"');
            }
        } else {
            while (at < m_rest.size() && m_rest[at] != ',' && m_rest[at] != '\n')
                ++at;
            field.append(m_rest.data(), at);
        }
        if (at >= m_rest.size() || m_rest[at] != end)
            return false;
        m_rest = m_rest.sliced(at + 1);
        return true;
    }

    QByteArrayView m_rest;
    std::optional<Row> m_row;
    bool m_begun = false;
};

} // namespace

std::unique_ptr<ExportReader> makeCsvReader(QByteArrayView text)
{
    return std::make_unique<CsvReader>(text);
}

} // namespace keyloupe
