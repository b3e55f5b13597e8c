// SPDX-License-Identifier: GPL-3.0-or-later
//
// INFO text to fields. Pure; any thread. A field is named by its section and its name, because names repeat over sections.
// Tolerant: what is not understood stays as a field, what is no "name:value" line is skipped, and nothing here can fail.
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QHash>

#include <cstdint>
#include <vector>

namespace keyloupe {

struct InfoField
{
    QByteArray section; ///< as the server writes it: "Memory"; empty before the first heading
    QByteArray name;
    QByteArray value;   ///< everything behind the first colon
    bool operator==(const InfoField &) const = default;
};

class InfoSnapshot
{
public:
    const std::vector<InfoField> &fields() const { return m_fields; }
    bool isEmpty() const { return m_fields.empty(); }

    /// The section name is compared without case.
    bool contains(QByteArrayView section, QByteArrayView name) const { return find(section, name) != nullptr; }
    /// Empty where the field is absent.
    QByteArray text(QByteArrayView section, QByteArrayView name) const;
    std::int64_t integer(QByteArrayView section, QByteArrayView name, std::int64_t fallback = 0) const;
    /// NaN where the field is absent or no number; "99.58%" gives 99.58.
    double number(QByteArrayView section, QByteArrayView name) const;

private:
    friend InfoSnapshot parseInfo(QByteArrayView text);
    const InfoField *find(QByteArrayView section, QByteArrayView name) const;

    std::vector<InfoField> m_fields;
    QHash<QByteArray, qsizetype> m_index; ///< "section\nname" in lower-case section
};

InfoSnapshot parseInfo(QByteArrayView text);

/// A number as INFO prints it: plain, with a percent sign, inf or nan. NaN for anything else.
double parseInfoNumber(QByteArrayView text);

/// One line of the keyspace section.
struct KeyspaceRow
{
    int db = 0;
    std::int64_t keys = 0;
    std::int64_t expires = 0;
    std::int64_t avgTtlMs = 0; ///< 0 where the server does not know
    bool operator==(const KeyspaceRow &) const = default;
};

std::vector<KeyspaceRow> keyspaceRows(const InfoSnapshot &info);

/// The pairs of a value such as "ip=10.0.0.7,port=6379,state=online".
std::vector<std::pair<QByteArray, QByteArray>> infoPairs(QByteArrayView value);

} // namespace keyloupe
