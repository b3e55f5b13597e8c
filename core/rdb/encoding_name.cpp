// SPDX-License-Identifier: GPL-3.0-or-later
//
// What OBJECT ENCODING says after a server with default limits (Redis 7) has loaded the value.
#include "core/base/number.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_decoder.h"

namespace keyloupe {

using namespace rdb;

namespace {

constexpr std::uint64_t kEmbeddedString = 44;
constexpr std::uint64_t kMaxPackedHash = 512;
constexpr std::uint64_t kMaxPackedZset = 128;
constexpr std::uint64_t kMaxIntset = 512;
constexpr std::uint64_t kMaxPackedElement = 64;

bool isIntegerText(const StringRef &ref)
{
    if (ref.form == StringRef::Form::Integer)
        return true;
    return ref.form == StringRef::Form::Raw && parseInt64(ref.bytes).has_value();
}

const char *stringEncoding(ByteCursor &in)
{
    const StringRef ref = readStringRef(in);
    if (isIntegerText(ref))
        return "int";
    return ref.size() <= kEmbeddedString ? "embstr" : "raw";
}

// Plain hashes and sorted sets become listpacks again while they are small.
bool hasOnlySmallElements(ByteCursor &in, std::uint64_t limit, std::uint8_t rdbType)
{
    const std::uint64_t count = readLength(in);
    if (count > limit)
        return false;
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        if (readStringRef(in).size() > kMaxPackedElement)
            return false;
        if (rdbType == kTypeZset) {
            in.skip(8);
        } else if (rdbType == kTypeZsetText) {
            const std::uint8_t size = in.u8();
            in.skip(size < 253 ? size : 0);
        } else if (readStringRef(in).size() > kMaxPackedElement) {
            return false;
        }
    }
    return true;
}

bool hasOnlyIntegers(ByteCursor &in)
{
    const std::uint64_t count = readLength(in);
    if (count > kMaxIntset)
        return false;
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        if (!isIntegerText(readStringRef(in)))
            return false;
    }
    return true;
}

} // namespace

const char *encodingName(std::uint8_t rdbType, QByteArrayView bytes)
{
    ByteCursor in(bytes);
    switch (rdbType) {
    case kTypeString:
        return stringEncoding(in);
    case kTypeList:
    case kTypeListZiplist:
    case kTypeQuicklist:
    case kTypeQuicklist2:
        return "quicklist";
    case kTypeSet:
        return hasOnlyIntegers(in) ? "intset" : "hashtable";
    case kTypeSetIntset:
        return "intset";
    case kTypeZsetText:
    case kTypeZset:
        return hasOnlySmallElements(in, kMaxPackedZset, rdbType) ? "listpack" : "skiplist";
    case kTypeHash:
        return hasOnlySmallElements(in, kMaxPackedHash, rdbType) ? "listpack" : "hashtable";
    case kTypeHashZipmap:
    case kTypeHashZiplist:
    case kTypeZsetZiplist:
    case kTypeHashListpack:
    case kTypeZsetListpack:
    case kTypeSetListpack:
        return "listpack";
    case kTypeHashListpackEx:
    case kTypeHashListpackExPreGa:
        return "listpackex";
    case kTypeHashExpiring22:
    case kTypeHashExpiring:
        return "hashtable";
    case kTypeStream1:
    case kTypeStream2:
    case kTypeStream3:
    case kTypeStream4:
        return "stream";
    default:
        return "raw";
    }
}

} // namespace keyloupe
