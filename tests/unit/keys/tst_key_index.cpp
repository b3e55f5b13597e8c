// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyIndex: levels of awkward names as printed trees; order, search and ranges against std::set on random names.
#include "tests/unit/keys/key_test_util.h"

#include <QtTest>

#include <random>
#include <set>

using namespace keyloupe;
using namespace keyloupe::test;

namespace {

QByteArray randomName(std::mt19937 &random)
{
    static constexpr char kBytes[] = {'a', 'b', ':', ':', '\0', '\x7f', '\x80', '\xff'};
    QByteArray name;
    for (auto left = random() % 9; left > 0; --left)
        name += kBytes[random() % sizeof kBytes];
    return name;
}

} // namespace

class TestKeyIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void levels_data();
    void levels();
    void agreesWithSet_data();
    void agreesWithSet();
    void emptyIndex();
    void lastBytesHaveNoSuccessor();
    void deepName();
    void longNames();
    void wideLevelStopsWhenCancelled();
    void takesLittleMemory();
    void splitsWideLevels_data();
    void splitsWideLevels();
};

void TestKeyIndex::levels_data()
{
    QTest::addColumn<QByteArrayList>("keys");
    QTest::addColumn<QByteArray>("separator");
    QTest::addColumn<QByteArray>("tree");

    QTest::newRow("empty") << QByteArrayList{} << QByteArray(":") << QByteArray();
    QTest::newRow("flat") << QByteArrayList{"b", "a"} << QByteArray(":") << QByteArray("\"a\"\n\"b\"\n");
    QTest::newRow("nested") << QByteArrayList{"app:user:2", "app:user:1", "app:x", "z"} << QByteArray(":")
                            << QByteArray("\"app:\" (3)\n  \"app:user:\" (2)\n    \"app:user:1\"\n    \"app:user:2\"\n"
                                          "  \"app:x\"\n\"z\"\n");
    QTest::newRow("folder and key of one name") << QByteArrayList{"a", "a:b"} << QByteArray(":")
                                                << QByteArray("\"a\"\n\"a:\" (1)\n  \"a:b\"\n");
    QTest::newRow("ends in the separator") << QByteArrayList{"a:", "a:b"} << QByteArray(":")
                                           << QByteArray("\"a:\" (2)\n  \"a:\"\n  \"a:b\"\n");
    QTest::newRow("empty name") << QByteArrayList{"", "a"} << QByteArray(":") << QByteArray("\"\"\n\"a\"\n");
    QTest::newRow("only separators") << QByteArrayList{":", "::", "::a"} << QByteArray(":")
                                     << QByteArray("\":\" (3)\n  \":\"\n  \"::\" (2)\n    \"::\"\n    \"::a\"\n");
    QTest::newRow("name between key and folder")
        << QByteArrayList{"a", "a-b", "a:b"} << QByteArray(":") << QByteArray("\"a\"\n\"a-b\"\n\"a:\" (1)\n  \"a:b\"\n");
    QTest::newRow("binary") << QByteArrayList{QByteArray("\x00:\xff", 3), QByteArray("\xff\xff", 2), QByteArray("\x00", 1)}
                            << QByteArray(":") << QByteArray("\"\\x00\"\n\"\\x00:\" (1)\n  \"\\x00:\\xff\"\n\"\\xff\\xff\"\n");
    QTest::newRow("long separator") << QByteArrayList{"a::b", "a:c"} << QByteArray("::")
                                    << QByteArray("\"a::\" (1)\n  \"a::b\"\n\"a:c\"\n");
    QTest::newRow("separator of 0xff") << QByteArrayList{QByteArray("a\xff" "b"), QByteArray("\xff"), QByteArray("\xff\xff")}
                                       << QByteArray("\xff")
                                       << QByteArray("\"a\\xff\" (1)\n  \"a\\xffb\"\n\"\\xff\" (2)\n  \"\\xff\"\n"
                                                     "  \"\\xff\\xff\" (1)\n    \"\\xff\\xff\"\n");
    QTest::newRow("no separator") << QByteArrayList{"a:b", "a:c"} << QByteArray() << QByteArray("\"a:b\"\n\"a:c\"\n");
}

void TestKeyIndex::levels()
{
    QFETCH(const QByteArrayList, keys);
    QFETCH(const QByteArray, separator);
    QFETCH(const QByteArray, tree);
    QCOMPARE(printTree(*indexOf(keys), separator), tree);
}

void TestKeyIndex::agreesWithSet_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<unsigned>("seed");
    // Around block borders, and enough for long folders to be galloped over.
    for (const int count : {1, 15, 16, 17, 31, 32, 33, 300, 5000})
        for (unsigned seed = 1; seed <= 3; ++seed)
            QTest::addRow("%d names, seed %u", count, seed) << count << seed;
}

void TestKeyIndex::agreesWithSet()
{
    QFETCH(const int, count);
    QFETCH(const unsigned, seed);
    std::mt19937 random(seed);
    const auto less = [](const QByteArray &a, const QByteArray &b) { return a.toStdString() < b.toStdString(); };
    std::set<QByteArray, decltype(less)> expected(less);
    QByteArrayList keys;
    for (int i = 0; i < count; ++i) {
        keys.append(randomName(random));
        expected.insert(keys.last());
    }
    const auto index = indexOf(keys);
    const QByteArrayList sorted(expected.begin(), expected.end());
    QCOMPARE(namesOf(*index), sorted);
    for (std::uint32_t i = 0; i < index->size(); ++i) {
        QCOMPARE(index->keyAt(i), sorted[i]);
        QCOMPARE(index->find(sorted[i]).value_or(index->size()), i);
    }
    for (int probe = 0; probe < 400; ++probe) {
        const QByteArray name = randomName(random);
        const auto at = std::distance(expected.begin(), expected.lower_bound(name));
        const auto from = static_cast<std::uint32_t>(random() % (index->size() + 2));
        QCOMPARE(index->lowerBound(name), static_cast<std::uint32_t>(at));
        QCOMPARE(index->lowerBound(name, from),
                 std::min(index->size(), std::max(from, static_cast<std::uint32_t>(at))));
        QCOMPARE(index->find(name).has_value(), expected.count(name) == 1);
        const KeyRange range = index->prefixRange(name);
        const auto starting = std::count_if(sorted.begin(), sorted.end(),
                                            [&](const QByteArray &key) { return key.startsWith(name); });
        QCOMPARE(static_cast<qptrdiff>(range.count()), static_cast<qptrdiff>(starting));
        QVERIFY(range.count() == 0 || sorted[range.first].startsWith(name));
    }
    // Every name is a leaf of the tree exactly once, in order.
    QByteArrayList leaves;
    std::function<void(KeyRange, std::uint32_t)> walk = [&](KeyRange range, std::uint32_t prefixLength) {
        const auto rows = index->children(range, prefixLength, ":");
        QVERIFY(rows.ok());
        for (const KeyChild &row : *rows) {
            if (row.isFolder())
                walk(row.range, row.prefixLength);
            else
                leaves.append(index->keyAt(row.range.first));
        }
    };
    walk(index->all(), 0);
    QCOMPARE(leaves, sorted);
}

void TestKeyIndex::emptyIndex()
{
    const KeyIndex index;
    QCOMPARE(index.size(), 0U);
    QCOMPARE(index.lowerBound("a"), 0U);
    QVERIFY(!index.find("").has_value());
    QCOMPARE(index.prefixRange(""), (KeyRange{0, 0}));
    QCOMPARE(index.keyAt(0), QByteArray());
    QVERIFY(KeyIndex::Cursor(index, 5).atEnd());
}

void TestKeyIndex::lastBytesHaveNoSuccessor()
{
    const auto index = indexOf({"a", "\xff", "\xff\xff", "\xff\xff\x01"});
    QCOMPARE(index->prefixRange("\xff"), (KeyRange{1, 4}));
    QCOMPARE(index->prefixRange("\xff\xff"), (KeyRange{2, 4}));
    QCOMPARE(index->prefixRange(""), (KeyRange{0, 4}));
    QCOMPARE(index->prefixRange("b"), (KeyRange{1, 1}));
}

void TestKeyIndex::deepName()
{
    const auto index = indexOf({QByteArray("a:").repeated(10'000)});
    KeyRange range = index->all();
    std::uint32_t prefixLength = 0;
    int depth = 0;
    for (;; ++depth) {
        const auto rows = index->children(range, prefixLength, ":");
        QVERIFY(rows.ok());
        QCOMPARE(rows->size(), 1U);
        if (!rows->front().isFolder())
            break;
        QVERIFY(rows->front().prefixLength > prefixLength);
        prefixLength = rows->front().prefixLength;
    }
    QCOMPARE(depth, 10'000);
}

void TestKeyIndex::longNames()
{
    QByteArrayList keys;
    for (int i = 0; i < 40; ++i)
        keys.append(QByteArray(64 * 1024, 'k') + QByteArray::number(100 + i));
    QCOMPARE(namesOf(*indexOf(keys)), keys);
}

void TestKeyIndex::wideLevelStopsWhenCancelled()
{
    QByteArrayList keys;
    for (int i = 0; i < 20'000; ++i)
        keys.append(QByteArray::number(i));
    const auto index = indexOf(keys);
    CancelToken cancel;
    QCOMPARE(index->children(index->all(), 0, ":", cancel)->size(), 20'000U);
    cancel.cancel();
    const auto rows = index->children(index->all(), 0, ":", cancel);
    QVERIFY(!rows.ok());
    QCOMPARE(rows.error().code, Errc::Cancelled);
}

void TestKeyIndex::takesLittleMemory()
{
    QByteArrayList keys;
    qsizetype bytes = 0;
    for (int i = 0; i < 100'000; ++i) {
        keys.append("app:session:" + QByteArray::number(i).rightJustified(12, '0'));
        bytes += keys.last().size();
    }
    QVERIFY(indexOf(keys)->memoryBytes() < static_cast<std::size_t>(bytes) + keys.size() * 8U);
}

void TestKeyIndex::splitsWideLevels_data()
{
    QTest::addColumn<unsigned>("count");
    QTest::addColumn<int>("slices");
    QTest::addColumn<unsigned>("sliceSize");
    QTest::newRow("none") << 0U << 0 << 0U;
    QTest::newRow("fits") << 1000U << 0 << 0U;
    QTest::newRow("one over") << 1001U << 2 << 1000U;
    QTest::newRow("a million") << 1'000'000U << 1000 << 1000U;
    QTest::newRow("over a million") << 1'000'001U << 2 << 1'000'000U;
    QTest::newRow("all ordinals") << 4'294'967'295U << 5 << 1'000'000'000U;
}

void TestKeyIndex::splitsWideLevels()
{
    QFETCH(const unsigned, count);
    QFETCH(const int, slices);
    QFETCH(const unsigned, sliceSize);
    const auto ranges = splitWide(count);
    QCOMPARE(static_cast<int>(ranges.size()), slices);
    std::uint32_t at = 0;
    for (const KeyRange &range : ranges) {
        QCOMPARE(range.first, at);
        QCOMPARE(range.count(), std::min(sliceSize, count - at));
        at = range.last;
    }
    QCOMPARE(at, ranges.empty() ? 0U : count);
}

QTEST_GUILESS_MAIN(TestKeyIndex)
#include "tst_key_index.moc"
