// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/rdb_writer.h"

#include "core/rdb/crc64.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/record_head.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"

#include <QtEndian>

namespace keyloupe {

using namespace rdb;

namespace {

// Small records are gathered up to this; larger pieces go straight to the sink.
constexpr qsizetype kFlushAbove = 256 * 1024;
constexpr int kFirstVersionWithChecksum = 5;

} // namespace

RdbWriter::RdbWriter(Sink sink, RdbFamily family, int version)
    : m_sink(std::move(sink)), m_family(family), m_version(version)
{
}

Result<void> RdbWriter::flush()
{
    if (m_pending.isEmpty())
        return {};
    m_crc = crc64(m_crc, m_pending);
    KL_CHECK(m_sink(m_pending));
    m_pending.resize(0);
    return {};
}

Result<void> RdbWriter::put(QByteArrayView bytes)
{
    m_written += bytes.size();
    if (m_pending.size() + bytes.size() > kFlushAbove)
        KL_CHECK(flush());
    if (bytes.size() > kFlushAbove) {
        m_crc = crc64(m_crc, bytes);
        return m_sink(bytes);
    }
    m_pending.append(bytes.data(), bytes.size());
    return {};
}

Result<void> RdbWriter::begin()
{
    const bool isValkey = m_family == RdbFamily::Valkey;
    const QByteArray digits = QByteArray::number(m_version).rightJustified(isValkey ? 3 : 4, '0');
    return put(QByteArray(isValkey ? "VALKEY" : "REDIS") + digits);
}

Result<void> RdbWriter::aux(QByteArrayView name, QByteArrayView value)
{
    QByteArray record(1, static_cast<char>(kOpAux));
    appendString(record, name);
    appendString(record, value);
    return put(record);
}

Result<void> RdbWriter::raw(QByteArrayView bytes)
{
    return put(bytes);
}

Result<void> RdbWriter::selectDb(int db)
{
    if (db < 0)
        return Error{Errc::InvalidArgument, QStringLiteral("a database number is negative"), -1, {}};
    QByteArray record(1, static_cast<char>(kOpSelectDb));
    appendLength(record, static_cast<std::uint64_t>(db));
    return put(record);
}

Result<void> RdbWriter::resizeDb(std::int64_t keys, std::int64_t expires)
{
    QByteArray record(1, static_cast<char>(kOpResizeDb));
    appendLength(record, static_cast<std::uint64_t>(std::max<std::int64_t>(keys, 0)));
    appendLength(record, static_cast<std::uint64_t>(std::max<std::int64_t>(expires, 0)));
    return put(record);
}

Result<void> RdbWriter::key(QByteArrayView key, const Value &value, std::int64_t expireAtMs, std::int64_t idleSeconds,
                            int frequency, QByteArrayView otherAttributes)
{
    QByteArray body;
    std::uint8_t rdbType = 0;
    KL_CHECK(appendEncodedValue(body, value, m_family, m_version, &rdbType));

    KL_CHECK(put(encodeRecordHead(key, rdbType, expireAtMs, idleSeconds, frequency, otherAttributes)));
    return put(body);
}

Result<void> RdbWriter::end()
{
    KL_CHECK(put(QByteArray(1, static_cast<char>(kOpEof))));
    KL_CHECK(flush());
    if (m_version < kFirstVersionWithChecksum)
        return {};
    char checksum[8];
    qToLittleEndian(m_crc, checksum);
    m_written += static_cast<std::int64_t>(sizeof checksum);
    return m_sink(QByteArrayView(checksum, sizeof checksum));
}

} // namespace keyloupe
