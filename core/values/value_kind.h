// SPDX-License-Identifier: GPL-3.0-or-later
//
// ValueKind: the types of values that Keyloupe opens itself. Pure; any thread.
#pragma once

#include <QByteArray>

#include <cstdint>

namespace keyloupe {

enum class ValueKind : std::uint8_t {
    None,      ///< there is no such key
    String,
    List,
    Set,
    SortedSet,
    Hash,
    Stream,
    Other,     ///< a module's type
};

/// From the answer of TYPE: "string", "list", "set", "zset", "hash", "stream", "none"; all else is Other.
ValueKind valueKindOf(const QByteArray &typeName);
/// The answer of TYPE for a kind; empty for Other.
QByteArray typeNameOf(ValueKind kind);
/// Made of elements that are paged: everything but strings, module values and nothing.
bool isCollection(ValueKind kind);

} // namespace keyloupe
