// SPDX-License-Identifier: GPL-3.0-or-later
//
// CRC-64 "Jones" as Redis uses it: polynomial 0xad93d23594c935a9 reflected, init 0, no final xor.
// Check value of "123456789": 0xe9c6d914c4b8d9ca. Pure; any thread.
#pragma once

#include <QByteArrayView>

#include <cstdint>

namespace keyloupe {

/// Continues `crc` (0 at the start) over the bytes.
std::uint64_t crc64(std::uint64_t crc, QByteArrayView bytes);

} // namespace keyloupe
