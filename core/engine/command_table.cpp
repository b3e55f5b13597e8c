// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/command_table.h"

#include "core/base/number.h"

#include <algorithm>
#include <cstring>

namespace keyloupe {

void registerAllCommands(CommandTable &); // generated from the file names

bool CommandSpec::hasFlag(const char *flag) const
{
    const std::size_t length = std::strlen(flag);
    for (const char *at = std::strstr(flags, flag); at; at = std::strstr(at + 1, flag)) {
        if ((at == flags || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

const CommandSpec *CommandSpec::subcommand(const QByteArray &wanted) const
{
    const QByteArray lower = wanted.toLower();
    for (const CommandSpec &spec : subcommands) {
        if (lower == spec.name)
            return &spec;
    }
    return nullptr;
}

CommandTable::CommandTable()
{
    registerAllCommands(*this);
    for (const auto &[name, large] : m_largeByName) {
        if (const CommandSpec *spec = find(name))
            m_large.insert(spec, large);
    }
}

const CommandTable::Large *CommandTable::large(const CommandSpec &spec) const
{
    const auto it = m_large.constFind(&spec);
    return it == m_large.constEnd() ? nullptr : &*it;
}

void CommandTable::add(CommandSpec spec)
{
    const QByteArray name(spec.name);
    m_specs.insert(name, std::make_shared<const CommandSpec>(std::move(spec)));
}

const CommandSpec *CommandTable::find(const QByteArray &name) const
{
    auto it = m_specs.constFind(name);
    if (it == m_specs.constEnd())
        it = m_specs.constFind(name.toLower());
    return it == m_specs.constEnd() ? nullptr : it->get();
}

QByteArrayList CommandTable::names() const
{
    QByteArrayList names = m_specs.keys();
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<qsizetype> keyPositions(const CommandSpec &spec, const QByteArrayList &args)
{
    std::vector<qsizetype> positions;
    const QByteArray name(spec.name);
    const auto fromCount = [&](qsizetype at) {
        if (at >= args.size())
            return;
        const std::int64_t count = parseInt64(args[at]).value_or(0);
        for (std::int64_t i = 0; i < count && at + 1 + i < args.size(); ++i)
            positions.push_back(at + 1 + i);
    };
    if (spec.firstKey > 0) {
        const qsizetype last = spec.lastKey < 0 ? args.size() + spec.lastKey : spec.lastKey;
        for (qsizetype i = spec.firstKey; i <= last && i < args.size(); i += std::max(spec.keyStep, 1))
            positions.push_back(i);
    }
    if (name == "zunionstore" || name == "zinterstore" || name == "zdiffstore" || name == "blmpop" || name == "bzmpop") {
        fromCount(2);
    } else if (name == "zunion" || name == "zinter" || name == "zdiff" || name == "zintercard" || name == "sintercard"
               || name == "lmpop" || name == "zmpop") {
        fromCount(1);
    } else if (name == "xread" || name == "xreadgroup") {
        for (qsizetype i = 1; i < args.size(); ++i) {
            if (args[i].toLower() != "streams")
                continue;
            const qsizetype keys = (args.size() - i - 1) / 2;
            for (qsizetype k = 0; k < keys; ++k)
                positions.push_back(i + 1 + k);
            break;
        }
    } else if (name == "sort" || name == "georadius" || name == "georadiusbymember") {
        for (qsizetype i = 2; i + 1 < args.size(); ++i) {
            const QByteArray word = args[i].toLower();
            if (word == "store" || (name != "sort" && word == "storedist"))
                positions.push_back(i + 1);
        }
    }
    return positions;
}

} // namespace keyloupe
