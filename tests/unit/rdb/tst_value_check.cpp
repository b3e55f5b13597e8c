// SPDX-License-Identifier: GPL-3.0-or-later
//
// ValueChecker against decodeValue: the same verdict on every value of the corpora, on corrupt payloads, on each value cut
// anywhere and with bytes changed; and what it alone must see.
#include "core/rdb/rdb_writer.h"
#include "core/rdb/value_check.h"
#include "core/rdb/value_decoder.h"
#include "tests/unit/rdb/value_corpus.h"

#include <QRandomGenerator>
#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

namespace {

std::int64_t elementsOf(const Value &value)
{
    if (const auto *string = std::get_if<QByteArray>(&value))
        return string->size();
    if (const auto *list = std::get_if<ListValue>(&value))
        return qsizetype(list->items.size());
    if (const auto *set = std::get_if<SetValue>(&value))
        return qsizetype(set->members.size());
    if (const auto *zset = std::get_if<SortedSetValue>(&value))
        return qsizetype(zset->members.size());
    if (const auto *hash = std::get_if<HashValue>(&value))
        return qsizetype(hash->fields.size());
    if (const auto *stream = std::get_if<StreamValue>(&value))
        return qsizetype(stream->entries.size());
    return std::get<ModuleValue>(value).payload.size();
}

// Empty when both say the same.
QByteArray disagreement(ValueChecker &checker, std::uint8_t rdbType, QByteArrayView bytes, RdbFamily family)
{
    const Result<DecodedValue> decoded = decodeValue(rdbType, bytes, family);
    const Result<ValueCounts> checked = checker.check(rdbType, bytes, family);
    if (decoded.ok() != checked.ok())
        return decoded.ok() ? "only the checker refuses: " + describe(checked.error()).toUtf8()
                            : "only the decoder refuses: " + describe(decoded.error()).toUtf8();
    if (!checked.ok()) {
        if (checked.error().code != decoded.error().code)
            return "the codes differ";
        return checked.error().offset < 0 || checked.error().offset > bytes.size() ? QByteArray("the offset is outside the value") : QByteArray();
    }
    if (checked->consumed != decoded->consumed)
        return "consumed " + QByteArray::number(qint64(checked->consumed)) + " instead of " + QByteArray::number(qint64(decoded->consumed));
    if (checked->elements != elementsOf(decoded->value))
        return "counted " + QByteArray::number(qint64(checked->elements)) + " elements";
    return {};
}

} // namespace

class TestValueCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesOnCorpora();
    void agreesOnCorruptPayloads();
    void agreesOnCutValues();
    void agreesOnChangedValues();
    void agreesOnAnyBytes();
    void findsDuplicates_data();
    void findsDuplicates();
    void givesOffsets();
};

void TestValueCheck::agreesOnCorpora()
{
    ValueChecker checker;
    int values = 0;
    valuesOfAllFiles([&](const CorpusValue &value) {
        const QByteArray difference = disagreement(checker, value.rdbType, value.bytes, value.family);
        QVERIFY2(difference.isEmpty(), (value.where + ": " + difference).constData());
        ++values;
    });
    QVERIFY(values > 40);
}

void TestValueCheck::agreesOnCorruptPayloads()
{
    if (!haveCorpora())
        QSKIP("the corpora are not on this machine");
    ValueChecker checker;
    int refused = 0;
    corruptPayloads([&](const CorpusValue &value) {
        const QByteArray difference = disagreement(checker, value.rdbType, value.bytes, value.family);
        QVERIFY2(difference.isEmpty(), (value.where + ": " + difference).constData());
        refused += ValueChecker().check(value.rdbType, value.bytes, value.family).ok() ? 0 : 1;
    });
    QVERIFY(refused > 50);
}

void TestValueCheck::agreesOnCutValues()
{
    ValueChecker checker;
    valuesOfAllFiles([&](const CorpusValue &value) {
        if (value.bytes.size() > 2000)
            return;
        const qsizetype step = 1 + value.bytes.size() / 40;
        for (qsizetype size = 0; size < value.bytes.size(); size += step) {
            const QByteArray difference = disagreement(checker, value.rdbType, value.bytes.first(size), value.family);
            QVERIFY2(difference.isEmpty(), (value.where + " cut at " + QByteArray::number(size) + ": " + difference).constData());
        }
    });
}

void TestValueCheck::agreesOnChangedValues()
{
    ValueChecker checker;
    QRandomGenerator random(20261121);
    int refused = 0;
    int changes = 0;
    valuesOfAllFiles([&](const CorpusValue &value) {
        if (value.bytes.isEmpty() || value.bytes.size() > 20000)
            return;
        QByteArray bytes = value.bytes.toByteArray();
        for (int round = 0; round < 12; ++round) {
            // Heads and counts stand in front: half of the changes go there.
            const qsizetype range = round % 2 == 0 ? bytes.size() : std::min<qsizetype>(bytes.size(), 32);
            const auto at = qsizetype(random.bounded(quint32(range)));
            const char before = bytes[at];
            bytes[at] = char(round % 3 == 0 ? before ^ (1 << random.bounded(8)) : int(random.bounded(256U)));
            const QByteArray difference = disagreement(checker, value.rdbType, bytes, value.family);
            QVERIFY2(difference.isEmpty(),
                     (value.where + " with byte " + QByteArray::number(at) + " changed: " + difference + ' ' + bytes.left(200).toHex()).constData());
            refused += ValueChecker().check(value.rdbType, bytes, value.family).ok() ? 0 : 1;
            ++changes;
            if (round % 4 != 3) // now and then several changes meet
                bytes[at] = before;
        }
    });
    QVERIFY(changes > 1000);
    QVERIFY(refused > changes / 20);
}

void TestValueCheck::agreesOnAnyBytes()
{
    ValueChecker checker;
    QRandomGenerator random(7);
    for (int type = 0; type < 40; ++type) {
        for (int round = 0; round < 300; ++round) {
            QByteArray bytes(qsizetype(random.bounded(1U, 60U)), '\0');
            for (char &byte : bytes) // small numbers make sound counts likelier
                byte = char(random.bounded(4U) == 0 ? random.bounded(256U) : random.bounded(9U));
            for (const RdbFamily family : {RdbFamily::Redis, RdbFamily::Valkey}) {
                const QByteArray difference = disagreement(checker, std::uint8_t(type), bytes, family);
                QVERIFY2(difference.isEmpty(), (QByteArray::number(type) + ' ' + bytes.toHex() + ": " + difference).constData());
            }
        }
    }
}

void TestValueCheck::findsDuplicates_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("twice");
    // Number and text, and raw and compressed, stand for the same member.
    QTest::newRow("set") << 2 << QByteArray("\x03\x01" "a" "\x01" "b" "\x01" "a") << true;
    QTest::newRow("set of numbers and texts") << 2 << QByteArray("\x02\xc0\x07\x01" "7") << true;
    QTest::newRow("set without") << 2 << QByteArray("\x02\xc0\x07\x02" "07") << false;
    const QByteArray run(40, 'x');
    const QByteArray packed = QByteArray("\xc3\x05\x28\x00x\xe0\x1e\x00", 8); // one x, then 39 more from one back
    QTest::newRow("hash with a compressed field") << 4 << QByteArray("\x02") + packed + "\x01" "1" "\x28" + run + "\x01" "2" << true;
    QTest::newRow("hash without") << 4 << QByteArray("\x02") + packed + "\x01" "1" "\x27" + run.chopped(1) + "\x01" "2" << false;
}

void TestValueCheck::findsDuplicates()
{
    QFETCH(int, type);
    QFETCH(QByteArray, bytes);
    QFETCH(bool, twice);
    const Result<ValueCounts> checked = ValueChecker().check(std::uint8_t(type), bytes, RdbFamily::Redis);
    QCOMPARE(checked.ok(), !twice);
    QCOMPARE(decodeValue(std::uint8_t(type), bytes, RdbFamily::Redis).ok(), !twice);
    if (twice)
        QVERIFY(checked.error().message.contains(QStringLiteral("twice")));
}

void TestValueCheck::givesOffsets()
{
    // The second member's length runs out of the bytes.
    const Result<ValueCounts> cut = ValueChecker().check(2, QByteArray("\x02\x01" "a\x05" "b"), RdbFamily::Redis);
    QVERIFY(!cut.ok());
    QCOMPARE(cut.error().code, Errc::Corrupt);
    QCOMPARE(cut.error().offset, 4);
    QCOMPARE(ValueChecker().check(99, "x", RdbFamily::Redis).error().code, Errc::Unsupported);
}

QTEST_GUILESS_MAIN(TestValueCheck)
#include "tst_value_check.moc"
