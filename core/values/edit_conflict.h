// SPDX-License-Identifier: GPL-3.0-or-later
//
// EditConflict: why an edit was not made: what is stored is not what the person saw. Carries both versions, so that the
// person can choose. Plain value.
#pragma once

#include "core/base/result.h"

#include <QByteArray>

#include <optional>

namespace keyloupe {

struct EditConflict
{
    enum class Kind : std::uint8_t {
        Changed,  ///< somebody changed what is edited; `now` has it
        Gone,     ///< the key, field, member, entry or element is no longer there
        Type,     ///< the key holds a value of another type; `now` has its name
        Exists,   ///< something is already there under the new name
        Raced,    ///< it was changed in the moment of writing; read again to see
    };
    Kind kind = Kind::Changed;
    std::optional<QByteArray> opened; ///< as the person saw it, where that is bytes
    std::optional<QByteArray> now;    ///< as it is stored
    std::optional<QByteArray> yours;  ///< as the person wants it
};

/// The sentence for the log: "somebody else changed the value in the meantime".
QString describe(const EditConflict &conflict);

} // namespace keyloupe
