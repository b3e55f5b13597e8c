// SPDX-License-Identifier: GPL-3.0-or-later
//
// Writing RDB: bytes of single records and of whole files, that redis-server 6.0 and later load (edited values use only the
// plain types 0, 1, 2, 4, 5 and streams 15/19/21, which every server re-encodes as it likes). Pure except for the sink.
#pragma once

#include "core/base/result.h"
#include "core/rdb/rdb_types.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <functional>

namespace keyloupe {

/// Streams what it is given through `sink`, keeping the CRC-64. `sink` gets pieces of any size in order.
class RdbWriter
{
public:
    using Sink = std::function<Result<void>(QByteArrayView)>;

    RdbWriter(Sink sink, RdbFamily family, int version);

    Result<void> begin();                                             ///< magic and version
    Result<void> aux(QByteArrayView name, QByteArrayView value);
    Result<void> raw(QByteArrayView bytes);                           ///< a record copied as it stands
    Result<void> selectDb(int db);
    Result<void> resizeDb(std::int64_t keys, std::int64_t expires);
    /// A key with its value encoded anew; expiry -1 none; idle or frequency -1 none; others as rdb::otherAttributes gives them.
    Result<void> key(QByteArrayView key, const Value &value, std::int64_t expireAtMs, std::int64_t idleSeconds, int frequency,
                     QByteArrayView otherAttributes = {});
    Result<void> end();                                               ///< opcode 255 and the CRC

    std::int64_t bytesWritten() const { return m_written; }

private:
    Result<void> put(QByteArrayView bytes);
    Result<void> flush();

    Sink m_sink;
    RdbFamily m_family;
    int m_version;
    QByteArray m_pending;
    std::uint64_t m_crc = 0;
    std::int64_t m_written = 0;
};

/// The lowest header version whose readers know everything in the value (9, 10, 11, 12; 80 for Valkey field TTL).
int lowestVersionFor(const Value &value, RdbFamily family);

/// Appends the value's bytes as RdbWriter writes them; the type byte that belongs before the key goes to `*rdbType`.
/// Errc::Unsupported where a header of that version cannot hold it (field expiry; a module's value always can), and
/// Errc::InvalidArgument for what no key can be (an empty collection, a NaN score). A stream written for a version below
/// lowestVersionFor keeps its entries, groups and pending entries and loses the newer bookkeeping.
Result<void> appendEncodedValue(QByteArray &out, const Value &value, RdbFamily family, int version, std::uint8_t *rdbType);

/// A DUMP payload (type, value, version, CRC) that RESTORE of a server with at least that version takes.
Result<QByteArray> encodeDumpPayload(const Value &value, RdbFamily family, int version);

/// The same of a value's bytes as they stand in a file of this family, in the first version that knows the type.
QByteArray dumpPayloadOf(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family);

} // namespace keyloupe
