// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/info_parser.h"
#include "core/monitor/metric_catalog.h"

#include <QFile>
#include <QSet>
#include <QtTest>

#include <cmath>

using namespace keyloupe;

class TestInfoParser : public QObject
{
    Q_OBJECT

private:
    static QByteArray recorded(const char *name)
    {
        QFile file(QStringLiteral(KEYLOUPE_TEST_DATA "/info/%1.txt").arg(QLatin1String(name)));
        if (!file.open(QIODevice::ReadOnly))
            qFatal("no test data %s", name);
        return file.readAll();
    }

private Q_SLOTS:
    void readsFields_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("section");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("plain") << QByteArray("# Stats\r\na:1\r\n") << QByteArray("Stats") << QByteArray("a") << QByteArray("1");
        QTest::newRow("section without case") << QByteArray("# Stats\r\na:1\r\n") << QByteArray("stats") << QByteArray("a") << QByteArray("1");
        QTest::newRow("bare newlines") << QByteArray("# Stats\na:1\nb:2") << QByteArray("Stats") << QByteArray("b") << QByteArray("2");
        QTest::newRow("first colon splits") << QByteArray("# S\r\nexe:C:\\redis:x\r\n") << QByteArray("S") << QByteArray("exe") << QByteArray("C:\\redis:x");
        QTest::newRow("commas and equals stay") << QByteArray("# K\r\ndb0:keys=1,expires=2\r\n") << QByteArray("K") << QByteArray("db0") << QByteArray("keys=1,expires=2");
        QTest::newRow("empty value") << QByteArray("# Server\r\nconfig_file:\r\n") << QByteArray("Server") << QByteArray("config_file") << QByteArray("");
        QTest::newRow("before any heading") << QByteArray("a:1\r\n# S\r\na:2\r\n") << QByteArray("") << QByteArray("a") << QByteArray("1");
        QTest::newRow("same name in two sections") << QByteArray("# Memory\r\nused_memory:1\r\n# Hotkeys\r\nused_memory:2\r\n") << QByteArray("Hotkeys") << QByteArray("used_memory") << QByteArray("2");
        QTest::newRow("section printed twice") << QByteArray("# M\r\na:1\r\n# M\r\na:2\r\n") << QByteArray("M") << QByteArray("a") << QByteArray("2");
        QTest::newRow("verbatim prefix left on") << QByteArray("txt:# S\r\na:1\r\n") << QByteArray("S") << QByteArray("a") << QByteArray("1");
        QTest::newRow("rubbish is skipped") << QByteArray("# S\r\nno colon here\r\n:no name\r\n\r\na:1\r\n") << QByteArray("S") << QByteArray("a") << QByteArray("1");
    }

    void readsFields()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, section);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        const InfoSnapshot info = parseInfo(text);
        QVERIFY(info.contains(section, name));
        QCOMPARE(info.text(section, name), value);
    }

    void rubbishGivesNoFields()
    {
        QCOMPARE(parseInfo("# S\r\nno colon here\r\n:no name\r\n").fields().size(), std::size_t(0));
        QVERIFY(parseInfo("").isEmpty());
        QVERIFY(parseInfo("# Server\r\n# Clients\r\n").isEmpty());
    }

    void numbers_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<double>("value");
        QTest::newRow("integer") << QByteArray("42") << 42.0;
        QTest::newRow("fraction") << QByteArray("1.31") << 1.31;
        QTest::newRow("percent") << QByteArray("99.58%") << 99.58;
        QTest::newRow("infinite") << QByteArray("inf") << std::numeric_limits<double>::infinity();
        QTest::newRow("not a number") << QByteArray("nan") << std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("negative nan") << QByteArray("-nan") << std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("words") << QByteArray("allkeys-lru") << std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("nothing") << QByteArray("") << std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("number and words") << QByteArray("3 MB") << std::numeric_limits<double>::quiet_NaN();
    }

    void numbers()
    {
        QFETCH(QByteArray, text);
        QFETCH(double, value);
        const double got = parseInfoNumber(text);
        QVERIFY2(std::isnan(value) ? std::isnan(got) : got == value, QByteArray::number(got).constData());
    }

    void absentFieldsHaveNoNumber()
    {
        const InfoSnapshot info = parseInfo("# S\r\na:x\r\n");
        QVERIFY(std::isnan(info.number("S", "b")));
        QCOMPARE(info.integer("S", "a", 7), 7);
        QCOMPARE(info.integer("S", "b", 7), 7);
        QVERIFY(info.text("S", "b").isEmpty());
    }

    void keyspace()
    {
        const InfoSnapshot info = parseInfo("# Keyspace\r\ndb10:keys=5,expires=1,avg_ttl=99,subexpiry=3\r\ndb2:keys=7,expires=0\r\ndbx:keys=1\r\n");
        const std::vector<KeyspaceRow> expected{{2, 7, 0, 0}, {10, 5, 1, 99}};
        QCOMPARE(keyspaceRows(info), expected);
    }

    void realServers_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const char *name : {"redis-7.0-start", "redis-7.0-traffic", "redis-7.0-reset", "redis-7.0-restarted", "redis-7.0-replica"})
            QTest::newRow(name) << QByteArray(name);
    }

    // Every metric of the catalogue is in what a real server sends.
    void realServers()
    {
        QFETCH(QByteArray, name);
        const InfoSnapshot info = parseInfo(recorded(name.constData()));
        QVERIFY(info.fields().size() > 150);
        for (const Metric &row : metricCatalog()) {
            if (row.kind == MetricKind::Derived)
                continue;
            QVERIFY2(!std::isnan(info.number(row.section, row.field)), row.name);
            if (row.field2[0] != '\0')
                QVERIFY2(info.contains(row.section, row.field2), row.field2);
        }
    }

    void realTraffic()
    {
        const InfoSnapshot info = parseInfo(recorded("redis-7.0-traffic"));
        QCOMPARE(info.integer("Stats", "keyspace_hits"), 19961);
        QCOMPARE(info.integer("Stats", "keyspace_misses"), 239);
        const std::vector<KeyspaceRow> rows = keyspaceRows(info);
        QCOMPARE(rows.size(), std::size_t(2));
        QCOMPARE(rows[0], (KeyspaceRow{0, 2996, 1, 499540}));
        QCOMPARE(rows[1], (KeyspaceRow{3, 1, 0, 0}));
        const auto pairs = infoPairs(info.text("Replication", "slave0"));
        QCOMPARE(pairs.size(), std::size_t(5));
        QCOMPARE(pairs[2].first, QByteArray("state"));
    }

    void catalogueNamesAreUnique()
    {
        QSet<QByteArray> names;
        for (const Metric &row : metricCatalog())
            names.insert(row.name);
        QCOMPARE(std::size_t(names.size()), kMetricCount);
    }
};

QTEST_GUILESS_MAIN(TestInfoParser)
#include "tst_info_parser.moc"
