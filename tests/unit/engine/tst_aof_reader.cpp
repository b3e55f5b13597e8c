// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bytes of append-only files into commands, and manifests into lists of files: whole, cut at every byte, every bit flipped.
#include "core/engine/aof/aof_manifest.h"
#include "core/engine/aof/aof_reader.h"
#include "core/engine/aof/function_libraries.h"

#include <QtTest>

namespace keyloupe::test {
namespace {

using Kind = AofEnd::Kind;

struct Seen
{
    QByteArrayList commands; ///< arguments joined by spaces
    std::vector<std::int64_t> ends;
    std::vector<bool> open;  ///< after it a transaction is open
    std::int64_t timestampMs = -1;
    AofEnd end;
};

Seen readAll(QByteArrayView bytes, std::int64_t start = 0)
{
    Seen seen;
    AofReader reader(bytes, start);
    AofCommand command;
    while (reader.next(&command)) {
        QByteArrayList args;
        for (const QByteArrayView arg : command.args)
            args.append(arg.toByteArray());
        seen.commands.append(args.join(' '));
        seen.ends.push_back(command.end);
        seen.open.push_back(reader.isInTransaction());
        seen.timestampMs = command.timestampMs;
    }
    seen.end = reader.end();
    return seen;
}

QByteArray encode(const QByteArrayList &args)
{
    QByteArray bytes = "*" + QByteArray::number(args.size()) + "\r\n";
    for (const QByteArray &arg : args)
        bytes += "$" + QByteArray::number(arg.size()) + "\r\n" + arg + "\r\n";
    return bytes;
}

QByteArray sample()
{
    return "#TS:1700000000\r\n" + encode({"SELECT", "0"}) + encode({"SET", "a", "1"}) + encode({"MULTI"}) + encode({"SET", "b", "$3\r\n*1\r\n"})
        + "#TS:1700000007\r\n" + encode({"INCR", "a"}) + encode({"EXEC"}) + encode({"SET", "empty", ""}) + encode({"DEL", "a"});
}

} // namespace

class TestAofReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArrayList>("commands");
        QTest::addColumn<int>("kind");
        QTest::addColumn<qint64>("offset");
        QTest::addColumn<qint64>("badAt");
        const QByteArray one = "*1\r\n$4\r\nPING\r\n"; // 14 bytes
        const auto row = [](const char *name, const QByteArray &bytes, const QByteArrayList &commands, Kind kind, qint64 offset, qint64 badAt = -1) {
            QTest::newRow(name) << bytes << commands << int(kind) << offset << badAt;
        };
        row("nothing", "", {}, Kind::Whole, 0);
        row("one", one, {"PING"}, Kind::Whole, 14);
        row("two", one + one, {"PING", "PING"}, Kind::Whole, 28);
        row("line feeds alone", "*1\n$4\nPING\r\n", {"PING"}, Kind::Whole, 12);
        row("any two bytes behind an argument", "*1\r\n$4\r\nPINGxy" + one, {"PING", "PING"}, Kind::Whole, 28);
        row("binary", QByteArray("*1\r\n$5\r\n\r\n$*\0\r\n", 15), {QByteArray("\r\n$*\0", 5)}, Kind::Whole, 15);
        row("annotation", "#TS:17\r\n" + one, {"PING"}, Kind::Whole, 22);
        row("other annotation", "# hello\r\n" + one + "#x\r\n", {"PING"}, Kind::Whole, 23);
        row("annotation cut", one + "#TS:1", {"PING"}, Kind::Whole, 14);
        row("annotation too long", one + "#" + QByteArray(2000, 'x') + "\r\n", {"PING"}, Kind::BadFormat, 14, 14);
        row("longest annotation", "#" + QByteArray(1021, 'x') + "\r\n" + one, {"PING"}, Kind::Whole, 1038);
        row("cut in a header", one + "*1\r", {"PING"}, Kind::Truncated, 14);
        row("cut behind a header", one + "*1\r\n", {"PING"}, Kind::Truncated, 14);
        row("cut in a length", one + "*1\r\n$1", {"PING"}, Kind::Truncated, 14);
        row("cut in an argument", one + "*1\r\n$4\r\nPIN", {"PING"}, Kind::Truncated, 14);
        row("cut in the line end", one + "*1\r\n$4\r\nPING\r", {"PING"}, Kind::Truncated, 14);
        row("cut behind an annotation", one + "#TS:1\r\n*1", {"PING"}, Kind::Truncated, 14);
        row("argument longer than the file", one + "*1\r\n$999999999999\r\nx", {"PING"}, Kind::Truncated, 14);
        row("no arguments", one + "*0\r\n" + one, {"PING"}, Kind::BadFormat, 14, 14);
        row("fewer than none", one + "*-1\r\n", {"PING"}, Kind::BadFormat, 14, 14);
        row("too many arguments", one + "*2147483648\r\n", {"PING"}, Kind::BadFormat, 14, 14);
        row("more arguments than there can be", one + "*2147483647\r\n" + one.mid(4), {"PING"}, Kind::Truncated, 14);
        row("no number", one + "*x\r\n", {"PING"}, Kind::BadFormat, 14, 14);
        row("a number beyond all", one + "*1\r\n$99999999999999999999\r\n", {"PING"}, Kind::BadFormat, 14, 18);
        row("a negative length", one + "*1\r\n$-1\r\n", {"PING"}, Kind::BadFormat, 14, 18);
        row("text", one + "hello", {"PING"}, Kind::BadFormat, 14, 14);
        row("an inline command", "PING\r\n", {}, Kind::BadFormat, 0, 0);
        row("no length", one + "*2\r\n$1\r\na\r\n*1\r\n", {"PING"}, Kind::BadFormat, 14, 25);
        row("zero bytes", one + QByteArray(4096, '\0'), {"PING"}, Kind::BadFormat, 14, 14);
        const QByteArray multi = encode({"multi"}); // 15 bytes
        row("transaction", multi + one + encode({"exec"}), {"multi", "PING", "exec"}, Kind::Whole, 43);
        row("transaction without end", one + multi + one, {"PING", "multi", "PING"}, Kind::OpenTransaction, 14);
        row("transaction cut", one + multi + one + "*1\r\n$4", {"PING", "multi", "PING"}, Kind::OpenTransaction, 14);
        row("transaction and damage", one + multi + one + "x", {"PING", "multi", "PING"}, Kind::BadFormat, 14, 43);
    }

    void reads()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(qint64, offset);
        QFETCH(qint64, badAt);
        const Seen seen = readAll(bytes);
        QTEST(seen.commands, "commands");
        QTEST(int(seen.end.kind), "kind");
        QCOMPARE(seen.end.offset, offset);
        QCOMPARE(seen.end.badAt, badAt);
        QCOMPARE(seen.end.kind == Kind::Whole, *seen.end.reason == '\0');
    }

    void startsBehindAPreamble()
    {
        const QByteArray preamble = "REDIS0010 and so on";
        const Seen seen = readAll(preamble + encode({"GET", "a"}), preamble.size());
        QCOMPARE(seen.commands, QByteArrayList{"GET a"});
        QCOMPARE(seen.end.kind, Kind::Whole);
    }

    void namesZeroBytes()
    {
        QVERIFY(QByteArray(readAll(encode({"PING"}) + QByteArray(100, '\0')).end.reason).contains("zero bytes"));
        QVERIFY(!QByteArray(readAll(encode({"PING"}) + QByteArray(100, '\0') + "x").end.reason).contains("zero bytes"));
    }

    void timestamps()
    {
        QCOMPARE(readAll(sample()).timestampMs, 1'700'000'007'000);
        QCOMPARE(readAll("#TS:99999999999999999999\r\n" + encode({"PING"})).timestampMs, -1);
        QCOMPARE(readAll("#TS:12x\r\n" + encode({"PING"})).timestampMs, -1);
        QCOMPARE(readAll(encode({"PING"})).timestampMs, -1);
    }

    // What is whole before the cut is given, and the cut is where a server makes it.
    void cutAtEveryByte()
    {
        const QByteArray bytes = sample();
        const Seen whole = readAll(bytes);
        QCOMPARE(whole.end.kind, Kind::Whole);
        QCOMPARE(whole.commands.size(), 8);
        for (qsizetype size = 0; size < bytes.size(); ++size) {
            const Seen seen = readAll(QByteArrayView(bytes).first(size));
            std::size_t count = 0;
            std::int64_t safe = 0;
            bool open = false;
            for (; count < whole.ends.size() && whole.ends[count] <= size; ++count) {
                open = whole.open[count];
                if (!open)
                    safe = whole.ends[count];
            }
            // The MULTI is where the last command outside of a transaction ends.
            QCOMPARE(seen.commands, whole.commands.first(qsizetype(count)));
            QCOMPARE(seen.end.offset, safe);
            QVERIFY(seen.end.kind != Kind::BadFormat);
            QCOMPARE(seen.end.kind == Kind::OpenTransaction, open);
            if (!open) {
                const QByteArrayView rest = QByteArrayView(bytes).sliced(safe, size - safe);
                const bool onlyAnnotation = !rest.contains('*');
                QCOMPARE(seen.end.kind, onlyAnnotation ? Kind::Whole : Kind::Truncated);
            }
        }
    }

    void everyBitFlipped()
    {
        const QByteArray bytes = sample();
        const Seen whole = readAll(bytes);
        for (qsizetype at = 0; at < bytes.size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                QByteArray flipped = bytes;
                flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
                const Seen seen = readAll(flipped);
                for (std::size_t i = 0; i < whole.ends.size() && whole.ends[i] <= at; ++i)
                    QCOMPARE(seen.commands.value(qsizetype(i)), whole.commands[qsizetype(i)]);
                QVERIFY(seen.end.offset >= 0 && seen.end.offset <= flipped.size());
                QVERIFY(seen.end.badAt < flipped.size());
            }
        }
    }

    void recognises()
    {
        QVERIFY(looksLikeAof("*3\r\n$3"));
        QVERIFY(looksLikeAof("#TS:1700000000\r\n"));
        QVERIFY(!looksLikeAof(""));
        QVERIFY(!looksLikeAof("* item of a list"));
        QVERIFY(!looksLikeAof("#!/bin/sh"));
        QVERIFY(!looksLikeAof("REDIS0010"));
    }

    void manifests_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("files"); ///< "base|increments|history", or what the error says
        QTest::addColumn<bool>("good");
        const QByteArray base = "file a.1.base.rdb seq 1 type b\n";
        const QByteArray first = "file a.1.incr.aof seq 1 type i\n";
        const auto good = [](const char *name, const QByteArray &text, const char *files) { QTest::newRow(name) << text << QString::fromLatin1(files) << true; };
        const auto bad = [](const char *name, const QByteArray &text, const char *reason) { QTest::newRow(name) << text << QString::fromLatin1(reason) << false; };
        good("base and one", base + first, "a.1.base.rdb|a.1.incr.aof|");
        good("three of them", first + "file a.2.incr.aof seq 2 type i\nfile a.9.incr.aof seq 9 type i\n", "|a.1.incr.aof,a.2.incr.aof,a.9.incr.aof|");
        good("history", base + "file a.0.incr.aof seq 7 type h\nfile old seq 1 type h\n" + first, "a.1.base.rdb|a.1.incr.aof|a.0.incr.aof,old");
        good("comment", "# a comment \"unbalanced\n" + base, "a.1.base.rdb||");
        good("comment only", "#\n", "||");
        good("any order, any case", "TYPE b SEQ 1 File x\n", "x||");
        good("what newer servers add", "file x seq 1 type i startoffset 5 endoffset 77\n", "|x|");
        good("quotes", "file \"a b\\x2e\\\"c\" seq 1 type b\n", "a b.\"c||");
        good("single quotes", "file 'a b' seq 1 type b\r\n", "a b||");
        good("a word for its first letter", "file x seq 1 type base\n", "x||");
        bad("empty", "", "empty");
        bad("blank line", base + "\n" + first, "line 2");
        bad("no line end", base + "file x seq 2 type i", "line 2 of the manifest: it does not end");
        bad("too long", base + "file " + QByteArray(1100, 'x') + " seq 1 type i\n", "line 2 of the manifest: it is too long");
        bad("odd words", "file x seq 1 type\n", "line 1");
        bad("too few words", "file x seq 1\n", "line 1");
        bad("no file", "name x seq 1 type b\n", "missing");
        bad("no sequence", "file x number 1 type b\n", "missing");
        bad("bad sequence", "file x seq one type b\n", "sequence");
        bad("sequence zero", "file x seq 0 type b\n", "sequence");
        bad("no type", "file x seq 1 type \"\"\n", "missing");
        bad("unknown type", "file x seq 1 type z\n", "unknown type");
        bad("two bases", base + base, "second base");
        bad("sequence falls", first + "file y seq 1 type i\n", "do not rise");
        bad("a path", "file ../a seq 1 type b\n", "same folder");
        bad("an absolute path", "file /etc/passwd seq 1 type b\n", "same folder");
        bad("a path of another system", "file ..\\\\a seq 1 type b\n", "same folder");
        bad("the folder above", "file .. seq 1 type b\n", "same folder");
        bad("a hidden end", "file \"a\\x00b\" seq 1 type b\n", "same folder");
        bad("quotes open", "file \"x seq 1 type b\n", "quotes");
    }

    void manifests()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, files);
        QFETCH(bool, good);
        const Result<AofManifest> parsed = parseAofManifest(text);
        QCOMPARE(parsed.ok(), good);
        if (!good) {
            QCOMPARE(parsed.error().code, Errc::Corrupt);
            QVERIFY2(parsed.error().message.contains(files), qPrintable(parsed.error().message));
            return;
        }
        const auto names = [](const std::vector<AofManifestEntry> &entries) {
            QStringList list;
            for (const AofManifestEntry &entry : entries)
                list.append(QString::fromUtf8(entry.name));
            return list.join(QLatin1Char(','));
        };
        const AofManifest &manifest = parsed.value();
        const QString base = manifest.base ? QString::fromUtf8(manifest.base->name) : QString();
        QCOMPARE(base + QLatin1Char('|') + names(manifest.increments) + QLatin1Char('|') + names(manifest.history), files);
    }

    void functionCommands()
    {
        const QByteArray one = "#!lua name=one\nreturn 1";
        const QByteArray oneAgain = "#!lua name=one\nreturn 2";
        const QByteArray two = "#!LUA  NAME=two\nreturn 3";
        FunctionLibraries libraries;
        QVERIFY(!libraries.isChanged());
        QVERIFY(libraries.apply({"FUNCTION", "LIST"}).ok());
        QVERIFY(libraries.apply({"FUNCTION", "FLUSH"}).ok());
        QVERIFY(!libraries.isChanged());
        QVERIFY(libraries.apply({"FUNCTION", "LOAD", one}).ok());
        QVERIFY(libraries.isChanged());
        QVERIFY(!libraries.apply({"FUNCTION", "LOAD", oneAgain}).ok());
        QVERIFY(!libraries.apply({"FUNCTION", "LOAD", "return 1"}).ok());
        QVERIFY(libraries.apply({"function", "load", "replace", oneAgain}).ok());
        QVERIFY(libraries.apply({"FUNCTION", "LOAD", two}).ok());
        QCOMPARE(libraries.sources(), (std::vector<QByteArray>{oneAgain, two}));
        QVERIFY(!libraries.apply({"FUNCTION", "DELETE", "three"}).ok());
        QVERIFY(libraries.apply({"FUNCTION", "DELETE", "one"}).ok());
        QCOMPARE(libraries.sources(), std::vector<QByteArray>{two});
        QVERIFY(!libraries.apply({"FUNCTION", "RESTORE", "no payload at all"}).ok());
        QVERIFY(libraries.apply({"FUNCTION", "FLUSH", "ASYNC"}).ok());
        QVERIFY(libraries.sources().empty());
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestAofReader)
#include "tst_aof_reader.moc"
