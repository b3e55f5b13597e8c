// SPDX-License-Identifier: GPL-3.0-or-later
//
// The element model: pages while somebody scrolls, what SCAN gives twice once, our own edits in place.
#include "core/async/job_runner.h"
#include "tests/support/fake_source.h"
#include "ui/models/element_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

namespace keyloupe::test {
namespace {

RespValue text(const QByteArray &bytes) { return RespValue::bulk(bytes); }
RespValue scanned(const char *cursor, const QByteArrayList &items)
{
    std::vector<RespValue> values;
    for (const QByteArray &item : items)
        values.push_back(text(item));
    return RespValue::array({text(cursor), RespValue::array(std::move(values))});
}

KeyHeader header(ValueKind kind, std::int64_t length)
{
    KeyHeader made;
    made.kind = kind;
    made.typeName = typeNameOf(kind);
    made.length = length;
    return made;
}

} // namespace

class TestElementModel : public QObject
{
    Q_OBJECT

private:
    struct Fixture
    {
        Fixture()
        {
            auto owned = std::make_unique<FakeSource>();
            source = owned.get();
            source->setState(SourceState::Ready);
            session = std::make_unique<SourceSession>(std::move(owned), jobs);
            model = std::make_unique<ElementModel>(*session);
            tester = std::make_unique<QAbstractItemModelTester>(model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        }
        QByteArrayList column(int section) const
        {
            QByteArrayList cells;
            for (int row = 0; row < model->rowCount(); ++row)
                cells.append(model->index(row, section).data().toString().toUtf8());
            return cells;
        }
        bool loadAll()
        {
            return QTest::qWaitFor([this] {
                model->fetchMore({});
                return model->isComplete() || (!model->isLoading() && model->lastError().code != Errc::Cancelled);
            });
        }

        JobRunner jobs{1};
        FakeSource *source;
        std::unique_ptr<SourceSession> session;
        std::unique_ptr<ElementModel> model;
        std::unique_ptr<QAbstractItemModelTester> tester;
    };

private Q_SLOTS:
    void showsWhatComesTwiceOnce()
    {
        Fixture f;
        f.source->reply({"HSCAN", "h", "0", "COUNT", "200"}, scanned("7", {"a", "1", "b", "2"}));
        f.source->reply({"HSCAN", "h", "7", "COUNT", "200"}, scanned("9", {}));
        f.source->reply({"HSCAN", "h", "9", "COUNT", "200"}, scanned("0", {"b", "2", "c", "3"}));
        f.model->open({0, "h"}, header(ValueKind::Hash, 3));
        QVERIFY(f.loadAll());
        QCOMPARE(f.column(0), (QByteArrayList{"a", "b", "c"}));
        QCOMPARE(f.column(1), (QByteArrayList{"1", "2", "3"}));
        QVERIFY(f.model->isComplete());
        QCOMPARE(f.source->count("HPEXPIRETIME"), 0); // an unknown server is not asked for what it may not know
    }

    void saysWhatWentWrongAndGoesOn()
    {
        Fixture f;
        int asked = 0;
        f.source->handle("SSCAN", [&asked](const Command &) {
            return ++asked == 1 ? RespValue::error("BUSY script") : scanned("0", {"m"});
        });
        f.model->open({0, "s"}, header(ValueKind::Set, 1));
        QTRY_VERIFY(!f.model->isLoading());
        QCOMPARE(f.model->lastError().code, Errc::Server);
        QVERIFY(!f.model->canFetchMore({}));
        f.model->loadMore();
        QTRY_VERIFY(f.model->isComplete());
        QCOMPARE(f.column(0), QByteArrayList{"m"});
    }

    void dropsAnswersForAnotherKey()
    {
        Fixture f;
        f.source->reply({"SSCAN", "one", "0", "COUNT", "200"}, scanned("0", {"from one"}));
        f.source->reply({"SSCAN", "two", "0", "COUNT", "200"}, scanned("0", {"from two"}));
        f.model->open({0, "one"}, header(ValueKind::Set, 1));
        f.model->open({0, "two"}, header(ValueKind::Set, 1));
        QTRY_VERIFY(f.model->isComplete());
        QTest::qWait(20);
        QCOMPARE(f.column(0), QByteArrayList{"from two"});
    }

    void followsEditsOfAList()
    {
        Fixture f;
        f.source->reply({"LRANGE", "l", "0", "199"}, RespValue::array({text("a"), text("b"), text("c")}));
        f.model->open({0, "l"}, header(ValueKind::List, 3));
        QVERIFY(f.loadAll());
        f.model->applied(PushListElement{true, "head"}, {});
        f.model->applied(PushListElement{false, "tail"}, {});
        f.model->applied(SetListElement{2, "b", "B"}, {});
        f.model->applied(RemoveListElement{1, "a"}, {});
        QCOMPARE(f.column(1), (QByteArrayList{"head", "B", "c", "tail"}));
        QCOMPARE(f.column(0), (QByteArrayList{"0", "1", "2", "3"}));
    }

    void goesOnBehindWhatMoved()
    {
        Fixture f;
        f.tester.reset(); // it would fetch the second page by itself
        std::vector<RespValue> first;
        for (int i = 0; i < 200; ++i)
            first.push_back(text(QByteArray::number(i)));
        f.source->reply({"LRANGE", "l", "0", "199"}, RespValue::array(first));
        f.source->reply({"LRANGE", "l", "199", "398"}, RespValue::array({text("last")}));
        f.model->open({0, "l"}, header(ValueKind::List, 201));
        QTRY_COMPARE(f.model->rowCount(), 200);
        QVERIFY(!f.model->isComplete());
        f.model->applied(RemoveListElement{0, "0"}, {});
        QVERIFY(f.loadAll());
        QCOMPARE(f.model->rowCount(), 200);
        QCOMPARE(f.model->elementAt(199).value, QByteArray("last"));
        QCOMPARE(f.model->elementAt(199).index, 199);
    }

    void followsEditsOfASortedSet()
    {
        Fixture f;
        f.source->reply({"ZRANGE", "z", "0", "199", "WITHSCORES"}, RespValue::array({text("a"), text("1"), text("b"), text("2"), text("c"), text("3")}));
        f.model->open({0, "z"}, header(ValueKind::SortedSet, 3));
        QVERIFY(f.loadAll());
        f.model->applied(SetScore{"a", 1.0, 2.5}, {});
        QCOMPARE(f.column(1), (QByteArrayList{"b", "a", "c"}));
        f.model->applied(SetScore{"new", std::nullopt, -1}, {});
        f.model->applied(RenameScoredMember{"c", "d", 3}, {});
        f.model->applied(RemoveScoredMember{"b", 2}, {});
        QCOMPARE(f.column(1), (QByteArrayList{"new", "a", "d"}));
        QCOMPARE(f.column(0), (QByteArrayList{"-1", "2.5", "3"}));
        QCOMPARE(f.model->elementAt(2).index, 2);
        QVERIFY(!f.model->mayBeCoordinates());
    }

    void showsPlaces()
    {
        Fixture f;
        f.source->reply({"ZRANGE", "g", "0", "199", "WITHSCORES"}, RespValue::array({text("Palermo"), text("3479099956230698")}));
        f.model->open({0, "g"}, header(ValueKind::SortedSet, 1));
        QVERIFY(f.loadAll());
        QVERIFY(f.model->mayBeCoordinates());
        f.model->setCoordinates(true);
        QCOMPARE(f.model->columnCount(), 4);
        QCOMPARE(f.column(2), QByteArrayList{"13.361389"});
        QCOMPARE(f.column(3), QByteArrayList{"38.115556"});
        f.model->setCoordinates(false);
        QCOMPARE(f.model->columnCount(), 2);
    }

    void followsEditsOfHashSetAndStream()
    {
        Fixture f;
        f.source->reply({"HSCAN", "h", "0", "COUNT", "200"}, scanned("0", {"a", "1"}));
        f.model->open({0, "h"}, header(ValueKind::Hash, 1));
        QVERIFY(f.loadAll());
        f.model->applied(SetHashField{"a", "1", "2", -1}, {});
        f.model->applied(SetHashField{"b", std::nullopt, "3", -1}, {});
        QCOMPARE(f.column(1), (QByteArrayList{"2", "3"}));
        f.model->applied(RemoveHashField{"a", "2"}, {});
        QCOMPARE(f.column(0), QByteArrayList{"b"});

        f.source->reply({"SSCAN", "s", "0", "COUNT", "200"}, scanned("0", {"a", "b"}));
        f.model->open({0, "s"}, header(ValueKind::Set, 2));
        QVERIFY(f.loadAll());
        f.model->applied(ReplaceSetMember{"a", "A"}, {});
        f.model->applied(AddSetMember{"c"}, {});
        f.model->applied(RemoveSetMember{"b"}, {});
        QCOMPARE(f.column(0), (QByteArrayList{"A", "c"}));

        f.source->reply({"XREVRANGE", "x", "+", "-", "COUNT", "200"},
                        RespValue::array({RespValue::array({text("5-0"), RespValue::array({text("f"), text("v")})})}));
        f.model->open({0, "x"}, header(ValueKind::Stream, 1));
        QVERIFY(f.loadAll());
        f.model->applied(AddStreamEntry{"*", {{"g", "w"}}}, {text("6-0")});
        QCOMPARE(f.column(0), (QByteArrayList{"6-0", "5-0"}));
        QCOMPARE(f.column(2), (QByteArrayList{"g: w", "f: v"}));
        f.model->applied(RemoveStreamEntry{"5-0"}, {});
        QCOMPARE(f.column(0), QByteArrayList{"6-0"});
    }
};

} // namespace keyloupe::test

QTEST_MAIN(keyloupe::test::TestElementModel)
#include "tst_element_model.moc"
