// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the bit commands share: offsets, reading a bit, and making a string long enough to write one. Engine's thread.
// An offset is refused before any memory is taken: a string never grows beyond what a server allows.
#pragma once

#include "core/engine/command_context.h"

namespace keyloupe {

/// A bit offset; "#n" counts in fields of `fieldBits` where that is not 0. Nothing for what is none or too large.
std::optional<std::int64_t> parseBitOffset(const CommandContext &ctx, const QByteArray &text, int fieldBits);
RespValue badBitOffset();

inline bool bitAt(const QByteArray &bytes, std::int64_t bit)
{
    const qsizetype at = static_cast<qsizetype>(bit >> 3);
    return at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & (0x80 >> (bit & 7))) != 0;
}

/// The string for writing, with that bit inside; made where there is no key. Null for another type.
StringObject *editBits(CommandContext &ctx, const QByteArray &key, std::int64_t lastBit, bool *grew);

} // namespace keyloupe
