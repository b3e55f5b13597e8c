// SPDX-License-Identifier: GPL-3.0-or-later
//
// BITFIELD: whole numbers of any width inside a string.
#include "core/engine/bitmap_support.h"

#include <limits>

namespace keyloupe {
namespace {

enum class Overflow { Wrap, Saturate, Fail };

struct Operation
{
    enum class Kind { Get, Set, Increment } kind = Kind::Get;
    bool isSigned = false;
    int bits = 0;
    std::int64_t offset = 0;
    std::int64_t value = 0;
    Overflow overflow = Overflow::Wrap;
};

// "i5", "u63". Redis has no u64: its replies are signed.
bool parseType(const QByteArray &text, Operation *operation)
{
    operation->isSigned = text.startsWith('i');
    if (!operation->isSigned && !text.startsWith('u'))
        return false;
    const std::optional<std::int64_t> bits = parseInt64(text.mid(1));
    if (!bits || *bits < 1 || *bits > (operation->isSigned ? 64 : 63))
        return false;
    operation->bits = static_cast<int>(*bits);
    return true;
}

std::uint64_t readField(const QByteArray &bytes, const Operation &operation)
{
    std::uint64_t value = 0;
    for (int i = 0; i < operation.bits; ++i)
        value = value << 1 | (bitAt(bytes, operation.offset + i) ? 1 : 0);
    return value;
}

void writeField(QByteArray &bytes, const Operation &operation, std::uint64_t value)
{
    for (int i = 0; i < operation.bits; ++i) {
        const std::int64_t bit = operation.offset + i;
        const int mask = 0x80 >> (bit & 7);
        const bool set = (value >> (operation.bits - 1 - i) & 1) != 0;
        char &byte = bytes[static_cast<qsizetype>(bit >> 3)];
        byte = static_cast<char>(set ? byte | mask : byte & ~mask);
    }
}

__extension__ using Wide = __int128; // room for any sum of two fields

Wide lowest(const Operation &operation)
{
    return operation.isSigned ? -(Wide(1) << (operation.bits - 1)) : 0;
}
Wide highest(const Operation &operation)
{
    return (Wide(1) << (operation.isSigned ? operation.bits - 1 : operation.bits)) - 1;
}

Wide wrapped(const Operation &operation, Wide value)
{
    const Wide size = Wide(1) << operation.bits;
    value %= size;
    if (value < lowest(operation))
        value += size;
    return value > highest(operation) ? value - size : value;
}

Wide asNumber(const Operation &operation, std::uint64_t raw)
{
    return wrapped(operation, Wide(raw));
}

// What a field becomes, or nothing when it would overflow and must not.
std::optional<Wide> fitted(const Operation &operation, Wide value)
{
    const bool tooLow = value < lowest(operation);
    if (!tooLow && value <= highest(operation))
        return value;
    switch (operation.overflow) {
    case Overflow::Wrap: return wrapped(operation, value);
    case Overflow::Saturate: return tooLow ? lowest(operation) : highest(operation);
    case Overflow::Fail: break;
    }
    return std::nullopt;
}

std::optional<RespValue> parseOperations(const CommandContext &ctx, std::vector<Operation> *operations)
{
    Overflow overflow = Overflow::Wrap;
    for (int i = 2; i < ctx.argc();) {
        const int left = ctx.argc() - i - 1;
        Operation operation;
        if (ctx.is(i, "overflow") && left >= 1) {
            if (ctx.is(i + 1, "wrap"))
                overflow = Overflow::Wrap;
            else if (ctx.is(i + 1, "sat"))
                overflow = Overflow::Saturate;
            else if (ctx.is(i + 1, "fail"))
                overflow = Overflow::Fail;
            else
                return reply::err("Invalid OVERFLOW type specified");
            i += 2;
            continue;
        }
        if (ctx.is(i, "get") && left >= 2)
            operation.kind = Operation::Kind::Get;
        else if (ctx.is(i, "set") && left >= 3)
            operation.kind = Operation::Kind::Set;
        else if (ctx.is(i, "incrby") && left >= 3)
            operation.kind = Operation::Kind::Increment;
        else
            return reply::syntax();
        operation.overflow = overflow;
        if (!parseType(ctx.arg(i + 1), &operation))
            return reply::err("Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.");
        const std::optional<std::int64_t> offset = parseBitOffset(ctx.arg(i + 2), operation.bits);
        if (!offset)
            return badBitOffset();
        operation.offset = *offset;
        i += 3;
        if (operation.kind != Operation::Kind::Get) {
            const std::optional<std::int64_t> value = parseInt64(ctx.arg(i++));
            if (!value)
                return reply::notInteger();
            operation.value = *value;
        }
        operations->push_back(operation);
    }
    return std::nullopt;
}

RespValue run(const Operation &operation, const QByteArray *bytes, QByteArray *writable)
{
    const Wide old = asNumber(operation, bytes ? readField(*bytes, operation) : 0);
    if (operation.kind == Operation::Kind::Get)
        return reply::integer(static_cast<std::int64_t>(old));
    // A negative number in an unsigned field counts as a very large one.
    const Wide given = operation.isSigned || operation.kind == Operation::Kind::Increment ? Wide(operation.value)
                                                                                            : Wide(static_cast<std::uint64_t>(operation.value));
    const std::optional<Wide> next = fitted(operation, operation.kind == Operation::Kind::Set ? given : old + given);
    if (!next)
        return RespValue::null();
    writeField(*writable, operation, static_cast<std::uint64_t>(*next));
    return reply::integer(static_cast<std::int64_t>(operation.kind == Operation::Kind::Set ? old : *next));
}

RespValue bitfieldGeneric(CommandContext &ctx, bool readOnly)
{
    std::vector<Operation> operations;
    if (std::optional<RespValue> error = parseOperations(ctx, &operations))
        return *error;
    std::int64_t lastWritten = -1;
    for (const Operation &operation : operations) {
        if (operation.kind != Operation::Kind::Get)
            lastWritten = std::max(lastWritten, operation.offset + operation.bits - 1);
    }
    if (readOnly && lastWritten >= 0)
        return reply::err("BITFIELD_RO only supports the GET subcommand");
    const QByteArray &key = ctx.arg(1);
    std::vector<RespValue> replies;
    if (lastWritten < 0) {
        const Object *object = ctx.read(key);
        if (object && !object->is<StringObject>())
            return reply::wrongType();
        for (const Operation &operation : operations)
            replies.push_back(run(operation, object ? &object->as<StringObject>().bytes : nullptr, nullptr));
        return RespValue::array(std::move(replies));
    }
    bool changed = false;
    StringObject *string = editBits(ctx, key, lastWritten, &changed);
    if (!string)
        return reply::wrongType();
    for (const Operation &operation : operations) {
        replies.push_back(run(operation, &string->bytes, &string->bytes));
        changed = changed || (operation.kind != Operation::Kind::Get && !replies.back().isNull());
    }
    if (changed)
        ctx.changed(key, '$', "setbit");
    return RespValue::array(std::move(replies));
}
RespValue bitfield(CommandContext &ctx) { return bitfieldGeneric(ctx, false); }
RespValue bitfieldRo(CommandContext &ctx) { return bitfieldGeneric(ctx, true); }

} // namespace

void registerBitfieldCommands(CommandTable &table)
{
    table.add({"bitfield", -2, "write denyoom", 1, 1, 1, "bitmap", "Reads and writes numbers of any width.", bitfield});
    table.add({"bitfield_ro", -2, "readonly fast", 1, 1, 1, "bitmap", "Reads numbers of any width.", bitfieldRo});
}

} // namespace keyloupe
