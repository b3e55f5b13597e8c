// SPDX-License-Identifier: GPL-3.0-or-later
//
// AofReader: an append-only file's bytes as a row of commands, pulled one at a time. Tells where a server would cut the file
// (a command that the end breaks off, a MULTI without its EXEC) from where it is damaged in the middle.
//
// Pure: no file, no thread, no engine. Arguments are views of the input, so that no claim in it makes memory be taken beyond
// one view for each argument that is really there. Format: docs/formats/aof.md.
#pragma once

#include <QByteArrayView>

#include <cstdint>
#include <vector>

namespace keyloupe {

struct AofCommand
{
    std::vector<QByteArrayView> args; ///< at least one, the first being the name; as long as the input lives
    std::int64_t offset = 0;          ///< of its first byte, in the input
    std::int64_t end = 0;             ///< behind its last byte
    std::int64_t timestampMs = -1;    ///< of the last annotation before it, ms since the epoch, -1 none

    bool is(const char *upperCaseName) const; ///< the name, in any case of letters
};

/// How reading ended.
struct AofEnd
{
    enum class Kind : std::uint8_t {
        Whole,           ///< the last byte belongs to a whole command
        Truncated,       ///< the file ends inside a command: a server cuts it there
        OpenTransaction, ///< the file ends inside a transaction: a server drops all of it
        BadFormat,       ///< something else stands where a command should: a server refuses the file
    };

    Kind kind = Kind::Whole;
    std::int64_t offset = 0;  ///< from here on nothing may be run; behind the last command otherwise
    std::int64_t badAt = -1;  ///< of BadFormat: the place itself
    const char *reason = "";  ///< English, no final stop

    bool isCut() const { return kind == Kind::Truncated || kind == Kind::OpenTransaction; }
};

class AofReader
{
public:
    /// Of a header or an annotation; a server reads no further either.
    static constexpr std::int64_t kMaxLine = 1024;

    /// Begins at `start`, which is behind the RDB of a file with a preamble.
    explicit AofReader(QByteArrayView bytes, std::int64_t start = 0) : m_bytes(bytes), m_at(start), m_lastEnd(start) { }

    /// The next whole command. False at the end, which end() then describes. Commands of a transaction are given as they
    /// come; whether its EXEC follows is known only later.
    bool next(AofCommand *command);

    const AofEnd &end() const { return m_end; }
    bool isInTransaction() const { return m_transaction >= 0; }

private:
    enum class Line : std::uint8_t { Whole, Broken, TooLong };

    Line takeLine(QByteArrayView *line);
    bool readHeader(char mark, const char *missing, std::int64_t *number);
    bool readArgument(AofCommand *command);
    void annotate(QByteArrayView line);
    bool stop(AofEnd::Kind kind, const char *reason);
    bool stopBad(const char *reason, std::int64_t at);

    QByteArrayView m_bytes;
    std::int64_t m_at = 0;
    std::int64_t m_lastEnd = 0;      // behind the last whole command
    std::int64_t m_transaction = -1; // offset of the MULTI that is open
    std::int64_t m_timestampMs = -1;
    AofEnd m_end;
    bool m_isDone = false;
};

/// True when the bytes begin like an append-only file without a preamble.
bool looksLikeAof(QByteArrayView head);

} // namespace keyloupe
