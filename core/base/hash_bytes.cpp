// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hash_bytes.h"

#include <QRandomGenerator>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace keyloupe {

std::uint64_t hashBytes(QByteArrayView bytes, std::uint64_t salt)
{
    static const std::uint64_t seed = QRandomGenerator::system()->generate64();
    return XXH3_64bits_withSeed(bytes.data(), static_cast<std::size_t>(bytes.size()), seed + salt);
}

} // namespace keyloupe
