// SPDX-License-Identifier: GPL-3.0-or-later
//
// Command: the arguments of one request, the first being its name. Bytes; nothing is interpreted or quoted.
#pragma once

#include <QByteArray>
#include <QByteArrayList>

#include <initializer_list>
#include <utility>

namespace keyloupe {

struct Command
{
    QByteArrayList args;

    Command() = default;
    Command(std::initializer_list<QByteArray> list) : args(list) { }
    explicit Command(QByteArrayList list) : args(std::move(list)) { }

    bool isEmpty() const { return args.isEmpty(); }
    QByteArray name() const; ///< upper case
    /// Upper-case name with its subcommand where the command has them: "CLIENT LIST", "GET".
    QByteArray fullName() const;

    Command &operator<<(QByteArray arg)
    {
        args.append(std::move(arg));
        return *this;
    }
    Command &operator<<(qint64 number);

    bool operator==(const Command &) const = default;
};

/// One line as a person would type it into redis-cli, secrets replaced by "(secret)": AUTH, HELLO … AUTH,
/// CONFIG SET requirepass/masterauth, ACL SETUSER, MIGRATE … AUTH. Long arguments are cut to `maxArgument` bytes.
QByteArray printableCommand(const Command &command, qsizetype maxArgument = 256);

} // namespace keyloupe
