// SPDX-License-Identifier: GPL-3.0-or-later
//
// Edit: one change that a person wants, with what they saw when they asked for it. Applying it watches the key, reads what
// is stored, and writes in one transaction only if that is what the person saw; else nothing is written and the conflict is
// the answer. No edit brings back a key that is gone, and none touches a TTL that it was not asked to: values are written
// with KEEPTTL, a hash field's own expiry is set again. Building is pure; applyEdit is called on the Source's thread.
//
// Needs Redis 6.0 or newer for strings (SET … KEEPTTL).
#pragma once

#include "core/resp/command.h"
#include "core/source/source.h"
#include "core/values/edit_conflict.h"
#include "core/values/value_kind.h"

#include <QFuture>

#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace keyloupe {

using StreamFields = std::vector<std::pair<QByteArray, QByteArray>>;

struct SetString
{
    QByteArray before; ///< the whole value, as it was read
    QByteArray after;
};

/// A new field (no `before`) or another value of one.
struct SetHashField
{
    QByteArray field;
    std::optional<QByteArray> before;
    QByteArray after;
    std::int64_t expireAtMs = -1; ///< of the field, as seen; kept
};

struct RemoveHashField
{
    QByteArray field;
    QByteArray before;
};

struct SetListElement
{
    std::int64_t index = 0; ///< from 0
    QByteArray before;
    QByteArray after;
};

struct PushListElement
{
    bool atHead = false;
    QByteArray value;
};

struct RemoveListElement
{
    std::int64_t index = 0;
    QByteArray before;
};

struct AddSetMember
{
    QByteArray member;
};

struct RemoveSetMember
{
    QByteArray member;
};

struct ReplaceSetMember
{
    QByteArray before;
    QByteArray after;
};

/// A new member (no `before`) or another score of one.
struct SetScore
{
    QByteArray member;
    std::optional<double> before;
    double after = 0; ///< not NaN
};

struct RenameScoredMember
{
    QByteArray before;
    QByteArray after;
    double score = 0; ///< as seen; kept
};

struct RemoveScoredMember
{
    QByteArray member;
    double before = 0;
};

struct AddStreamEntry
{
    QByteArray id = QByteArrayLiteral("*");
    StreamFields fields; ///< at least one
};

struct RemoveStreamEntry
{
    QByteArray id;
};

struct SetExpiry
{
    enum class Kind : std::uint8_t { In, At, Never };
    Kind kind = Kind::Never;
    std::int64_t ms = 0; ///< In: from now on by the server's clock, above 0; At: since the epoch
};

struct RenameKey
{
    QByteArray to;
};

struct DeleteKey
{
};

/// A key that is not there yet, with its first element. `fields` for a stream, `value` for all others, `name` for hashes
/// (the field), `score` for sorted sets (whose member is `value`).
struct CreateKey
{
    ValueKind kind = ValueKind::String;
    QByteArray name;
    QByteArray value;
    double score = 0;
    StreamFields fields;
    std::int64_t ttlMs = -1; ///< from now on, -1 none
};

using EditChange = std::variant<SetString, SetHashField, RemoveHashField, SetListElement, PushListElement, RemoveListElement, AddSetMember, RemoveSetMember,
                                ReplaceSetMember, SetScore, RenameScoredMember, RemoveScoredMember, AddStreamEntry, RemoveStreamEntry, SetExpiry, RenameKey,
                                DeleteKey, CreateKey>;

struct Edit
{
    int db = 0;
    QByteArray key;
    ValueKind kind = ValueKind::String; ///< as seen; Other and module types only for expiry, rename, delete
    QByteArray typeName = {};           ///< as TYPE said, where kind is Other
    EditChange change;
};

struct EditOutcome
{
    std::optional<EditConflict> conflict; ///< nothing was written
    std::vector<RespValue> replies;       ///< of the writes
    bool isDone() const { return !conflict.has_value(); }
};

/// Whether the edit makes sense at all: NaN scores, past expiries, empty stream entries, names that are the same.
Result<void> validate(const Edit &edit, std::int64_t nowMs);

/// What would be written, for showing it before it is.
std::vector<Command> commandsOf(const Edit &edit);

/// The guarded write; its check fills `conflict` on the I/O thread before it answers Errc::Conflict.
GuardedWrite guardedWriteOf(const Edit &edit, std::shared_ptr<std::optional<EditConflict>> conflict);

/// Makes it. A conflict is an outcome; everything else that went wrong is an Error.
QFuture<Result<EditOutcome>> applyEdit(Source &source, const Edit &edit, ExecOptions options = {});

} // namespace keyloupe
