// SPDX-License-Identifier: GPL-3.0-or-later
//
// RespReader: turns bytes from a server into values, without doing any I/O: feed() what came, call next() until it has
// nothing more. Understands RESP2 and RESP3 with attributes (dropped) and streamed strings and aggregates.
//
// Iterative, so hostile nesting cannot exhaust the stack; every length is checked against `Limits` before memory is
// taken, and memory grows only with bytes that really arrived. After an error the reader stays in error: the stream
// cannot be trusted any more and the connection must be closed. One thread at a time.
#pragma once

#include "core/base/result.h"
#include "core/resp/value.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <optional>
#include <vector>

namespace keyloupe {

class RespReader
{
public:
    struct Limits
    {
        std::int64_t maxBulkBytes = 512ll * 1024 * 1024;   ///< server's own default for proto-max-bulk-len
        std::int64_t maxElements = 64ll * 1024 * 1024;     ///< of one aggregate
        std::int64_t maxLineBytes = 1024 * 1024;           ///< simple strings, errors, numbers
        int maxDepth = 128;
    };

    RespReader() = default;
    explicit RespReader(Limits limits) : m_limits(limits) { }

    /// Appends bytes. Ignored after an error.
    void feed(QByteArrayView bytes);

    /// The next complete value; nullopt when more bytes are needed; an Error (Protocol or LimitExceeded, with the offset
    /// in the whole stream) once the stream is broken.
    Result<std::optional<RespValue>> next();

    /// Bytes fed but not yet part of a returned value.
    std::int64_t pendingBytes() const { return m_buffer.size() - m_position; }

    /// Forgets everything, error included, for a new connection.
    void reset();

private:
    // An aggregate under construction. `remaining` counts values still to come, -1 for a streamed one.
    struct Frame
    {
        RespValue value;
        std::int64_t remaining = 0;
        bool isAttribute = false;
    };
    enum class Step : std::uint8_t { NeedMore, Progress, Broken };

    Step step();
    Step stepBulk();
    void appendToBulk(QByteArrayView bytes);
    Step stepChunk(QByteArrayView line);
    Step beginBulk(RespValue::Kind kind, QByteArrayView digits);
    Step beginAggregate(RespValue::Kind kind, QByteArrayView digits, bool isAttribute);
    Step fail(Errc code, const char *message);
    bool takeLine(QByteArrayView *line, Step *step);
    void emitValue(RespValue value);
    void compact();

    Limits m_limits;
    QByteArray m_buffer;
    qsizetype m_position = 0;      // first unread byte of m_buffer
    std::int64_t m_discarded = 0;  // stream offset of m_buffer[0]
    qsizetype m_scanned = 0;       // where the search for a line end goes on
    qsizetype m_tokenStart = 0;    // of the line being read, for error offsets
    std::vector<Frame> m_frames;
    std::optional<RespValue> m_ready;
    std::int64_t m_bulkLeft = -1;  // bytes still to come of the bulk string being read, without its line end; -1 none
    RespValue m_bulk;              // receives them
    bool m_inStreamedString = false;
    std::optional<Error> m_error;
};

} // namespace keyloupe
