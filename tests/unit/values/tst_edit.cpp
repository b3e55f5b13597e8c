// SPDX-License-Identifier: GPL-3.0-or-later
//
// Edits: what they refuse, what they would write, and that their guard stops on anything the person did not see. What they do
// to real keys is in the contract suite.
#include "core/values/edit.h"

#include <QtTest>

#include <cmath>

namespace keyloupe::test {
namespace {

Edit edit(EditChange change, ValueKind kind)
{
    return Edit{0, "k", kind, {}, std::move(change)};
}

Result<void> guard(const Edit &wanted, std::vector<RespValue> replies, std::optional<EditConflict> *out)
{
    const auto conflict = std::make_shared<std::optional<EditConflict>>();
    const Result<void> agreed = guardedWriteOf(wanted, conflict).check(replies);
    *out = *conflict;
    return agreed;
}

} // namespace

class TestEdit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesNonsense_data()
    {
        QTest::addColumn<Edit>("wanted");
        QTest::newRow("score NaN") << edit(SetScore{"m", {}, std::nan("")}, ValueKind::SortedSet);
        QTest::newRow("empty entry") << edit(AddStreamEntry{"*", {}}, ValueKind::Stream);
        QTest::newRow("ttl 0") << edit(SetExpiry{SetExpiry::Kind::In, 0}, ValueKind::Hash);
        QTest::newRow("in the past") << edit(SetExpiry{SetExpiry::Kind::At, 999'999}, ValueKind::Hash);
        QTest::newRow("same name") << edit(RenameKey{"k"}, ValueKind::Hash);
        QTest::newRow("same member") << edit(ReplaceSetMember{"a", "a"}, ValueKind::Set);
        QTest::newRow("same scored member") << edit(RenameScoredMember{"a", "a", 1}, ValueKind::SortedSet);
        QTest::newRow("module value") << edit(CreateKey{ValueKind::Other, {}, "x", 0, {}, -1}, ValueKind::None);
        QTest::newRow("stream without fields") << edit(CreateKey{ValueKind::Stream, {}, {}, 0, {}, -1}, ValueKind::None);
    }
    void refusesNonsense()
    {
        QFETCH(Edit, wanted);
        const Result<void> sound = validate(wanted, 1'000'000);
        QVERIFY(!sound.ok());
        QCOMPARE(sound.error().code, Errc::InvalidArgument);
    }

    void keepsTtlsOfStrings()
    {
        const std::vector<Command> writes = commandsOf(edit(SetString{"a", "b"}, ValueKind::String));
        QCOMPARE(writes, (std::vector<Command>{Command{"SET", "k", "b", "XX", "KEEPTTL"}}));
    }

    void keepsExpiriesOfFields()
    {
        const std::vector<Command> writes = commandsOf(edit(SetHashField{"f", "a", "b", 1234}, ValueKind::Hash));
        QCOMPARE(writes.size(), 2u);
        QCOMPARE(writes[1], (Command{"HPEXPIREAT", "k", "1234", "FIELDS", "1", "f"}));
    }

    void removesFromListsByAMarkNobodyHolds()
    {
        const std::vector<Command> one = commandsOf(edit(RemoveListElement{3, "x"}, ValueKind::List));
        const std::vector<Command> two = commandsOf(edit(RemoveListElement{3, "x"}, ValueKind::List));
        QCOMPARE(one.size(), 2u);
        QCOMPARE(one[0].args[3], one[1].args[3]);
        QVERIFY(one[0].args[3] != two[0].args[3]);
    }

    void stopsOnWhatThePersonDidNotSee_data()
    {
        QTest::addColumn<Edit>("wanted");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<RespValue>("stored");
        QTest::addColumn<int>("kind"); // -1: goes on
        const auto row = [](const char *name, Edit wanted, const char *type, RespValue stored, int kind) {
            QTest::newRow(name) << std::move(wanted) << QByteArray(type) << std::move(stored) << kind;
        };
        using Kind = EditConflict::Kind;
        const RespValue a = RespValue::bulk("a");
        const RespValue z = RespValue::bulk("z");
        const RespValue nil = RespValue::null();
        const RespValue yes = RespValue::ofInteger(1);
        const RespValue no = RespValue::ofInteger(0);
        row("string as seen", edit(SetString{"a", "b"}, ValueKind::String), "string", a, -1);
        row("string changed", edit(SetString{"a", "b"}, ValueKind::String), "string", z, int(Kind::Changed));
        row("string gone", edit(SetString{"a", "b"}, ValueKind::String), "none", nil, int(Kind::Gone));
        row("now a list", edit(SetString{"a", "b"}, ValueKind::String), "list", nil, int(Kind::Type));
        row("field as seen", edit(SetHashField{"f", "a", "b", -1}, ValueKind::Hash), "hash", a, -1);
        row("field changed", edit(SetHashField{"f", "a", "b", -1}, ValueKind::Hash), "hash", z, int(Kind::Changed));
        row("field gone", edit(SetHashField{"f", "a", "b", -1}, ValueKind::Hash), "hash", nil, int(Kind::Gone));
        row("field exists", edit(SetHashField{"f", {}, "b", -1}, ValueKind::Hash), "hash", z, int(Kind::Exists));
        row("new field", edit(SetHashField{"f", {}, "b", -1}, ValueKind::Hash), "hash", nil, -1);
        row("new field, key gone", edit(SetHashField{"f", {}, "b", -1}, ValueKind::Hash), "none", nil, int(Kind::Gone));
        row("list index past its end", edit(SetListElement{9, "a", "b"}, ValueKind::List), "list", nil, int(Kind::Gone));
        row("push, key gone", edit(PushListElement{true, "b"}, ValueKind::List), "none", nil, int(Kind::Gone));
        row("member there", edit(AddSetMember{"m"}, ValueKind::Set), "set", yes, int(Kind::Exists));
        row("member gone", edit(RemoveSetMember{"m"}, ValueKind::Set), "set", no, int(Kind::Gone));
        row("score as seen", edit(SetScore{"m", 1.5, 2}, ValueKind::SortedSet), "zset", RespValue::bulk("1.5"), -1);
        row("score changed", edit(SetScore{"m", 1.5, 2}, ValueKind::SortedSet), "zset", RespValue::ofDouble(3), int(Kind::Changed));
        row("score gone", edit(SetScore{"m", 1.5, 2}, ValueKind::SortedSet), "zset", nil, int(Kind::Gone));
        row("member scored already", edit(SetScore{"m", {}, 2}, ValueKind::SortedSet), "zset", RespValue::ofDouble(3), int(Kind::Exists));
        row("entry gone", edit(RemoveStreamEntry{"1-0"}, ValueKind::Stream), "stream", RespValue::array(), int(Kind::Gone));
        row("target exists", edit(RenameKey{"other"}, ValueKind::Hash), "hash", yes, int(Kind::Exists));
        row("target free", edit(RenameKey{"other"}, ValueKind::Hash), "hash", no, -1);
        row("create over a key", edit(CreateKey{ValueKind::Set, {}, "m", 0, {}, -1}, ValueKind::None), "set", nil, int(Kind::Exists));
        row("delete another type", edit(DeleteKey{}, ValueKind::Hash), "set", nil, int(Kind::Type));
    }
    void stopsOnWhatThePersonDidNotSee()
    {
        QFETCH(Edit, wanted);
        QFETCH(QByteArray, type);
        QFETCH(RespValue, stored);
        QFETCH(int, kind);
        std::optional<EditConflict> conflict;
        const Result<void> agreed = guard(wanted, {RespValue::simple(type), stored}, &conflict);
        QCOMPARE(agreed.ok(), kind < 0);
        if (kind < 0)
            return;
        QCOMPARE(agreed.error().code, Errc::Conflict);
        QVERIFY(conflict.has_value());
        QCOMPARE(int(conflict->kind), kind);
        QVERIFY(!describe(*conflict).isEmpty());
    }

    void carriesBothVersions()
    {
        std::optional<EditConflict> conflict;
        QVERIFY(!guard(edit(SetString{"opened", "yours"}, ValueKind::String), {RespValue::simple("string"), RespValue::bulk("now")}, &conflict).ok());
        QCOMPARE(*conflict->opened, QByteArray("opened"));
        QCOMPARE(*conflict->now, QByteArray("now"));
        QCOMPARE(*conflict->yours, QByteArray("yours"));
    }

    void aRefusedReadIsNoConflict()
    {
        std::optional<EditConflict> conflict;
        const Result<void> agreed = guard(edit(SetString{"a", "b"}, ValueKind::String), {RespValue::simple("string"), RespValue::error("NOPERM no GET")}, &conflict);
        QVERIFY(!agreed.ok());
        QCOMPARE(agreed.error().code, Errc::Auth);
        QVERIFY(!conflict);
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestEdit)
#include "tst_edit.moc"
