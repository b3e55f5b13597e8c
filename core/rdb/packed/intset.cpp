// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/packed/intset.h"

namespace keyloupe::rdb {

namespace {

constexpr qsizetype kHeader = 8;

} // namespace

const char *IntsetReader::checkFrame(QByteArrayView blob)
{
    if (blob.size() < kHeader)
        return "an intset is shorter than its header";
    const auto width = qFromLittleEndian<std::uint32_t>(blob.data());
    const auto count = qFromLittleEndian<std::uint32_t>(blob.data() + 4);
    if (width != 2 && width != 4 && width != 8)
        return "an intset has an unknown width";
    if (static_cast<std::uint64_t>(width) * count != static_cast<std::uint64_t>(blob.size() - kHeader))
        return "an intset's count does not fit its size";
    return nullptr;
}

IntsetReader::IntsetReader(QByteArrayView blob) : m_in(blob)
{
    if (const char *reason = checkFrame(blob)) {
        m_in.fail(reason, 0);
        return;
    }
    m_width = m_in.le<std::uint32_t>();
    m_count = m_in.le<std::uint32_t>();
}

bool IntsetReader::next(PackedItem &item)
{
    if (!m_in.ok() || m_in.atEnd())
        return false;
    const std::int64_t start = m_in.offset();
    std::int64_t value = 0;
    if (m_width == 2)
        value = m_in.le<std::int16_t>();
    else if (m_width == 4)
        value = m_in.le<std::int32_t>();
    else
        value = m_in.le<std::int64_t>();
    if (!m_isFirst && value <= m_last) {
        m_in.fail("an intset is not in ascending order", start);
        return false;
    }
    m_isFirst = false;
    m_last = value;
    item.setInteger(value);
    return true;
}

} // namespace keyloupe::rdb
