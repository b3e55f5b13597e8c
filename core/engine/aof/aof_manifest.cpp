// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/aof/aof_manifest.h"

#include "core/base/escape.h"
#include "core/base/number.h"

namespace keyloupe {
namespace {

constexpr qsizetype kMaxLine = 1023; // with its line feed; a server's buffer

struct ParsedLine
{
    AofManifestEntry entry;
    char type = '\0';
};

// The folder itself and the one above are not files, but must not even be tried.
bool isPlainName(const QByteArray &name)
{
    return !name.isEmpty() && name != "." && name != ".." && !name.contains('/') && !name.contains('\\') && !name.contains('\0');
}

Result<ParsedLine> parseLine(QByteArrayView line, int number)
{
    const auto refuse = [&](const QString &why) {
        return Error{Errc::Corrupt, QStringLiteral("line %1 of the manifest: %2").arg(number).arg(why), -1, {}};
    };
    Result<QByteArrayList> split = splitCommandLine(line);
    if (!split.ok())
        return refuse(QStringLiteral("its quotes are not balanced"));
    const QByteArrayList &words = *split;
    if (words.size() < 6 || words.size() % 2 != 0)
        return refuse(QStringLiteral("it is not made of \"file\", \"seq\" and \"type\" with their values"));
    ParsedLine parsed;
    parsed.entry.line = number;
    for (qsizetype i = 0; i < words.size(); i += 2) {
        const QByteArray name = words[i].toLower();
        const QByteArray &value = words[i + 1];
        if (name == "file") {
            if (!isPlainName(value))
                return refuse(QStringLiteral("%1 is not the name of a file in the same folder").arg(QString::fromUtf8(quoteBytes(value))));
            parsed.entry.name = value;
        } else if (name == "seq") {
            const std::optional<std::int64_t> sequence = parseInt64(value);
            if (!sequence || *sequence < 1)
                return refuse(QStringLiteral("its sequence number is not a number from 1 on"));
            parsed.entry.sequence = *sequence;
        } else if (name == "type") {
            parsed.type = value.isEmpty() ? '\0' : value[0];
        } // others are from newer servers and say nothing about the keys
    }
    if (parsed.entry.name.isEmpty() || parsed.entry.sequence == 0 || parsed.type == '\0')
        return refuse(QStringLiteral("the file's name, its sequence number or its type is missing"));
    return parsed;
}

} // namespace

Result<AofManifest> parseAofManifest(QByteArrayView text)
{
    AofManifest manifest;
    std::int64_t highest = 0;
    int number = 0;
    qsizetype at = 0;
    const auto refuse = [&](const QString &why) {
        return Error{Errc::Corrupt, QStringLiteral("line %1 of the manifest: %2").arg(number).arg(why), at, {}};
    };
    while (at < text.size()) {
        ++number;
        const QByteArrayView rest = text.sliced(at);
        const qsizetype newline = rest.first(std::min(rest.size(), kMaxLine)).indexOf('\n');
        if (newline < 0)
            return refuse(rest.size() >= kMaxLine ? QStringLiteral("it is too long") : QStringLiteral("it does not end; the file was cut"));
        const QByteArrayView line = rest.first(newline).trimmed();
        if (!rest.startsWith('#')) {
            Result<ParsedLine> parsed = parseLine(line, number);
            if (!parsed.ok()) {
                Error error = parsed.error();
                error.offset = at;
                return error;
            }
            AofManifestEntry &entry = parsed->entry;
            switch (parsed->type) {
            case 'b':
                if (manifest.base)
                    return refuse(QStringLiteral("a second base file"));
                manifest.base = std::move(entry);
                break;
            case 'h':
                manifest.history.push_back(std::move(entry));
                break;
            case 'i':
                if (entry.sequence <= highest)
                    return refuse(QStringLiteral("sequence numbers do not rise"));
                highest = entry.sequence;
                manifest.increments.push_back(std::move(entry));
                break;
            default:
                return refuse(QStringLiteral("an unknown type of file"));
            }
        }
        at += newline + 1;
    }
    if (number == 0)
        return Error{Errc::Corrupt, QStringLiteral("the manifest is empty"), -1, {}};
    return manifest;
}

} // namespace keyloupe
