// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/collection_decoders.h"
#include "core/rdb/field_expiry.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/packed/listpack.h"
#include "core/rdb/packed/ziplist.h"
#include "core/rdb/packed/zipmap.h"
#include "core/rdb/packed_walk.h"
#include "core/rdb/type_table.h"

namespace keyloupe::rdb {

namespace {

// Items come in tuples: field, value, and with `hasExpiry` an integer that is 0 for none.
template <typename Reader>
void readTuples(ByteCursor &in, HashValue &hash, bool hasExpiry)
{
    int place = 0;
    walkPacked<Reader>(in, [&hash, &place, hasExpiry](const PackedItem &item) -> const char * {
        if (place == 0) {
            hash.fields.push_back(HashField{item.toBytes(), {}, -1});
        } else if (place == 1) {
            hash.fields.back().value = item.toBytes();
        } else {
            if (!item.isInteger || item.integer < 0 || item.integer > kMaxFieldExpiry)
                return kBadFieldExpiry;
            hash.fields.back().expireAtMs = item.integer == 0 ? -1 : item.integer;
        }
        place = place == (hasExpiry ? 2 : 1) ? 0 : place + 1;
        return nullptr;
    });
    if (place != 0 && in.ok())
        in.fail("a hash ends inside a field", 0);
}

void readZipmap(ByteCursor &in, HashValue &hash)
{
    const Blob blob = readBlob(in);
    if (!in.ok())
        return;
    ZipmapReader reader(blob.bytes);
    QByteArrayView field;
    QByteArrayView value;
    while (reader.next(field, value))
        hash.fields.push_back(HashField{field.toByteArray(), value.toByteArray(), -1});
    if (!reader.ok())
        in.fail(reader.reason(), blob.outerOffset(reader.failOffset()));
}

void readFields(ByteCursor &in, HashValue &hash, std::uint8_t rdbType, RdbFamily family)
{
    const std::int64_t smallest = rdbType == kTypeHashExpiring ? in.le<std::int64_t>() : 0;
    const std::uint64_t count = readLength(in);
    if (in.fits(count, 2))
        hash.fields.reserve(count);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        HashField field;
        if (rdbType == kTypeHashExpiring)
            field.expireAtMs = readRelativeExpiry(in, smallest);
        else if (rdbType == kTypeHashExpiring22 && family == RdbFamily::Redis)
            field.expireAtMs = readAbsoluteExpiry(in);
        field.field = readString(in);
        field.value = readString(in);
        if (rdbType == kTypeHashExpiring22 && family == RdbFamily::Valkey)
            field.expireAtMs = readValkeyExpiry(in);
        hash.fields.push_back(std::move(field));
    }
}

} // namespace

HashValue readHash(ByteCursor &in, std::uint8_t rdbType, RdbFamily family)
{
    HashValue hash;
    switch (rdbType) {
    case kTypeHashZipmap:
        readZipmap(in, hash);
        break;
    case kTypeHashZiplist:
        readTuples<ZiplistReader>(in, hash, false);
        break;
    case kTypeHashListpack:
        readTuples<ListpackReader>(in, hash, false);
        break;
    case kTypeHashListpackEx:
        in.skip(8); // the smallest expiry again, as a hint
        readTuples<ListpackReader>(in, hash, true);
        break;
    case kTypeHashListpackExPreGa:
        readTuples<ListpackReader>(in, hash, true);
        break;
    default:
        readFields(in, hash, rdbType, family);
        break;
    }
    if (!in.ok())
        return hash;
    if (hash.fields.empty())
        in.fail("the hash is empty, which no key can be", 0);
    else if (hasDuplicates(hash.fields, [](const HashField &field) { return QByteArrayView(field.field); }))
        in.fail("the hash has a field twice", 0);
    return hash;
}

} // namespace keyloupe::rdb
