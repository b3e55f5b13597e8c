// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/module_codec.h"

#include "core/rdb/length_codec.h"
#include "core/rdb/string_codec.h"

namespace keyloupe::rdb {

namespace {

enum Piece : std::uint64_t { kEnd = 0, kSigned = 1, kUnsigned = 2, kFloat = 3, kDouble = 4, kString = 5 };

constexpr std::uint64_t kMaxMetaClasses = 7;

} // namespace

void skipModulePieces(ByteCursor &in)
{
    while (in.ok()) {
        const std::int64_t start = in.offset();
        switch (readLength(in)) {
        case kEnd:
            return;
        case kSigned:
        case kUnsigned:
            readLength(in);
            break;
        case kFloat:
            in.skip(4);
            break;
        case kDouble:
            in.skip(8);
            break;
        case kString:
            readStringRef(in);
            break;
        default:
            in.fail("a module value has an unknown piece", start);
            break;
        }
    }
}

void skipModuleValue(ByteCursor &in)
{
    readLength(in);
    skipModulePieces(in);
}

void skipKeyMetadata(ByteCursor &in)
{
    const std::int64_t start = in.offset();
    const std::uint64_t classes = readLength(in);
    if (classes > kMaxMetaClasses) {
        in.fail("key metadata has more classes than a server allows", start);
        return;
    }
    for (std::uint64_t i = 0; i < classes && in.ok(); ++i) {
        in.skip(4);
        skipModulePieces(in);
    }
}

QByteArray moduleTypeName(std::uint64_t id)
{
    static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    QByteArray name(9, '\0');
    std::uint64_t rest = id >> 10;
    for (qsizetype i = 8; i >= 0; --i) {
        name[i] = kAlphabet[rest & 63];
        rest >>= 6;
    }
    return name;
}

ModuleValue readModuleValue(ByteCursor &in, QByteArrayView whole)
{
    ModuleValue value;
    const std::int64_t start = in.offset();
    const std::uint64_t id = readLength(in);
    skipModulePieces(in);
    if (!in.ok())
        return value;
    value.moduleName = moduleTypeName(id);
    value.encodingVersion = static_cast<int>(id & 1023);
    value.payload = whole.sliced(start, in.offset() - start).toByteArray();
    return value;
}

} // namespace keyloupe::rdb
