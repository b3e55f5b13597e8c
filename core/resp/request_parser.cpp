// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/resp/request_parser.h"

#include "core/base/escape.h"
#include "core/base/number.h"

namespace keyloupe {
namespace {

Error broken(const char *text)
{
    return Error{Errc::Protocol, QString::fromLatin1(text), -1, {}};
}

} // namespace

RequestParser::Line RequestParser::takeLine(QByteArrayView *line)
{
    const qsizetype end = m_buffer.indexOf('\n', m_position);
    if (end < 0)
        return pendingBytes() > kMaxInline ? Line::TooLong : Line::NeedMore;
    if (end - m_position > kMaxInline) // the same whether it came in one piece or in many
        return Line::TooLong;
    *line = QByteArrayView(m_buffer).sliced(m_position, end - m_position);
    if (line->endsWith('\r'))
        line->chop(1);
    m_position = end + 1;
    return Line::Complete;
}

void RequestParser::compact()
{
    if (m_position == m_buffer.size()) {
        m_buffer.resize(0);
        m_position = 0;
    } else if (m_position > 64 * 1024) {
        m_buffer.remove(0, m_position);
        m_position = 0;
    }
}

Result<std::optional<Command>> RequestParser::next()
{
    for (;;) {
        QByteArrayView line;
        if (m_argumentsLeft == 0) {
            if (pendingBytes() == 0) {
                compact();
                return std::optional<Command>();
            }
            const bool isMultiBulk = m_buffer[m_position] == '*';
            switch (takeLine(&line)) {
            case Line::NeedMore: compact(); return std::optional<Command>();
            case Line::TooLong:
                return broken(isMultiBulk ? "Protocol error: too big mbulk count string" : "Protocol error: too big inline request");
            case Line::Complete: break;
            }
            if (!isMultiBulk) {
                Result<QByteArrayList> args = splitCommandLine(line);
                if (!args.ok())
                    return broken("Protocol error: unbalanced quotes in request");
                if (args->isEmpty())
                    continue;
                return std::optional<Command>(Command(std::move(args).value()));
            }
            const auto count = parseInt64(line.sliced(1));
            if (!count || *count > kMaxArguments)
                return broken("Protocol error: invalid multibulk length");
            m_argumentsLeft = std::max<std::int64_t>(*count, 0);
            m_args.clear();
            continue;
        }
        if (m_bulkLength < 0) {
            switch (takeLine(&line)) {
            case Line::NeedMore: compact(); return std::optional<Command>();
            case Line::TooLong: return broken("Protocol error: too big bulk count string");
            case Line::Complete: break;
            }
            if (line.isEmpty() || line[0] != '$') {
                const QByteArray seen = line.isEmpty() ? QByteArray("\\r") : QByteArray(1, line[0]);
                return broken(("Protocol error: expected '$', got '" + seen + "'").constData());
            }
            const auto length = parseInt64(line.sliced(1));
            if (!length || *length < 0 || *length > kMaxBulk)
                return broken("Protocol error: invalid bulk length");
            m_bulkLength = *length;
        }
        if (pendingBytes() < m_bulkLength + 2) {
            compact();
            return std::optional<Command>();
        }
        m_args.append(m_buffer.mid(m_position, m_bulkLength));
        m_position += m_bulkLength + 2;
        m_bulkLength = -1;
        if (--m_argumentsLeft == 0) {
            Command command(std::exchange(m_args, {}));
            compact();
            return std::optional<Command>(std::move(command));
        }
    }
}

} // namespace keyloupe
