// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/value_kind.h"

#include <algorithm>
#include <array>
#include <utility>

namespace keyloupe {
namespace {

constexpr std::array<std::pair<const char *, ValueKind>, 7> kNames{{{"none", ValueKind::None},
                                                                     {"string", ValueKind::String},
                                                                     {"list", ValueKind::List},
                                                                     {"set", ValueKind::Set},
                                                                     {"zset", ValueKind::SortedSet},
                                                                     {"hash", ValueKind::Hash},
                                                                     {"stream", ValueKind::Stream}}};

} // namespace

ValueKind valueKindOf(const QByteArray &typeName)
{
    const auto *found = std::find_if(kNames.begin(), kNames.end(), [&](const auto &row) { return typeName == row.first; });
    return found == kNames.end() ? ValueKind::Other : found->second;
}

QByteArray typeNameOf(ValueKind kind)
{
    const auto *found = std::find_if(kNames.begin(), kNames.end(), [&](const auto &row) { return kind == row.second; });
    return found == kNames.end() ? QByteArray() : QByteArray(found->first);
}

bool isCollection(ValueKind kind)
{
    return kind != ValueKind::None && kind != ValueKind::String && kind != ValueKind::Other;
}

} // namespace keyloupe
