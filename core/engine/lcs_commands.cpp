// SPDX-License-Identifier: GPL-3.0-or-later
//
// LCS: the longest common subsequence of two strings, by a table of the lengths for all their beginnings.
#include "core/engine/command_context.h"

#include <cstddef>

namespace keyloupe {
namespace {

struct LcsOptions
{
    bool length = false;
    bool indexes = false;
    bool withMatchLength = false;
    std::int64_t minMatch = 0;
};

class LengthTable
{
public:
    LengthTable(const QByteArray &a, const QByteArray &b)
        : m_width(static_cast<std::size_t>(b.size()) + 1), m_cells((static_cast<std::size_t>(a.size()) + 1) * m_width, 0)
    {
        for (qsizetype i = 1; i <= a.size(); ++i) {
            for (qsizetype j = 1; j <= b.size(); ++j)
                m_cells[index(i, j)] = a[i - 1] == b[j - 1] ? at(i - 1, j - 1) + 1 : std::max(at(i - 1, j), at(i, j - 1));
        }
    }

    std::uint32_t at(qsizetype i, qsizetype j) const { return m_cells[index(i, j)]; }

private:
    std::size_t index(qsizetype i, qsizetype j) const { return static_cast<std::size_t>(i) * m_width + static_cast<std::size_t>(j); }

    std::size_t m_width;
    std::vector<std::uint32_t> m_cells;
};

std::optional<RespValue> parseLcs(const CommandContext &ctx, LcsOptions *options)
{
    for (int i = 3; i < ctx.argc(); ++i) {
        if (ctx.is(i, "idx")) {
            options->indexes = true;
        } else if (ctx.is(i, "len")) {
            options->length = true;
        } else if (ctx.is(i, "withmatchlen")) {
            options->withMatchLength = true;
        } else if (ctx.is(i, "minmatchlen") && i + 1 < ctx.argc()) {
            const std::optional<std::int64_t> length = parseInt64(ctx.arg(++i));
            if (!length)
                return reply::notInteger();
            options->minMatch = *length;
        } else {
            return reply::syntax();
        }
    }
    if (options->indexes && options->length)
        return reply::err("If you want both the length and indexes, please just use IDX.");
    return std::nullopt;
}

RespValue pair(qsizetype first, qsizetype last)
{
    return RespValue::array({reply::integer(first), reply::integer(last)});
}

// Walks the table back from its end: the common bytes, and the runs of them in both strings, the last first.
QByteArray walkBack(const QByteArray &a, const QByteArray &b, const LengthTable &table, const LcsOptions &options, std::vector<RespValue> *matches)
{
    QByteArray common(static_cast<qsizetype>(table.at(a.size(), b.size())), '\0');
    qsizetype left = common.size();
    qsizetype runLength = 0;
    qsizetype i = a.size();
    qsizetype j = b.size();
    const auto endRun = [&](qsizetype atA, qsizetype atB) {
        if (runLength > 0 && runLength >= options.minMatch) {
            std::vector<RespValue> match{pair(atA, atA + runLength - 1), pair(atB, atB + runLength - 1)};
            if (options.withMatchLength)
                match.push_back(reply::integer(runLength));
            matches->push_back(RespValue::array(std::move(match)));
        }
        runLength = 0;
    };
    while (i > 0 && j > 0) {
        if (a[i - 1] == b[j - 1]) {
            --i;
            --j;
            common[--left] = a[i];
            ++runLength;
            continue;
        }
        endRun(i, j);
        if (table.at(i - 1, j) > table.at(i, j - 1))
            --i;
        else
            --j;
    }
    endRun(i, j);
    return common;
}

RespValue lcs(CommandContext &ctx)
{
    QByteArray strings[2];
    for (int i : {1, 2}) {
        const Object *object = ctx.read(ctx.arg(i));
        if (object && !object->is<StringObject>())
            return reply::err("The specified keys must contain string values");
        strings[i - 1] = object ? object->as<StringObject>().bytes : QByteArray();
    }
    LcsOptions options;
    if (std::optional<RespValue> error = parseLcs(ctx, &options))
        return *error;
    const auto [a, b] = std::pair<const QByteArray &, const QByteArray &>(strings[0], strings[1]);
    const std::int64_t maxCells = ctx.maxString() / 4;
    if (a.size() >= maxCells || b.size() >= maxCells || (a.size() + 1) * (b.size() + 1) > maxCells)
        return reply::err("Insufficient memory, failed allocating transient memory for LCS");
    const LengthTable table(a, b);
    const std::int64_t length = table.at(a.size(), b.size());
    if (options.length)
        return reply::integer(length);
    std::vector<RespValue> matches;
    const QByteArray common = walkBack(a, b, table, options, &matches);
    if (!options.indexes)
        return reply::bulk(common);
    return RespValue::map({reply::bulk("matches"), RespValue::array(std::move(matches)), reply::bulk("len"), reply::integer(length)});
}

} // namespace

void registerLcsCommands(CommandTable &table)
{
    table.add({"lcs", -3, "readonly", 1, 2, 1, "string", "Finds the longest common subsequence.", lcs});
}

} // namespace keyloupe
