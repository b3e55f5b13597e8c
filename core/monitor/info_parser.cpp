// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/info_parser.h"

#include <limits>

namespace keyloupe {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

QByteArray indexKey(QByteArrayView section, QByteArrayView name)
{
    QByteArray key = section.toByteArray().toLower();
    key += '\n';
    key.append(name.data(), name.size());
    return key;
}

} // namespace

const InfoField *InfoSnapshot::find(QByteArrayView section, QByteArrayView name) const
{
    const auto it = m_index.constFind(indexKey(section, name));
    return it == m_index.cend() ? nullptr : &m_fields[std::size_t(*it)];
}

QByteArray InfoSnapshot::text(QByteArrayView section, QByteArrayView name) const
{
    const InfoField *field = find(section, name);
    return field ? field->value : QByteArray();
}

std::int64_t InfoSnapshot::integer(QByteArrayView section, QByteArrayView name, std::int64_t fallback) const
{
    const InfoField *field = find(section, name);
    if (!field)
        return fallback;
    bool ok = false;
    const qlonglong value = field->value.toLongLong(&ok);
    return ok ? std::int64_t(value) : fallback;
}

double InfoSnapshot::number(QByteArrayView section, QByteArrayView name) const
{
    const InfoField *field = find(section, name);
    return field ? parseInfoNumber(field->value) : kNaN;
}

InfoSnapshot parseInfo(QByteArrayView text)
{
    InfoSnapshot info;
    // A verbatim reply whose prefix was left on by a proxy.
    if (text.startsWith("txt:#"))
        text = text.sliced(4);
    QByteArray section;
    while (!text.isEmpty()) {
        const qsizetype end = text.indexOf('\n');
        QByteArrayView line = end < 0 ? text : text.first(end);
        text = end < 0 ? QByteArrayView() : text.sliced(end + 1);
        line = line.trimmed();
        if (line.isEmpty())
            continue;
        if (line.startsWith('#')) {
            section = line.sliced(1).trimmed().toByteArray();
            continue;
        }
        const qsizetype colon = line.indexOf(':');
        if (colon <= 0)
            continue;
        InfoField field{section, line.first(colon).toByteArray(), line.sliced(colon + 1).toByteArray()};
        const QByteArray key = indexKey(field.section, field.name);
        const auto known = info.m_index.constFind(key);
        if (known != info.m_index.cend()) {
            // A section printed twice (modules do it): the later line is the newer one.
            info.m_fields[std::size_t(*known)].value = field.value;
            continue;
        }
        info.m_index.insert(key, qsizetype(info.m_fields.size()));
        info.m_fields.push_back(std::move(field));
    }
    return info;
}

double parseInfoNumber(QByteArrayView text)
{
    text = text.trimmed();
    if (text.endsWith('%'))
        text = text.chopped(1);
    if (text.isEmpty())
        return kNaN;
    bool ok = false;
    const double value = text.toByteArray().toDouble(&ok);
    return ok ? value : kNaN;
}

std::vector<KeyspaceRow> keyspaceRows(const InfoSnapshot &info)
{
    std::vector<KeyspaceRow> rows;
    for (const InfoField &field : info.fields()) {
        if (field.section.compare("keyspace", Qt::CaseInsensitive) != 0 || !field.name.startsWith("db"))
            continue;
        bool ok = false;
        KeyspaceRow row;
        row.db = field.name.mid(2).toInt(&ok);
        if (!ok)
            continue;
        for (const auto &[name, value] : infoPairs(field.value)) {
            if (name == "keys")
                row.keys = value.toLongLong();
            else if (name == "expires")
                row.expires = value.toLongLong();
            else if (name == "avg_ttl")
                row.avgTtlMs = value.toLongLong();
        }
        rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(), [](const KeyspaceRow &a, const KeyspaceRow &b) { return a.db < b.db; });
    return rows;
}

std::vector<std::pair<QByteArray, QByteArray>> infoPairs(QByteArrayView value)
{
    std::vector<std::pair<QByteArray, QByteArray>> pairs;
    const QByteArray all = value.toByteArray();
    for (const QByteArray &part : all.split(',')) {
        const qsizetype equals = part.indexOf('=');
        if (equals > 0)
            pairs.emplace_back(part.left(equals), part.mid(equals + 1));
    }
    return pairs;
}

} // namespace keyloupe
