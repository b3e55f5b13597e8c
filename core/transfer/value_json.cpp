// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/transfer/value_json.h"

#include "core/base/escape.h"
#include "core/base/number.h"

#include <cmath>

namespace keyloupe {
namespace {

void appendEscaped(QByteArray &out, QByteArrayView text)
{
    static constexpr char kHex[] = "0123456789abcdef";
    out.append('"');
    qsizetype plain = 0; // start of what needs no escape
    for (qsizetype i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        out.append(text.data() + plain, i - plain);
        plain = i + 1;
        if (byte == '"' || byte == '\\') {
            out.append('\\').append(static_cast<char>(byte));
        } else if (byte == '\n') {
            out.append("\\n", 2);
        } else if (byte == '\r') {
            out.append("\\r", 2);
        } else if (byte == '\t') {
            out.append("\\t", 2);
        } else {
            out.append("\\u00", 4).append(kHex[byte >> 4]).append(kHex[byte & 15]);
        }
    }
    out.append(text.data() + plain, text.size() - plain).append('"');
}

void appendNumber(QByteArray &out, std::int64_t number)
{
    out.append(QByteArray::number(qint64(number)));
}

// JSON has no infinity, and a bare -0 would be read as the integer 0.
void appendScore(QByteArray &out, double score)
{
    const QByteArray text = formatDouble(score);
    if (!std::isfinite(score))
        out.append('"').append(text).append('"');
    else
        out.append(text == "-0" ? QByteArrayLiteral("-0.0") : text);
}

void appendId(QByteArray &out, const StreamId &id)
{
    out.append('"').append(streamIdText(id)).append('"');
}

void appendGroup(QByteArray &out, const StreamGroup &group)
{
    out.append("{\"name\":");
    appendJsonBytes(out, group.name);
    out.append(",\"last_delivered\":");
    appendId(out, group.lastDelivered);
    out.append(",\"entries_read\":");
    appendNumber(out, group.entriesRead);
    out.append(",\"pending\":[");
    for (std::size_t i = 0; i < group.pending.size(); ++i) {
        const StreamPending &pending = group.pending[i];
        out.append(i > 0 ? ",[" : "[");
        appendId(out, pending.id);
        out.append(',');
        appendNumber(out, pending.deliveredMs);
        out.append(',').append(QByteArray::number(quint64(pending.deliveries))).append(']');
    }
    out.append("],\"consumers\":[");
    for (std::size_t i = 0; i < group.consumers.size(); ++i) {
        const StreamConsumer &consumer = group.consumers[i];
        out.append(i > 0 ? ",{\"name\":" : "{\"name\":");
        appendJsonBytes(out, consumer.name);
        out.append(",\"seen_ms\":");
        appendNumber(out, consumer.seenMs);
        out.append(",\"active_ms\":");
        appendNumber(out, consumer.activeMs);
        out.append(",\"pending\":[");
        for (std::size_t k = 0; k < consumer.pending.size(); ++k) {
            if (k > 0)
                out.append(',');
            appendId(out, consumer.pending[k]);
        }
        out.append("]}");
    }
    out.append("]}");
}

class Appender
{
public:
    Appender(QByteArray &out, const std::function<Result<void>()> &flush) : m_out(out), m_flush(flush) { }

    Result<void> operator()(const QByteArray &text)
    {
        appendJsonBytes(m_out, text);
        return {};
    }

    Result<void> operator()(const ListValue &list) { return strings(list.items); }
    Result<void> operator()(const SetValue &set) { return strings(set.members); }

    Result<void> operator()(const SortedSetValue &set)
    {
        return each(set.members, [this](const ScoredMember &member) {
            m_out.append('[');
            appendJsonBytes(m_out, member.member);
            m_out.append(',');
            appendScore(m_out, member.score);
            m_out.append(']');
        });
    }

    Result<void> operator()(const HashValue &hash)
    {
        return each(hash.fields, [this](const HashField &field) {
            m_out.append('[');
            appendJsonBytes(m_out, field.field);
            m_out.append(',');
            appendJsonBytes(m_out, field.value);
            if (field.expireAtMs >= 0) {
                m_out.append(',');
                appendNumber(m_out, field.expireAtMs);
            }
            m_out.append(']');
        });
    }

    Result<void> operator()(const StreamValue &stream)
    {
        m_out.append("{\"entries\":");
        KL_CHECK(each(stream.entries, [this](const StreamEntry &entry) {
            m_out.append('[');
            appendId(m_out, entry.id);
            m_out.append(",[");
            bool first = true;
            for (const auto &[field, value] : entry.fields) {
                m_out.append(std::exchange(first, false) ? "[" : ",[");
                appendJsonBytes(m_out, field);
                m_out.append(',');
                appendJsonBytes(m_out, value);
                m_out.append(']');
            }
            m_out.append("]]");
        }));
        m_out.append(",\"stream\":");
        appendJsonStreamFacts(m_out, stream);
        m_out.append('}');
        return {};
    }

    Result<void> operator()(const ModuleValue &module)
    {
        m_out.append("{\"module\":");
        appendJsonBytes(m_out, module.moduleName);
        m_out.append(",\"encoding_version\":");
        appendNumber(m_out, module.encodingVersion);
        m_out.append(",\"payload_b64\":\"").append(module.payload.toBase64()).append("\"}");
        return {};
    }

private:
    Result<void> strings(const std::vector<QByteArray> &all)
    {
        return each(all, [this](const QByteArray &bytes) { appendJsonBytes(m_out, bytes); });
    }

    template <typename T, typename Fn>
    Result<void> each(const std::vector<T> &all, Fn append)
    {
        m_out.append('[');
        bool first = true;
        for (const T &element : all) {
            if (!std::exchange(first, false))
                m_out.append(',');
            append(element);
            KL_CHECK(m_flush());
        }
        m_out.append(']');
        return {};
    }

    QByteArray &m_out;
    const std::function<Result<void>()> &m_flush;
};

} // namespace

QByteArray streamIdText(const StreamId &id)
{
    return QByteArray::number(quint64(id.ms)) + '-' + QByteArray::number(quint64(id.seq));
}

void appendJsonBytes(QByteArray &out, QByteArrayView bytes)
{
    if (isUtf8(bytes))
        return appendEscaped(out, bytes);
    out.append("{\"base64\":\"").append(bytes.toByteArray().toBase64()).append("\"}");
}

void appendJsonStreamFacts(QByteArray &out, const StreamValue &stream)
{
    out.append("{\"last_id\":");
    appendId(out, stream.lastId);
    out.append(",\"first_id\":");
    appendId(out, stream.firstId);
    out.append(",\"max_deleted_id\":");
    appendId(out, stream.maxDeletedId);
    out.append(",\"entries_added\":").append(QByteArray::number(quint64(stream.entriesAdded))).append(",\"groups\":[");
    for (std::size_t i = 0; i < stream.groups.size(); ++i) {
        if (i > 0)
            out.append(',');
        appendGroup(out, stream.groups[i]);
    }
    out.append(']');
    if (!stream.idempotencyTail.isEmpty())
        out.append(",\"idempotency_b64\":\"").append(stream.idempotencyTail.toBase64()).append('"');
    out.append('}');
}

Result<void> appendJsonValue(QByteArray &out, const Value &value, const std::function<Result<void>()> &flush)
{
    return std::visit(Appender(out, flush), value);
}

} // namespace keyloupe
