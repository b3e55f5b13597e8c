// SPDX-License-Identifier: GPL-3.0-or-later
//
// LargeValue: a value of the opened file that is too large to be decoded for every look at it: commands that read go
// through its view of the file's bytes. LargeValues keeps the latest few, within a budget of bytes. Engine's thread.
#pragma once

#include "core/rdb/value_view/collection_view.h"
#include "core/rdb/value_view/rdb_string_view.h"
#include "core/rdb/value_view/stream_view.h"

#include <list>
#include <memory>
#include <variant>

namespace keyloupe {

class LargeValue
{
public:
    /// From this many bytes of its record on a value is not decoded for reading.
    static constexpr std::int64_t kMinimumBytes = 256 * 1024;

    /// `bytes` must outlive it.
    LargeValue(const RecordInfo &record, QByteArrayView bytes, RdbFamily family);

    static bool covers(const RecordInfo &record, RdbFamily family);

    const RecordInfo &record() const { return m_record; }
    ValueType type() const { return m_record.type; }
    QByteArrayView bytes() const { return m_bytes; }

    RdbStringView &string() { return *std::get<std::unique_ptr<RdbStringView>>(m_view); }
    CollectionView &collection() { return *std::get<std::unique_ptr<CollectionView>>(m_view); }
    StreamView &stream() { return *std::get<std::unique_ptr<StreamView>>(m_view); }

    /// The value, or DamagedValue thrown with the place in the file.
    template <typename T>
    T orThrow(Result<T> result) const
    {
        if (!result.ok())
            throwDamage(result.error());
        return std::move(result).value();
    }
    void orThrow(const Result<void> &result) const
    {
        if (!result.ok())
            throwDamage(result.error());
    }

    std::int64_t memoryBytes() const;

private:
    [[noreturn]] void throwDamage(Error error) const;

    RecordInfo m_record;
    QByteArrayView m_bytes;
    std::variant<std::unique_ptr<RdbStringView>, std::unique_ptr<CollectionView>, std::unique_ptr<StreamView>> m_view;
};

class LargeValues
{
public:
    /// The view of this record, made when it is not kept.
    std::shared_ptr<LargeValue> get(const RecordInfo &record, QByteArrayView bytes, RdbFamily family);

private:
    std::list<std::shared_ptr<LargeValue>> m_latest; ///< the most recently used first
};

} // namespace keyloupe
