// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/packed/zipmap.h"

namespace keyloupe::rdb {

namespace {

constexpr std::uint8_t kBigLength = 254; // as the count: not known
constexpr std::uint8_t kEnd = 255;

std::uint64_t readZipmapLength(ByteCursor &in)
{
    const std::int64_t start = in.offset();
    const std::uint8_t first = in.u8();
    if (first < kBigLength)
        return first;
    if (first == kEnd) {
        in.fail("a zipmap ends inside a pair", start);
        return 0;
    }
    const auto length = in.le<std::uint32_t>();
    if (length < kBigLength)
        in.fail("a zipmap length is in the long form without need", start);
    return length;
}

} // namespace

const char *ZipmapReader::checkFrame(QByteArrayView blob)
{
    if (blob.size() < 2)
        return "a zipmap is too short";
    if (static_cast<uchar>(blob.back()) != kEnd)
        return "a zipmap has no end byte";
    return nullptr;
}

ZipmapReader::ZipmapReader(QByteArrayView blob) : m_in(blob)
{
    if (const char *reason = checkFrame(blob)) {
        m_in.fail(reason, 0);
        return;
    }
    m_count = m_in.u8();
}

bool ZipmapReader::next(QByteArrayView &field, QByteArrayView &value)
{
    if (m_done || !m_in.ok())
        return false;
    if (m_in.peek() == kEnd && !m_in.atEnd()) {
        const std::int64_t start = m_in.offset();
        m_in.skip(1);
        m_done = true;
        if (!m_in.atEnd())
            m_in.fail("a zipmap ends before its blob does", start);
        else if (m_count < kBigLength && m_count != m_seen)
            m_in.fail("a zipmap's count is not the number of its pairs", 0);
        return false;
    }
    field = m_in.take(readZipmapLength(m_in));
    const std::uint64_t valueSize = readZipmapLength(m_in);
    const std::uint8_t unused = m_in.u8();
    value = m_in.take(valueSize);
    m_in.skip(unused);
    if (!m_in.ok())
        return false;
    ++m_seen;
    return true;
}

} // namespace keyloupe::rdb
