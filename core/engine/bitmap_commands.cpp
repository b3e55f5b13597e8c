// SPDX-License-Identifier: GPL-3.0-or-later
//
// Strings as arrays of bits, the first bit being the highest of the first byte. Bit fields are in bitfield_commands.cpp.
#include "core/engine/bitmap_support.h"

#include <bit>

namespace keyloupe {
namespace {

RespValue badBit() { return reply::err("bit is not an integer or out of range"); }

RespValue setbit(CommandContext &ctx)
{
    const std::optional<std::int64_t> offset = parseBitOffset(ctx, ctx.arg(2), 0);
    if (!offset)
        return badBitOffset();
    const std::optional<std::int64_t> bit = parseInt64(ctx.arg(3));
    if (!bit || (*bit != 0 && *bit != 1))
        return badBit();
    bool grew = false;
    StringObject *string = editBits(ctx, ctx.arg(1), *offset, &grew);
    if (!string)
        return reply::wrongType();
    const qsizetype at = static_cast<qsizetype>(*offset >> 3);
    const int mask = 0x80 >> (*offset & 7);
    const int byte = static_cast<unsigned char>(string->bytes[at]);
    const bool old = (byte & mask) != 0;
    if (old != (*bit == 1))
        string->bytes[at] = static_cast<char>(byte ^ mask);
    if (grew || old != (*bit == 1))
        ctx.changed(ctx.arg(1), '$', "setbit");
    return reply::integer(old ? 1 : 0);
}

RespValue getbit(CommandContext &ctx)
{
    const std::optional<std::int64_t> offset = parseBitOffset(ctx, ctx.arg(2), 0);
    if (!offset)
        return badBitOffset();
    const Object *object = ctx.read(ctx.arg(1));
    if (!object)
        return reply::integer(0);
    if (!object->is<StringObject>())
        return reply::wrongType();
    return reply::integer(bitAt(object->as<StringObject>().bytes, *offset) ? 1 : 0);
}

// A range of bits, both ends inside; empty when first > last.
struct BitRange
{
    std::int64_t first = 0;
    std::int64_t last = -1;
};

// Turns [start, end], counted in bytes or bits and perhaps from the end, into bits of a string of `size` bytes.
BitRange toBits(std::int64_t start, std::int64_t end, std::int64_t size, bool inBits)
{
    const std::int64_t total = inBits ? size * 8 : size;
    start = std::max<std::int64_t>(start < 0 ? start + total : start, 0);
    end = std::min(std::max<std::int64_t>(end < 0 ? end + total : end, 0), total - 1);
    if (start > end)
        return {};
    return inBits ? BitRange{start, end} : BitRange{start * 8, end * 8 + 7};
}

std::int64_t countBits(const QByteArray &bytes, const BitRange &range)
{
    std::int64_t count = 0;
    std::int64_t bit = range.first;
    for (; bit <= range.last && (bit & 7) != 0; ++bit)
        count += bitAt(bytes, bit);
    for (; bit + 7 <= range.last; bit += 8)
        count += std::popcount(static_cast<unsigned char>(bytes[static_cast<qsizetype>(bit >> 3)]));
    for (; bit <= range.last; ++bit)
        count += bitAt(bytes, bit);
    return count;
}

// "BIT" or "BYTE" at argument i; false for another word.
bool parseUnit(const CommandContext &ctx, int i, bool *inBits)
{
    *inBits = ctx.is(i, "bit");
    return *inBits || ctx.is(i, "byte");
}

RespValue bitcount(CommandContext &ctx)
{
    const Object *object = ctx.read(ctx.arg(1));
    if (!object)
        return reply::integer(0);
    if (!object->is<StringObject>())
        return reply::wrongType();
    const QByteArray &bytes = object->as<StringObject>().bytes;
    if (ctx.argc() == 2)
        return reply::integer(countBits(bytes, toBits(0, -1, bytes.size(), false)));
    if (ctx.argc() != 4 && ctx.argc() != 5)
        return reply::syntax();
    const std::optional<std::int64_t> start = parseInt64(ctx.arg(2));
    const std::optional<std::int64_t> end = parseInt64(ctx.arg(3));
    if (!start || !end)
        return reply::notInteger();
    if (*start < 0 && *end < 0 && *start > *end)
        return reply::integer(0);
    bool inBits = false;
    if (ctx.argc() == 5 && !parseUnit(ctx, 4, &inBits))
        return reply::syntax();
    return reply::integer(countBits(bytes, toBits(*start, *end, bytes.size(), inBits)));
}

// The first bit of that value in the range, -1 when there is none.
std::int64_t findBit(const QByteArray &bytes, const BitRange &range, bool wanted)
{
    const char without = wanted ? '\0' : '\xff';
    for (std::int64_t bit = range.first; bit <= range.last;) {
        if ((bit & 7) == 0 && bit + 7 <= range.last && bytes[static_cast<qsizetype>(bit >> 3)] == without) {
            bit += 8;
            continue;
        }
        if (bitAt(bytes, bit) == wanted)
            return bit;
        ++bit;
    }
    return -1;
}

RespValue bitpos(CommandContext &ctx)
{
    const std::optional<std::int64_t> bit = parseInt64(ctx.arg(2));
    if (!bit)
        return reply::notInteger();
    if (*bit != 0 && *bit != 1)
        return reply::err("The bit argument must be 1 or 0.");
    const Object *object = ctx.read(ctx.arg(1));
    if (!object) // no key is an endless row of zeros
        return reply::integer(*bit == 1 ? -1 : 0);
    if (!object->is<StringObject>())
        return reply::wrongType();
    if (ctx.argc() > 6)
        return reply::syntax();
    const QByteArray &bytes = object->as<StringObject>().bytes;
    std::optional<std::int64_t> start = 0;
    std::optional<std::int64_t> end = -1;
    bool inBits = false;
    if (ctx.argc() > 3 && !(start = parseInt64(ctx.arg(3))))
        return reply::notInteger();
    if (ctx.argc() == 6 && !parseUnit(ctx, 5, &inBits))
        return reply::syntax();
    if (ctx.argc() > 4 && !(end = parseInt64(ctx.arg(4))))
        return reply::notInteger();
    const BitRange range = toBits(*start, *end, bytes.size(), inBits);
    if (range.first > range.last)
        return reply::integer(-1);
    const std::int64_t found = findBit(bytes, range, *bit == 1);
    // Without an end the string goes on with zeros.
    return reply::integer(found < 0 && *bit == 0 && ctx.argc() < 5 ? range.last + 1 : found);
}

RespValue bitop(CommandContext &ctx)
{
    const QByteArray operation = ctx.arg(1).toLower();
    if (operation != "and" && operation != "or" && operation != "xor" && operation != "not")
        return reply::syntax();
    if (operation == "not" && ctx.argc() != 4)
        return reply::err("BITOP NOT must be called with a single source key.");
    std::vector<QByteArray> sources;
    qsizetype longest = 0;
    for (int i = 3; i < ctx.argc(); ++i) {
        const Object *object = ctx.read(ctx.arg(i));
        if (object && !object->is<StringObject>())
            return reply::wrongType();
        sources.push_back(object ? object->as<StringObject>().bytes : QByteArray());
        longest = std::max(longest, sources.back().size());
    }
    if (longest == 0) {
        ctx.remove(ctx.arg(2));
        return reply::integer(0);
    }
    // Short ones go on with zeros.
    QByteArray result = sources.front();
    result.append(longest - result.size(), '\0');
    if (operation == "not") {
        for (char &byte : result)
            byte = static_cast<char>(~byte);
    }
    for (std::size_t s = 1; s < sources.size(); ++s) {
        const QByteArray &other = sources[s];
        for (qsizetype i = 0; i < longest; ++i) {
            const char byte = i < other.size() ? other[i] : '\0';
            const int both = operation == "and" ? result[i] & byte : operation == "or" ? result[i] | byte : result[i] ^ byte;
            result[i] = static_cast<char>(both);
        }
    }
    ctx.store(ctx.arg(2), Object(StringObject{std::move(result), true, false}), '$', "set");
    return reply::integer(longest);
}

} // namespace

void registerBitmapCommands(CommandTable &table)
{
    table.add({"setbit", 4, "write denyoom", 1, 1, 1, "bitmap", "Sets or clears a bit.", setbit});
    table.add({"getbit", 3, "readonly fast", 1, 1, 1, "bitmap", "Returns a bit.", getbit});
    table.add({"bitcount", -2, "readonly", 1, 1, 1, "bitmap", "Counts the bits that are set.", bitcount});
    table.add({"bitpos", -3, "readonly", 1, 1, 1, "bitmap", "Finds the first set or clear bit.", bitpos});
    table.add({"bitop", -4, "write denyoom", 2, -1, 1, "bitmap", "Stores the bitwise combination of strings.", bitop});
}

} // namespace keyloupe
