// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/element_paging.h"

#include <algorithm>
#include <limits>

namespace keyloupe {
namespace {

Error badShape()
{
    return Error{Errc::Protocol, QStringLiteral("the server's answer to a read of elements has an unexpected shape"), -1, {}};
}

// RESP3 gives [member, score] pairs, RESP2 one flat row; ZSCAN is flat in both.
bool readScored(const std::vector<RespValue> &items, std::int64_t firstRank, std::vector<Element> *out)
{
    for (std::size_t i = 0; i < items.size(); ++i) {
        Element element;
        if (items[i].isAggregate()) {
            if (items[i].items.size() != 2)
                return false;
            element.name = items[i].items[0].bytes;
            element.score = items[i].items[1].toDouble();
        } else {
            if (i + 1 == items.size())
                return false;
            element.name = items[i].bytes;
            element.score = items[++i].toDouble();
        }
        if (firstRank >= 0)
            element.index = firstRank + std::int64_t(out->size());
        out->push_back(std::move(element));
    }
    return true;
}

bool readEntries(const std::vector<RespValue> &items, std::vector<Element> *out)
{
    for (const RespValue &item : items) {
        if (item.items.size() != 2)
            return false;
        Element element;
        element.name = item.items[0].bytes;
        const std::vector<RespValue> &pairs = item.items[1].items;
        for (std::size_t i = 0; i + 1 < pairs.size(); i += 2)
            element.fields.emplace_back(pairs[i].bytes, pairs[i + 1].bytes);
        out->push_back(std::move(element));
    }
    return true;
}

bool readPlain(ValueKind kind, const std::vector<RespValue> &items, std::int64_t firstIndex, std::vector<Element> *out)
{
    const std::size_t step = kind == ValueKind::Hash ? 2 : 1;
    if (items.size() % step != 0)
        return false;
    for (std::size_t i = 0; i < items.size(); i += step) {
        Element element;
        if (kind == ValueKind::List) {
            element.index = firstIndex + std::int64_t(i);
            element.value = items[i].bytes;
        } else {
            element.name = items[i].bytes;
            if (kind == ValueKind::Hash)
                element.value = items[i + 1].bytes;
        }
        out->push_back(std::move(element));
    }
    return true;
}

} // namespace

QByteArray streamIdBefore(const QByteArray &id)
{
    const qsizetype dash = id.indexOf('-');
    std::uint64_t ms = id.left(dash < 0 ? id.size() : dash).toULongLong();
    std::uint64_t seq = dash < 0 ? 0 : id.mid(dash + 1).toULongLong();
    if (seq > 0)
        --seq;
    else if (ms > 0) {
        --ms;
        seq = std::numeric_limits<std::uint64_t>::max();
    } else {
        return {};
    }
    return QByteArray::number(qulonglong(ms)) + '-' + QByteArray::number(qulonglong(seq));
}

ElementPaging::ElementPaging(ValueKind kind, QByteArray key, QByteArray match) : m_kind(kind), m_key(std::move(key)), m_match(std::move(match))
{
    m_done = !isCollection(kind);
}

void ElementPaging::shift(std::int64_t by)
{
    if (!byScan() && m_kind != ValueKind::Stream)
        m_position = std::max<std::int64_t>(0, m_position + by);
}

bool ElementPaging::byScan() const
{
    return m_kind == ValueKind::Hash || m_kind == ValueKind::Set || (m_kind == ValueKind::SortedSet && !m_match.isEmpty());
}

Command ElementPaging::next(int count) const
{
    m_asked = count;
    if (byScan()) {
        Command scan{m_kind == ValueKind::Hash ? "HSCAN" : m_kind == ValueKind::Set ? "SSCAN" : "ZSCAN", m_key, m_scanCursor};
        if (!m_match.isEmpty())
            scan << "MATCH" << m_match;
        return scan << "COUNT" << qint64(count);
    }
    if (m_kind == ValueKind::Stream)
        return Command{"XREVRANGE", m_key, m_below, "-", "COUNT", QByteArray::number(count)};
    Command range{m_kind == ValueKind::List ? "LRANGE" : "ZRANGE", m_key};
    range << qint64(m_position) << qint64(m_position + count - 1);
    if (m_kind == ValueKind::SortedSet)
        range << "WITHSCORES";
    return range;
}

Result<ValuePage> ElementPaging::take(const RespValue &reply)
{
    if (reply.isError())
        return errorFromReply(reply);
    ValuePage page;
    if (byScan()) {
        if (reply.items.size() != 2 || !reply.items[0].isText() || !reply.items[1].isAggregate())
            return badShape();
        const std::vector<RespValue> &items = reply.items[1].items;
        const bool read = m_kind == ValueKind::SortedSet ? readScored(items, -1, &page.elements) : readPlain(m_kind, items, -1, &page.elements);
        if (!read)
            return badShape();
        m_scanCursor = reply.items[0].bytes;
        m_done = m_scanCursor == "0";
    } else {
        if (!reply.isAggregate())
            return badShape();
        const bool read = m_kind == ValueKind::Stream      ? readEntries(reply.items, &page.elements)
                          : m_kind == ValueKind::SortedSet ? readScored(reply.items, m_position, &page.elements)
                                                           : readPlain(m_kind, reply.items, m_position, &page.elements);
        if (!read)
            return badShape();
        m_position += std::int64_t(page.elements.size());
        m_done = std::int64_t(page.elements.size()) < m_asked;
        if (m_kind == ValueKind::Stream && !page.elements.empty()) {
            m_below = streamIdBefore(page.elements.back().name);
            m_done = m_done || m_below.isEmpty();
        }
    }
    page.done = m_done;
    return page;
}

} // namespace keyloupe
