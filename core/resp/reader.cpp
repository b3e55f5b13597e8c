// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/resp/reader.h"

#include "core/base/number.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace keyloupe {
namespace {

using Kind = RespValue::Kind;

// Read bytes are dropped from the buffer once this many have gathered, so that feeding stays linear.
constexpr qsizetype kCompactBytes = 64 * 1024;

// Room taken for the elements of one aggregate before they come. Small, because a hostile reply opens as many
// aggregates as the depth limit allows; a vector that grows costs little.
constexpr std::int64_t kReservedElements = 128;

// No honest double is written with more.
constexpr qsizetype kMaxNumberBytes = 400;

// ",1.5" ",inf" ",-inf" ",nan"; exponents allowed. Servers also send "-nan".
std::optional<double> parseRespDouble(QByteArrayView text)
{
    const QByteArray lower = text.toByteArray().toLower();
    if (lower == "nan" || lower == "-nan")
        return std::numeric_limits<double>::quiet_NaN();
    if (const auto value = parseDouble(text))
        return value;
    // Out of a double's range ("1e400", "1e-400"): still a legal number on the wire, so infinity or zero.
    const qsizetype e = lower.indexOf('e');
    if (e < 1 || text.size() > kMaxNumberBytes)
        return std::nullopt;
    const auto mantissa = parseDouble(QByteArrayView(lower).first(e));
    QByteArrayView exponent = QByteArrayView(lower).sliced(e + 1);
    const bool tiny = exponent.startsWith('-');
    if (tiny || exponent.startsWith('+'))
        exponent = exponent.sliced(1);
    const bool digits = !exponent.isEmpty() && std::all_of(exponent.begin(), exponent.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!mantissa || std::isinf(*mantissa) || !digits)
        return std::nullopt;
    return std::copysign(tiny || *mantissa == 0 ? 0.0 : std::numeric_limits<double>::infinity(), *mantissa);
}

} // namespace

void RespReader::reset()
{
    *this = RespReader(m_limits);
}

void RespReader::feed(QByteArrayView bytes)
{
    if (m_error)
        return;
    // A long bulk string goes straight into its value, which was sized from its length as bytes arrive.
    if (m_bulkLeft > 0 && m_position == m_buffer.size()) {
        const qsizetype take = std::min<qsizetype>(bytes.size(), m_bulkLeft);
        appendToBulk(bytes.first(take));
        m_discarded += m_buffer.size() + take;
        m_buffer.clear();
        m_position = m_scanned = 0;
        bytes = bytes.sliced(take);
    }
    m_buffer.append(bytes);
}

Result<std::optional<RespValue>> RespReader::next()
{
    for (;;) {
        if (m_error)
            return *m_error;
        switch (step()) {
        case Step::Broken:
            return *m_error;
        case Step::NeedMore:
            compact();
            return std::optional<RespValue>();
        case Step::Progress:
            if (m_ready) {
                std::optional<RespValue> value = std::move(m_ready);
                m_ready.reset();
                compact();
                return value;
            }
        }
    }
}

void RespReader::compact()
{
    if (m_position < kCompactBytes && m_position != m_buffer.size())
        return;
    m_discarded += m_position;
    if (m_position == m_buffer.size())
        m_buffer.resize(0);
    else
        m_buffer.remove(0, m_position);
    m_scanned = std::max<qsizetype>(0, m_scanned - m_position);
    m_position = 0;
}

RespReader::Step RespReader::fail(Errc code, const char *message)
{
    m_error = Error{code, QString::fromLatin1(message), m_discarded + m_tokenStart, {}};
    m_buffer.clear();
    m_frames.clear();
    return Step::Broken;
}

// The line at the read position without its end; the position moves behind it. False when the end is not there yet.
bool RespReader::takeLine(QByteArrayView *line, Step *step)
{
    m_tokenStart = m_position;
    m_scanned = std::max(m_scanned, m_position);
    const qsizetype end = m_buffer.indexOf('\n', m_scanned);
    const qsizetype length = (end < 0 ? m_buffer.size() : end) - m_position;
    if (length > m_limits.maxLineBytes) {
        *step = fail(Errc::LimitExceeded, "a line of the reply is longer than allowed");
        return false;
    }
    if (end < 0) {
        m_scanned = m_buffer.size();
        *step = Step::NeedMore;
        return false;
    }
    if (length < 1 || m_buffer[end - 1] != '\r') {
        *step = fail(Errc::Protocol, "a line of the reply does not end with CR LF");
        return false;
    }
    *line = QByteArrayView(m_buffer).sliced(m_position, length - 1);
    m_position = m_scanned = end + 1;
    return true;
}

// Memory doubles with what has really come and ends exactly at the announced length, so a large value costs its size.
void RespReader::appendToBulk(QByteArrayView bytes)
{
    const qsizetype needed = m_bulk.bytes.size() + bytes.size();
    if (needed > m_bulk.bytes.capacity()) {
        const qsizetype whole = m_bulk.bytes.size() + qsizetype(m_bulkLeft);
        m_bulk.bytes.reserve(std::min(whole, std::max(needed, 2 * m_bulk.bytes.capacity())));
    }
    m_bulk.bytes.append(bytes);
    m_bulkLeft -= bytes.size();
}

RespReader::Step RespReader::stepBulk()
{
    m_tokenStart = m_position;
    const qsizetype available = m_buffer.size() - m_position;
    if (m_bulkLeft > 0) {
        const qsizetype take = std::min<qsizetype>(available, m_bulkLeft);
        if (take == 0)
            return Step::NeedMore;
        appendToBulk(QByteArrayView(m_buffer).sliced(m_position, take));
        m_position += take;
        return Step::Progress;
    }
    if (available < 2)
        return Step::NeedMore;
    if (m_buffer[m_position] != '\r' || m_buffer[m_position + 1] != '\n')
        return fail(Errc::Protocol, "a bulk string is longer than its announced length");
    m_position += 2;
    m_bulkLeft = -1;
    if (m_inStreamedString)
        return Step::Progress; // its next chunk follows
    if (m_bulk.kind == Kind::Verbatim) {
        if (m_bulk.bytes.size() < 4 || m_bulk.bytes[3] != ':')
            return fail(Errc::Protocol, "a verbatim string lacks its format prefix");
        m_bulk.bytes.remove(0, 4);
    }
    emitValue(std::move(m_bulk));
    m_bulk = {};
    return Step::Progress;
}

// ";<length>" of a streamed string; ";0" ends it.
RespReader::Step RespReader::stepChunk(QByteArrayView line)
{
    if (line.isEmpty() || line[0] != ';')
        return fail(Errc::Protocol, "a streamed string is interrupted by something that is no chunk");
    const auto length = parseInt64(line.sliced(1));
    if (!length || *length < 0)
        return fail(Errc::Protocol, "a chunk of a streamed string has no valid length");
    if (*length == 0) {
        m_inStreamedString = false;
        emitValue(std::move(m_bulk));
        m_bulk = {};
        return Step::Progress;
    }
    if (*length > m_limits.maxBulkBytes - m_bulk.bytes.size())
        return fail(Errc::LimitExceeded, "a streamed string is larger than allowed");
    m_bulkLeft = *length;
    return Step::Progress;
}

RespReader::Step RespReader::beginBulk(Kind kind, QByteArrayView digits)
{
    if (kind == Kind::BulkString && digits.size() == 1 && digits[0] == '?') {
        m_bulk = {};
        m_bulk.kind = kind;
        m_inStreamedString = true;
        return Step::Progress;
    }
    const auto length = parseInt64(digits);
    if (kind == Kind::BulkString && length == -1) {
        emitValue(RespValue::null());
        return Step::Progress;
    }
    if (!length || *length < 0)
        return fail(Errc::Protocol, "a bulk string has no valid length");
    if (*length > m_limits.maxBulkBytes)
        return fail(Errc::LimitExceeded, "a bulk string is larger than allowed");
    m_bulk = {};
    m_bulk.kind = kind;
    // Room for what a peer only claims is not taken at once: at most a small multiple of what has really come.
    m_bulk.bytes.reserve(std::min<std::int64_t>(*length, std::max<qsizetype>(64 * 1024, m_buffer.size())));
    m_bulkLeft = *length;
    return Step::Progress;
}

RespReader::Step RespReader::beginAggregate(Kind kind, QByteArrayView digits, bool isAttribute)
{
    const bool isMap = kind == Kind::Map;
    Frame frame;
    frame.value.kind = kind;
    frame.isAttribute = isAttribute;
    if (digits.size() == 1 && digits[0] == '?') {
        frame.remaining = -1;
    } else {
        const auto count = parseInt64(digits);
        if (kind == Kind::Array && count == -1) {
            emitValue(RespValue::null());
            return Step::Progress;
        }
        if (!count || *count < 0)
            return fail(Errc::Protocol, "an aggregate has no valid element count");
        if (*count > m_limits.maxElements / (isMap ? 2 : 1))
            return fail(Errc::LimitExceeded, "an aggregate has more elements than allowed");
        frame.remaining = isMap ? *count * 2 : *count;
        if (frame.remaining == 0) {
            if (!isAttribute)
                emitValue(std::move(frame.value));
            return Step::Progress;
        }
        frame.value.items.reserve(std::size_t(std::min(frame.remaining, kReservedElements)));
    }
    if (int(m_frames.size()) >= m_limits.maxDepth)
        return fail(Errc::LimitExceeded, "the reply is nested deeper than allowed");
    m_frames.push_back(std::move(frame));
    return Step::Progress;
}

RespReader::Step RespReader::step()
{
    if (m_bulkLeft >= 0)
        return stepBulk();

    QByteArrayView line;
    Step stopped = Step::Progress;
    if (!takeLine(&line, &stopped))
        return stopped;
    if (m_inStreamedString)
        return stepChunk(line);
    if (line.isEmpty())
        return fail(Errc::Protocol, "an empty line stands where a reply should begin");

    const QByteArrayView rest = line.sliced(1);
    switch (line[0]) {
    case '+':
        emitValue(RespValue::simple(rest.toByteArray()));
        return Step::Progress;
    case '-':
        emitValue(RespValue::error(rest.toByteArray()));
        return Step::Progress;
    case ':': {
        const auto value = parseInt64(rest.startsWith('+') ? rest.sliced(1) : rest);
        if (!value)
            return fail(Errc::Protocol, "an integer reply is no 64-bit integer");
        emitValue(RespValue::ofInteger(*value));
        return Step::Progress;
    }
    case ',': {
        const auto value = parseRespDouble(rest);
        if (!value)
            return fail(Errc::Protocol, "a double reply is no number");
        emitValue(RespValue::ofDouble(*value));
        return Step::Progress;
    }
    case '#':
        if (rest.size() != 1 || (rest[0] != 't' && rest[0] != 'f'))
            return fail(Errc::Protocol, "a boolean reply is neither t nor f");
        emitValue(RespValue::boolean(rest[0] == 't'));
        return Step::Progress;
    case '_':
        if (!rest.isEmpty())
            return fail(Errc::Protocol, "a null reply is followed by text");
        emitValue(RespValue::null());
        return Step::Progress;
    case '(': {
        QByteArrayView digits = rest;
        if (digits.startsWith('-') || digits.startsWith('+'))
            digits = digits.sliced(1);
        const bool good = !digits.isEmpty() && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!good)
            return fail(Errc::Protocol, "a big number is no number");
        RespValue value;
        value.kind = Kind::BigNumber;
        value.bytes = rest.toByteArray();
        emitValue(std::move(value));
        return Step::Progress;
    }
    case '$': return beginBulk(Kind::BulkString, rest);
    case '!': return beginBulk(Kind::Error, rest);
    case '=': return beginBulk(Kind::Verbatim, rest);
    case '*': return beginAggregate(Kind::Array, rest, false);
    case '%': return beginAggregate(Kind::Map, rest, false);
    case '~': return beginAggregate(Kind::Set, rest, false);
    case '>': return beginAggregate(Kind::Push, rest, false);
    case '|': return beginAggregate(Kind::Map, rest, true);
    case '.': {
        if (!rest.isEmpty() || m_frames.empty() || m_frames.back().remaining != -1)
            return fail(Errc::Protocol, "an end mark stands outside a streamed aggregate");
        Frame frame = std::move(m_frames.back());
        m_frames.pop_back();
        if (frame.value.kind == Kind::Map && frame.value.items.size() % 2 != 0)
            return fail(Errc::Protocol, "a streamed map ends behind a key");
        if (!frame.isAttribute)
            emitValue(std::move(frame.value));
        return Step::Progress;
    }
    default:
        return fail(Errc::Protocol, "a reply begins with a byte that is no RESP type");
    }
}

// Puts a finished value into the innermost open aggregate, closing each that is thereby complete; else it is the reply.
void RespReader::emitValue(RespValue value)
{
    for (;;) {
        if (m_frames.empty()) {
            m_ready = std::move(value);
            return;
        }
        Frame &top = m_frames.back();
        // Attributes are dropped, so what is inside them need not be kept.
        if (!top.isAttribute)
            top.value.items.push_back(std::move(value));
        if (top.remaining < 0) {
            if (std::int64_t(top.value.items.size()) > m_limits.maxElements) {
                m_tokenStart = m_position;
                fail(Errc::LimitExceeded, "a streamed aggregate has more elements than allowed");
            }
            return;
        }
        if (--top.remaining > 0)
            return;
        const bool dropped = top.isAttribute;
        value = std::move(top.value);
        m_frames.pop_back();
        if (dropped)
            return;
    }
}

} // namespace keyloupe
