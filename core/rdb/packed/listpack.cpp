// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/packed/listpack.h"

#include "core/base/number.h"

namespace keyloupe::rdb {

namespace {

constexpr qsizetype kHeader = 6;
constexpr std::uint16_t kUnknownCount = 65535;

// Bytes of a back-length. Redis and Valkey up to 8.1 go to the next size one value early (slack 1), Valkey 9.1 does not.
int backLengthBytes(std::uint64_t size, std::uint64_t slack)
{
    if (size <= 127)
        return 1;
    if (size <= 16383 - slack)
        return 2;
    if (size <= 2097151 - slack)
        return 3;
    if (size <= 268435455 - slack)
        return 4;
    return 5;
}

char backLengthByte(std::uint64_t size, int bytes, int index)
{
    const auto group = static_cast<unsigned>(size >> (7 * (bytes - 1 - index))) & 0x7fU;
    return static_cast<char>(index == 0 ? group : group | 0x80U);
}

std::int64_t signExtend24(QByteArrayView raw)
{
    const auto byte = [raw](qsizetype i) { return static_cast<std::uint32_t>(static_cast<uchar>(raw[i])); };
    const std::uint32_t bits = byte(0) | byte(1) << 8 | byte(2) << 16;
    return static_cast<std::int32_t>(bits << 8) >> 8;
}

} // namespace

const char *ListpackReader::checkFrame(QByteArrayView blob)
{
    if (blob.size() < kHeader + 1)
        return "a listpack is shorter than its header";
    if (qFromLittleEndian<std::uint32_t>(blob.data()) != static_cast<std::uint64_t>(blob.size()))
        return "a listpack's size field is not its size";
    if (static_cast<uchar>(blob.back()) != 0xff)
        return "a listpack has no end byte";
    return nullptr;
}

ListpackReader::ListpackReader(QByteArrayView blob) : m_in(blob)
{
    if (const char *reason = checkFrame(blob)) {
        m_in.fail(reason, 0);
        m_done = true;
        return;
    }
    m_in.skip(4);
    m_count = m_in.le<std::uint16_t>();
}

std::optional<std::int64_t> ListpackReader::headerCount() const
{
    if (m_count == kUnknownCount)
        return std::nullopt;
    return m_count;
}

std::optional<std::int64_t> ListpackReader::integerAt(QByteArrayView element)
{
    ByteCursor in(element);
    const std::uint8_t first = in.u8();
    std::optional<std::int64_t> value;
    if (first < 0x80) {
        value = first;
    } else if (first >= 0xc0 && first < 0xe0) {
        const int bits = (first & 0x1f) << 8 | in.u8();
        value = bits >= 4096 ? bits - 8192 : bits;
    } else if (first == 0xf1) {
        value = in.le<std::int16_t>();
    } else if (first == 0xf2) {
        const QByteArrayView raw = in.take(3);
        value = raw.isEmpty() ? 0 : signExtend24(raw);
    } else if (first == 0xf3) {
        value = in.le<std::int32_t>();
    } else if (first == 0xf4) {
        value = in.le<std::int64_t>();
    }
    return in.ok() ? value : std::nullopt;
}

bool ListpackReader::checkBackLength(std::uint64_t size)
{
    if (size <= 127) { // nearly all of them
        if (!m_in.atEnd() && m_in.peek() == size) {
            m_in.skip(1);
            return true;
        }
    }
    const std::int64_t start = m_in.offset();
    for (const std::uint64_t slack : {std::uint64_t{1}, std::uint64_t{0}}) {
        ByteCursor probe = m_in;
        const int bytes = backLengthBytes(size, slack);
        const QByteArrayView raw = probe.take(static_cast<std::uint64_t>(bytes));
        if (raw.size() != bytes)
            continue;
        bool isEqual = true;
        for (int i = 0; i < bytes; ++i)
            isEqual = isEqual && raw[i] == backLengthByte(size, bytes, i);
        if (isEqual) {
            m_in = probe;
            return true;
        }
    }
    m_in.fail("a listpack element's back-length is wrong", start);
    return false;
}

bool ListpackReader::nextLarge(PackedItem &item)
{
    if (m_done || !m_in.ok())
        return false;
    const std::int64_t start = m_in.offset();
    const std::uint8_t first = m_in.u8();
    if (first == 0xff && m_in.ok()) {
        m_done = true;
        if (!m_in.atEnd())
            m_in.fail("a listpack ends before its blob does", start);
        else if (m_count != kUnknownCount && m_count != m_seen)
            m_in.fail("a listpack's count is not the number of its elements", 4);
        return false;
    }

    if (first < 0x80) {
        item.setInteger(first);
    } else if (first < 0xc0) {
        item.setText(m_in.take(first & 0x3f));
    } else if (first < 0xe0) {
        const int value = (first & 0x1f) << 8 | m_in.u8();
        item.setInteger(value >= 4096 ? value - 8192 : value);
    } else if (first < 0xf0) {
        const std::uint64_t size = static_cast<std::uint64_t>(first & 0x0f) << 8 | m_in.u8();
        item.setText(m_in.take(size));
    } else {
        switch (first) {
        case 0xf0:
            item.setText(m_in.take(m_in.le<std::uint32_t>()));
            break;
        case 0xf1:
            item.setInteger(m_in.le<std::int16_t>());
            break;
        case 0xf2: {
            const QByteArrayView raw = m_in.take(3);
            item.setInteger(raw.isEmpty() ? 0 : signExtend24(raw));
            break;
        }
        case 0xf3:
            item.setInteger(m_in.le<std::int32_t>());
            break;
        case 0xf4:
            item.setInteger(m_in.le<std::int64_t>());
            break;
        default:
            m_in.fail("a listpack element has an unknown encoding", start);
            break;
        }
    }
    if (!m_in.ok() || !checkBackLength(static_cast<std::uint64_t>(m_in.offset() - start)))
        return false;
    ++m_seen;
    return true;
}

ListpackBuilder::ListpackBuilder(RdbFamily family) : m_out(kHeader, '\0'), m_family(family)
{
}

void ListpackBuilder::appendBackLength(std::uint64_t size)
{
    const int bytes = backLengthBytes(size, m_family == RdbFamily::Valkey ? 0 : 1);
    for (int i = 0; i < bytes; ++i)
        m_out.append(backLengthByte(size, bytes, i));
    ++m_count;
}

void ListpackBuilder::appendInteger(std::int64_t value)
{
    const qsizetype start = m_out.size();
    char raw[9];
    if (value >= 0 && value <= 127) {
        m_out.append(static_cast<char>(value));
    } else if (value >= -4096 && value <= 4095) {
        const auto bits = static_cast<unsigned>(value) & 0x1fffU;
        m_out.append(static_cast<char>(0xc0U | bits >> 8));
        m_out.append(static_cast<char>(bits & 0xffU));
    } else if (value >= -32768 && value <= 32767) {
        raw[0] = static_cast<char>(0xf1);
        qToLittleEndian(static_cast<std::int16_t>(value), raw + 1);
        m_out.append(raw, 3);
    } else if (value >= -8388608 && value <= 8388607) {
        raw[0] = static_cast<char>(0xf2);
        qToLittleEndian(static_cast<std::int32_t>(value), raw + 1);
        m_out.append(raw, 4);
    } else if (value >= INT32_MIN && value <= INT32_MAX) {
        raw[0] = static_cast<char>(0xf3);
        qToLittleEndian(static_cast<std::int32_t>(value), raw + 1);
        m_out.append(raw, 5);
    } else {
        raw[0] = static_cast<char>(0xf4);
        qToLittleEndian(value, raw + 1);
        m_out.append(raw, 9);
    }
    appendBackLength(static_cast<std::uint64_t>(m_out.size() - start));
}

void ListpackBuilder::append(QByteArrayView bytes)
{
    if (!bytes.isEmpty() && bytes.size() <= 20) {
        if (const std::optional<std::int64_t> number = parseInt64(bytes)) {
            appendInteger(*number);
            return;
        }
    }
    const qsizetype start = m_out.size();
    if (bytes.size() < 64) {
        m_out.append(static_cast<char>(0x80 | bytes.size()));
    } else if (bytes.size() < 4096) {
        m_out.append(static_cast<char>(0xe0 | bytes.size() >> 8));
        m_out.append(static_cast<char>(bytes.size() & 0xff));
    } else {
        char raw[5] = {static_cast<char>(0xf0)};
        qToLittleEndian(static_cast<std::uint32_t>(bytes.size()), raw + 1);
        m_out.append(raw, sizeof raw);
    }
    m_out.append(bytes.data(), bytes.size());
    appendBackLength(static_cast<std::uint64_t>(m_out.size() - start));
}

QByteArray ListpackBuilder::finish()
{
    m_out.append(static_cast<char>(0xff));
    qToLittleEndian(static_cast<std::uint32_t>(m_out.size()), m_out.data());
    qToLittleEndian(static_cast<std::uint16_t>(std::min<std::uint64_t>(m_count, kUnknownCount)), m_out.data() + 4);
    QByteArray done = std::move(m_out);
    m_out = QByteArray(kHeader, '\0');
    m_count = 0;
    return done;
}

} // namespace keyloupe::rdb
