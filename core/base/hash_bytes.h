// SPDX-License-Identifier: GPL-3.0-or-later
//
// The hash for tables of names and members: quick on short bytes, and seeded anew for each process, so that no file and no
// server can send names that all collide. Never stored or shown. Pure; any thread.
#pragma once

#include <QByteArrayView>

#include <cstdint>

namespace keyloupe {

/// All 64 bits are good to use. `salt` gives another hash of the same bytes.
std::uint64_t hashBytes(QByteArrayView bytes, std::uint64_t salt = 0);

} // namespace keyloupe
