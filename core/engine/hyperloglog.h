// SPDX-License-Identifier: GPL-3.0-or-later
//
// HyperLogLog: the layout that Redis keeps in a string: 16 bytes of header, then 16384 registers of 6 bits, either dense
// (packed) or sparse (runs). What add() and merge() leave is byte for byte what a server leaves. Pure; any thread.
// Bytes from a file are not trusted: every walk is bounded, and runs that do not cover all registers are an error.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <cstdint>
#include <optional>

namespace keyloupe::hll {

inline constexpr int kRegisters = 16384;
using Registers = std::array<std::uint8_t, kRegisters>;

QByteArray make();                   ///< an empty one, sparse
bool isHyperLogLog(const QByteArray &bytes);
bool isDense(const QByteArray &bytes);

enum class Added { No, Yes, Corrupt };
Added add(QByteArray &bytes, QByteArrayView element);
Added setRegister(QByteArray &bytes, int index, std::uint8_t count); ///< raised to `count` when below
bool toDense(QByteArray &bytes);     ///< false when corrupt

void forgetCount(QByteArray &bytes);                            ///< the cached cardinality is stale
std::optional<std::uint64_t> cachedCount(const QByteArray &bytes);
void cacheCount(QByteArray &bytes, std::uint64_t count);
std::optional<std::uint64_t> count(const QByteArray &bytes);    ///< nothing when corrupt
std::uint64_t count(const Registers &registers);
bool merge(Registers &into, const QByteArray &bytes);           ///< the larger of each; false when corrupt

} // namespace keyloupe::hll
