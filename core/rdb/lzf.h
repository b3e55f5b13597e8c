// SPDX-License-Identifier: GPL-3.0-or-later
//
// LZF, the compression inside RDB, through liblzf, with the output bounded before a byte is allocated. Pure; any thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <optional>

namespace keyloupe::rdb {

/// How many bytes the stream expands to, without expanding it; nothing if it reads past its own end or refers to bytes
/// before the output's start.
std::optional<std::uint64_t> lzfExpandedSize(QByteArrayView compressed);

/// Expands to exactly `originalSize` bytes; nothing if the stream is damaged or gives another size. Allocates only after
/// the stream has been found to justify the size.
std::optional<QByteArray> lzfExpand(QByteArrayView compressed, std::uint64_t originalSize);

/// Compresses; nothing unless that saves at least four bytes.
std::optional<QByteArray> lzfCompress(QByteArrayView bytes);

} // namespace keyloupe::rdb
