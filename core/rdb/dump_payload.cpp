// SPDX-License-Identifier: GPL-3.0-or-later
//
// DUMP payloads: [key metadata] type value, u16 version, CRC-64 of all before it.
#include "core/rdb/crc64.h"
#include "core/rdb/module_codec.h"
#include "core/rdb/rdb_writer.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_decoder.h"

#include <QtEndian>

namespace keyloupe {

using namespace rdb;

namespace {

constexpr qsizetype kFooter = 10;

Error corrupt(const char *reason, std::int64_t offset)
{
    return Error{Errc::Corrupt, QString::fromLatin1(reason), offset, {}};
}

void appendFooter(QByteArray &out, int version)
{
    char footer[8];
    qToLittleEndian(static_cast<std::uint16_t>(version), footer);
    out.append(footer, 2);
    qToLittleEndian(crc64(0, out), footer);
    out.append(footer, 8);
}

// The first version whose servers know the type; below 9 no server that is still met differs.
int firstVersionOf(std::uint8_t rdbType, RdbFamily family)
{
    switch (rdbType) {
    case kTypeHashListpack:
    case kTypeZsetListpack:
    case kTypeQuicklist2:
    case kTypeStream2:
        return 10;
    case kTypeSetListpack:
    case kTypeStream3:
        return 11;
    case kTypeHashExpiring22:
        return family == RdbFamily::Valkey ? kFirstValkeyVersion : 12;
    case kTypeHashListpackExPreGa:
    case kTypeHashExpiring:
    case kTypeHashListpackEx:
        return 12;
    case kTypeStream4:
        return 13;
    default:
        return 9;
    }
}

} // namespace

Result<DecodedValue> decodeDumpPayload(QByteArrayView payload)
{
    if (payload.size() < kFooter + 2)
        return corrupt("a DUMP payload is shorter than its footer", 0);
    const qsizetype bodySize = payload.size() - kFooter;
    const auto version = qFromLittleEndian<std::uint16_t>(payload.data() + bodySize);
    const auto stored = qFromLittleEndian<std::uint64_t>(payload.data() + bodySize + 2);
    if (stored == 0)
        return corrupt("a DUMP payload has no checksum", bodySize + 2);
    if (crc64(0, payload.first(bodySize + 2)) != stored)
        return corrupt("a DUMP payload's checksum is wrong", bodySize + 2);

    const RdbFamily family = version >= kFirstValkeyVersion ? RdbFamily::Valkey : RdbFamily::Redis;
    const QByteArrayView body = payload.first(bodySize);
    ByteCursor in(body);
    if (family == RdbFamily::Redis && in.peek() == kOpKeyMetaOrSlotImport) {
        in.skip(1);
        skipKeyMetadata(in);
    }
    const std::uint8_t rdbType = in.u8();
    if (!in.ok())
        return in.error();
    const std::int64_t valueOffset = in.offset();
    Result<DecodedValue> decoded = decodeValue(rdbType, body.sliced(valueOffset), family);
    if (!decoded.ok()) {
        Error error = decoded.error();
        if (error.offset >= 0)
            error.offset += valueOffset;
        return error;
    }
    if (valueOffset + decoded->consumed != bodySize)
        return corrupt("a DUMP payload has bytes behind its value", valueOffset + decoded->consumed);
    return decoded;
}

Result<QByteArray> encodeDumpPayload(const Value &value, RdbFamily family, int version)
{
    QByteArray out(1, '\0');
    std::uint8_t rdbType = 0;
    KL_CHECK(appendEncodedValue(out, value, family, version, &rdbType));
    out[0] = static_cast<char>(rdbType);
    appendFooter(out, version);
    return out;
}

QByteArray dumpPayloadOf(std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family)
{
    QByteArray out;
    out.reserve(1 + bytes.size() + kFooter);
    out.append(static_cast<char>(rdbType));
    out.append(bytes);
    appendFooter(out, firstVersionOf(rdbType, family));
    return out;
}

} // namespace keyloupe
