// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON's layout: only whitespace between tokens may change, whatever the numbers and strings are; what is no JSON is refused
// at its first wrong byte.
#include "core/decode/bitmap.h"
#include "core/decode/json_text.h"

#include <QtTest>

namespace keyloupe::test {

class TestJsonText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTokensAsWritten_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("large number") << QByteArray("[12345678901234567890]");
        QTest::newRow("one point zero") << QByteArray("{\"a\":1.0,\"b\":1e5,\"c\":-0,\"d\":1E+05}");
        QTest::newRow("duplicate names") << QByteArray("{\"a\":1,\"a\":2}");
        QTest::newRow("escapes") << QByteArray("[\"\\u0041\\/\\\"\\\\ \\ud83d\\ude00\",\"A/\xf0\x9f\x98\x80\"]");
        QTest::newRow("lone surrogate escape") << QByteArray("[\"\\ud800\"]");
        QTest::newRow("spaces in strings") << QByteArray("[\" a  b \",\"{ }\"]");
        QTest::newRow("words") << QByteArray("[true,false,null]");
        QTest::newRow("empties") << QByteArray("{\"a\":{},\"b\":[],\"c\":[[],{}]}");
        QTest::newRow("scalar") << QByteArray("\"alone\"");
        QTest::newRow("number alone") << QByteArray("0.5e-3");
    }
    void keepsTokensAsWritten()
    {
        QFETCH(QByteArray, text);
        const Result<QByteArray> pretty = prettyJson(text);
        QVERIFY2(pretty.ok(), qPrintable(pretty.ok() ? QString() : describe(pretty.error())));
        const Result<QByteArray> again = compactJson(*pretty);
        QVERIFY(again.ok());
        QCOMPARE(*again, text);
        QCOMPARE(*prettyJson(*pretty), *pretty);
    }

    void laysOut()
    {
        QCOMPARE(*prettyJson("{\"a\":[1,{\"b\":null}],\"e\":{}}"), QByteArray("{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"e\": {}\n}"));
        QCOMPARE(*compactJson(" { \"a\" :\t[ ]\r\n} "), QByteArray("{\"a\":[]}"));
    }

    void knowsLayouts_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("known");
        QTest::newRow("JSON.stringify") << QByteArray("{\"a\":[1,2],\"b\":{}}") << true;
        QTest::newRow("json.dumps") << QByteArray("{\"a\": [1, 2], \"b\": {}}") << true;
        QTest::newRow("indent 2") << QByteArray("{\n  \"a\": [\n    1\n  ]\n}") << true;
        QTest::newRow("indent 4") << QByteArray("{\n    \"a\": 1\n}") << true;
        QTest::newRow("tabs") << QByteArray("{\n\t\"a\": 1\n}") << true;
        QTest::newRow("own layout") << QByteArray("{ \"a\":1 }") << false;
        QTest::newRow("final line break") << QByteArray("{}\n") << false;
        QTest::newRow("CRLF") << QByteArray("{\r\n  \"a\": 1\r\n}") << false;
    }
    void knowsLayouts()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, known);
        const std::optional<JsonLayout> layout = detectJsonLayout(text);
        QCOMPARE(layout.has_value(), known);
        if (layout)
            QCOMPARE(*layOutJson(*prettyJson(text), *layout), text);
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("offset");
        const auto row = [](const char *name, const QByteArray &text, qint64 offset) { QTest::newRow(name) << text << offset; };
        row("nothing", "", 0);
        row("spaces", "  ", 2);
        row("cut object", "{\"a\":1", 6);
        row("trailing comma", "[1,]", 3);
        row("trailing comma of an object", "{\"a\":1,}", 7);
        row("missing colon", "{\"a\" 1}", 5);
        row("bare name", "{a:1}", 1);
        row("two values", "1 2", 2);
        row("wrong bracket", "[1}", 2);
        row("closing alone", "]", 0);
        row("leading zero", "[01]", 2);
        row("plus", "[+1]", 1);
        row("point alone", "[1.]", 1);
        row("exponent alone", "[1e]", 1);
        row("single quotes", "['a']", 1);
        row("raw line break in a string", "[\"a\nb\"]", 1);
        row("bad escape", "[\"\\x\"]", 1);
        row("short unicode escape", "[\"\\u12\"]", 1);
        row("word cut", "[tru]", 1);
        row("word and more", "[nullx]", 5);
        row("NaN", "[NaN]", 1);
        row("not UTF-8", "[\"\xff\"]", 0);
        row("BOM", "\xef\xbb\xbf{}", 0);
        row("comment", "[1] // x", 4);
    }
    void refuses()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, offset);
        const Result<void> checked = checkJson(text);
        QVERIFY(!checked.ok());
        QCOMPARE(checked.error().code, Errc::Corrupt);
        QCOMPARE(qint64(checked.error().offset), offset);
        QVERIFY(!prettyJson(text).ok() && !compactJson(text).ok());
    }

    void refusesEveryCut()
    {
        const QByteArray text("{\"name\":\"a\\u0041b\",\"list\":[1,-2.5e+3,true,null,{\"x\":\"y\"}]}");
        QVERIFY(checkJson(text).ok());
        for (qsizetype size = 0; size < text.size(); ++size)
            QVERIFY2(!checkJson(text.first(size)).ok(), text.first(size).constData());
    }

    void survivesFlips()
    {
        const QByteArray text("{\"name\":\"a\\u0041b\",\"list\":[1,-2.5e+3,true,null,{\"x\":\"y\"}]}");
        for (std::int64_t bit = 0; bit < text.size() * 8; ++bit) {
            QByteArray flipped = text;
            flipBit(flipped, bit);
            const Result<QByteArray> pretty = prettyJson(flipped);
            QCOMPARE(pretty.ok(), checkJson(flipped).ok());
            if (pretty.ok())
                QCOMPARE(*compactJson(*pretty), *compactJson(flipped));
        }
    }

    void nestsDeeply()
    {
        const QByteArray deep = QByteArray(200'000, '[') + QByteArray(200'000, ']');
        QVERIFY(checkJson(deep).ok());
        QVERIFY(!checkJson(QByteArray(200'000, '[')).ok());
        const Result<QByteArray> pretty = prettyJson(QByteArray(2000, '[') + QByteArray(2000, ']'));
        QVERIFY(pretty.ok());
        QVERIFY(pretty->size() < 2 * 2000 * 210);
        const QByteArray abyss = QByteArray(2'000'000, '[') + QByteArray(2'000'000, ']');
        QVERIFY(checkJson(abyss).ok());
        QCOMPARE(prettyJson(abyss).error().code, Errc::LimitExceeded); // 800 MB otherwise
        QCOMPARE(*compactJson(abyss), abyss);
        QCOMPARE(detectJsonLayout(abyss), std::optional<JsonLayout>(JsonLayout{}));
        QVERIFY(!detectJsonLayout(abyss + '\n'));
    }

    void looksBeforeItReads()
    {
        QVERIFY(looksLikeJson(" {\"a\":1}\n"));
        QVERIFY(looksLikeJson("[]"));
        QVERIFY(!looksLikeJson("42"));
        QVERIFY(!looksLikeJson("{"));
        QVERIFY(!looksLikeJson(""));
    }

    void bitsInRedisOrder()
    {
        QByteArray bytes("\x80\x00\x01", 3);
        QVERIFY(bitAt(bytes, 0) && !bitAt(bytes, 1) && bitAt(bytes, 23) && !bitAt(bytes, 24) && !bitAt(bytes, -1));
        QCOMPARE(countBits(bytes), 2);
        QCOMPARE(findBit(bytes, true, 1), 23);
        QCOMPARE(findBit(bytes, false), 1);
        QCOMPARE(findBit("\xff\xff", false), -1);
        QCOMPARE(findBit(QByteArray(3, '\0'), true), -1);
        QCOMPARE(findBit("", true), -1);
        flipBit(bytes, 0);
        flipBit(bytes, 9);
        flipBit(bytes, 24);
        QCOMPARE(bytes, QByteArray("\x00\x40\x01", 3));
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestJsonText)
#include "tst_json_text.moc"
