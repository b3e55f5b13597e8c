// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/bitmap_support.h"

#include <limits>

namespace keyloupe {

std::optional<std::int64_t> parseBitOffset(const CommandContext &ctx, const QByteArray &text, int fieldBits)
{
    const bool inFields = fieldBits > 0 && text.startsWith('#');
    std::optional<std::int64_t> offset = parseInt64(inFields ? text.mid(1) : text);
    if (!offset || *offset < 0)
        return std::nullopt;
    if (inFields) {
        if (*offset > std::numeric_limits<std::int64_t>::max() / fieldBits)
            return std::nullopt;
        *offset *= fieldBits;
    }
    return (*offset >> 3) < ctx.maxString() ? offset : std::nullopt;
}

RespValue badBitOffset()
{
    return reply::err("bit offset is not an integer or out of range");
}

StringObject *editBits(CommandContext &ctx, const QByteArray &key, std::int64_t lastBit, bool *grew)
{
    const Object *there = ctx.peek(key);
    if (there && !there->is<StringObject>())
        return nullptr;
    StringObject &string = ctx.editOrCreate<StringObject>(key);
    string.edited = true;
    const qsizetype needed = static_cast<qsizetype>(lastBit >> 3) + 1;
    *grew = !there || string.bytes.size() < needed;
    if (string.bytes.size() < needed)
        string.bytes.append(needed - string.bytes.size(), '\0');
    return &string;
}

} // namespace keyloupe
