// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a chosen server cannot hold is told, and only that; what it reads is copied, what it does not is encoded anew.
#include "core/engine/engine.h"
#include "core/engine/engine_client.h"
#include "core/engine/save_options.h"
#include "core/rdb/rdb_scanner.h"
#include "core/rdb/type_table.h"
#include "core/rdb/value_decoder.h"
#include "tests/unit/transfer/sample_values.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

Q_DECLARE_METATYPE(keyloupe::Value)
Q_DECLARE_METATYPE(keyloupe::SaveTarget)
Q_DECLARE_METATYPE(QList<keyloupe::SaveIssue>)

namespace {

QList<SaveIssue> issuesOf(const Value &value, SaveTarget target)
{
    SaveFindings findings;
    addFindings(findings, 2, "k", value, factsOf(target));
    QList<SaveIssue> issues;
    for (const SaveFinding &finding : findings.list) {
        if (finding.db != 2 || finding.key != "k")
            qWarning("a finding is of another key");
        issues.append(finding.issue);
    }
    return issues;
}

QByteArray packedHash(RdbFamily family, qsizetype valueSize)
{
    // A listpack of one field with a value of that size, raw.
    Q_UNUSED(family)
    QByteArray pack;
    pack.append("\x81" "f", 2).append('\x02');
    pack.append(char(0xf0)).append(char(valueSize & 0xff)).append(char(valueSize >> 8 & 0xff)).append(char(valueSize >> 16 & 0xff)).append('\0');
    pack.append(QByteArray(valueSize, 'x'));
    const qsizetype size = valueSize + 5;
    pack.append(char(size >> 14 & 0x7f)).append(char((size >> 7 & 0x7f) | 0x80)).append(char((size & 0x7f) | 0x80)).append(char(0xff));
    const qsizetype total = pack.size() + 6;
    QByteArray out(1, char(0x80));
    for (int shift = 24; shift >= 0; shift -= 8)
        out.append(char(total >> shift & 0xff));
    for (int shift = 0; shift < 32; shift += 8)
        out.append(char(total >> shift & 0xff));
    return out.append('\x02').append('\0').append(pack);
}

} // namespace

class TestSaveTarget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesAreKnown()
    {
        for (const SaveTarget target : kSaveTargets)
            QCOMPARE(saveTargetNamed(factsOf(target).name).value(), target);
        for (const char *name : {"", "redis", "redis4", "Redis7", "valkey7", "valkey10"})
            QVERIFY(!saveTargetNamed(name).has_value());
    }

    void findings_data()
    {
        QTest::addColumn<Value>("value");
        QTest::addColumn<SaveTarget>("target");
        QTest::addColumn<QList<SaveIssue>>("expected");
        using I = SaveIssue;
        using T = SaveTarget;
        const auto row = [](const char *name, const Value &value, T target, const QList<I> &expected) {
            QTest::newRow((QByteArray(name) + " for " + factsOf(target).name).constData()) << value << target << expected;
        };
        for (const T target : kSaveTargets) {
            row("string", QByteArray("v"), target, {});
            row("plain hash", HashValue{{{"f", "v", -1}}}, target, {});
            row("module", ModuleValue{"ReJSON-RL", 3, {}}, target, {I::Module});
        }
        const HashValue expiring{{{"a", "1", 5}, {"b", "2", -1}}};
        for (const T target : {T::Redis5, T::Redis6, T::Redis7, T::Valkey8})
            row("expiring hash", expiring, target, {I::FieldExpiry});
        for (const T target : {T::Redis8, T::Valkey9})
            row("expiring hash", expiring, target, {});
        StreamValue plain;
        plain.entries = {{{1, 1}, {{"f", "v"}}}};
        plain.firstId = plain.lastId = {1, 1};
        plain.entriesAdded = 1;
        for (const T target : kSaveTargets)
            row("plain stream", plain, target, {});
        StreamValue counted = plain;
        counted.entriesAdded = 2;
        for (const T target : {T::Redis5, T::Redis6})
            row("counted stream", counted, target, {I::StreamCounters});
        for (const T target : {T::Redis7, T::Redis8, T::Valkey8, T::Valkey9})
            row("counted stream", counted, target, {});
        for (const T target : {T::Redis5, T::Redis6})
            row("stream with groups", oddStream(), target, {I::StreamCounters, I::ActiveTimes});
        row("stream with groups", oddStream(), T::Redis7, {I::ActiveTimes});
        for (const T target : {T::Redis8, T::Valkey8, T::Valkey9})
            row("stream with groups", oddStream(), target, {});
        StreamValue producing = plain;
        producing.idempotencyTail = QByteArray::fromHex("4064406400" "0000"); // what every new stream of Redis 8.6 has
        for (const T target : kSaveTargets)
            row("unused producers", producing, target, {});
        producing.idempotencyTail = QByteArray::fromHex("4064406401" "0170" "01" "0169" "01" "02" "0100");
        for (const T target : kSaveTargets)
            row("producers", producing, target, {I::Idempotency});
        producing.idempotencyTail = QByteArray::fromHex("0540640000" "00");
        for (const T target : kSaveTargets)
            row("own producer limits", producing, target, {I::Idempotency});
    }

    void findings()
    {
        QFETCH(Value, value);
        QFETCH(SaveTarget, target);
        QFETCH(QList<SaveIssue>, expected);
        QCOMPARE(issuesOf(value, target), expected);
        // What is told as lost is what is dropped, and what is left is written without a word.
        dropUnheld(value, factsOf(target));
        QByteArray out;
        std::uint8_t rdbType = 0;
        QVERIFY(appendEncodedValue(out, value, factsOf(target).family, factsOf(target).version, &rdbType).ok());
        QVERIFY(takesAsItStands(target, factsOf(target).family, rdbType, out));
    }

    void everyIssueHasItsWords()
    {
        QSet<QByteArray> names;
        QSet<QByteArray> texts;
        for (int i = 0; i <= int(SaveIssue::ModuleAux); ++i) {
            names.insert(saveIssueName(SaveIssue(i)));
            texts.insert(saveIssueText(SaveIssue(i)));
        }
        QCOMPARE(names.size(), int(SaveIssue::ModuleAux) + 1);
        QCOMPARE(texts.size(), names.size());
    }

    void fileRecords_data()
    {
        QTest::addColumn<int>("opcode");
        QTest::addColumn<bool>("ofValkey");
        QTest::addColumn<SaveTarget>("target");
        QTest::addColumn<bool>("taken");
        QTest::newRow("aux") << 250 << false << SaveTarget::Redis5 << true;
        QTest::newRow("function, Redis 6") << 245 << false << SaveTarget::Redis6 << false;
        QTest::newRow("function, Redis 7") << 245 << false << SaveTarget::Redis7 << true;
        QTest::newRow("function, Valkey 8") << 245 << false << SaveTarget::Valkey8 << true;
        QTest::newRow("function of a candidate") << 246 << false << SaveTarget::Redis7 << false;
        QTest::newRow("slot import") << 243 << true << SaveTarget::Valkey9 << false;
        QTest::newRow("module data") << 247 << false << SaveTarget::Redis5 << true;
    }

    void fileRecords()
    {
        QFETCH(int, opcode);
        QFETCH(bool, ofValkey);
        QFETCH(SaveTarget, target);
        QFETCH(bool, taken);
        RdbFileRecord record;
        record.opcode = std::uint8_t(opcode);
        record.value = "#!lua name=lib\nreturn 1";
        const RdbFamily family = ofValkey ? RdbFamily::Valkey : RdbFamily::Redis;
        QCOMPARE(takesFileRecord(target, record, family), taken);
        SaveFindings findings;
        addFindings(findings, record, family, factsOf(target));
        QCOMPARE(findings.losses, std::int64_t(taken ? 0 : 1));
    }

    void typesThatAreCopied_data()
    {
        QTest::addColumn<SaveTarget>("target");
        QTest::addColumn<bool>("ofValkey");
        QTest::addColumn<QList<int>>("types");
        const QList<int> old{0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14, 15};
        const QList<int> seven = old + QList<int>{16, 17, 18, 19};
        QTest::newRow("Redis 5") << SaveTarget::Redis5 << false << old;
        QTest::newRow("Redis 6") << SaveTarget::Redis6 << false << old;
        QTest::newRow("Redis 7") << SaveTarget::Redis7 << false << seven;
        QTest::newRow("Valkey 8") << SaveTarget::Valkey8 << false << seven + QList<int>{20, 21};
        QTest::newRow("Redis 8") << SaveTarget::Redis8 << false << seven + QList<int>{20, 21, 24, 25};
        QTest::newRow("Redis 8 from Valkey") << SaveTarget::Redis8 << true << seven + QList<int>{20, 21};
        QTest::newRow("Valkey 9 from Redis") << SaveTarget::Valkey9 << false << seven + QList<int>{20, 21};
        QTest::newRow("Valkey 9") << SaveTarget::Valkey9 << true << seven + QList<int>{20, 21, 22};
    }

    void typesThatAreCopied()
    {
        QFETCH(SaveTarget, target);
        QFETCH(bool, ofValkey);
        QFETCH(QList<int>, types);
        const RdbFamily family = ofValkey ? RdbFamily::Valkey : RdbFamily::Redis;
        QList<int> copied;
        for (int type = 0; type <= 33; ++type) {
            if (rdb::valueTypeOfRdbType(std::uint8_t(type), family) && takesAsItStands(target, family, std::uint8_t(type), QByteArray(8, '\0')))
                copied.append(type);
        }
        QCOMPARE(copied, types);
    }

    // The two families count the bytes behind an element of 16383 bytes differently: such a listpack is not copied across.
    void largeListpacksAreEncodedAnew_data()
    {
        QTest::addColumn<int>("valueSize");
        QTest::addColumn<bool>("copied");
        QTest::newRow("small") << 16300 << true;
        QTest::newRow("ambiguous") << 16378 << false;
        QTest::newRow("larger") << 70000 << false;
    }

    void largeListpacksAreEncodedAnew()
    {
        QFETCH(int, valueSize);
        QFETCH(bool, copied);
        const QByteArray value = packedHash(RdbFamily::Redis, valueSize);
        if (valueSize != 16300) // three bytes of length fit only above 16382
            QVERIFY(decodeValue(rdb::kTypeHashListpack, value, RdbFamily::Redis).ok());
        QVERIFY(takesAsItStands(SaveTarget::Redis7, RdbFamily::Redis, rdb::kTypeHashListpack, value));
        QCOMPARE(takesAsItStands(SaveTarget::Valkey9, RdbFamily::Redis, rdb::kTypeHashListpack, value), copied);
    }

    // A file for each target from edited keys: the header, the types, and the values as they read back.
    void savedForATarget_data()
    {
        QTest::addColumn<SaveTarget>("target");
        for (const SaveTarget target : kSaveTargets)
            QTest::newRow(factsOf(target).name) << target;
    }

    void savedForATarget()
    {
        QFETCH(SaveTarget, target);
        const TargetFacts &facts = factsOf(target);
        Engine engine([] { return std::int64_t{1'700'000'000'000}; });
        const auto client = engine.connect();
        for (const Command &command : {Command{"SET", "s", "v"}, Command{"HSET", "h", "a", "1", "b", "2"},
                                       Command{"HPEXPIREAT", "h", "4102444800123", "FIELDS", "1", "a"}, Command{"XADD", "x", "1-1", "f", "v"},
                                       Command{"XADD", "x", "2-1", "f", "v"}, Command{"XDEL", "x", "2-1"}, Command{"PEXPIREAT", "s", "4102444800123"}})
            QVERIFY2(!engine.execute(*client, command).isError(), command.name().constData());
        const Result<SaveFindings> findings = findLosses(engine.keyspace(), target);
        QVERIFY(findings.ok());
        QCOMPARE(findings->losses, std::int64_t(facts.fieldExpiry ? 0 : 1) + (facts.streamCounters ? 0 : 1));
        const QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("out.rdb"));
        const Result<EngineSaveReport> report = engine.save(path, SaveOptions{target});
        QVERIFY2(report.ok(), report.ok() ? "" : qPrintable(describe(report.error())));
        QCOMPARE(report->keys, std::int64_t(3));
        QCOMPARE(report->leftOut, std::int64_t(0));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray image = file.readAll();
        int keys = 0;
        ScanCallbacks callbacks;
        callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
            ++keys;
            const QByteArrayView bytes = QByteArrayView(image).sliced(record.valueOffset, record.valueLength);
            if (!takesAsItStands(target, facts.family, record.rdbType, bytes))
                qWarning("type %d", record.rdbType);
            const Result<DecodedValue> decoded = decodeValue(record.rdbType, bytes, facts.family);
            if (key == "h")
                return decoded.ok() && std::get<HashValue>(decoded->value).fields[0].expireAtMs == (facts.fieldExpiry ? 4102444800123 : -1);
            if (key == "x")
                return decoded.ok() && std::get<StreamValue>(decoded->value).entriesAdded == (facts.streamCounters ? 2u : 1u);
            return decoded.ok() && record.expireAtMs == 4102444800123;
        };
        const Result<RdbSummary> summary = scanRdb(image, callbacks);
        QVERIFY(summary.ok() && summary->isSound());
        QCOMPARE(keys, 3);
        QCOMPARE(summary->version, facts.version);
        QVERIFY(summary->family == facts.family);
    }
};

QTEST_GUILESS_MAIN(TestSaveTarget)
#include "tst_save_target.moc"
