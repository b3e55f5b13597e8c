// SPDX-License-Identifier: GPL-3.0-or-later
// The reader of replies: every type, fed whole, byte by byte and cut at every place; hostile input; writer round trip.
#include "core/base/number.h"
#include "core/resp/reader.h"
#include "core/resp/writer.h"

#include <QRandomGenerator>
#include <QtTest>

#include <cmath>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace keyloupe::test {
namespace {

// A reply as one short text, every kind distinct: what the rows below are written in.
QByteArray show(const RespValue &v)
{
    using Kind = RespValue::Kind;
    const auto list = [&](char open, char close) {
        QByteArray out(1, open);
        for (const RespValue &item : v.items)
            out += (out.size() > 1 ? " " : "") + show(item);
        return out + close;
    };
    switch (v.kind) {
    case Kind::Null: return "nil";
    case Kind::SimpleString: return "+" + v.bytes;
    case Kind::Error: return "-" + v.bytes;
    case Kind::Integer: return QByteArray::number(qint64(v.integer));
    case Kind::BulkString: return "'" + v.bytes + "'";
    case Kind::Array: return list('[', ']');
    case Kind::Double: return "," + formatDouble(v.number);
    case Kind::Boolean: return v.integer != 0 ? "true" : "false";
    case Kind::BigNumber: return "big" + v.bytes;
    case Kind::Verbatim: return "=" + v.bytes;
    case Kind::Map: return list('{', '}');
    case Kind::Set: return list('<', '>');
    case Kind::Push: return "push" + list('(', ')');
    }
    return "?";
}

// All complete values, "|" between them, and the error with its offset at the end where there is one.
QByteArray drain(RespReader &reader)
{
    QByteArray out;
    for (;;) {
        auto value = reader.next();
        if (!value.ok())
            return out + "!" + errcName(value.error().code) + "@" + QByteArray::number(qint64(value.error().offset));
        if (!*value)
            return out;
        out += show(**value) + "|";
    }
}

QByteArray readWhole(const QByteArray &bytes)
{
    RespReader reader;
    reader.feed(bytes);
    return drain(reader);
}

} // namespace

class TestRespReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void breaks_data();
    void breaks();
    void deepNestingIsALimit();
    void hostileLengthsTakeNoMemory();
    void errorIsFinalUntilReset();
    void limitsApply_data();
    void limitsApply();
    void largeBulkInPieces();
    void manyRepliesInOneFeed();
    void writerRoundTrip();
    void writerSpeaksResp2_data();
    void writerSpeaksResp2();
    void errorsAreClassified_data();
    void errorsAreClassified();
};

void TestRespReader::reads_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<QByteArray>("shown");
    const auto row = [](const char *name, QByteArray wire, QByteArray shown) { QTest::newRow(name) << wire << shown; };
    row("simple", "+OK\r\n", "+OK|");
    row("simple empty", "+\r\n", "+|");
    row("simple with CR", "+a\rb\r\n", "+a\rb|");
    row("error", "-ERR no\r\n", "-ERR no|");
    row("integers", ":0\r\n:-1\r\n:+7\r\n:9223372036854775807\r\n:-9223372036854775808\r\n", "0|-1|7|9223372036854775807|-9223372036854775808|");
    row("bulk", "$5\r\nhello\r\n", "'hello'|");
    row("bulk empty", "$0\r\n\r\n", "''|");
    row("bulk nil", "$-1\r\n", "nil|");
    row("bulk with CRLF and NUL", QByteArray("$6\r\na\r\n\0$b\r\n", 12), QByteArray("'a\r\n\0$b'|", 9));
    row("array", "*3\r\n:1\r\n$1\r\na\r\n*1\r\n+x\r\n", "[1 'a' [+x]]|");
    row("array empty", "*0\r\n", "[]|");
    row("array nil", "*-1\r\n", "nil|");
    row("nested empty at the end", "*2\r\n*0\r\n*1\r\n*0\r\n:1\r\n", "[[] [[]]]|1|");
    row("null", "_\r\n", "nil|");
    row("booleans", "#t\r\n#f\r\n", "true|false|");
    row("doubles", ",1.5\r\n,10\r\n,-0\r\n,1e3\r\n,inf\r\n,-inf\r\n,nan\r\n,-nan\r\n", ",1.5|,10|,-0|,1000|,inf|,-inf|,nan|,nan|");
    row("doubles out of range", ",1e400\r\n,-1e400\r\n,1e-400\r\n,-1e-400\r\n", ",inf|,-inf|,0|,-0|");
    row("big number", "(3492890328409238509324850943850943825024385\r\n(-1\r\n", "big3492890328409238509324850943850943825024385|big-1|");
    row("bulk error", "!8\r\nERR a\r\nb\r\n", "-ERR a\r\nb|");
    row("verbatim", "=8\r\ntxt:a\r\nb\r\n", "=a\r\nb|");
    row("verbatim empty", "=4\r\nmkd:\r\n", "=|");
    row("map", "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n", "{+a 1 +b [2]}|");
    row("map empty", "%0\r\n", "{}|");
    row("set", "~2\r\n:1\r\n:2\r\n", "<1 2>|");
    row("push", ">2\r\n+message\r\n$1\r\nx\r\n", "push(+message 'x')|");
    row("pushes between replies", ">1\r\n+a\r\n:1\r\n>1\r\n+b\r\n:2\r\n", "push(+a)|1|push(+b)|2|");
    row("attribute before a reply", "|1\r\n+ttl\r\n:5\r\n$1\r\na\r\n", "'a'|");
    row("attribute inside", "*2\r\n|1\r\n+x\r\n*2\r\n:1\r\n:2\r\n:7\r\n:8\r\n", "[7 8]|");
    row("attribute empty", "|0\r\n:1\r\n", "1|");
    row("attribute streamed", "|?\r\n+x\r\n:1\r\n.\r\n:3\r\n", "3|");
    row("streamed string", "$?\r\n;4\r\nHell\r\n;1\r\no\r\n;0\r\n", "'Hello'|");
    row("streamed string empty", "$?\r\n;0\r\n", "''|");
    row("streamed array", "*?\r\n:1\r\n*?\r\n.\r\n:2\r\n.\r\n", "[1 [] 2]|");
    row("streamed map", "%?\r\n+a\r\n:1\r\n.\r\n", "{+a 1}|");
    row("streamed set in array", "*2\r\n~?\r\n:1\r\n.\r\n:5\r\n", "[<1> 5]|");
    row("incomplete", "*2\r\n:1\r\n$3\r\nab", "");
}

void TestRespReader::reads()
{
    QFETCH(QByteArray, wire);
    QFETCH(QByteArray, shown);
    QCOMPARE(readWhole(wire), shown);

    RespReader slow;
    QByteArray out;
    for (const char c : wire) {
        slow.feed(QByteArrayView(&c, 1));
        out += drain(slow);
    }
    QCOMPARE(out, shown);

    for (qsizetype cut = 0; cut <= wire.size(); ++cut) {
        RespReader reader;
        reader.feed(wire.first(cut));
        QByteArray parts = drain(reader);
        reader.feed(wire.sliced(cut));
        parts += drain(reader);
        QCOMPARE(parts, shown);
    }
}

void TestRespReader::breaks_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<QByteArray>("shown");
    const auto row = [](const char *name, const char *wire, const char *shown) { QTest::newRow(name) << QByteArray(wire) << QByteArray(shown); };
    row("array of 2^32-1", "*4294967295\r\n", "!limit-exceeded@0");
    row("bulk of 2^63-1", "$9223372036854775807\r\n", "!limit-exceeded@0");
    row("map whose count doubles over", "%4611686018427387904\r\n", "!limit-exceeded@0");
    row("map of 2^63-1", "%9223372036854775807\r\n", "!limit-exceeded@0");
    row("bulk of -2", "$-2\r\n", "!protocol@0");
    row("array of -2", "*-2\r\n", "!protocol@0");
    row("map of -1", "%-1\r\n", "!protocol@0");
    row("forty digits", ":1234567890123456789012345678901234567890\r\n", "!protocol@0");
    row("forty digits of length", "$1234567890123456789012345678901234567890\r\n", "!protocol@0");
    row("missing CR", "+OK\n", "!protocol@0");
    row("bulk longer than said", "$1\r\nab\r\n", "!protocol@5");
    row("bulk without its end", "$1\r\nabc", "!protocol@5");
    row("offset counts earlier replies", "+OK\r\n:1\r\n?\r\n", "+OK|1|!protocol@9");
    row("offset inside an aggregate", "*2\r\n:1\r\n:x\r\n", "!protocol@8");
    row("empty line", "\r\n", "!protocol@0");
    row("unknown type", "@1\r\n", "!protocol@0");
    row("HTTP", "HTTP/1.1 400 Bad Request\r\n", "!protocol@0");
    row("boolean", "#x\r\n", "!protocol@0");
    row("boolean long", "#true\r\n", "!protocol@0");
    row("null with text", "_x\r\n", "!protocol@0");
    row("double word with an e", ",hello\r\n", "!protocol@0");
    row("double without exponent digits", ",1e\r\n", "!protocol@0");
    row("double empty", ",\r\n", "!protocol@0");
    row("double two exponents", ",1e5e5\r\n", "!protocol@0");
    row("big number", "(12x\r\n", "!protocol@0");
    row("big number empty", "(-\r\n", "!protocol@0");
    row("verbatim without prefix", "=3\r\nabc\r\n", "!protocol@7");
    row("end mark alone", ".\r\n", "!protocol@0");
    row("end mark in a counted array", "*2\r\n.\r\n", "!protocol@4");
    row("streamed map ends behind a key", "%?\r\n+a\r\n.\r\n", "!protocol@8");
    row("chunk expected", "$?\r\n+a\r\n", "!protocol@4");
    row("chunk of -1", "$?\r\n;-1\r\n", "!protocol@4");
    row("length with a sign", "$+1\r\na\r\n", "!protocol@0");
    row("length with a zero", "$01\r\na\r\n", "!protocol@0");
}

void TestRespReader::breaks()
{
    QFETCH(QByteArray, wire);
    QFETCH(QByteArray, shown);
    QCOMPARE(readWhole(wire), shown);
    RespReader slow;
    QByteArray out;
    for (const char c : wire) {
        slow.feed(QByteArrayView(&c, 1));
        const QByteArray part = drain(slow);
        out += part;
        if (part.contains('!'))
            break;
    }
    QCOMPARE(out, shown);
}

void TestRespReader::deepNestingIsALimit()
{
    QByteArray deep;
    for (int i = 0; i < 128; ++i)
        deep += "*1\r\n";
    QVERIFY(readWhole(deep + ":1\r\n").startsWith("[[["));
    QCOMPARE(readWhole(deep + "*1\r\n"), QByteArray("!limit-exceeded@512"));
    QByteArray million;
    for (int i = 0; i < 1'000'000; ++i)
        million += "*1\r\n";
    QCOMPARE(readWhole(million), QByteArray("!limit-exceeded@512"));
}

void TestRespReader::hostileLengthsTakeNoMemory()
{
#if defined(__GLIBC__)
    const auto inUse = [] {
        const auto info = mallinfo2();
        return qint64(info.uordblks + info.hblkhd);
    };
    const qint64 before = inUse();
    RespReader single;
    single.feed("*60000000\r\n");
    QCOMPARE(drain(single), QByteArray());
    RespReader bulk;
    bulk.feed("$500000000\r\n");
    QCOMPARE(drain(bulk), QByteArray());
    QVERIFY2(inUse() - before < 1024 * 1024, QByteArray::number(inUse() - before).constData());

    // Announced sizes at every level, with a large buffer behind them, must not multiply either.
    QByteArray nested;
    for (int i = 0; i < 100; ++i)
        nested += "*60000000\r\n";
    nested += "$4000000\r\n" + QByteArray(2'000'000, 'x');
    RespReader reader;
    const qint64 start = inUse();
    reader.feed(nested);
    QCOMPARE(drain(reader), QByteArray());
    QVERIFY2(inUse() - start < 16 * 1024 * 1024, QByteArray::number(inUse() - start).constData());
#else
    QSKIP("needs glibc's mallinfo2");
#endif
}

void TestRespReader::errorIsFinalUntilReset()
{
    RespReader reader;
    reader.feed("?\r\n");
    QCOMPARE(drain(reader), QByteArray("!protocol@0"));
    reader.feed("+OK\r\n");
    QCOMPARE(drain(reader), QByteArray("!protocol@0"));
    reader.reset();
    QCOMPARE(reader.pendingBytes(), std::int64_t(0));
    reader.feed("+OK\r\n?\r\n");
    QCOMPARE(drain(reader), QByteArray("+OK|!protocol@5"));
}

void TestRespReader::limitsApply_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<QByteArray>("shown");
    const auto row = [](const char *name, const char *wire, const char *shown) { QTest::newRow(name) << QByteArray(wire) << QByteArray(shown); };
    row("bulk that fits", "$8\r\n12345678\r\n", "'12345678'|");
    row("bulk too large", "$9\r\n", "!limit-exceeded@0");
    row("streamed string too large", "$?\r\n;5\r\n12345\r\n;4\r\n", "!limit-exceeded@15");
    row("array that fits", "*3\r\n:1\r\n:2\r\n:3\r\n", "[1 2 3]|");
    row("array too large", "*4\r\n", "!limit-exceeded@0");
    row("streamed array too large", "*?\r\n:1\r\n:2\r\n:3\r\n:4\r\n", "!limit-exceeded@20");
    row("map counts keys and values", "%2\r\n", "!limit-exceeded@0");
    row("line too long", "+12345678901234567890\r\n", "!limit-exceeded@0");
    row("line without an end", "+12345678901234567890", "!limit-exceeded@0");
    row("too deep", "*1\r\n*1\r\n*1\r\n", "!limit-exceeded@8");
}

void TestRespReader::limitsApply()
{
    QFETCH(QByteArray, wire);
    QFETCH(QByteArray, shown);
    RespReader reader(RespReader::Limits{8, 3, 16, 2});
    reader.feed(wire);
    QCOMPARE(drain(reader), shown);
}

void TestRespReader::largeBulkInPieces()
{
    QRandomGenerator random(3);
    QByteArray data(3'000'000, Qt::Uninitialized);
    for (char &c : data)
        c = char(random.bounded(256));
    const QByteArray wire = "*2\r\n$" + QByteArray::number(data.size()) + "\r\n" + data + "\r\n:5\r\n+next\r\n";
    RespReader reader;
    std::vector<RespValue> values;
    for (qsizetype at = 0; at < wire.size();) {
        const qsizetype size = std::min<qsizetype>(wire.size() - at, random.bounded(1, 70'000));
        reader.feed(QByteArrayView(wire).sliced(at, size));
        at += size;
        for (;;) {
            auto value = reader.next();
            QVERIFY(value.ok());
            if (!*value)
                break;
            values.push_back(std::move(**value));
        }
    }
    QCOMPARE(values.size(), std::size_t(2));
    QVERIFY(values[0].items[0].bytes == data);
    QVERIFY(values[0].items[0].bytes.capacity() < data.size() + 64 * 1024); // no doubling behind the announced size
    QCOMPARE(show(values[1]), QByteArray("+next"));
    QCOMPARE(reader.pendingBytes(), std::int64_t(0));
}

void TestRespReader::manyRepliesInOneFeed()
{
    QByteArray wire;
    for (int i = 0; i < 200'000; ++i)
        wire += ":" + QByteArray::number(i) + "\r\n";
    RespReader reader;
    reader.feed(wire);
    for (int i = 0; i < 200'000; ++i) {
        auto value = reader.next();
        QVERIFY(value.ok() && *value);
        QCOMPARE((*value)->integer, std::int64_t(i));
    }
    QCOMPARE(drain(reader), QByteArray());
}

void TestRespReader::writerRoundTrip()
{
    QRandomGenerator random(5);
    const std::function<RespValue(int)> make = [&](int depth) -> RespValue {
        const int kind = random.bounded(depth > 0 ? 11 : 7);
        QByteArray bytes;
        for (int n = random.bounded(30); n > 0; --n)
            bytes += char(random.bounded(256));
        const auto items = [&](int count) {
            std::vector<RespValue> list;
            for (int i = 0; i < count; ++i)
                list.push_back(make(depth - 1));
            return list;
        };
        switch (kind) {
        case 0: return RespValue::null();
        case 1: return RespValue::bulk(bytes);
        case 2: return RespValue::ofInteger(std::int64_t(random.generate64()));
        case 3: return RespValue::ofDouble(random.generateDouble() * 1e6 - 5e5);
        case 4: return RespValue::boolean(random.bounded(2) == 1);
        case 5: return RespValue::verbatim(bytes);
        case 6: return RespValue::simple(bytes.toHex());
        case 7: return RespValue::array(items(random.bounded(5)));
        case 8: return RespValue::map(items(2 * random.bounded(4)));
        case 9: return RespValue::set(items(random.bounded(5)));
        default: return RespValue::error("ERR " + bytes.toHex());
        }
    };
    for (int round = 0; round < 500; ++round) {
        const RespValue value = make(4);
        QByteArray wire;
        appendReply(wire, value, 3);
        RespReader reader;
        reader.feed(wire);
        auto back = reader.next();
        QVERIFY(back.ok() && *back);
        QVERIFY2(**back == value, wire.constData());
        QCOMPARE(reader.pendingBytes(), std::int64_t(0));
    }
    QByteArray wire;
    appendCommand(wire, Command{"SET", QByteArray("k\0\r\n", 4), ""});
    QCOMPARE(readWhole(wire), QByteArray("['SET' 'k\0\r\n' '']|", 18));
}

void TestRespReader::writerSpeaksResp2_data()
{
    QTest::addColumn<QByteArray>("resp3");
    QTest::addColumn<QByteArray>("resp2");
    const auto row = [](const char *name, const char *three, const char *two) { QTest::newRow(name) << QByteArray(three) << QByteArray(two); };
    row("null", "_\r\n", "$-1\r\n");
    row("double", ",1.5\r\n", "$3\r\n1.5\r\n");
    row("boolean", "#t\r\n", ":1\r\n");
    row("big number", "(123\r\n", "$3\r\n123\r\n");
    row("verbatim", "=5\r\ntxt:a\r\n", "$1\r\na\r\n");
    row("map", "%1\r\n+a\r\n,2\r\n", "*2\r\n+a\r\n$1\r\n2\r\n");
    row("set", "~1\r\n#f\r\n", "*1\r\n:0\r\n");
    row("push", ">1\r\n+m\r\n", "*1\r\n+m\r\n");
    row("line ends in an error", "!8\r\nERR a\r\nb\r\n", "-ERR a  b\r\n");
}

void TestRespReader::writerSpeaksResp2()
{
    QFETCH(QByteArray, resp3);
    QFETCH(QByteArray, resp2);
    RespReader reader;
    reader.feed(resp3);
    auto value = reader.next();
    QVERIFY(value.ok() && *value);
    QByteArray out;
    appendReply(out, **value, 2);
    QCOMPARE(out, resp2);
}

void TestRespReader::errorsAreClassified_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("code");
    QTest::newRow("plain") << QByteArray("ERR syntax error") << int(Errc::Server);
    QTest::newRow("wrong type") << QByteArray("WRONGTYPE Operation") << int(Errc::Server);
    QTest::newRow("no auth") << QByteArray("NOAUTH Authentication required.") << int(Errc::Auth);
    QTest::newRow("wrong pass") << QByteArray("WRONGPASS invalid") << int(Errc::Auth);
    QTest::newRow("no permission") << QByteArray("NOPERM this user") << int(Errc::Auth);
    QTest::newRow("read-only replica") << QByteArray("READONLY You can't write") << int(Errc::ReadOnly);
    QTest::newRow("one word") << QByteArray("NOAUTH") << int(Errc::Auth);
}

void TestRespReader::errorsAreClassified()
{
    QFETCH(QByteArray, text);
    QFETCH(int, code);
    const auto result = unwrapReply(RespValue::error(text));
    QVERIFY(!result.ok());
    QCOMPARE(int(result.error().code), code);
    QCOMPARE(result.error().message, QString::fromUtf8(text));
    QVERIFY(unwrapReply(RespValue::bulk(text)).ok());
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestRespReader)
#include "tst_resp_reader.moc"
