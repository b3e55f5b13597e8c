// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyIndexBuilder: batches with duplicates, the last word about a name wins, published indexes never change.
#include "tests/unit/keys/key_test_util.h"

#include <QtTest>

#include <random>
#include <set>

using namespace keyloupe;
using namespace keyloupe::test;

class TestKeyIndexBuilder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void dropsDuplicates();
    void lastWordWins();
    void publishWithoutChangesIsTheSameIndex();
    void publishedIndexStays();
    void startsFromAnIndex();
    void agreesWithSet();
};

void TestKeyIndexBuilder::dropsDuplicates()
{
    KeyIndexBuilder builder;
    builder.add({"b", "a", "b", "", ""});
    QCOMPARE(namesOf(*builder.publish()), (QByteArrayList{"", "a", "b"}));
    builder.add({"a", "c"});
    QCOMPARE(namesOf(*builder.publish()), (QByteArrayList{"", "a", "b", "c"}));
}

void TestKeyIndexBuilder::lastWordWins()
{
    KeyIndexBuilder builder;
    builder.add({"a", "b"});
    builder.remove("a");
    builder.remove("c");
    builder.insert("c");
    builder.remove("never there");
    QCOMPARE(namesOf(*builder.publish()), (QByteArrayList{"b", "c"}));
    builder.remove("b");
    builder.insert("b");
    builder.insert("d");
    builder.remove("d");
    QCOMPARE(namesOf(*builder.publish()), (QByteArrayList{"b", "c"}));
    builder.remove("b");
    builder.remove("c");
    QCOMPARE(builder.publish()->size(), 0U);
}

void TestKeyIndexBuilder::publishWithoutChangesIsTheSameIndex()
{
    KeyIndexBuilder builder;
    builder.add({"a"});
    QVERIFY(builder.hasChanges());
    const auto first = builder.publish();
    QVERIFY(!builder.hasChanges());
    QCOMPARE(builder.publish(), first);
    QCOMPARE(builder.current(), first);
}

void TestKeyIndexBuilder::publishedIndexStays()
{
    KeyIndexBuilder builder;
    builder.add({"a", "c"});
    const auto first = builder.publish();
    builder.insert("b");
    builder.remove("c");
    const auto second = builder.publish();
    QCOMPARE(namesOf(*first), (QByteArrayList{"a", "c"}));
    QCOMPARE(namesOf(*second), (QByteArrayList{"a", "b"}));
}

void TestKeyIndexBuilder::startsFromAnIndex()
{
    KeyIndexBuilder builder(indexOf({"x", "y"}));
    builder.remove("x");
    QCOMPARE(namesOf(*builder.publish()), (QByteArrayList{"y"}));
    QVERIFY(KeyIndexBuilder(nullptr).publish() != nullptr);
}

void TestKeyIndexBuilder::agreesWithSet()
{
    std::mt19937 random(7);
    KeyIndexBuilder builder;
    std::set<std::string> expected;
    for (int round = 0; round < 60; ++round) {
        for (auto left = random() % 200; left > 0; --left) {
            const QByteArray name = QByteArray(random() % 2 ? "ns:" : "\xff") + QByteArray::number(random() % 500);
            if (random() % 3 == 0) {
                builder.remove(name);
                expected.erase(name.toStdString());
            } else {
                builder.insert(name);
                expected.insert(name.toStdString());
            }
        }
        QByteArrayList sorted;
        for (const std::string &name : expected)
            sorted.append(QByteArray::fromStdString(name));
        QCOMPARE(namesOf(*builder.publish()), sorted);
    }
}

QTEST_GUILESS_MAIN(TestKeyIndexBuilder)
#include "tst_key_index_builder.moc"
