// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/server_commands.h"

#include <algorithm>

namespace keyloupe {
namespace {

constexpr qsizetype kMaxLearned = 4096;

bool has(const std::vector<RespValue> &flags, const char *wanted)
{
    return std::any_of(flags.begin(), flags.end(), [wanted](const RespValue &flag) { return flag.bytes == wanted; });
}

// A command without "readonly" may change something, whatever else it is said to be.
CommandEffect effectOf(const std::vector<RespValue> &flags)
{
    if (has(flags, "admin"))
        return CommandEffect::Admin;
    if (has(flags, "write"))
        return CommandEffect::Write;
    return has(flags, "readonly") ? CommandEffect::Read : CommandEffect::Unknown;
}

} // namespace

QHash<QByteArray, LearnedCommand> learnCommands(const RespValue &commandReply)
{
    QHash<QByteArray, LearnedCommand> learned;
    for (const RespValue &row : commandReply.items) {
        if (learned.size() >= kMaxLearned)
            break;
        if (row.items.size() < 3 || !row.items[0].isText() || !row.items[2].isAggregate())
            continue;
        const QByteArray name = row.items[0].bytes.toUpper();
        const LearnedCommand command{effectOf(row.items[2].items), has(row.items[2].items, "blocking")};
        // A container's flags say nothing of its subcommands.
        const bool isContainer = row.items.size() > 9 && !row.items[9].items.empty();
        if (!isContainer && command.effect != CommandEffect::Unknown && builtinEffect(name) == CommandEffect::Unknown)
            learned.insert(name, command);
    }
    return learned;
}

} // namespace keyloupe
