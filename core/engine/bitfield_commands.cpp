// SPDX-License-Identifier: GPL-3.0-or-later
//
// BITFIELD: whole numbers of any width inside a string.
#include "core/engine/bitmap_support.h"

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

std::uint64_t mask(int bits)
{
    return bits == 64 ? ~0ull : (1ull << bits) - 1;
}

// The raw bits of a field as the number they stand for, in 64 bits.
std::uint64_t widened(const Operation &operation, std::uint64_t raw)
{
    const bool negative = operation.isSigned && (raw >> (operation.bits - 1) & 1) != 0;
    return negative ? raw | ~mask(operation.bits) : raw & mask(operation.bits);
}

// Whether value + by leaves the field: 1 above, -1 below, 0 it does not. With Redis's own arithmetic, which also decides where
// a number near the lowest of all is set into a small field.
int overflowOf(const Operation &operation, std::uint64_t value, std::int64_t by)
{
    if (!operation.isSigned) {
        const std::uint64_t max = mask(operation.bits);
        if (value > max || (by > 0 && by > static_cast<std::int64_t>(max - value)))
            return 1;
        return by < 0 && by < static_cast<std::int64_t>(0 - value) ? -1 : 0;
    }
    const std::uint64_t max = mask(operation.bits - 1);
    const std::uint64_t min = ~max;
    const auto number = static_cast<std::int64_t>(value);
    const auto room = static_cast<std::int64_t>(max - value);
    const auto depth = static_cast<std::int64_t>(min - value);
    const bool small = operation.bits != 64;
    if (number > static_cast<std::int64_t>(max) || (small && by > room) || (number >= 0 && by > 0 && by > room))
        return 1;
    return number < static_cast<std::int64_t>(min) || (small && by < depth) || (number < 0 && by < 0 && by < depth) ? -1 : 0;
}

// What a field becomes, or nothing when it would overflow and must not.
std::optional<std::uint64_t> fitted(const Operation &operation, std::uint64_t value, std::int64_t by)
{
    const int overflow = overflowOf(operation, value, by);
    const std::uint64_t sum = widened(operation, value + static_cast<std::uint64_t>(by));
    if (overflow == 0 || operation.overflow == Overflow::Wrap)
        return sum;
    if (operation.overflow == Overflow::Fail)
        return std::nullopt;
    const std::uint64_t max = mask(operation.isSigned ? operation.bits - 1 : operation.bits);
    return overflow > 0 ? max : operation.isSigned ? ~max : 0;
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
        const std::optional<std::int64_t> offset = parseBitOffset(ctx, ctx.arg(i + 2), operation.bits);
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

RespValue run(const Operation &operation, const QByteArray *bytes, QByteArray *writable, bool *changed)
{
    const std::uint64_t old = widened(operation, bytes ? readField(*bytes, operation) : 0);
    if (operation.kind == Operation::Kind::Get)
        return reply::integer(static_cast<std::int64_t>(old));
    const bool isSet = operation.kind == Operation::Kind::Set;
    const std::optional<std::uint64_t> next = isSet ? fitted(operation, static_cast<std::uint64_t>(operation.value), 0) : fitted(operation, old, operation.value);
    if (!next)
        return RespValue::null();
    *changed = *changed || *next != old;
    writeField(*writable, operation, *next);
    return reply::integer(static_cast<std::int64_t>(isSet ? old : *next));
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
            replies.push_back(run(operation, object ? &object->as<StringObject>().bytes : nullptr, nullptr, nullptr));
        return RespValue::array(std::move(replies));
    }
    bool changed = false;
    StringObject *string = editBits(ctx, key, lastWritten, &changed);
    if (!string)
        return reply::wrongType();
    for (const Operation &operation : operations)
        replies.push_back(run(operation, &string->bytes, &string->bytes, &changed));
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
