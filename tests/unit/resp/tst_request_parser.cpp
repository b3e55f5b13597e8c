// SPDX-License-Identifier: GPL-3.0-or-later
//
// Requests as a server reads them: whole, byte by byte, inline, and everything that is none. The error texts are Redis's.
#include "core/resp/request_parser.h"

#include <QtTest>

using namespace keyloupe;

Q_DECLARE_METATYPE(QList<QByteArrayList>)

namespace {

// All requests of the bytes, fed in pieces of that size; the error's text behind them when there is one.
QList<QByteArrayList> parse(const QByteArray &bytes, qsizetype step, QByteArray *error)
{
    RequestParser parser;
    QList<QByteArrayList> requests;
    for (qsizetype at = 0; at < bytes.size(); at += step) {
        parser.feed(QByteArrayView(bytes).sliced(at, std::min(step, bytes.size() - at)));
        for (;;) {
            Result<std::optional<Command>> next = parser.next();
            if (!next.ok()) {
                *error = next.error().message.toUtf8();
                return requests;
            }
            if (!next->has_value())
                break;
            requests += (*next)->args;
        }
    }
    return requests;
}

} // namespace

class TestRequestParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QList<QByteArrayList>>("expected");
        QTest::addColumn<QByteArray>("error");
        using Requests = QList<QByteArrayList>;
        const QByteArray binary("\x00\r\n\xff", 4);
        QTest::newRow("one") << QByteArray("*2\r\n$3\r\nGET\r\n$1\r\na\r\n") << Requests{{"GET", "a"}} << QByteArray();
        QTest::newRow("pipelined") << QByteArray("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nQUIT\r\n") << Requests{{"PING"}, {"QUIT"}} << QByteArray();
        QTest::newRow("binary") << QByteArray("*2\r\n$4\r\nECHO\r\n$4\r\n" + binary + "\r\n") << Requests{{"ECHO", binary}} << QByteArray();
        QTest::newRow("empty argument") << QByteArray("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n") << Requests{{"ECHO", ""}} << QByteArray();
        QTest::newRow("inline") << QByteArray("PING\r\nSET a \"b c\"\r\n") << Requests{{"PING"}, {"SET", "a", "b c"}} << QByteArray();
        QTest::newRow("inline, bare newline") << QByteArray("PING\nPING\n") << Requests{{"PING"}, {"PING"}} << QByteArray();
        QTest::newRow("inline, escapes") << QByteArray("ECHO \"\\x00\\n\" 'it\\'s'\r\n") << Requests{{"ECHO", QByteArray("\0\n", 2), "it's"}} << QByteArray();
        QTest::newRow("blank lines") << QByteArray("\r\n  \r\nPING\r\n") << Requests{{"PING"}} << QByteArray();
        QTest::newRow("no arguments") << QByteArray("*0\r\n*-1\r\n*-10\r\nPING\r\n") << Requests{{"PING"}} << QByteArray();
        QTest::newRow("mixed") << QByteArray("PING\r\n*1\r\n$4\r\nPING\r\nPING\r\n") << Requests{{"PING"}, {"PING"}, {"PING"}} << QByteArray();
        QTest::newRow("half") << QByteArray("*2\r\n$3\r\nGET\r\n$5\r\nab") << Requests{} << QByteArray();
        QTest::newRow("half a line") << QByteArray("*2\r\n$3") << Requests{} << QByteArray();

        QTest::newRow("unbalanced quotes") << QByteArray("PING\r\nSET \"a\r\n") << Requests{{"PING"}} << QByteArray("Protocol error: unbalanced quotes in request");
        QTest::newRow("count is no number") << QByteArray("*x\r\n") << Requests{} << QByteArray("Protocol error: invalid multibulk length");
        QTest::newRow("count too large") << QByteArray("*1048577\r\n") << Requests{} << QByteArray("Protocol error: invalid multibulk length");
        QTest::newRow("count beyond numbers") << QByteArray("*99999999999999999999\r\n") << Requests{} << QByteArray("Protocol error: invalid multibulk length");
        QTest::newRow("no dollar") << QByteArray("*1\r\nPING\r\n") << Requests{} << QByteArray("Protocol error: expected '$', got 'P'");
        QTest::newRow("length is no number") << QByteArray("*1\r\n$x\r\n") << Requests{} << QByteArray("Protocol error: invalid bulk length");
        QTest::newRow("length below zero") << QByteArray("*1\r\n$-1\r\n") << Requests{} << QByteArray("Protocol error: invalid bulk length");
        QTest::newRow("length too large") << QByteArray("*1\r\n$536870913\r\n") << Requests{} << QByteArray("Protocol error: invalid bulk length");
        QTest::newRow("length beyond numbers") << QByteArray("*1\r\n$99999999999999999999\r\n") << Requests{} << QByteArray("Protocol error: invalid bulk length");
    }

    void reads()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QList<QByteArrayList>, expected);
        QFETCH(QByteArray, error);
        for (const qsizetype step : {bytes.size(), qsizetype(1), qsizetype(2), qsizetype(3), qsizetype(7)}) {
            QByteArray seen;
            QCOMPARE(parse(bytes, step, &seen), expected);
            QCOMPARE(seen, error);
        }
    }

    void longLinesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("start");
        QTest::addColumn<QByteArray>("error");
        QTest::newRow("inline") << QByteArray("SET a ") << QByteArray("Protocol error: too big inline request");
        QTest::newRow("count") << QByteArray("*") << QByteArray("Protocol error: too big mbulk count string");
        QTest::newRow("length") << QByteArray("*1\r\n$") << QByteArray("Protocol error: too big bulk count string");
    }

    // A line without an end is not collected for ever.
    void longLinesAreRefused()
    {
        QFETCH(QByteArray, start);
        QFETCH(QByteArray, error);
        QByteArray seen;
        QVERIFY(parse(start + QByteArray(RequestParser::kMaxInline - 100, '1'), 4096, &seen).isEmpty());
        QCOMPARE(seen, QByteArray());
        QVERIFY(parse(start + QByteArray(RequestParser::kMaxInline + 1, '1'), 4096, &seen).isEmpty());
        QCOMPARE(seen, error);
    }

    // What a request claims takes no memory before it comes.
    void claimsTakeNoMemory()
    {
        RequestParser parser;
        parser.feed("*1048576\r\n$536870912\r\nabc");
        const auto next = parser.next();
        QVERIFY(next.ok() && !next->has_value());
        QVERIFY(parser.pendingBytes() <= 32);
    }

    void largeArgument()
    {
        const QByteArray large(3 * 1024 * 1024, 'x');
        QByteArray error;
        const auto requests = parse("*2\r\n$4\r\nECHO\r\n$" + QByteArray::number(large.size()) + "\r\n" + large + "\r\nPING\r\n", 65536, &error);
        QCOMPARE(requests.size(), 2);
        QVERIFY(requests[0][1] == large);
        QVERIFY(error.isEmpty());
    }

    // No bytes make it crash or stop: each prefix of garbage gives requests, an error, or a wish for more.
    void garbage()
    {
        std::uint32_t state = 20261121;
        for (int round = 0; round < 2000; ++round) {
            QByteArray bytes;
            for (int i = 0; i < 60; ++i) {
                state = state * 1664525u + 1013904223u;
                static constexpr char kLikely[] = "*$\r\n0123456789-\"'\\x ab\xff";
                bytes += kLikely[state >> 16 & 0x7f ? (state >> 8) % (sizeof kLikely - 1) : 0];
            }
            QByteArray whole;
            QByteArray pieces;
            QCOMPARE(parse(bytes, bytes.size(), &whole), parse(bytes, 1, &pieces));
            QCOMPARE(whole, pieces);
        }
    }
};

QTEST_APPLESS_MAIN(TestRequestParser)
#include "tst_request_parser.moc"
