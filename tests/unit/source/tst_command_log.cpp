// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/command_log.h"

#include "core/resp/command.h"

#include <QtTest>

#include <thread>

namespace keyloupe::test {
namespace {

CommandLogEntry entry(int number)
{
    CommandLogEntry made;
    made.text = QByteArray::number(number);
    return made;
}

} // namespace

class TestCommandLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheNewest()
    {
        CommandLog log;
        const int total = int(CommandLog::kCapacity) + 123;
        for (int i = 0; i < total; ++i)
            log.append({entry(i)});
        std::uint64_t next = 0;
        const auto kept = log.since(0, &next);
        QCOMPARE(kept.size(), CommandLog::kCapacity);
        QCOMPARE(kept.front().text, QByteArray("123"));
        QCOMPARE(kept.back().text, QByteArray::number(total - 1));
        QCOMPARE(next, std::uint64_t(total));
        QVERIFY(log.since(next, &next).empty());
        log.append({entry(-1)});
        QCOMPARE(log.since(next, &next).size(), 1u);
    }

    void announcesABurstOnce()
    {
        CommandLog log;
        QSignalSpy added(&log, &CommandLog::entriesAdded);
        for (int i = 0; i < 1000; ++i)
            log.append({entry(i), entry(i)});
        QTRY_COMPARE(added.size(), 1);
        log.append({entry(1)});
        QTRY_COMPARE(added.size(), 2);
    }

    void isWrittenFromAnotherThread()
    {
        CommandLog log;
        QSignalSpy added(&log, &CommandLog::entriesAdded);
        constexpr int kEntries = 20'000;
        std::thread writer([&] {
            for (int i = 0; i < kEntries; ++i)
                log.append({entry(i)});
        });
        std::uint64_t next = 0;
        std::uint64_t highest = 0;
        bool inOrder = true;
        while (next < kEntries) {
            for (const CommandLogEntry &seen : log.since(next, &next)) {
                const std::uint64_t number = seen.text.toULongLong();
                inOrder = inOrder && number >= highest;
                highest = number;
            }
        }
        writer.join();
        QVERIFY(inOrder);
        QCOMPARE(highest, std::uint64_t(kEntries - 1));
        QTRY_VERIFY(!added.isEmpty());
    }

    void showsNoSecret_data()
    {
        QTest::addColumn<QByteArrayList>("args");
        const auto row = [](const QByteArrayList &args) { QTest::newRow(args.join(' ').constData()) << args; };
        row({"AUTH", "hunter2"});
        row({"auth", "bob", "hunter2"});
        row({"HELLO", "3", "AUTH", "bob", "hunter2", "SETNAME", "x"});
        row({"hello", "3", "setname", "x", "auth", "bob", "hunter2"});
        row({"CONFIG", "SET", "requirepass", "hunter2"});
        row({"config", "set", "maxmemory", "1", "masterauth", "hunter2"});
        row({"CONFIG", "SET", "primaryauth", "hunter2"});
        row({"CONFIG", "SET", "tls-key-file-pass", "hunter2"});
        row({"ACL", "SETUSER", "bob", "on", ">hunter2", "~*"});
        row({"acl", "setuser", "bob", "<hunter2"});
        row({"MIGRATE", "h", "1", "k", "0", "1000", "AUTH", "hunter2"});
        row({"MIGRATE", "h", "1", "", "0", "1000", "AUTH2", "bob", "hunter2", "KEYS", "k"});
        row({"SENTINEL", "SET", "mymaster", "auth-pass", "hunter2"});
    }

    void showsNoSecret()
    {
        QFETCH(QByteArrayList, args);
        const QByteArray text = printableCommand(Command(args));
        QVERIFY2(!text.contains("hunter2"), text.constData());
        QVERIFY2(text.contains("(secret)"), text.constData());
        QVERIFY(text.startsWith(args.first()));
    }

    void showsTheRest()
    {
        QCOMPARE(printableCommand(Command{"SET", "AUTH", "hunter2"}), QByteArray("SET AUTH hunter2"));
        QCOMPARE(printableCommand(Command{"CONFIG", "SET", "maxmemory", "1"}), QByteArray("CONFIG SET maxmemory 1"));
        QVERIFY(printableCommand(Command{"SET", "k", QByteArray(100'000, 'x')}).size() < 1000);
        QVERIFY(!printableCommand(Command{"SET", "a\nFLUSHALL", "\x1b[2J"}).contains('\n'));
        QVERIFY(!printableCommand(Command{"SET", "a\nFLUSHALL", "\x1b[2J"}).contains('\x1b'));
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestCommandLog)
#include "tst_command_log.moc"
