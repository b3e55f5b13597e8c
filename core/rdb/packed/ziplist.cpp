// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/packed/ziplist.h"

namespace keyloupe::rdb {

namespace {

constexpr qsizetype kHeader = 10;
constexpr std::uint16_t kUnknownCount = 65535;

// The entry's encoding byte and data. False for an encoding that no server writes.
bool readEntry(ByteCursor &in, PackedItem &item)
{
    const std::uint8_t first = in.u8();
    switch (first >> 6) {
    case 0:
        item.setText(in.take(first));
        return true;
    case 1: {
        const std::uint64_t size = static_cast<std::uint64_t>(first & 0x3f) << 8 | in.u8();
        item.setText(in.take(size));
        return true;
    }
    case 2:
        item.setText(in.take(in.be<std::uint32_t>()));
        return true;
    default:
        break;
    }
    switch (first) {
    case 0xc0:
        item.setInteger(in.le<std::int16_t>());
        return true;
    case 0xd0:
        item.setInteger(in.le<std::int32_t>());
        return true;
    case 0xe0:
        item.setInteger(in.le<std::int64_t>());
        return true;
    case 0xf0: {
        const std::uint32_t low = in.le<std::uint16_t>();
        const std::uint32_t bits = low | static_cast<std::uint32_t>(in.u8()) << 16;
        item.setInteger(static_cast<std::int32_t>(bits << 8) >> 8);
        return true;
    }
    case 0xfe:
        item.setInteger(static_cast<std::int8_t>(in.u8()));
        return true;
    default:
        break;
    }
    if (first >= 0xf1 && first <= 0xfd) {
        item.setInteger((first & 0x0f) - 1);
        return true;
    }
    return false;
}

} // namespace

const char *ZiplistReader::checkFrame(QByteArrayView blob)
{
    if (blob.size() < kHeader + 1)
        return "a ziplist is shorter than its header";
    if (qFromLittleEndian<std::uint32_t>(blob.data()) != static_cast<std::uint64_t>(blob.size()))
        return "a ziplist's size field is not its size";
    if (static_cast<uchar>(blob.back()) != 0xff)
        return "a ziplist has no end byte";
    return nullptr;
}

ZiplistReader::ZiplistReader(QByteArrayView blob) : m_in(blob)
{
    if (const char *reason = checkFrame(blob)) {
        m_in.fail(reason, 0);
        m_done = true;
        return;
    }
    m_in.skip(4);
    m_tail = m_in.le<std::uint32_t>();
    m_count = m_in.le<std::uint16_t>();
}

std::optional<std::int64_t> ZiplistReader::headerCount() const
{
    if (m_count == kUnknownCount)
        return std::nullopt;
    return m_count;
}

bool ZiplistReader::next(PackedItem &item)
{
    if (m_done || !m_in.ok())
        return false;
    const std::int64_t start = m_in.offset();
    const std::uint8_t first = m_in.u8();
    if (first == 0xff && m_in.ok()) {
        m_done = true;
        if (!m_in.atEnd())
            m_in.fail("a ziplist ends before its blob does", start);
        else if (m_count != kUnknownCount && m_count != m_seen)
            m_in.fail("a ziplist's count is not the number of its entries", 8);
        else if (static_cast<std::int64_t>(m_tail) != m_lastStart)
            m_in.fail("a ziplist's tail offset is not its last entry", 4);
        return false;
    }
    const std::uint64_t previous = first == 0xfe ? m_in.le<std::uint32_t>() : first;
    if (m_in.ok() && previous != m_lastSize) {
        m_in.fail("a ziplist entry's back-length is wrong", start);
        return false;
    }
    const std::int64_t encodingAt = m_in.offset();
    if (!readEntry(m_in, item))
        m_in.fail("a ziplist entry has an unknown encoding", encodingAt);
    if (!m_in.ok())
        return false;
    m_lastStart = start;
    m_lastSize = static_cast<std::uint64_t>(m_in.offset() - start);
    ++m_seen;
    return true;
}

} // namespace keyloupe::rdb
