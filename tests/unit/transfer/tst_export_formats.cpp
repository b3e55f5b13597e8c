// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every format reads back what it wrote, whatever the bytes; what is cut or changed does not read back as if nothing were.
#include "core/transfer/export_run.h"
#include "core/transfer/exported_record.h"
#include "tests/unit/transfer/sample_values.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

Q_DECLARE_METATYPE(keyloupe::ExportFormat)
Q_DECLARE_METATYPE(keyloupe::Value)

namespace {

constexpr std::pair<const char *, ExportFormat> kFormats[] = {
        {"jsonl", ExportFormat::JsonLines}, {"csv", ExportFormat::Csv}, {"resp", ExportFormat::Resp}, {"rdb", ExportFormat::Rdb}};
constexpr char kLibrary[] = "#!lua name=mylib\nredis.register_function('f', function() return 1 end)";

struct Written
{
    QByteArray bytes;
    std::vector<ExportedRecord> records; // what went in
};

ExportRecord recordOf(int db, const QByteArray &key, const Value &value, std::int64_t expireAtMs)
{
    ExportRecord record;
    record.stored.db = db;
    record.stored.key = key;
    record.stored.expireAtMs = expireAtMs;
    record.edited = value;
    record.type = typeOf(value);
    return record;
}

Written writeAll(ExportFormat format)
{
    Written out;
    const std::unique_ptr<ExportWriter> writer = makeExportWriter(format, std::nullopt, [&](QByteArrayView bytes) -> Result<void> {
        out.bytes.append(bytes.data(), bytes.size());
        return {};
    });
    ExportHead head;
    head.version = 13;
    if (!writer->begin(head).ok() || !writer->library(kLibrary).ok())
        qFatal("cannot begin");
    int i = 0;
    for (const int db : {0, 3}) {
        for (const auto &[name, value] : sampleValues()) {
            const QByteArray key = ++i == 5 ? QByteArray("") : i % 3 == 0 ? allBytes().mid(i) : QByteArray(name) + ",\"\n" + QByteArray::number(i);
            const std::int64_t expiry = i % 4 == 0 ? 4'102'444'800'000 + i : i == 6 ? 1 : -1;
            const Result<bool> written = writer->key(recordOf(db, key, value, expiry), &value);
            if (!written.ok() || !*written)
                qFatal("cannot write %s", name);
            out.records.push_back({db, key, expiry, value, false, false});
        }
    }
    if (!writer->end().ok())
        qFatal("cannot end");
    return out;
}

Result<std::vector<ExportedRecord>> readAll(ExportFormat format, const QByteArray &bytes)
{
    std::vector<ExportedRecord> all;
    KL_CHECK(readExport(
            format, bytes,
            [&](ExportedRecord record) -> Result<void> {
                all.push_back(std::move(record));
                return {};
            },
            CancelToken()));
    return all;
}

Fingerprint printOf(const ExportedRecord &record, const Fidelity &fidelity)
{
    return fingerprintOf(record.db, record.key, record.expireAtMs, record.value, fidelity);
}

void formatRows()
{
    QTest::addColumn<ExportFormat>("format");
    for (const auto &[name, format] : kFormats)
        QTest::newRow(name) << format;
}

} // namespace

class TestExportFormats : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenReadsBack_data() { formatRows(); }
    void whatIsWrittenReadsBack()
    {
        QFETCH(ExportFormat, format);
        const Written written = writeAll(format);
        const Result<std::vector<ExportedRecord>> read = readAll(format, written.bytes);
        QVERIFY2(read.ok(), read.ok() ? "" : qPrintable(describe(read.error())));
        std::vector<ExportedRecord> keys;
        int libraries = 0;
        for (const ExportedRecord &record : *read) {
            if (record.isLibrary) {
                ++libraries;
                QCOMPARE(std::get<QByteArray>(record.value), QByteArray(kLibrary));
            } else {
                keys.push_back(record);
            }
        }
        QCOMPARE(libraries, 1);
        QCOMPARE(keys.size(), written.records.size());
        const Fidelity fidelity = fidelityOf(format, std::nullopt);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            QCOMPARE(keys[i].db, written.records[i].db);
            QCOMPARE(keys[i].key, written.records[i].key);
            QCOMPARE(keys[i].expireAtMs, written.records[i].expireAtMs);
            // Text formats and RDB keep everything, commands all but a consumer's times.
            if (format != ExportFormat::Resp)
                QVERIFY2(keys[i].value == written.records[i].value, written.records[i].key.constData());
            QVERIFY2(printOf(keys[i], fidelity) == printOf(written.records[i], fidelity), written.records[i].key.constData());
        }
    }

    // Values of megabytes go into commands without being decoded as a whole; what comes back is the same.
    void largeValuesAreWalked_data()
    {
        QTest::addColumn<Value>("value");
        ListValue list;
        SetValue set;
        SortedSetValue sorted;
        HashValue hash;
        for (int i = 0; i < 30'000; ++i) {
            const QByteArray bytes = QCryptographicHash::hash(QByteArray::number(i), QCryptographicHash::Sha512);
            list.items.push_back(bytes);
            set.members.push_back(bytes);
            sorted.members.push_back({bytes, i / 8.0});
            hash.fields.push_back({bytes, QByteArray::number(i), i % 3 == 0 ? 4'102'444'800'000 + i % 5 : -1});
        }
        QTest::newRow("list") << Value(list);
        QTest::newRow("set") << Value(set);
        QTest::newRow("zset") << Value(sorted);
        QTest::newRow("hash") << Value(hash);
    }

    void largeValuesAreWalked()
    {
        QFETCH(Value, value);
        QByteArray stored;
        ExportRecord record;
        record.type = typeOf(value);
        record.stored.key = "large";
        record.stored.expireAtMs = 4'102'444'800'123;
        QVERIFY(appendEncodedValue(stored, value, RdbFamily::Redis, 12, &record.stored.rdbType).ok());
        record.stored.value = stored;
        QByteArray out;
        const std::unique_ptr<ExportWriter> writer = makeRespWriter(std::nullopt, [&](QByteArrayView bytes) -> Result<void> {
            out.append(bytes.data(), bytes.size());
            return {};
        });
        QVERIFY(writer->begin({}).ok());
        QVERIFY(writer->streams(record));
        const Result<bool> written = writer->key(record, nullptr);
        QVERIFY(written.ok() && *written);
        QVERIFY(writer->end().ok());
        const Result<std::vector<ExportedRecord>> read = readAll(ExportFormat::Resp, out);
        QVERIFY2(read.ok(), read.ok() ? "" : qPrintable(describe(read.error())));
        QCOMPARE(read->size(), std::size_t(1));
        QVERIFY(printOf(read->front(), {}) == fingerprintOf(0, "large", 4'102'444'800'123, value, {}));

        // Cut inside: nothing of it is written.
        record.stored.value = QByteArrayView(stored).chopped(1);
        const Result<bool> damaged = writer->key(record, nullptr);
        QVERIFY(damaged.ok() && !*damaged);
    }

    void jsonIsJson()
    {
        const Written written = writeAll(ExportFormat::JsonLines);
        QByteArrayList lines = written.bytes.split('\n');
        QVERIFY(lines.takeLast().isEmpty());
        QCOMPARE(std::size_t(lines.size()), written.records.size() + 1);
        for (const QByteArray &line : lines) {
            QJsonParseError error;
            QJsonDocument::fromJson(line, &error);
            QVERIFY2(error.error == QJsonParseError::NoError, line.constData());
        }
    }

    // A cut file reads back as fewer keys, or not at all; never as other ones.
    void cutsAreSeen_data() { formatRows(); }
    void cutsAreSeen()
    {
        QFETCH(ExportFormat, format);
        const Written written = writeAll(format);
        const Fidelity fidelity = fidelityOf(format, std::nullopt);
        std::vector<Fingerprint> expected;
        for (const ExportedRecord &record : written.records)
            expected.push_back(printOf(record, fidelity));
        for (qsizetype size = 0; size < written.bytes.size(); size += 37) {
            std::vector<Fingerprint> got;
            const Result<void> read = readExport(
                    format, QByteArrayView(written.bytes).first(size),
                    [&](ExportedRecord record) -> Result<void> {
                        if (!record.isLibrary)
                            got.push_back(printOf(record, fidelity));
                        return {};
                    },
                    CancelToken());
            QVERIFY(!read.ok() || got.size() < expected.size() || got != expected);
        }
    }

    // One element less, another score, another id: each is another fingerprint.
    void fingerprintsTellValuesApart()
    {
        const Fidelity all;
        std::vector<Fingerprint> seen;
        for (const auto &[name, value] : sampleValues()) {
            const Fingerprint print = fingerprintOf(0, "k", -1, value, all);
            QVERIFY2(std::find(seen.begin(), seen.end(), print) == seen.end(), name);
            seen.push_back(print);
            QVERIFY(print != fingerprintOf(1, "k", -1, value, all));
            QVERIFY(print != fingerprintOf(0, "K", -1, value, all));
            QVERIFY(print != fingerprintOf(0, "k", 5, value, all));
        }
        QVERIFY(fingerprintOf(0, "k", -1, Value(ListValue{{"ab", "c"}}), all) != fingerprintOf(0, "k", -1, Value(ListValue{{"a", "bc"}}), all));
        QVERIFY(fingerprintOf(0, "k", -1, Value(ListValue{{"a", "b"}}), all) != fingerprintOf(0, "k", -1, Value(ListValue{{"b", "a"}}), all));
        QVERIFY(fingerprintOf(0, "k", -1, Value(SetValue{{"a", "b"}}), all) == fingerprintOf(0, "k", -1, Value(SetValue{{"b", "a"}}), all));
        StreamValue other = oddStream();
        other.groups[0].pending[0].deliveries = 4;
        QVERIFY(fingerprintOf(0, "k", -1, Value(other), all) != fingerprintOf(0, "k", -1, Value(oddStream()), all));
    }

    void damagedTextIsRefused_data()
    {
        QTest::addColumn<ExportFormat>("format");
        QTest::addColumn<QByteArray>("bytes");
        const auto json = [](const char *name, const char *bytes) { QTest::newRow(name) << ExportFormat::JsonLines << QByteArray(bytes); };
        json("no JSON", "hello\n");
        json("no line end", R"({"db":0,"key":"k","type":"string","expire_at_ms":null,"value":"v"})");
        json("no type", "{\"db\":0,\"key\":\"k\",\"expire_at_ms\":null,\"value\":\"v\"}\n");
        json("unknown type", "{\"db\":0,\"key\":\"k\",\"type\":\"tree\",\"expire_at_ms\":null,\"value\":\"v\"}\n");
        json("broken base64", "{\"db\":0,\"key\":\"k\",\"type\":\"string\",\"expire_at_ms\":null,\"value\":{\"base64\":\"*\"}}\n");
        json("wrong shape", "{\"db\":0,\"key\":\"k\",\"type\":\"list\",\"expire_at_ms\":null,\"value\":[1]}\n");
        json("no score", "{\"db\":0,\"key\":\"k\",\"type\":\"zset\",\"expire_at_ms\":null,\"value\":[[\"m\",\"x\"]]}\n");
        json("no id", "{\"db\":0,\"key\":\"k\",\"type\":\"stream\",\"expire_at_ms\":null,\"value\":{\"entries\":[[\"1\",[]]],\"stream\":{}}}\n");
        QTest::newRow("csv without a header") << ExportFormat::Csv << QByteArray("0,k,,string,,value,,,,v,\n");
        const QByteArray header("db,key,key_b64,type,expire_at_ms,part,id,name,name_b64,value,value_b64\n");
        QTest::newRow("csv row too short") << ExportFormat::Csv << QByteArray(header + "0,k,,string\n");
        QTest::newRow("csv row too long") << ExportFormat::Csv << QByteArray(header + "0,k,,string,,value,,,,v,,,\n");
        QTest::newRow("csv open quote") << ExportFormat::Csv << QByteArray(header + "0,k,,string,,value,,,,\"v,\n");
        QTest::newRow("csv unknown type") << ExportFormat::Csv << QByteArray(header + "0,k,,tree,,value,,,,v,\n");
        QTest::newRow("resp unknown command") << ExportFormat::Resp << QByteArray("*2\r\n$4\r\nNOPE\r\n$1\r\nk\r\n");
        QTest::newRow("resp cut off") << ExportFormat::Resp << QByteArray("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n");
        QTest::newRow("resp no protocol") << ExportFormat::Resp << QByteArray("*x\r\n");
        QTest::newRow("rdb of something else") << ExportFormat::Rdb << QByteArray("PK\x03\x04");
    }

    void damagedTextIsRefused()
    {
        QFETCH(ExportFormat, format);
        QFETCH(QByteArray, bytes);
        QVERIFY(!readAll(format, bytes).ok());
    }
};

QTEST_GUILESS_MAIN(TestExportFormats)
#include "tst_export_formats.moc"
