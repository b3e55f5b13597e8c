// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes to text and back: quoting, splitting of typed lines, UTF-8 and labels.
#include "core/base/escape.h"

#include <QRandomGenerator>
#include <QtTest>

namespace keyloupe::test {

class TestEscape : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void quotes_data();
    void quotes();
    void splits_data();
    void splits();
    void refuses_data();
    void refuses();
    void quotedArgumentsSplitBack();
    void utf8_data();
    void utf8();
    void display_data();
    void display();
};

void TestEscape::quotes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("quoted");
    QTest::addColumn<QByteArray>("argument");
    QTest::newRow("word") << QByteArray("abc") << QByteArray("\"abc\"") << QByteArray("abc");
    QTest::newRow("empty") << QByteArray() << QByteArray("\"\"") << QByteArray("\"\"");
    QTest::newRow("space") << QByteArray("a b") << QByteArray("\"a b\"") << QByteArray("\"a b\"");
    QTest::newRow("quote") << QByteArray("a\"b") << QByteArray("\"a\\\"b\"") << QByteArray("\"a\\\"b\"");
    QTest::newRow("single quote") << QByteArray("it's") << QByteArray("\"it's\"") << QByteArray("\"it's\"");
    QTest::newRow("backslash") << QByteArray("\\") << QByteArray("\"\\\\\"") << QByteArray("\"\\\\\"");
    QTest::newRow("controls") << QByteArray("\n\r\t\a\b\x1b", 6) << QByteArray("\"\\n\\r\\t\\a\\b\\x1b\"") << QByteArray("\"\\n\\r\\t\\a\\b\\x1b\"");
    QTest::newRow("NUL, DEL, high") << QByteArray("\0\x7f\xff", 3) << QByteArray("\"\\x00\\x7f\\xff\"") << QByteArray("\"\\x00\\x7f\\xff\"");
}

void TestEscape::quotes()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, quoted);
    QFETCH(QByteArray, argument);
    QCOMPARE(quoteBytes(bytes), quoted);
    QCOMPARE(quoteArgument(bytes), argument);
}

void TestEscape::splits_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArrayList>("args");
    QTest::newRow("empty") << QByteArray() << QByteArrayList();
    QTest::newRow("blanks") << QByteArray(" \t\r\n") << QByteArrayList();
    QTest::newRow("words") << QByteArray("  SET  a   b ") << QByteArrayList{"SET", "a", "b"};
    QTest::newRow("double quotes") << QByteArray(R"(SET "a b" "\x00\xFF\n\"\\\q")") << QByteArrayList{"SET", "a b", QByteArray("\0\xff\n\"\\q", 6)};
    QTest::newRow("single quotes") << QByteArray(R"(a 'b \'c\' \n')") << QByteArrayList{"a", R"(b 'c' \n)"};
    QTest::newRow("empty argument") << QByteArray(R"(SET k "" '')") << QByteArrayList{"SET", "k", "", ""};
    QTest::newRow("half an escape") << QByteArray(R"("\xZ1" "\x4")") << QByteArrayList{"xZ1", "x4"};
    QTest::newRow("quote inside a word") << QByteArray(R"(foo"bar baz" q'x y')") << QByteArrayList{"foobar baz", "qx y"};
    QTest::newRow("backslash outside quotes") << QByteArray(R"(a\nb)") << QByteArrayList{R"(a\nb)"};
    QTest::newRow("vertical tab inside a word") << QByteArray("a\vb") << QByteArrayList{"a\vb"};
}

void TestEscape::splits()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArrayList, args);
    const auto result = splitCommandLine(line);
    QVERIFY(result.ok());
    QCOMPARE(*result, args);
}

void TestEscape::refuses_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<qint64>("offset");
    QTest::newRow("open double") << QByteArray("GET \"a") << qint64(4);
    QTest::newRow("open single") << QByteArray("GET 'a") << qint64(4);
    QTest::newRow("open after escape") << QByteArray("\"a\\\"") << qint64(0);
    QTest::newRow("text behind double") << QByteArray("\"a\"b") << qint64(3);
    QTest::newRow("text behind single") << QByteArray("'a'b") << qint64(3);
    QTest::newRow("opens inside a word") << QByteArray("ab\"c") << qint64(2);
}

void TestEscape::refuses()
{
    QFETCH(QByteArray, line);
    QFETCH(qint64, offset);
    const auto result = splitCommandLine(line);
    QVERIFY(!result.ok());
    QCOMPARE(result.error().code, Errc::InvalidArgument);
    QCOMPARE(result.error().offset, offset);
}

void TestEscape::quotedArgumentsSplitBack()
{
    QRandomGenerator random(7);
    for (int round = 0; round < 500; ++round) {
        QByteArrayList args;
        QByteArray line;
        for (int k = random.bounded(1, 5); k > 0; --k) {
            QByteArray arg;
            for (int n = random.bounded(0, 20); n > 0; --n)
                arg += char(random.bounded(256));
            args += arg;
            line += quoteArgument(arg) + ' ';
        }
        const auto back = splitCommandLine(line);
        QVERIFY2(back.ok(), line.constData());
        QCOMPARE(*back, args);
    }
}

void TestEscape::utf8_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("good");
    QTest::newRow("empty") << QByteArray() << true;
    QTest::newRow("four bytes") << QByteArray("\xf0\x9f\x94\x91") << true;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << false;
    QTest::newRow("overlong slash") << QByteArray("\xc0\xaf") << false;
    QTest::newRow("overlong three") << QByteArray("\xe0\x80\xaf") << false;
    QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << false;
    QTest::newRow("above the last") << QByteArray("\xf4\x90\x80\x80") << false;
    QTest::newRow("cut") << QByteArray("\xe4\xb8") << false;
    QTest::newRow("lone continuation") << QByteArray("\x80") << false;
    QTest::newRow("five bytes") << QByteArray("\xf8\x88\x80\x80\x80") << false;
}

void TestEscape::utf8()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, good);
    QCOMPARE(isUtf8(bytes), good);
}

void TestEscape::display_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("limit");
    QTest::addColumn<QString>("text");
    QTest::newRow("text") << QByteArray("ключ 键") << 0 << QStringLiteral("ключ 键");
    QTest::newRow("control") << QByteArray("a\nb\0", 4) << 0 << QStringLiteral("a\\x0ab\\x00");
    QTest::newRow("broken") << QByteArray("a\xff\xe4\xb8") << 0 << QStringLiteral("a\\xff\\xe4\\xb8");
    QTest::newRow("right-to-left override") << QByteArray("a\xe2\x80\xae" "b") << 0 << QStringLiteral("a\\xe2\\x80\\xaeb");
    QTest::newRow("isolates") << QByteArray("\xe2\x81\xa6") << 0 << QStringLiteral("\\xe2\\x81\\xa6");
    QTest::newRow("Arabic letter mark") << QByteArray("\xd8\x9c") << 0 << QStringLiteral("\\xd8\\x9c");
    QTest::newRow("zero width space") << QByteArray("a\xe2\x80\x8b") << 0 << QStringLiteral("a\\xe2\\x80\\x8b");
    QTest::newRow("C1 control") << QByteArray("\xc2\x85") << 0 << QStringLiteral("\\xc2\\x85");
    QTest::newRow("exact length") << QByteArray("abcd") << 4 << QStringLiteral("abcd");
    QTest::newRow("cut") << QByteArray("abcde") << 4 << QStringLiteral("abcd…");
    QTest::newRow("emoji is one place") << QByteArray("\xf0\x9f\x94\x91\xf0\x9f\x94\x91") << 0 << QString::fromUtf8("\xf0\x9f\x94\x91\xf0\x9f\x94\x91");
}

void TestEscape::display()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, limit);
    QFETCH(QString, text);
    QCOMPARE(displayText(bytes, limit), text);
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestEscape)
#include "tst_escape.moc"
