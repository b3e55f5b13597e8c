// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyFilter: what typed text means, what it selects, and what the server is asked for it.
#include "core/keys/key_filter.h"
#include "tests/unit/keys/key_test_util.h"

#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

class TestKeyFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void selects_data();
    void selects();
    void brokenRegexSaysWhere();
    void stopsWhenCancelled();
};

void TestKeyFilter::selects_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("glob");
    QTest::addColumn<QByteArrayList>("found");

    const auto row = [](const char *name, const char *text, const QByteArray &glob, const QByteArrayList &found) {
        QTest::newRow(name) << QString::fromUtf8(text) << glob << found;
    };
    row("all", "", "", {"", "a*b", "app:user:1", "app:user:22", "user", "\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87", "\xff:1"});
    row("substring", "user", "*user*", {"app:user:1", "app:user:22", "user"});
    row("glob", "app:user:?", "app:user:?", {"app:user:1"});
    row("glob with class", "app:user:[2-3]*", "app:user:[2-3]*", {"app:user:22"});
    row("glob, escaped star", "a\\**", "a\\**", {"a*b"});
    row("exact", "=user", "user", {"user"});
    row("exact name of glob characters", "=a*b", "a\\*b", {"a*b"});
    row("exact empty name", "=", "", {""});
    row("regex", "re:^app:.*2$", "", {"app:user:22"});
    row("regex on bytes that are not UTF-8", "re:^\\xff", "", {"\xff:1"});
    row("escaped byte in substring", "\\xff", "*\xff*", {"\xff:1"});
    row("escaped byte, exact", "=\\xFF:1", "\xff:1", {"\xff:1"});
    row("escaped byte that is a glob character", "\\x2a?", "\\*?", {});
    row("escaped glob character matches itself", "*\\x2a*", "*\\**", {"a*b"});
    row("text that is not ASCII", "люч", "*\xd0\xbb\xd1\x8e\xd1\x87*", {"\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87"});
    row("nothing", "absent", "*absent*", {});
}

void TestKeyFilter::selects()
{
    QFETCH(const QString, text);
    QFETCH(const QByteArray, glob);
    QFETCH(const QByteArrayList, found);
    const auto index = indexOf({"", "a*b", "app:user:1", "app:user:22", "user", "\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87", "\xff:1"});
    const auto filter = KeyFilter::parse(text);
    QVERIFY(filter.ok());
    QCOMPARE(filter->serverGlob(), glob);
    const auto hits = filter->apply(*index, {});
    QVERIFY(hits.ok());
    QCOMPARE(namesOf(**hits), found);
}

void TestKeyFilter::brokenRegexSaysWhere()
{
    const auto filter = KeyFilter::parse(QStringLiteral("re:ab(c"));
    QVERIFY(!filter.ok());
    QCOMPARE(filter.error().code, Errc::InvalidArgument);
    QCOMPARE(filter.error().offset, 4);
    QVERIFY(!filter.error().message.isEmpty());
}

void TestKeyFilter::stopsWhenCancelled()
{
    CancelToken cancel;
    cancel.cancel();
    const auto filter = KeyFilter::parse(QStringLiteral("a"));
    QVERIFY(filter.ok());
    const auto hits = filter->apply(*indexOf({"a", "b"}), cancel);
    QVERIFY(!hits.ok());
    QCOMPARE(hits.error().code, Errc::Cancelled);
}

QTEST_GUILESS_MAIN(TestKeyFilter)
#include "tst_key_filter.moc"
