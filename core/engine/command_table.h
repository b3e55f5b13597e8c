// SPDX-License-Identifier: GPL-3.0-or-later
//
// CommandTable: every command the engine knows, with what COMMAND says about it: arity, flags, key positions, group, a line
// of help, subcommands. Filled once by the families (`*_commands.cpp`), read-only afterwards; any thread may read it.
#pragma once

#include "core/rdb/rdb_types.h"
#include "core/resp/value.h"

#include <QByteArray>
#include <QHash>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace keyloupe {

class CommandContext;
class LargeValue;

using CommandHandler = RespValue (*)(CommandContext &);
/// Answers a reading command from the view of a large value, its key being the first argument; nothing where it leaves the
/// request to the ordinary handler.
using LargeHandler = std::optional<RespValue> (*)(CommandContext &, LargeValue &);

struct CommandSpec
{
    const char *name = "";    ///< lower case; of a subcommand without its container
    int arity = 0;            ///< with the name; negative: at least
    const char *flags = "";   ///< as COMMAND gives them, separated by spaces: "write denyoom fast"
    int firstKey = 0;         ///< 0: no keys
    int lastKey = 0;          ///< negative: counted from the end
    int keyStep = 0;
    const char *group = "";   ///< of the documentation: "string", "server" …
    const char *summary = "";
    CommandHandler handler = nullptr; ///< null for a container
    std::vector<CommandSpec> subcommands = {};

    bool hasFlag(const char *flag) const;
    bool isWrite() const { return hasFlag("write"); }
    bool acceptsArgumentCount(qsizetype count) const { return arity >= 0 ? count == arity : count >= -arity; }
    const CommandSpec *subcommand(const QByteArray &name) const;
};

class CommandTable
{
public:
    CommandTable(); ///< with all families registered

    void add(CommandSpec spec);
    /// For large values of this type (nothing: of any) another handler is asked first. In any order with add().
    void addLarge(const char *name, std::optional<ValueType> type, LargeHandler handler) { m_largeByName.push_back({name, {type, handler}}); }

    struct Large
    {
        std::optional<ValueType> type;
        LargeHandler handler = nullptr;
    };
    /// Null for commands that have no such handler.
    const Large *large(const CommandSpec &spec) const;

    /// In any case of letters; null when unknown.
    const CommandSpec *find(const QByteArray &name) const;
    /// The names, sorted.
    QByteArrayList names() const;
    qsizetype count() const { return m_specs.size(); }

private:
    QHash<QByteArray, std::shared_ptr<const CommandSpec>> m_specs;
    std::vector<std::pair<const char *, Large>> m_largeByName;
    QHash<const CommandSpec *, Large> m_large;
};

/// Positions of the keys among the arguments of a command, as COMMAND GETKEYS finds them (numkeys forms included).
std::vector<qsizetype> keyPositions(const CommandSpec &spec, const QByteArrayList &args);

} // namespace keyloupe
