// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a file is wrapped in, told by its first bytes. Pure functions; any thread. Nothing is unpacked here.
#pragma once

#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <optional>

namespace keyloupe {

enum class Packing : std::uint8_t { None, Gzip, Zstd, Lz4 };

/// "gzip", "zstd", "lz4"; "none".
const char *packingName(Packing packing);

/// By the magic; zstd and lz4 may have frames to be skipped in front, which need their own length in `head` too.
Packing packingOf(QByteArrayView head);

/// How many bytes the first member says it unpacks to. Only a hint: gzip counts modulo 4 GiB and at its end, for which all
/// of the file is needed; the others may say nothing. A claim that `file` is too short for is none.
std::optional<std::uint64_t> claimedSize(Packing packing, QByteArrayView file);

/// For wrappings that are known but not read here: what it is, and what to do, as the end of a sentence that begins with the
/// file ("is an xz file; unpack it first"). Empty for everything else.
QString knownWrapping(QByteArrayView head);

/// The ending that the packing gave to a file's name, cut off: "dump.rdb.gz" is "dump.rdb". The name itself when it has none.
QString nameWithoutPacking(const QString &name, Packing packing);

} // namespace keyloupe
