// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the writer writes, the reader reads back equal: every core type, odd values, as a file and as a DUMP payload.
#include "core/rdb/rdb_scanner.h"
#include "core/rdb/rdb_writer.h"
#include "core/rdb/value_decoder.h"

#include <QtTest>

#include <limits>

using namespace keyloupe;

Q_DECLARE_METATYPE(keyloupe::Value)

namespace {

QByteArray allBytes()
{
    QByteArray bytes;
    for (int i = 0; i < 256; ++i)
        bytes.append(char(i));
    return bytes;
}

void addRows()
{
    QTest::addColumn<Value>("value");
    QTest::newRow("empty string") << Value(QByteArray(""));
    QTest::newRow("all bytes") << Value(allBytes());
    for (const char *number : {"0", "-1", "127", "128", "-128", "-129", "32767", "32768", "-32769", "2147483647", "2147483648", "-2147483648",
                               "007", "+1", "-0", "1.0"})
        QTest::newRow(number) << Value(QByteArray(number));
    QTest::newRow("compressible") << Value(QByteArray(5000, 'a'));
    QTest::newRow("length 63") << Value(allBytes().left(63));
    QTest::newRow("length 64") << Value(allBytes().left(64));
    QTest::newRow("length 16384") << Value(QByteArray(allBytes().repeated(64)));
    QTest::newRow("list") << Value(ListValue{{"a", "", "123", allBytes()}});
    QTest::newRow("set") << Value(SetValue{{"1", "x", ""}});
    QTest::newRow("hash") << Value(HashValue{{{"f", "v", -1}, {"", "", -1}}});
    QTest::newRow("zset") << Value(SortedSetValue{{{"low", -std::numeric_limits<double>::infinity()},
                                                   {"tiny", 5e-324},
                                                   {"third", 1.0 / 3},
                                                   {"big", 9007199254740993.0},
                                                   {"high", std::numeric_limits<double>::infinity()}}});
    StreamValue stream;
    stream.entries = {{{1, 1}, {{"a", "1"}, {"b", ""}}}, {{1, 2}, {{"a", "2"}, {"b", "x"}}}, {{500, 0}, {{"other", "fields"}}}};
    stream.firstId = {1, 1};
    stream.lastId = {600, 7};
    stream.maxDeletedId = {600, 7};
    stream.entriesAdded = 4;
    stream.groups = {{"g", {1, 1}, 1, {{{1, 1}, 1'700'000'000'123, 2}}, {{"alice", 1'700'000'000'000, -1, {{1, 1}}}}}};
    QTest::newRow("stream") << Value(stream);
}

} // namespace

class TestRdbWrite : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFileReadsBackEqual_data() { addRows(); }
    void aFileReadsBackEqual()
    {
        QFETCH(Value, value);
        QByteArray image;
        RdbWriter writer([&](QByteArrayView bytes) -> Result<void> { image.append(bytes); return {}; }, RdbFamily::Redis, 11);
        QVERIFY(writer.begin().ok());
        QVERIFY(writer.aux("redis-ver", "7.2.0").ok());
        QVERIFY(writer.selectDb(3).ok());
        QVERIFY(writer.resizeDb(1, 1).ok());
        QVERIFY(writer.key(allBytes(), value, 4'102'444'800'123, -1, 200).ok());
        QVERIFY(writer.end().ok());
        QCOMPARE(writer.bytesWritten(), std::int64_t(image.size()));

        int keys = 0;
        ScanCallbacks callbacks;
        callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
            ++keys;
            if (key != allBytes() || record.db != 3 || record.expireAtMs != 4'102'444'800'123 || record.frequency != 200)
                ++keys;
            Result<DecodedValue> decoded =
                    decodeValue(record.rdbType, QByteArrayView(image).sliced(record.valueOffset, record.valueLength), RdbFamily::Redis);
            if (!decoded.ok() || !(decoded->value == value))
                ++keys;
            return true;
        };
        Result<RdbSummary> summary = scanRdb(image, callbacks);
        QVERIFY(summary.ok());
        QVERIFY(summary->isSound());
        QCOMPARE(summary->checksum, ChecksumState::Good);
        QCOMPARE(keys, 1); // once, and nothing about it was different
    }

    void aDumpPayloadReadsBackEqual_data() { addRows(); }
    void aDumpPayloadReadsBackEqual()
    {
        QFETCH(Value, value);
        Result<QByteArray> payload = encodeDumpPayload(value, RdbFamily::Redis, 11);
        QVERIFY(payload.ok());
        Result<DecodedValue> decoded = decodeDumpPayload(*payload);
        QVERIFY(decoded.ok());
        QVERIFY(decoded->value == value);
        // Any flipped byte breaks the checksum.
        for (qsizetype at = 0; at < payload->size(); at += 7) {
            QByteArray broken = *payload;
            broken[at] = char(broken[at] ^ 0x10);
            QVERIFY(!decodeDumpPayload(broken).ok());
        }
    }
};

QTEST_GUILESS_MAIN(TestRdbWrite)
#include "tst_rdb_write.moc"
