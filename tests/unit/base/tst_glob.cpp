// SPDX-License-Identifier: GPL-3.0-or-later
// Globs: rows of our own, and the same patterns held against KEYS of a real server.
#include "core/base/glob.h"
#include "core/resp/reader.h"
#include "core/resp/writer.h"
#include "tests/support/redis_server.h"

#include <QTcpSocket>
#include <QtTest>

namespace keyloupe::test {

class TestGlob : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matches_data();
    void matches();
    void starsInALongTextEndSoon();
    void escapeMatchesOnlyItself_data();
    void escapeMatchesOnlyItself();
    void literal();
    void agreesWithKeysOfAServer();
};

void TestGlob::matches_data()
{
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("expected");
    const auto row = [](const char *pattern, const char *text, bool expected) {
        QTest::addRow("%s on %s", pattern, text) << QByteArray(pattern) << QByteArray(text) << expected;
    };
    row("", "", true);
    row("", "a", false);
    row("a", "", false);
    row("*", "", true);
    row("*", "anything", true);
    row("a*", "a", true);
    row("a**", "a", true);
    row("*a", "ba", true);
    row("*a", "ab", false);
    row("a*b*c", "axxbyyc", true);
    row("a*b*c", "axxbyy", false);
    row("*ab", "aab", true);
    row("?", "a", true);
    row("?", "", false);
    row("??", "a", false);
    row("user:[0-9]", "user:7", true);
    row("user:[^0-9]", "user:7", false);
    row("[9-0]", "5", true);
    row("[abc", "b", true);
    row("[abc", "d", false);
    row("[]", "]", false);
    row("[^]", "x", true);
    row("[a-]", "a", true);
    row("[a-]", "]", true);
    row("[-a]", "-", true);
    row("[\\]]", "]", true);
    row("[\\-]", "-", true);
    row("\\*", "*", true);
    row("\\*", "x", false);
    row("a\\", "a\\", true);
    row("a\\", "a", false);
    row("[*]", "*", true);
    row("[*]", "x", false);
    row("h[ae]llo", "hello", true);
    row("h[ae]llo", "hillo", false);
    row("a]b", "a]b", true);
    row("A", "a", false);
}

void TestGlob::matches()
{
    QFETCH(QByteArray, pattern);
    QFETCH(QByteArray, text);
    QFETCH(bool, expected);
    QCOMPARE(globMatch(pattern, text), expected);
}

void TestGlob::starsInALongTextEndSoon()
{
    // A backtracking matcher would need longer than the universe; the time-out of the test is the guard.
    QByteArray pattern;
    for (int i = 0; i < 40; ++i)
        pattern += "a*";
    QVERIFY(!globMatch(pattern + 'b', QByteArray(20'000, 'a')));
    QVERIFY(globMatch(pattern, QByteArray(20'000, 'a')));
}

void TestGlob::escapeMatchesOnlyItself_data()
{
    QTest::addColumn<QByteArray>("literal");
    QTest::newRow("plain") << QByteArray("user:1");
    QTest::newRow("all glob characters") << QByteArray("*?[^a-z]\\");
    QTest::newRow("empty") << QByteArray();
    QByteArray all;
    for (int i = 0; i < 256; ++i)
        all += char(i);
    QTest::newRow("all bytes") << all;
}

void TestGlob::escapeMatchesOnlyItself()
{
    QFETCH(QByteArray, literal);
    const QByteArray pattern = globEscape(literal);
    QVERIFY(globMatch(pattern, literal));
    QVERIFY(!globMatch(pattern, literal + 'x'));
    for (qsizetype i = 0; i < literal.size(); ++i) {
        QByteArray other = literal;
        other[i] = char(other[i] ^ 1);
        QVERIFY2(!globMatch(pattern, other), QByteArray::number(i).constData());
    }
}

void TestGlob::literal()
{
    QVERIFY(isLiteralGlob("user:1"));
    QVERIFY(isLiteralGlob("a]-^b"));
    for (const char *pattern : {"a*", "?", "[a", "\\a"})
        QVERIFY2(!isLiteralGlob(pattern), pattern);
}

void TestGlob::agreesWithKeysOfAServer()
{
    if (!RedisServer::isAvailable())
        QSKIP("redis-server is not installed");
    RedisServer server;
    QVERIFY(server.start());
    const QByteArrayList keys{"a", "b", "ab", "abc", "aXb", "a*b", "*", "**", "?", "[", "]", "[]", "[a]", "^", "-", "\\", "a\\", "\\a", "a-b", "a]b",
                              "user:1", "user:22", "user:", "User:1", "x[y", "x]y", "aaa", "aaab", "\xff", "\x80", "\xff\x80", "\xd0\xb6", "a b", "a\nb"};
    const QByteArrayList patterns{"*", "**", "a*", "*a", "*a*", "a?", "?", "??", "???", "[ab]", "[^ab]", "[a-z]", "[z-a]*", "[^a-z]", "[]", "[]a]", "[^]", "[", "[^",
                                  "[a", "a[", "[a-", "[a-]", "[-a]", "[\\]]", "[\\-]", "[\\\\]", "[\\", "\\", "\\*", "\\?", "\\[*", "a\\", "a\\*b", "*\\*", "*]", "a]b", "x[[]y", "x[]]y",
                                  "user:*", "user:?", "user:[0-9]*", "[Uu]ser:1", "*\\\\*", "*b*b*", "a*a*b", "[\xd0\x80-\xff]*", "?\xb6", "\xff*", "a[ \n]b", "*[^a-z]*", "^", "[*]", "[?]*", "*:*:*"};
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, server.port());
    QVERIFY(socket.waitForConnected(3000));
    QByteArray request;
    for (const QByteArray &key : keys)
        appendCommand(request, Command{"SET", key, "1"});
    for (const QByteArray &pattern : patterns)
        appendCommand(request, Command{"KEYS", pattern});
    socket.write(request);
    RespReader reader;
    std::vector<RespValue> replies;
    while (qsizetype(replies.size()) < keys.size() + patterns.size()) {
        auto value = reader.next();
        QVERIFY(value.ok());
        if (*value) {
            replies.push_back(std::move(**value));
            continue;
        }
        QVERIFY(socket.bytesAvailable() > 0 || socket.waitForReadyRead(5000));
        reader.feed(socket.readAll());
    }
    for (qsizetype p = 0; p < patterns.size(); ++p) {
        QByteArrayList theirs;
        for (const RespValue &item : replies[std::size_t(keys.size() + p)].items)
            theirs += item.bytes;
        QByteArrayList ours;
        for (const QByteArray &key : keys) {
            if (globMatch(patterns[p], key))
                ours += key;
        }
        std::sort(theirs.begin(), theirs.end());
        std::sort(ours.begin(), ours.end());
        const QByteArray report = patterns[p] + ": ours " + ours.join('|') + ", the server " + theirs.join('|');
        QVERIFY2(ours == theirs, report.constData());
    }
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestGlob)
#include "tst_glob.moc"
