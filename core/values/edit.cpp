// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/edit.h"

#include "core/async/on_ready.h"
#include "core/base/clock.h"
#include "core/base/number.h"

#include <QUuid>

#include <cmath>

namespace keyloupe {
namespace {

using Replies = std::vector<RespValue>;
using Conflict = EditConflict;

template <typename... Visitors>
struct Overloaded : Visitors...
{
    using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

// What one kind of change reads to see whether it may go on, and what it writes then.
struct Plan
{
    std::vector<Command> reads;  ///< behind the TYPE that every edit begins with
    std::function<std::optional<Conflict>(const Replies &)> check; ///< of those reads; null: nothing more to see
    std::vector<Command> writes;
    QByteArrayList alsoWatch;
};

Conflict conflictOf(Conflict::Kind kind, std::optional<QByteArray> opened = {}, std::optional<QByteArray> now = {}, std::optional<QByteArray> yours = {})
{
    return Conflict{kind, std::move(opened), std::move(now), std::move(yours)};
}

// The stored bytes must be the ones that the person saw.
std::optional<Conflict> sameBytes(const RespValue &reply, const QByteArray &before, std::optional<QByteArray> yours)
{
    if (!reply.isText())
        return conflictOf(Conflict::Kind::Gone, before, std::nullopt, std::move(yours));
    if (reply.bytes != before)
        return conflictOf(Conflict::Kind::Changed, before, reply.bytes, std::move(yours));
    return std::nullopt;
}

std::optional<Conflict> sameScore(const RespValue &reply, double before, std::optional<QByteArray> yours)
{
    if (reply.isNull())
        return conflictOf(Conflict::Kind::Gone, formatDouble(before), std::nullopt, std::move(yours));
    const double now = reply.toDouble();
    if (now != before)
        return conflictOf(Conflict::Kind::Changed, formatDouble(before), formatDouble(now), std::move(yours));
    return std::nullopt;
}

std::optional<Conflict> mustBeNew(bool there, const QByteArray &yours)
{
    return there ? std::optional<Conflict>(conflictOf(Conflict::Kind::Exists, std::nullopt, yours, yours)) : std::nullopt;
}

QByteArray numbered(std::int64_t value)
{
    return QByteArray::number(qint64(value));
}

Plan planOf(const QByteArray &key, const SetString &change)
{
    return {{Command{"GET", key}},
            [change](const Replies &replies) { return sameBytes(replies[0], change.before, change.after); },
            {Command{"SET", key, change.after, "XX", "KEEPTTL"}},
            {}};
}

Plan planOf(const QByteArray &key, const SetHashField &change)
{
    Plan plan{{Command{"HGET", key, change.field}}, nullptr, {Command{"HSET", key, change.field, change.after}}, {}};
    if (!change.before) {
        plan.check = [change](const Replies &replies) -> std::optional<Conflict> {
            if (!replies[0].isText())
                return std::nullopt;
            return conflictOf(Conflict::Kind::Exists, std::nullopt, replies[0].bytes, change.after);
        };
        return plan;
    }
    if (change.expireAtMs < 0) {
        plan.check = [change](const Replies &replies) { return sameBytes(replies[0], *change.before, change.after); };
        return plan;
    }
    // HSET drops the expiry of a field: it is set again in the same transaction.
    const QByteArray when = numbered(change.expireAtMs);
    plan.reads.push_back(Command{"HPEXPIRETIME", key, "FIELDS", "1", change.field});
    plan.writes.push_back(Command{"HPEXPIREAT", key, when, "FIELDS", "1", change.field});
    plan.check = [change](const Replies &replies) {
        std::optional<Conflict> conflict = sameBytes(replies[0], *change.before, change.after);
        if (!conflict && (replies[1].items.size() != 1 || replies[1].items[0].toInteger() != change.expireAtMs))
            conflict = conflictOf(Conflict::Kind::Changed, *change.before, replies[0].bytes, change.after);
        return conflict;
    };
    return plan;
}

Plan planOf(const QByteArray &key, const RemoveHashField &change)
{
    return {{Command{"HGET", key, change.field}},
            [change](const Replies &replies) { return sameBytes(replies[0], change.before, std::nullopt); },
            {Command{"HDEL", key, change.field}},
            {}};
}

Plan planOf(const QByteArray &key, const SetListElement &change)
{
    return {{Command{"LINDEX", key, numbered(change.index)}},
            [change](const Replies &replies) { return sameBytes(replies[0], change.before, change.after); },
            {Command{"LSET", key, numbered(change.index), change.after}},
            {}};
}

Plan planOf(const QByteArray &key, const PushListElement &change)
{
    return {{}, nullptr, {Command{change.atHead ? "LPUSH" : "RPUSH", key, change.value}}, {}};
}

// No command removes by index: the element becomes a mark that nobody else can hold, and the mark goes, in one transaction.
Plan planOf(const QByteArray &key, const RemoveListElement &change)
{
    const QByteArray mark = "keyloupe-removed-" + QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    return {{Command{"LINDEX", key, numbered(change.index)}},
            [change](const Replies &replies) { return sameBytes(replies[0], change.before, std::nullopt); },
            {Command{"LSET", key, numbered(change.index), mark}, Command{"LREM", key, "1", mark}},
            {}};
}

Plan planOf(const QByteArray &key, const AddSetMember &change)
{
    return {{Command{"SISMEMBER", key, change.member}},
            [change](const Replies &replies) { return mustBeNew(replies[0].toInteger() != 0, change.member); },
            {Command{"SADD", key, change.member}},
            {}};
}

Plan planOf(const QByteArray &key, const RemoveSetMember &change)
{
    return {{Command{"SISMEMBER", key, change.member}},
            [change](const Replies &replies) {
                return replies[0].toInteger() != 0 ? std::nullopt : std::optional<Conflict>(conflictOf(Conflict::Kind::Gone, change.member));
            },
            {Command{"SREM", key, change.member}},
            {}};
}

// Added before the old one goes: a set must not be empty in between, or its key would go with its TTL.
Plan planOf(const QByteArray &key, const ReplaceSetMember &change)
{
    return {{Command{"SISMEMBER", key, change.before}, Command{"SISMEMBER", key, change.after}},
            [change](const Replies &replies) {
                if (replies[0].toInteger() == 0)
                    return std::optional<Conflict>(conflictOf(Conflict::Kind::Gone, change.before, std::nullopt, change.after));
                return mustBeNew(replies[1].toInteger() != 0, change.after);
            },
            {Command{"SADD", key, change.after}, Command{"SREM", key, change.before}},
            {}};
}

Plan planOf(const QByteArray &key, const SetScore &change)
{
    const QByteArray after = formatDouble(change.after);
    return {{Command{"ZSCORE", key, change.member}},
            [change, after](const Replies &replies) {
                if (change.before)
                    return sameScore(replies[0], *change.before, after);
                return replies[0].isNull() ? std::nullopt
                                           : std::optional<Conflict>(conflictOf(Conflict::Kind::Exists, std::nullopt, formatDouble(replies[0].toDouble()), after));
            },
            {Command{"ZADD", key, after, change.member}},
            {}};
}

Plan planOf(const QByteArray &key, const RenameScoredMember &change)
{
    return {{Command{"ZSCORE", key, change.before}, Command{"ZSCORE", key, change.after}},
            [change](const Replies &replies) {
                std::optional<Conflict> conflict = sameScore(replies[0], change.score, change.after);
                return conflict ? conflict : mustBeNew(!replies[1].isNull(), change.after);
            },
            {Command{"ZADD", key, formatDouble(change.score), change.after}, Command{"ZREM", key, change.before}},
            {}};
}

Plan planOf(const QByteArray &key, const RemoveScoredMember &change)
{
    return {{Command{"ZSCORE", key, change.member}},
            [change](const Replies &replies) { return sameScore(replies[0], change.before, std::nullopt); },
            {Command{"ZREM", key, change.member}},
            {}};
}

Command addEntry(const QByteArray &key, const QByteArray &id, const StreamFields &fields)
{
    Command add{"XADD", key, id};
    for (const auto &[name, value] : fields)
        add << name << value;
    return add;
}

Plan planOf(const QByteArray &key, const AddStreamEntry &change)
{
    return {{}, nullptr, {addEntry(key, change.id, change.fields)}, {}};
}

Plan planOf(const QByteArray &key, const RemoveStreamEntry &change)
{
    return {{Command{"XRANGE", key, change.id, change.id}},
            [change](const Replies &replies) {
                return !replies[0].items.empty() ? std::nullopt : std::optional<Conflict>(conflictOf(Conflict::Kind::Gone, change.id));
            },
            {Command{"XDEL", key, change.id}},
            {}};
}

Plan planOf(const QByteArray &key, const SetExpiry &change)
{
    switch (change.kind) {
    case SetExpiry::Kind::In:
        return {{}, nullptr, {Command{"PEXPIRE", key, numbered(change.ms)}}, {}};
    case SetExpiry::Kind::At:
        return {{}, nullptr, {Command{"PEXPIREAT", key, numbered(change.ms)}}, {}};
    case SetExpiry::Kind::Never:
        break;
    }
    return {{}, nullptr, {Command{"PERSIST", key}}, {}};
}

Plan planOf(const QByteArray &key, const RenameKey &change)
{
    return {{Command{"EXISTS", change.to}},
            [change](const Replies &replies) { return mustBeNew(replies[0].toInteger() != 0, change.to); },
            {Command{"RENAMENX", key, change.to}},
            {change.to}};
}

Plan planOf(const QByteArray &key, const DeleteKey &)
{
    return {{}, nullptr, {Command{"UNLINK", key}}, {}};
}

Plan planOf(const QByteArray &key, const CreateKey &change)
{
    Plan plan;
    switch (change.kind) {
    case ValueKind::List:
        plan.writes = {Command{"RPUSH", key, change.value}};
        break;
    case ValueKind::Set:
        plan.writes = {Command{"SADD", key, change.value}};
        break;
    case ValueKind::SortedSet:
        plan.writes = {Command{"ZADD", key, formatDouble(change.score), change.value}};
        break;
    case ValueKind::Hash:
        plan.writes = {Command{"HSET", key, change.name, change.value}};
        break;
    case ValueKind::Stream:
        plan.writes = {addEntry(key, "*", change.fields)};
        break;
    default:
        plan.writes = {Command{"SET", key, change.value, "NX"}};
        break;
    }
    if (change.ttlMs > 0)
        plan.writes.push_back(Command{"PEXPIRE", key, numbered(change.ttlMs)});
    return plan;
}

Plan planOf(const Edit &edit)
{
    return std::visit([&](const auto &change) { return planOf(edit.key, change); }, edit.change);
}

Error refused(const QString &why)
{
    return Error{Errc::InvalidArgument, why, -1, {}};
}

} // namespace

QString describe(const EditConflict &conflict)
{
    switch (conflict.kind) {
    case EditConflict::Kind::Changed:
        return QStringLiteral("somebody else changed it in the meantime");
    case EditConflict::Kind::Gone:
        return QStringLiteral("it is no longer there: it was deleted or has expired");
    case EditConflict::Kind::Type:
        return QStringLiteral("the key now holds a value of type %1").arg(QString::fromLatin1(conflict.now.value_or(QByteArray())));
    case EditConflict::Kind::Exists:
        return QStringLiteral("there is already one with this name");
    case EditConflict::Kind::Raced:
        break;
    }
    return QStringLiteral("somebody else wrote to the key at the same moment");
}

Result<void> validate(const Edit &edit, std::int64_t nowMs)
{
    const auto visitor = Overloaded{
            [](const SetScore &c) -> Result<void> {
                return std::isnan(c.after) ? Result<void>(refused(QStringLiteral("a score must be a number"))) : Result<void>();
            },
            [](const AddStreamEntry &c) -> Result<void> {
                return c.fields.empty() ? Result<void>(refused(QStringLiteral("a stream entry needs at least one field"))) : Result<void>();
            },
            [nowMs](const SetExpiry &c) -> Result<void> {
                const bool past = (c.kind == SetExpiry::Kind::In && c.ms <= 0) || (c.kind == SetExpiry::Kind::At && c.ms <= nowMs);
                return past ? Result<void>(refused(QStringLiteral("a time to live in the past would delete the key"))) : Result<void>();
            },
            [&edit](const RenameKey &c) -> Result<void> {
                return c.to == edit.key ? Result<void>(refused(QStringLiteral("the new name is the old one"))) : Result<void>();
            },
            [](const ReplaceSetMember &c) -> Result<void> {
                return c.before == c.after ? Result<void>(refused(QStringLiteral("the new member is the old one"))) : Result<void>();
            },
            [](const RenameScoredMember &c) -> Result<void> {
                return c.before == c.after ? Result<void>(refused(QStringLiteral("the new member is the old one"))) : Result<void>();
            },
            [](const CreateKey &c) -> Result<void> {
                if (c.kind == ValueKind::None || c.kind == ValueKind::Other)
                    return refused(QStringLiteral("a key of this type cannot be created here"));
                if (c.kind == ValueKind::Stream && c.fields.empty())
                    return refused(QStringLiteral("a stream entry needs at least one field"));
                if (std::isnan(c.score))
                    return refused(QStringLiteral("a score must be a number"));
                return {};
            },
            [](const auto &) -> Result<void> { return {}; },
    };
    return std::visit(visitor, edit.change);
}

std::vector<Command> commandsOf(const Edit &edit)
{
    return planOf(edit).writes;
}

GuardedWrite guardedWriteOf(const Edit &edit, std::shared_ptr<std::optional<EditConflict>> conflict)
{
    Plan plan = planOf(edit);
    GuardedWrite write;
    write.watch = QByteArrayList{edit.key} + plan.alsoWatch;
    write.reads = {Command{"TYPE", edit.key}};
    write.reads.insert(write.reads.end(), plan.reads.begin(), plan.reads.end());
    write.writes = std::move(plan.writes);
    const bool creates = std::holds_alternative<CreateKey>(edit.change);
    const QByteArray expected = creates ? QByteArray("none") : edit.kind == ValueKind::Other ? edit.typeName : typeNameOf(edit.kind);
    write.check = [conflict, expected, creates, check = std::move(plan.check)](const Replies &replies) -> Result<void> {
        const auto found = [&conflict](EditConflict what) {
            const QString words = describe(what);
            *conflict = std::move(what);
            return Error{Errc::Conflict, words, -1, {}};
        };
        if (replies[0].isError())
            return errorFromReply(replies[0]);
        const QByteArray &type = replies[0].bytes;
        if (type != expected) {
            const EditConflict::Kind kind = creates ? EditConflict::Kind::Exists : type == "none" ? EditConflict::Kind::Gone : EditConflict::Kind::Type;
            return found(conflictOf(kind, std::nullopt, type));
        }
        for (const RespValue &reply : replies) {
            if (reply.isError())
                return errorFromReply(reply);
        }
        if (!check)
            return {};
        if (std::optional<EditConflict> seen = check(Replies(replies.begin() + 1, replies.end())))
            return found(std::move(*seen));
        return {};
    };
    return write;
}

QFuture<Result<EditOutcome>> applyEdit(Source &source, const Edit &edit, ExecOptions options)
{
    const FileActions *file = source.fileActions();
    if (Result<void> sound = validate(edit, file ? file->nowMs() : systemNowMs()); !sound.ok())
        return readyFuture<EditOutcome>(sound.error());
    options.db = edit.db;
    const auto conflict = std::make_shared<std::optional<EditConflict>>();
    const auto promise = makePromise<EditOutcome>();
    onReady(source.executeGuarded(guardedWriteOf(edit, conflict), options), &source, [promise, conflict](Result<Replies> replies) {
        EditOutcome outcome;
        if (replies.ok()) {
            outcome.replies = std::move(*replies);
        } else if (replies.error().code == Errc::Conflict) {
            outcome.conflict = conflict->value_or(conflictOf(EditConflict::Kind::Raced));
        } else {
            return fulfil<EditOutcome>(promise, replies.error());
        }
        fulfil<EditOutcome>(promise, std::move(outcome));
    });
    return promise->future();
}

} // namespace keyloupe
