// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/resp/command.h"

#include "core/base/escape.h"

namespace keyloupe {
namespace {

// Commands whose second word is a subcommand, so that "CLIENT LIST" and "CLIENT KILL" are two commands.
constexpr const char *kContainers[] = {"ACL", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DEBUG", "FUNCTION", "LATENCY", "MEMORY",
                                       "MODULE", "OBJECT", "PUBSUB", "SCRIPT", "SENTINEL", "SLOWLOG", "XGROUP", "XINFO"};

// Marks the arguments that hold secrets.
QList<bool> secretArguments(const Command &command)
{
    QList<bool> secret(command.args.size(), false);
    const QByteArray name = command.name();
    const auto upper = [&](qsizetype i) { return i < command.args.size() ? command.args[i].toUpper() : QByteArray(); };
    const auto markFrom = [&](qsizetype i, qsizetype count) {
        for (qsizetype k = i; k < i + count && k < secret.size(); ++k)
            secret[k] = true;
    };
    if (name == "AUTH") {
        markFrom(command.args.size() > 2 ? 2 : 1, 1);
    } else if (name == "HELLO") {
        for (qsizetype i = 2; i < command.args.size(); ++i) {
            if (upper(i) == "AUTH")
                markFrom(i + 2, 1);
        }
    } else if (name == "MIGRATE") {
        for (qsizetype i = 5; i < command.args.size(); ++i) {
            if (upper(i) == "AUTH")
                markFrom(i + 1, 1);
            else if (upper(i) == "AUTH2")
                markFrom(i + 2, 1);
        }
    } else if (name == "CONFIG" && upper(1) == "SET") {
        for (qsizetype i = 2; i + 1 < command.args.size(); i += 2) {
            const QByteArray setting = upper(i);
            if (setting.contains("PASS") || setting == "MASTERAUTH" || setting == "PRIMARYAUTH")
                markFrom(i + 1, 1);
        }
    } else if (name == "SENTINEL" && (upper(1) == "SET" || upper(1) == "CONFIG")) {
        for (qsizetype i = 2; i + 1 < command.args.size(); ++i) {
            if (upper(i) == "AUTH-PASS" || upper(i) == "SENTINEL-PASS")
                markFrom(i + 1, 1);
        }
    } else if (name == "ACL" && upper(1) == "SETUSER") {
        for (qsizetype i = 3; i < command.args.size(); ++i) {
            const QByteArray &rule = command.args[i];
            if (!rule.isEmpty() && (rule[0] == '>' || rule[0] == '<' || rule[0] == '#' || rule[0] == '!'))
                markFrom(i, 1);
        }
    }
    return secret;
}

} // namespace

QByteArray Command::name() const
{
    return args.isEmpty() ? QByteArray() : args.first().toUpper();
}

QByteArray Command::fullName() const
{
    const QByteArray first = name();
    if (args.size() > 1) {
        for (const char *container : kContainers) {
            if (first == container)
                return first + ' ' + args[1].toUpper();
        }
    }
    return first;
}

Command &Command::operator<<(qint64 number)
{
    args.append(QByteArray::number(number));
    return *this;
}

QByteArray printableCommand(const Command &command, qsizetype maxArgument)
{
    const QList<bool> secret = secretArguments(command);
    QByteArray line;
    for (qsizetype i = 0; i < command.args.size(); ++i) {
        if (i > 0)
            line.append(' ');
        if (secret[i]) {
            line.append("(secret)");
        } else if (command.args[i].size() > maxArgument) {
            line.append(quoteArgument(QByteArrayView(command.args[i]).first(maxArgument)));
            line.append("…(" + QByteArray::number(command.args[i].size()) + " bytes)");
        } else {
            line.append(quoteArgument(command.args[i]));
        }
    }
    return line;
}

} // namespace keyloupe
