// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rdb/value_view/rdb_string_view.h"

#include <algorithm>

namespace keyloupe {

using namespace rdb;

namespace {

Error damagedString(const StringRef &ref)
{
    return Error{Errc::Corrupt, QStringLiteral("a compressed string is damaged"), ref.bytesOffset, {}};
}

} // namespace

RdbStringView::RdbStringView(QByteArrayView bytes) : m_lzf(QByteArrayView())
{
    ByteCursor in(bytes);
    m_ref = readStringRef(in);
    if (!in.ok())
        m_damage = in.error();
    else if (m_ref.form == StringRef::Form::Lzf && !LzfExpander::isPlausible(m_ref.bytes, m_ref.expandedSize))
        m_damage = damagedString(m_ref);
    else
        m_lzf = LzfExpander(m_ref.bytes);
}

Result<std::int64_t> RdbStringView::size() const
{
    if (m_damage)
        return *m_damage;
    return static_cast<std::int64_t>(m_ref.size());
}

Result<QByteArray> RdbStringView::slice(std::int64_t first, std::int64_t count)
{
    KL_TRY(const std::int64_t total, size());
    first = std::clamp<std::int64_t>(first, 0, total);
    count = std::clamp<std::int64_t>(count, 0, total - first);
    if (m_ref.form == StringRef::Form::Raw)
        return m_ref.bytes.sliced(first, count).toByteArray();
    if (m_ref.form == StringRef::Form::Integer)
        return QByteArray::number(static_cast<qlonglong>(m_ref.number)).mid(first, count);
    // The memory of what is not expanded yet is never touched.
    if (!m_expanded)
        m_expanded.reset(new char[m_ref.expandedSize + LzfExpander::kSlack]);
    const auto end = static_cast<std::uint64_t>(first + count);
    if (!m_lzf.expandTo(m_expanded.get(), end, m_ref.expandedSize) || m_lzf.expanded() < end
        || (end == m_ref.expandedSize && !m_lzf.atEnd()))
        return damagedString(m_ref);
    return QByteArray(m_expanded.get() + first, count);
}

std::int64_t RdbStringView::memoryBytes() const
{
    return static_cast<std::int64_t>(m_lzf.expanded()) + 256;
}

} // namespace keyloupe
