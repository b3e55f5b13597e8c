// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/value_reader.h"

#include "app/cli/cli_io.h"
#include "core/async/on_ready.h"
#include "core/base/number.h"

#include <QSet>

#include <cmath>
#include <limits>

namespace keyloupe::cli {
namespace {

constexpr std::int64_t kPage = 1000;

QByteArray scoreJson(const RespValue &score)
{
    const double value = score.toDouble();
    const QByteArray text = formatDouble(value);
    return std::isfinite(value) ? text : '"' + text + '"';
}

// The smallest id above this one; the exclusive "(id" form needs Redis 6.2.
QByteArray idBehind(const QByteArray &id)
{
    const qsizetype dash = id.indexOf('-');
    const quint64 ms = id.left(dash).toULongLong();
    const quint64 seq = id.mid(dash + 1).toULongLong();
    return seq == std::numeric_limits<quint64>::max() ? QByteArray::number(ms + 1) + "-0"
                                                      : QByteArray::number(ms) + '-' + QByteArray::number(seq + 1);
}

} // namespace

ValueReader::ValueReader(Source &source, int db, QByteArray key, QByteArray type, Piece piece, Done done)
    : m_source(source), m_db(db), m_key(std::move(key)), m_type(std::move(type)), m_piece(std::move(piece)), m_done(std::move(done))
{
}

bool ValueReader::isCollection(const QByteArray &type)
{
    return type == "list" || type == "set" || type == "zset" || type == "hash" || type == "stream";
}

Command ValueReader::nextCommand() const
{
    const QByteArray count = QByteArray::number(qint64(kPage));
    const QByteArray from = QByteArray::number(qint64(m_index));
    const QByteArray to = QByteArray::number(qint64(m_index + kPage - 1));
    if (m_type == "list")
        return Command{"LRANGE", m_key, from, to};
    if (m_type == "zset")
        return Command{"ZRANGE", m_key, from, to, "WITHSCORES"};
    if (m_type == "hash")
        return Command{"HSCAN", m_key, m_cursor, "COUNT", count};
    if (m_type == "set")
        return Command{"SSCAN", m_key, m_cursor, "COUNT", count};
    return Command{"XRANGE", m_key, m_streamStart, "+", "COUNT", count};
}

void ValueReader::start()
{
    ExecOptions options;
    options.db = m_db;
    options.timeoutMs = 60'000;
    onReady(m_source.execute(nextCommand(), options), this, [this](Result<RespValue> reply) {
        if (!reply.ok())
            return m_done(reply.error());
        if (reply->isError())
            return m_done(errorFromReply(*reply));
        if (!takePage(*reply) || m_finished)
            return m_done(std::nullopt);
        start();
    });
}

bool ValueReader::takePage(const RespValue &page)
{
    if (m_type == "hash" || m_type == "set") {
        if (page.items.size() != 2) {
            m_finished = true;
            return true;
        }
        m_cursor = page.items[0].bytes;
        m_finished = m_cursor == "0";
        return emitElements(page.items[1].items);
    }
    const std::size_t got = page.items.size();
    if (m_type == "stream") {
        m_finished = std::int64_t(got) < kPage;
        if (got > 0 && !page.items.back().items.empty())
            m_streamStart = idBehind(page.items.back().items.front().bytes);
    } else {
        // RESP2 gives scores flat behind their members, RESP3 as pairs.
        const bool flatPairs = m_type == "zset" && got > 0 && !page.items[0].isAggregate();
        m_index += kPage;
        m_finished = std::int64_t(flatPairs ? got / 2 : got) < kPage;
    }
    return emitElements(page.items);
}

bool ValueReader::emitElements(const std::vector<RespValue> &items)
{
    QByteArray out;
    const auto add = [&](const QByteArray &json) {
        if (!m_first)
            out += ',';
        m_first = false;
        out += json;
    };
    const auto isNew = [&](const QByteArray &name) {
        if (m_seen.contains(name))
            return false;
        m_seen.insert(name);
        return true;
    };
    if (m_type == "hash") {
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            if (isNew(items[i].bytes))
                add("{\"field\":" + jsonBytes(items[i].bytes) + ",\"value\":" + jsonBytes(items[i + 1].bytes) + '}');
        }
    } else if (m_type == "zset") {
        const auto addScored = [&](const RespValue &member, const RespValue &score) {
            add("{\"member\":" + jsonBytes(member.bytes) + ",\"score\":" + scoreJson(score) + '}');
        };
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (items[i].isAggregate() && items[i].items.size() == 2) {
                addScored(items[i].items[0], items[i].items[1]);
            } else if (i + 1 < items.size()) {
                addScored(items[i], items[i + 1]);
                ++i;
            }
        }
    } else if (m_type == "stream") {
        for (const RespValue &entry : items) {
            if (entry.items.size() != 2)
                continue;
            QByteArray fields;
            const std::vector<RespValue> &pairs = entry.items[1].items;
            for (std::size_t i = 0; i + 1 < pairs.size(); i += 2)
                fields += (i > 0 ? ",[" : "[") + jsonBytes(pairs[i].bytes) + ',' + jsonBytes(pairs[i + 1].bytes) + ']';
            add("{\"id\":" + jsonBytes(entry.items[0].bytes) + ",\"fields\":[" + fields + "]}");
        }
    } else {
        for (const RespValue &item : items) {
            if (m_type == "list" || isNew(item.bytes))
                add(jsonBytes(item.bytes));
        }
    }
    return out.isEmpty() || m_piece(out);
}

} // namespace keyloupe::cli
