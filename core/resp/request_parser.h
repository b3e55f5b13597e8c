// SPDX-License-Identifier: GPL-3.0-or-later
//
// RequestParser: the server's side of RESP: bytes from a client into commands, multi-bulk and inline. No I/O. Lengths are
// checked before memory is taken; error texts are Redis's, and end the connection. One thread at a time.
#pragma once

#include "core/base/result.h"
#include "core/resp/command.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace keyloupe {

class RequestParser
{
public:
    static constexpr qsizetype kMaxInline = 64 * 1024;          ///< of an inline request or a length line
    static constexpr std::int64_t kMaxArguments = 1024 * 1024;  ///< Redis's own limit
    static constexpr std::int64_t kMaxBulk = 512ll * 1024 * 1024;

    void feed(QByteArrayView bytes) { m_buffer.append(bytes); }

    /// The next request; nullopt when more bytes are needed; Errc::Protocol with Redis's text once the stream is broken.
    /// A blank inline line and a multi-bulk of no arguments are skipped, as Redis does.
    Result<std::optional<Command>> next();

    qsizetype pendingBytes() const { return m_buffer.size() - m_position; }
    /// False inside a request, of which more must follow.
    bool isBetweenRequests() const { return pendingBytes() == 0 && m_argumentsLeft == 0; }

private:
    enum class Line { Complete, NeedMore, TooLong };

    Line takeLine(QByteArrayView *line);
    void compact();

    QByteArray m_buffer;
    qsizetype m_position = 0;
    std::int64_t m_argumentsLeft = 0; // of the multi-bulk being read
    std::int64_t m_bulkLength = -1;   // of its next argument, once known
    QByteArrayList m_args;
};

} // namespace keyloupe
