// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/command_policy.h"

#include "core/source/builtin_commands.h"

namespace keyloupe {
namespace {

Error refused(Errc code, const QByteArray &name, const char *why)
{
    return Error{code, QStringLiteral("%1 %2").arg(QString::fromUtf8(name), QLatin1String(why)), -1, {}};
}

// XREAD waits only when told to.
bool waitsAtServer(const Command &command)
{
    if (isBlocking(command.name()))
        return true;
    if (command.name() != "XREAD" && command.name() != "XREADGROUP")
        return false;
    for (const QByteArray &arg : command.args) {
        if (arg.toUpper() == "BLOCK")
            return true;
        if (arg.toUpper() == "STREAMS")
            return false;
    }
    return false;
}

} // namespace

void CommandPolicy::learn(QHash<QByteArray, LearnedCommand> commands)
{
    const QMutexLocker lock(&m_mutex);
    m_learned = std::move(commands);
}

LearnedCommand CommandPolicy::learned(const QByteArray &name) const
{
    const QMutexLocker lock(&m_mutex);
    return m_learned.value(name);
}

Result<void> CommandPolicy::check(const Command &command, bool confirmed) const
{
    if (command.isEmpty() || command.args.first().isEmpty())
        return Error{Errc::InvalidArgument, QStringLiteral("the command is empty"), -1, {}};
    const QByteArray name = command.fullName();
    const CommandEffect known = builtinEffect(name);
    const LearnedCommand fromServer = known == CommandEffect::Unknown ? learned(name) : LearnedCommand{};
    const CommandEffect effect = known == CommandEffect::Unknown ? fromServer.effect : known;
    if (isReadOnly() && effect != CommandEffect::Read) {
        return refused(Errc::ReadOnly, name, effect == CommandEffect::Unknown ? "is refused: read-only mode lets only known reading commands through"
                                                                              : "is refused in read-only mode");
    }
    if (m_shared) {
        if (effect == CommandEffect::Session)
            return refused(Errc::InvalidArgument, name, "would change the connection that everything shares; Keyloupe does it itself where needed");
        if (waitsAtServer(command) || fromServer.blocking)
            return refused(Errc::InvalidArgument, name, "would wait at the server and hold up everything behind it");
    }
    if (!confirmed && (needsConfirmation(name) || fromServer.effect == CommandEffect::Admin))
        return refused(Errc::InvalidArgument, name, "needs a confirmation: it cannot be undone or it stops the server for others");
    return {};
}

} // namespace keyloupe
