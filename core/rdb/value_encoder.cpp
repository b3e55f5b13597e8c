// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values to record bytes, in the plain types that every server loads and packs again by its own limits.
#include "core/rdb/length_codec.h"
#include "core/rdb/rdb_writer.h"
#include "core/rdb/stream_encoder.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"

#include <QtEndian>

#include <bit>
#include <cmath>

namespace keyloupe {

using namespace rdb;

namespace {

constexpr int kOldestWritten = 9;
constexpr int kRedisFieldExpiry = 12;
constexpr std::int64_t kLatestRedisFieldExpiry = (std::int64_t{1} << 48) - 1; // Valkey takes any

Error cannotBeEmpty()
{
    return Error{Errc::InvalidArgument, QStringLiteral("an empty collection cannot be a key"), -1, {}};
}

bool hasFieldExpiry(const HashValue &hash)
{
    return std::any_of(hash.fields.begin(), hash.fields.end(), [](const HashField &f) { return f.expireAtMs >= 0; });
}

template <typename T>
void appendLittleEndian(QByteArray &out, T number)
{
    char raw[sizeof(T)];
    qToLittleEndian(number, raw);
    out.append(raw, sizeof raw);
}

class Encoder
{
public:
    Encoder(QByteArray &out, RdbFamily family, int version, std::uint8_t *rdbType)
        : m_out(out), m_family(family), m_version(version), m_type(rdbType)
    {
    }

    Result<void> operator()(const QByteArray &text)
    {
        *m_type = kTypeString;
        appendString(m_out, text);
        return {};
    }

    Result<void> operator()(const ListValue &list) { return strings(kTypeList, list.items); }
    Result<void> operator()(const SetValue &set) { return strings(kTypeSet, set.members); }

    Result<void> operator()(const SortedSetValue &set)
    {
        if (set.members.empty())
            return cannotBeEmpty();
        *m_type = kTypeZset;
        appendLength(m_out, set.members.size());
        for (const ScoredMember &member : set.members) {
            if (std::isnan(member.score))
                return Error{Errc::InvalidArgument, QStringLiteral("a score is not a number"), -1, {}};
            appendString(m_out, member.member);
            appendLittleEndian(m_out, std::bit_cast<std::uint64_t>(member.score));
        }
        return {};
    }

    Result<void> operator()(const HashValue &hash)
    {
        if (hash.fields.empty())
            return cannotBeEmpty();
        if (hasFieldExpiry(hash))
            return expiringHash(hash);
        *m_type = kTypeHash;
        appendLength(m_out, hash.fields.size());
        for (const HashField &field : hash.fields) {
            appendString(m_out, field.field);
            appendString(m_out, field.value);
        }
        return {};
    }

    Result<void> operator()(const StreamValue &stream) { return appendStream(m_out, stream, m_family, m_version, m_type); }

    Result<void> operator()(const ModuleValue &module)
    {
        *m_type = kTypeModule;
        m_out.append(module.payload);
        return {};
    }

private:
    Result<void> strings(std::uint8_t rdbType, const std::vector<QByteArray> &items)
    {
        if (items.empty())
            return cannotBeEmpty();
        *m_type = rdbType;
        appendLength(m_out, items.size());
        for (const QByteArray &item : items)
            appendString(m_out, item);
        return {};
    }

    Result<void> expiringHash(const HashValue &hash)
    {
        if (m_version < (m_family == RdbFamily::Valkey ? kFirstValkeyVersion : kRedisFieldExpiry)) {
            return Error{Errc::Unsupported,
                         QStringLiteral("expiry of hash fields cannot be written in RDB version %1").arg(m_version), -1, {}};
        }
        std::int64_t smallest = -1;
        for (const HashField &field : hash.fields) {
            if (m_family == RdbFamily::Redis && field.expireAtMs > kLatestRedisFieldExpiry)
                return Error{Errc::Unsupported, QStringLiteral("a field expires later than Redis can hold"), -1, {}};
            if (field.expireAtMs >= 0 && (smallest < 0 || field.expireAtMs < smallest))
                smallest = field.expireAtMs;
        }
        if (m_family == RdbFamily::Redis) {
            *m_type = kTypeHashExpiring;
            appendLittleEndian(m_out, smallest);
        } else {
            *m_type = kTypeHashExpiring22;
        }
        appendLength(m_out, hash.fields.size());
        for (const HashField &field : hash.fields) {
            if (m_family == RdbFamily::Redis)
                appendLength(m_out, field.expireAtMs < 0 ? 0 : static_cast<std::uint64_t>(field.expireAtMs - smallest) + 1);
            appendString(m_out, field.field);
            appendString(m_out, field.value);
            if (m_family == RdbFamily::Valkey)
                appendLittleEndian(m_out, field.expireAtMs < 0 ? std::int64_t{-1} : field.expireAtMs);
        }
        return {};
    }

    QByteArray &m_out;
    RdbFamily m_family;
    int m_version;
    std::uint8_t *m_type;
};

} // namespace

int lowestVersionFor(const Value &value, RdbFamily family)
{
    if (const auto *hash = std::get_if<HashValue>(&value); hash != nullptr && hasFieldExpiry(*hash))
        return family == RdbFamily::Valkey ? kFirstValkeyVersion : kRedisFieldExpiry;
    if (const auto *stream = std::get_if<StreamValue>(&value))
        return lowestStreamVersion(*stream);
    return kOldestWritten;
}

Result<void> appendEncodedValue(QByteArray &out, const Value &value, RdbFamily family, int version, std::uint8_t *rdbType)
{
    return std::visit(Encoder(out, family, version, rdbType), value);
}

} // namespace keyloupe
