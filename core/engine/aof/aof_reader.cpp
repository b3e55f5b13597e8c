// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/aof/aof_reader.h"

#include "core/base/number.h"

#include <algorithm>
#include <limits>

namespace keyloupe {
namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

// Digits only: where a server is lenient (atoi), what it then reads is nonsense.
bool parseCount(QByteArrayView digits, std::int64_t *number)
{
    constexpr qsizetype kMaxDigits = 18; // no file is as long as what has more
    if (digits.isEmpty() || digits.size() > kMaxDigits || !std::all_of(digits.begin(), digits.end(), isDigit))
        return false;
    *number = 0;
    for (const char c : digits)
        *number = *number * 10 + (c - '0');
    return true;
}

} // namespace

bool AofCommand::is(const char *upperCaseName) const
{
    return !args.empty() && args[0].compare(upperCaseName, Qt::CaseInsensitive) == 0;
}

bool AofReader::stop(AofEnd::Kind kind, const char *reason)
{
    m_isDone = true;
    // What a transaction holds is run by its EXEC, so without one it is lost from its MULTI on.
    const bool isOpen = m_transaction >= 0;
    if (isOpen && kind != AofEnd::Kind::BadFormat) {
        kind = AofEnd::Kind::OpenTransaction;
        reason = "the file ends inside a transaction";
    }
    m_end.kind = kind;
    m_end.reason = reason;
    m_end.offset = isOpen ? m_transaction : m_lastEnd;
    return false;
}

bool AofReader::stopBad(const char *reason, std::int64_t at)
{
    m_end.badAt = at;
    const QByteArrayView rest = m_bytes.sliced(at);
    if (std::all_of(rest.begin(), rest.end(), [](char c) { return c == '\0'; }))
        reason = "nothing but zero bytes follows, as a power failure leaves them";
    return stop(AofEnd::Kind::BadFormat, reason);
}

AofReader::Line AofReader::takeLine(QByteArrayView *line)
{
    const QByteArrayView rest = m_bytes.sliced(m_at);
    const QByteArrayView window = rest.first(std::min<qsizetype>(rest.size(), kMaxLine));
    const qsizetype newline = window.indexOf('\n');
    if (newline < 0)
        return rest.size() < kMaxLine ? Line::Broken : Line::TooLong;
    *line = window.first(newline > 0 && window[newline - 1] == '\r' ? newline - 1 : newline);
    m_at += newline + 1;
    return Line::Whole;
}

void AofReader::annotate(QByteArrayView line)
{
    std::int64_t seconds = 0;
    if (line.startsWith("#TS:") && parseCount(line.sliced(4), &seconds) && seconds <= std::numeric_limits<std::int64_t>::max() / 1000)
        m_timestampMs = seconds * 1000;
}

// "*3" or "$5".
bool AofReader::readHeader(char mark, const char *missing, std::int64_t *number)
{
    const std::int64_t start = m_at;
    if (start == m_bytes.size())
        return stop(AofEnd::Kind::Truncated, "the file ends inside a command");
    if (m_bytes[start] != mark)
        return stopBad(missing, start);
    QByteArrayView line;
    switch (takeLine(&line)) {
    case Line::Broken:
        return stop(AofEnd::Kind::Truncated, "the file ends inside a command");
    case Line::TooLong:
        return stopBad("a line does not end", start);
    case Line::Whole:
        break;
    }
    return parseCount(line.sliced(1), number) || stopBad("a length is not a number", start);
}

bool AofReader::readArgument(AofCommand *command)
{
    std::int64_t length = 0;
    if (!readHeader('$', "an argument's length is missing", &length))
        return false;
    constexpr std::int64_t kLineEnd = 2; // any two bytes for a server, which reads over them
    if (m_bytes.size() - m_at < kLineEnd || length > m_bytes.size() - m_at - kLineEnd)
        return stop(AofEnd::Kind::Truncated, "the file ends inside a command");
    command->args.push_back(m_bytes.sliced(m_at, length));
    m_at += length + kLineEnd;
    return true;
}

bool AofReader::next(AofCommand *command)
{
    if (m_isDone)
        return false;
    for (;;) {
        if (m_at == m_bytes.size())
            return stop(AofEnd::Kind::Whole, "");
        if (m_bytes[m_at] != '#')
            break;
        QByteArrayView line;
        const std::int64_t start = m_at;
        const Line taken = takeLine(&line);
        if (taken == Line::TooLong)
            return stopBad("an annotation is longer than a server reads", start);
        if (taken == Line::Broken) { // nothing of worth is lost, and a server takes the file as whole
            m_at = m_bytes.size();
            return stop(AofEnd::Kind::Whole, "");
        }
        annotate(line);
    }

    command->args.clear();
    command->offset = m_at;
    command->timestampMs = m_timestampMs;
    std::int64_t count = 0;
    if (!readHeader('*', "what follows is not a command", &count))
        return false;
    if (count < 1 || count > std::numeric_limits<int>::max())
        return stopBad("a command has an impossible number of arguments", command->offset);
    for (std::int64_t i = 0; i < count; ++i) {
        if (!readArgument(command))
            return false;
    }
    command->end = m_at;
    m_lastEnd = m_at;
    if (m_transaction < 0 && command->is("MULTI"))
        m_transaction = command->offset;
    else if (command->is("EXEC"))
        m_transaction = -1;
    return true;
}

bool looksLikeAof(QByteArrayView head)
{
    if (head.startsWith("#TS:"))
        return true;
    return head.size() > 1 && head[0] == '*' && isDigit(head[1]);
}

} // namespace keyloupe
