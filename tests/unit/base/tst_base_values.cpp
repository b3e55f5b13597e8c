// SPDX-License-Identifier: GPL-3.0-or-later
// The small value types of core/base: Result, CancelToken, RingBuffer.
#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/base/ring_buffer.h"

#include <QtTest>

#include <set>

namespace keyloupe::test {
namespace {

Result<int> half(int n)
{
    if (n % 2 != 0)
        return Error{Errc::InvalidArgument, QStringLiteral("odd"), 3, {}};
    return n / 2;
}

Result<int> quarter(int n)
{
    KL_TRY(const int h, half(n));
    KL_TRY(const int q, half(h));
    return q;
}

Result<void> mustBeEven(int n)
{
    KL_CHECK(half(n));
    return {};
}

} // namespace

class TestBaseValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tryPassesTheErrorOn();
    void describesWithOffset();
    void codesHaveDistinctNames();
    void tokenIsShared();
    void ringDropsTheOldest();
};

void TestBaseValues::tryPassesTheErrorOn()
{
    QCOMPARE(*quarter(8), 2);
    QCOMPARE(quarter(7).error().message, QStringLiteral("odd"));
    QVERIFY(!quarter(6).ok());
    QVERIFY(mustBeEven(2).ok());
    QCOMPARE(mustBeEven(3).error().code, Errc::InvalidArgument);
}

void TestBaseValues::describesWithOffset()
{
    QCOMPARE(describe(Error{Errc::Corrupt, QStringLiteral("cut"), 17, {}}), QStringLiteral("cut (at byte 17)"));
    QCOMPARE(describe(Error{Errc::Corrupt, QStringLiteral("cut"), -1, {}}), QStringLiteral("cut"));
}

void TestBaseValues::codesHaveDistinctNames()
{
    std::set<QByteArray> names;
    for (int code = 0; code <= int(Errc::Internal); ++code)
        names.insert(errcName(Errc(code)));
    QCOMPARE(int(names.size()), int(Errc::Internal) + 1);
}

void TestBaseValues::tokenIsShared()
{
    const CancelToken token;
    const CancelToken copy = token;
    QVERIFY(!copy.isCancelled());
    token.cancel();
    QVERIFY(copy.isCancelled());
    QVERIFY(!CancelToken().isCancelled());
}

void TestBaseValues::ringDropsTheOldest()
{
    RingBuffer<int> ring(3);
    for (int i = 0; i < 5; ++i)
        ring.push(i);
    QCOMPARE(ring.size(), std::size_t(3));
    QCOMPARE(ring.dropped(), std::uint64_t(2));
    QCOMPARE(ring[0], 2);
    QCOMPARE(ring.back(), 4);
    QCOMPARE(ring.takeFirst(), 2);
    ring.clear();
    QVERIFY(ring.isEmpty());
    QCOMPARE(ring.dropped(), std::uint64_t(0));
    QCOMPARE(RingBuffer<int>(0).capacity(), std::size_t(1));
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestBaseValues)
#include "tst_base_values.moc"
