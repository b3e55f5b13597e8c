// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values as commands: which ones exactly, in pieces of bounded size, and in the form of older servers.
#include "core/rdb/value_decoder.h"
#include "core/transfer/rebuild_commands.h"
#include "tests/unit/transfer/sample_values.h"

#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

Q_DECLARE_METATYPE(keyloupe::Value)
Q_DECLARE_METATYPE(keyloupe::CommandForm)

namespace {

std::vector<Command> commandsOf(const Value &value, std::int64_t expireAtMs = -1, const CommandForm &form = {})
{
    std::vector<Command> all;
    const Result<void> done = rebuildCommands("k", value, expireAtMs, form, [&](const Command &command) -> Result<void> {
        all.push_back(command);
        return {};
    });
    if (!done)
        qWarning("%s", qPrintable(done.error().message));
    return all;
}

QByteArrayList lines(const std::vector<Command> &commands)
{
    QByteArrayList all;
    for (const Command &command : commands)
        all.append(command.args.join(' '));
    return all;
}

CommandForm oldForm()
{
    CommandForm form;
    form.fieldExpiry = false;
    form.streamCounters = false;
    form.createConsumer = false;
    return form;
}

StreamValue simpleStream()
{
    StreamValue stream;
    stream.entries = {{{1, 1}, {{"f", "v"}}}};
    stream.firstId = stream.lastId = {1, 1};
    stream.entriesAdded = 1;
    return stream;
}

} // namespace

class TestRebuildCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void commands_data()
    {
        QTest::addColumn<Value>("value");
        QTest::addColumn<qint64>("expireAtMs");
        QTest::addColumn<CommandForm>("form");
        QTest::addColumn<QByteArrayList>("expected");
        const auto row = [](const char *name, Value value, qint64 expiry, const CommandForm &form, const QByteArrayList &expected) {
            QTest::newRow(name) << std::move(value) << expiry << form << expected;
        };
        const CommandForm now;
        row("string", QByteArray("v"), -1, now, {"SET k v"});
        row("expiry last", QByteArray("v"), 0, now, {"SET k v", "PEXPIREAT k 0"});
        row("list", ListValue{{"a", "b", "a"}}, -1, now, {"RPUSH k a b a"});
        row("set", SetValue{{"a", "b"}}, 77, now, {"SADD k a b", "PEXPIREAT k 77"});
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        row("scores", SortedSetValue{{{"a", -kInfinity}, {"b", 0.1}, {"c", 1e300}, {"d", 17179869184.5}, {"e", kInfinity}}}, -1, now,
            {"ZADD k -inf a 0.1 b 1e+300 c 17179869184.5 d inf e"});
        const QByteArray helper(4096, '-');
        CommandForm packed;
        packed.packedScores = true;
        row("a zero below zero", SortedSetValue{{{"x", -1}, {"a", -0.0}, {"b", 0}}}, -1, now, {"ZADD k -1 x 0 b -0 a"});
        row("a small set with a zero below zero", SortedSetValue{{{"a", -0.0}, {"b", 0}}}, -1, packed,
            {"ZADD k 0 " + helper, "ZADD k 0 b -0 a", "ZREM k " + helper});
        row("a small set without one", SortedSetValue{{{"a", 0}}}, -1, packed, {"ZADD k 0 a"});
        row("a small set with the helper's name", SortedSetValue{{{helper, -0.0}}}, -1, packed,
            {"ZADD k 0 " + helper + '-', "ZADD k -0 " + helper, "ZREM k " + helper + '-'});
        const HashValue hash{{{"a", "1", 500}, {"b", "2", -1}, {"c", "3", 400}, {"d", "4", 500}}};
        row("expiry of fields, by moment", hash, 900, now,
            {"HSET k a 1 b 2 c 3 d 4", "HPEXPIREAT k 400 FIELDS 1 c", "HPEXPIREAT k 500 FIELDS 2 a d", "PEXPIREAT k 900"});
        row("an old server has none", hash, -1, oldForm(), {"HSET k a 1 b 2 c 3 d 4"});
        row("stream", simpleStream(), -1, now, {"XADD k 1-1 f v"});
        row("empty stream", StreamValue(), -1, now, {"XGROUP CREATE k g 0-0 MKSTREAM", "XGROUP DESTROY k g"});
        StreamValue emptied;
        emptied.lastId = {7, 8};
        emptied.maxDeletedId = {7, 7};
        emptied.entriesAdded = 3;
        row("emptied stream", emptied, -1, now,
            {"XGROUP CREATE k g 0-0 MKSTREAM", "XGROUP DESTROY k g", "XSETID k 7-8 ENTRIESADDED 3 MAXDELETEDID 7-7"});
        row("emptied stream, old server", emptied, -1, oldForm(), {"XGROUP CREATE k g 0-0 MKSTREAM", "XGROUP DESTROY k g", "XSETID k 7-8"});
        StreamValue grouped = simpleStream();
        grouped.groups = {{"g", {1, 1}, 1, {{{1, 1}, 99, 2}}, {{"c", 5, 5, {{1, 1}}}, {"idle", 5, 5, {}}}}};
        row("group", grouped, -1, now,
            {"XADD k 1-1 f v", "XGROUP CREATE k g 1-1 ENTRIESREAD 1", "XCLAIM k g c 0 1-1 TIME 99 RETRYCOUNT 2 JUSTID FORCE",
             "XGROUP CREATECONSUMER k g idle"});
        row("group, old server", grouped, -1, oldForm(),
            {"XADD k 1-1 f v", "XGROUP CREATE k g 1-1", "XCLAIM k g c 0 1-1 TIME 99 RETRYCOUNT 2 JUSTID FORCE",
             "XREADGROUP GROUP g idle COUNT 1 STREAMS k 0"});
        StreamValue ghost = grouped;
        ghost.groups.front().pending = {{{0, 9}, 98, 4}, {{1, 1}, 99, 2}, {{3, 0}, 98, 4}};
        ghost.groups.front().consumers = {{"c", 5, 5, {{0, 9}, {1, 1}, {3, 0}}}};
        ghost.lastId = {3, 0};
        ghost.entriesAdded = 3;
        row("pending entries that are gone", ghost, -1, now,
            {"XADD k 0-9 f v", "XADD k 3-0 f v", "XGROUP CREATE k g 1-1 ENTRIESREAD 1", "XCLAIM k g c 0 0-9 3-0 TIME 98 RETRYCOUNT 4 JUSTID FORCE",
             "XTRIM k MAXLEN 0", "XSETID k 0-0", "XADD k 1-1 f v", "XCLAIM k g c 0 1-1 TIME 99 RETRYCOUNT 2 JUSTID FORCE", "XSETID k 3-0"});
        StreamValue readMore = grouped; // than there are entries now
        readMore.entriesAdded = 5;
        readMore.groups.front().entriesRead = 4;
        row("a group that read entries that are gone", readMore, -1, now,
            {"XADD k 1-1 f v", "XGROUP CREATE k g 1-1", "XCLAIM k g c 0 1-1 TIME 99 RETRYCOUNT 2 JUSTID FORCE", "XGROUP CREATECONSUMER k g idle",
             "XSETID k 1-1 ENTRIESADDED 5 MAXDELETEDID 0-0", "XGROUP SETID k g 1-1 ENTRIESREAD 4"});
    }

    void producersGoByRestore()
    {
        StreamValue stream = simpleStream();
        stream.idempotencyTail = QByteArray::fromHex("40644064000000"); // as every new stream of Redis 8.6
        QCOMPARE(lines(commandsOf(stream)), QByteArrayList{"XADD k 1-1 f v"});
        stream.idempotencyTail = QByteArray::fromHex("40644007000000");
        const std::vector<Command> commands = commandsOf(stream);
        QCOMPARE(commands.size(), std::size_t(1));
        QCOMPARE(commands.front().args.first(3), (QByteArrayList{"RESTORE", "k", "0"}));
        const auto back = decodeDumpPayload(commands.front().args[3]);
        QVERIFY(back.ok());
        QCOMPARE(back->value, Value(stream));
        CommandForm form;
        form.idempotency = false;
        QCOMPARE(lines(commandsOf(stream, -1, form)), QByteArrayList{"XADD k 1-1 f v"});
    }

    void commands()
    {
        QFETCH(Value, value);
        QFETCH(qint64, expireAtMs);
        QFETCH(CommandForm, form);
        QFETCH(QByteArrayList, expected);
        QCOMPARE(lines(commandsOf(value, expireAtMs, form)), expected);
    }

    void largeCollectionsGoInPieces_data()
    {
        QTest::addColumn<qsizetype>("elements");
        QTest::addColumn<qsizetype>("bytesEach");
        QTest::addColumn<qsizetype>("pieces");
        QTest::newRow("one less than a piece") << kRebuildElements - 1 << qsizetype(3) << qsizetype(1);
        QTest::newRow("a full piece") << kRebuildElements << qsizetype(3) << qsizetype(1);
        QTest::newRow("one more") << kRebuildElements + 1 << qsizetype(3) << qsizetype(2);
        QTest::newRow("by bytes") << qsizetype(10) << qsizetype(kRebuildBytes / 4) << qsizetype(3);
        QTest::newRow("each element alone") << qsizetype(3) << qsizetype(kRebuildBytes + 1) << qsizetype(3);
    }

    void largeCollectionsGoInPieces()
    {
        QFETCH(qsizetype, elements);
        QFETCH(qsizetype, bytesEach);
        QFETCH(qsizetype, pieces);
        ListValue list;
        for (qsizetype i = 0; i < elements; ++i)
            list.items.push_back(QByteArray::number(i).rightJustified(bytesEach, '0'));
        const std::vector<Command> commands = commandsOf(list);
        QCOMPARE(qsizetype(commands.size()), pieces);
        std::vector<QByteArray> together;
        for (const Command &command : commands) {
            QVERIFY(command.args.size() <= kRebuildElements + 2);
            together.insert(together.end(), command.args.begin() + 2, command.args.end());
        }
        QCOMPARE(together, list.items);
    }

    void manyClaimsGoInPieces()
    {
        StreamValue stream = simpleStream();
        stream.groups = {{"g", {9, 9}, -1, {}, {{"c", 5, 5, {}}}}};
        for (std::uint64_t i = 0; i < std::uint64_t(kRebuildElements) + 5; ++i) {
            stream.groups[0].pending.push_back({{2, i}, 7, 1});
            stream.groups[0].consumers[0].pending.push_back({2, i});
        }
        qsizetype claimed = 0;
        for (const Command &command : commandsOf(stream)) {
            if (command.name() == "XCLAIM") {
                QVERIFY(command.args.size() <= kRebuildElements + 11);
                claimed += command.args.size() - 11;
            }
        }
        QCOMPARE(claimed, kRebuildElements + 5);
    }

    // What no command makes goes as a payload.
    void payloads_data()
    {
        QTest::addColumn<Value>("value");
        QTest::newRow("module") << Value(ModuleValue{"ReJSON-RL", 3, QByteArray::fromHex("00")});
        StreamValue stream = simpleStream();
        stream.entries.front().fields.clear();
        QTest::newRow("entry without fields") << Value(stream);
    }

    void payloads()
    {
        QFETCH(Value, value);
        const std::vector<Command> commands = commandsOf(value, 55);
        QCOMPARE(commands.size(), std::size_t(2));
        QCOMPARE(commands[0].args.mid(0, 3), (QByteArrayList{"RESTORE", "k", "0"}));
        QCOMPARE(commands[0].args[3], encodeDumpPayload(value, RdbFamily::Redis, std::holds_alternative<StreamValue>(value) ? 10 : 9).value());
        QCOMPARE(commands[1], (Command{"PEXPIREAT", "k", "55"}));
    }

    void theSinkEndsIt()
    {
        int seen = 0;
        const Result<void> done = rebuildCommands("k", Value(oddStream()), 5, {}, [&](const Command &) -> Result<void> {
            return ++seen == 3 ? Result<void>(Error{Errc::Io, QStringLiteral("full"), -1, {}}) : Result<void>();
        });
        QVERIFY(!done.ok());
        QCOMPARE(done.error().code, Errc::Io);
        QCOMPARE(seen, 3);
    }
};

QTEST_GUILESS_MAIN(TestRebuildCommands)
#include "tst_rebuild_commands.moc"
