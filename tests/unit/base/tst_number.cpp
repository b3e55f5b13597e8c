// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as Redis reads and writes them.
#include "core/base/number.h"

#include <QRandomGenerator>
#include <QtTest>

#include <cmath>
#include <cstring>
#include <limits>

namespace keyloupe::test {

class TestNumber : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void integers_data();
    void integers();
    void doubles_data();
    void doubles();
    void formats_data();
    void formats();
    void everyDoubleReadsBack();
};

void TestNumber::integers_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("good");
    QTest::addColumn<qint64>("value");
    const auto row = [](const char *text, bool good, qint64 value = 0) { QTest::addRow("'%s'", text) << QByteArray(text) << good << value; };
    row("0", true);
    row("-1", true, -1);
    row("9223372036854775807", true, std::numeric_limits<qint64>::max());
    row("-9223372036854775808", true, std::numeric_limits<qint64>::min());
    row("9223372036854775808", false);
    row("-9223372036854775809", false);
    for (const char *bad : {"", "-", "+1", "01", "-0", "-01", " 1", "1 ", "1.0", "1e3", "0x10", "99999999999999999999", "--1"})
        row(bad, false);
    QTest::newRow("NUL behind") << QByteArray("1\0", 2) << false << qint64(0);
}

void TestNumber::integers()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, good);
    QFETCH(qint64, value);
    const auto parsed = parseInt64(text);
    QCOMPARE(parsed.has_value(), good);
    if (good)
        QCOMPARE(qint64(*parsed), value);
}

void TestNumber::doubles_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("good");
    QTest::addColumn<double>("value");
    const auto row = [](const char *text, bool good, double value = 0) { QTest::addRow("'%s'", text) << QByteArray(text) << good << value; };
    const double inf = std::numeric_limits<double>::infinity();
    row("0", true, 0.0);
    row("-0", true, -0.0);
    row("3.0000000000000004", true, 3.0000000000000004);
    row("+1.5", true, 1.5);
    row(".5", true, 0.5);
    row("5.", true, 5.0);
    row("1e5", true, 1e5);
    row("1E-5", true, 1e-5);
    row("5e-324", true, 5e-324);
    row("2.2250738585072011e-308", true, 2.2250738585072011e-308);
    row("1.7976931348623157e308", true, 1.7976931348623157e308);
    row("inf", true, inf);
    row("+INF", true, inf);
    row("-Infinity", true, -inf);
    for (const char *bad : {"", "+", "-", ".", "e5", "1e", "nan", "-nan", "1 ", " 1", "1\t", "1,5", "--1", "+-1", "1.5.5", "infi", "1e400", "-1e400", "1e-400", "1x", "abc"})
        row(bad, false);
    QTest::newRow("NUL behind") << QByteArray("1\0", 2) << false << 0.0;
    QTest::newRow("very long") << QByteArray(500, '1') << false << 0.0;
}

void TestNumber::doubles()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, good);
    QFETCH(double, value);
    const auto parsed = parseDouble(text);
    QCOMPARE(parsed.has_value(), good);
    if (good) {
        QVERIFY(*parsed == value);
        QCOMPARE(std::signbit(*parsed), std::signbit(value));
    }
}

void TestNumber::formats_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QByteArray>("text");
    const auto row = [](double value, const char *text) { QTest::addRow("%s", text) << value << QByteArray(text); };
    row(0.0, "0");
    row(-0.0, "-0");
    row(1.0, "1");
    row(-1.5, "-1.5");
    row(0.1, "0.1");
    row(0.1 + 0.2, "0.30000000000000004");
    row(9007199254740993.0, "9007199254740992");
    row(1e15, "1000000000000000");
    row(1e20, "1e+20");
    row(5e-324, "5e-324");
    row(1e-5, "1e-05");
    row(std::numeric_limits<double>::infinity(), "inf");
    row(-std::numeric_limits<double>::infinity(), "-inf");
    row(std::numeric_limits<double>::quiet_NaN(), "nan");
}

void TestNumber::formats()
{
    QFETCH(double, value);
    QFETCH(QByteArray, text);
    QCOMPARE(formatDouble(value), text);
}

void TestNumber::everyDoubleReadsBack()
{
    QRandomGenerator64 random(11);
    for (int i = 0; i < 5000; ++i) {
        const quint64 bits = random.generate();
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        if (std::isnan(value))
            continue;
        const QByteArray text = formatDouble(value);
        const auto back = parseDouble(text);
        QVERIFY2(back.has_value(), text.constData());
        QVERIFY2(std::memcmp(&*back, &value, sizeof value) == 0, text.constData());
    }
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestNumber)
#include "tst_number.moc"
