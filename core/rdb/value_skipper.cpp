// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/value_skipper.h"

#include "core/rdb/length_codec.h"
#include "core/rdb/module_codec.h"
#include "core/rdb/packed/intset.h"
#include "core/rdb/packed/listpack.h"
#include "core/rdb/packed/ziplist.h"
#include "core/rdb/packed/zipmap.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"

namespace keyloupe::rdb {

namespace {

using FrameCheck = const char *(*)(QByteArrayView);

void note(InnerDamage &damage, const char *reason, std::int64_t offset)
{
    if (damage.reason == nullptr)
        damage = {reason, offset};
}

void skipBlob(ByteCursor &in, FrameCheck check, InnerDamage &damage)
{
    const StringRef ref = readStringRef(in);
    if (!in.ok())
        return;
    if (ref.form == StringRef::Form::Raw) {
        if (const char *reason = check(ref.bytes))
            note(damage, reason, ref.bytesOffset);
    } else if (ref.form == StringRef::Form::Integer) {
        note(damage, "a number stands where a packed value belongs", in.offset());
    }
}

std::uint64_t readCount(ByteCursor &in, InnerDamage &damage)
{
    const std::int64_t start = in.offset();
    const std::uint64_t count = readLength(in);
    if (in.ok() && count == 0)
        note(damage, "the value is empty, which no key can be", start);
    in.fits(count);
    return count;
}

void skipStrings(ByteCursor &in, std::uint64_t count)
{
    for (std::uint64_t i = 0; i < count && in.ok(); ++i)
        readStringRef(in);
}

void skipTextScore(ByteCursor &in)
{
    const std::uint8_t size = in.u8();
    if (size < 253)
        in.skip(size);
}

void skipLengths(ByteCursor &in, int count)
{
    for (int i = 0; i < count; ++i)
        readLength(in);
}

void skipStreamGroup(ByteCursor &in, std::uint8_t rdbType)
{
    readStringRef(in);
    skipLengths(in, rdbType >= kTypeStream2 ? 3 : 2);
    const std::uint64_t pending = readLength(in);
    for (std::uint64_t i = 0; i < pending && in.ok(); ++i) {
        in.skip(16 + 8);
        readLength(in);
    }
    const std::uint64_t consumers = readLength(in);
    for (std::uint64_t i = 0; i < consumers && in.ok(); ++i) {
        readStringRef(in);
        in.skip(rdbType >= kTypeStream3 ? 16 : 8);
        const std::uint64_t owned = readLength(in);
        if (in.fits(owned, 16))
            in.skip(owned * 16);
    }
}

void skipStream(ByteCursor &in, std::uint8_t rdbType, InnerDamage &damage)
{
    const std::uint64_t nodes = readLength(in);
    for (std::uint64_t i = 0; i < nodes && in.ok(); ++i) {
        const StringRef id = readStringRef(in);
        if (in.ok() && id.size() != 16)
            note(damage, "a stream node's id is not 16 bytes", id.bytesOffset);
        skipBlob(in, &ListpackReader::checkFrame, damage);
    }
    skipLengths(in, rdbType >= kTypeStream2 ? 8 : 3);
    const std::uint64_t groups = readLength(in);
    for (std::uint64_t i = 0; i < groups && in.ok(); ++i)
        skipStreamGroup(in, rdbType);
    if (rdbType >= kTypeStream4)
        skipIdempotencyTail(in);
}

void skipQuicklist2(ByteCursor &in, InnerDamage &damage)
{
    const std::uint64_t nodes = readCount(in, damage);
    for (std::uint64_t i = 0; i < nodes && in.ok(); ++i) {
        const std::int64_t start = in.offset();
        const std::uint64_t container = readLength(in);
        if (container == 2) {
            skipBlob(in, &ListpackReader::checkFrame, damage);
        } else {
            readStringRef(in);
            if (container != 1 && in.ok())
                note(damage, "a list node is of an unknown kind", start);
        }
    }
}

} // namespace

void skipIdempotencyTail(ByteCursor &in)
{
    skipLengths(in, 2);
    const std::uint64_t producers = readLength(in);
    for (std::uint64_t i = 0; i < producers && in.ok(); ++i) {
        readStringRef(in);
        const std::uint64_t ids = readLength(in);
        for (std::uint64_t k = 0; k < ids && in.ok(); ++k) {
            readStringRef(in);
            skipLengths(in, 2);
        }
    }
    skipLengths(in, 2);
}

void skipValue(ByteCursor &in, std::uint8_t rdbType, RdbFamily family, InnerDamage &damage)
{
    switch (rdbType) {
    case kTypeString:
        readStringRef(in);
        break;
    case kTypeList:
    case kTypeSet:
        skipStrings(in, readCount(in, damage));
        break;
    case kTypeHash: {
        const std::uint64_t fields = readCount(in, damage);
        for (std::uint64_t i = 0; i < fields && in.ok(); ++i) {
            readStringRef(in);
            readStringRef(in);
        }
        break;
    }
    case kTypeZsetText:
    case kTypeZset: {
        const std::uint64_t members = readCount(in, damage);
        for (std::uint64_t i = 0; i < members && in.ok(); ++i) {
            readStringRef(in);
            if (rdbType == kTypeZset)
                in.skip(8);
            else
                skipTextScore(in);
        }
        break;
    }
    case kTypeModule:
        skipModuleValue(in);
        break;
    case kTypeHashZipmap:
        skipBlob(in, &ZipmapReader::checkFrame, damage);
        break;
    case kTypeListZiplist:
    case kTypeZsetZiplist:
    case kTypeHashZiplist:
        skipBlob(in, &ZiplistReader::checkFrame, damage);
        break;
    case kTypeSetIntset:
        skipBlob(in, &IntsetReader::checkFrame, damage);
        break;
    case kTypeQuicklist: {
        const std::uint64_t nodes = readCount(in, damage);
        for (std::uint64_t i = 0; i < nodes && in.ok(); ++i)
            skipBlob(in, &ZiplistReader::checkFrame, damage);
        break;
    }
    case kTypeQuicklist2:
        skipQuicklist2(in, damage);
        break;
    case kTypeHashListpackEx:
        in.skip(8);
        [[fallthrough]];
    case kTypeHashListpack:
    case kTypeZsetListpack:
    case kTypeSetListpack:
    case kTypeHashListpackExPreGa:
        skipBlob(in, &ListpackReader::checkFrame, damage);
        break;
    case kTypeHashExpiring22: {
        const std::uint64_t fields = readCount(in, damage);
        for (std::uint64_t i = 0; i < fields && in.ok(); ++i) {
            if (family == RdbFamily::Redis)
                readLength(in);
            readStringRef(in);
            readStringRef(in);
            if (family == RdbFamily::Valkey)
                in.skip(8);
        }
        break;
    }
    case kTypeHashExpiring: {
        in.skip(8);
        const std::uint64_t fields = readCount(in, damage);
        for (std::uint64_t i = 0; i < fields && in.ok(); ++i) {
            readLength(in);
            readStringRef(in);
            readStringRef(in);
        }
        break;
    }
    case kTypeStream1:
    case kTypeStream2:
    case kTypeStream3:
    case kTypeStream4:
        skipStream(in, rdbType, damage);
        break;
    default:
        in.fail("an unknown value type");
        break;
    }
}

} // namespace keyloupe::rdb
