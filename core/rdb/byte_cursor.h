// SPDX-License-Identifier: GPL-3.0-or-later
//
// ByteCursor: the only way this folder reads bytes. Every read is checked against the end. The first failure sticks: it
// keeps its reason and offset, moves the cursor to the end, and every later read gives zeros or empty views, so that
// callers check once after a group of reads. Loops over counts from the input must test ok(). A value; any thread.
#pragma once

#include "core/base/result.h"

#include <QByteArrayView>
#include <QtEndian>

#include <cstdint>

namespace keyloupe::rdb {

class ByteCursor
{
public:
    explicit ByteCursor(QByteArrayView bytes)
        : m_begin(reinterpret_cast<const uchar *>(bytes.data())), m_at(m_begin), m_end(m_begin + bytes.size())
    {
    }

    bool ok() const { return m_reason == nullptr; }
    const char *reason() const { return m_reason; }
    /// True when the failure was a read past the end, as in a truncated file.
    bool ranOut() const { return m_ranOut; }
    std::int64_t offset() const { return m_at - m_begin; }
    std::int64_t failOffset() const { return m_failOffset; }
    std::uint64_t remaining() const { return static_cast<std::uint64_t>(m_end - m_at); }
    bool atEnd() const { return m_at == m_end; }

    void fail(const char *reason) { fail(reason, offset()); }
    void fail(const char *reason, std::int64_t at)
    {
        if (m_reason == nullptr) {
            m_reason = reason;
            m_failOffset = at;
        }
        m_at = m_end;
    }

    std::uint8_t u8()
    {
        if (m_at == m_end) {
            runOut();
            return 0;
        }
        return *m_at++;
    }

    std::uint8_t peek() const { return m_at == m_end ? std::uint8_t{0} : *m_at; }

    /// The byte that many places on; they must be there.
    std::uint8_t peekAt(std::uint64_t places) const { return m_at[places]; }

    QByteArrayView take(std::uint64_t count)
    {
        if (count > remaining()) {
            runOut();
            return {};
        }
        const uchar *start = m_at;
        m_at += count;
        return {start, static_cast<qsizetype>(count)};
    }

    void skip(std::uint64_t count)
    {
        if (count > remaining())
            runOut();
        else
            m_at += count;
    }

    template <typename T>
    T le()
    {
        const QByteArrayView raw = take(sizeof(T));
        return raw.isEmpty() ? T{} : qFromLittleEndian<T>(raw.data());
    }

    template <typename T>
    T be()
    {
        const QByteArrayView raw = take(sizeof(T));
        return raw.isEmpty() ? T{} : qFromBigEndian<T>(raw.data());
    }

    /// Fails unless `count` things of at least `bytesEach` bytes can still follow; what makes reserving safe.
    bool fits(std::uint64_t count, std::uint64_t bytesEach = 1)
    {
        if (!ok())
            return false;
        if (count > remaining() / bytesEach) {
            fail("a count is larger than the bytes that are left");
            m_ranOut = true;
            return false;
        }
        return true;
    }

    /// The failure as an Error. Only after ok() is false.
    Error error() const { return Error{Errc::Corrupt, QString::fromLatin1(m_reason), m_failOffset, {}}; }

private:
    void runOut()
    {
        if (m_reason == nullptr)
            m_ranOut = true;
        fail("the data ends too early");
    }

    const uchar *m_begin;
    const uchar *m_at;
    const uchar *m_end;
    const char *m_reason = nullptr;
    std::int64_t m_failOffset = -1;
    bool m_ranOut = false;
};

} // namespace keyloupe::rdb
