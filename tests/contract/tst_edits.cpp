// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading pages and making edits, asked of every kind of Source: the change is made, nothing else changes (not a byte, not
// the TTL in milliseconds), and what somebody else changed in the meantime is never written over.
#include "core/values/edit.h"
#include "core/values/value_reader.h"
#include "tests/contract/contract_sources.h"

#include <QtTest>

namespace keyloupe::test {
namespace {

const QByteArray kWhen("4102444800123"); // 2100, with odd milliseconds

std::vector<Command> dataset()
{
    QByteArray all;
    for (int i = 0; i < 256; ++i)
        all.append(char(i));
    std::vector<Command> commands{Command{"SET", "string", all},
                                  Command{"HSET", "hash", "f", "1", "g", "2"},
                                  Command{"RPUSH", "list", "a", "b", "b", "c"},
                                  Command{"SADD", "set", "x", "y"},
                                  Command{"ZADD", "zset", "1.5", "one", "2", "two"},
                                  Command{"XADD", "stream", "5-1", "f", "v"},
                                  Command{"XADD", "stream", "6-1", "f", "w", "f", "again"},
                                  Command{"SET", "other", "taken"}};
    for (const char *key : {"string", "hash", "list", "set", "zset", "stream"})
        commands.push_back(Command{"PEXPIREAT", key, kWhen});
    for (int i = 0; i < 1500; ++i) {
        const QByteArray n = QByteArray::number(i);
        commands.push_back(Command{"HSET", "big:hash", "field:" + n, n});
        commands.push_back(Command{"RPUSH", "big:list", n});
        commands.push_back(Command{"SADD", "big:set", "member:" + n});
        commands.push_back(Command{"ZADD", "big:zset", n, "member:" + n});
        commands.push_back(Command{"XADD", "big:stream", n + "-1", "n", n});
    }
    return commands;
}

Edit edit(const QByteArray &key, ValueKind kind, EditChange change)
{
    return Edit{0, key, kind, {}, std::move(change)};
}

} // namespace

class TestEdits : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<Source> opened()
    {
        QFETCH(QString, kind);
        auto source = m_sources.make(kind);
        return openAndWait(*source) ? std::move(source) : nullptr;
    }

    static bool make(Source &source, const Edit &wanted)
    {
        const Result<EditOutcome> outcome = await(applyEdit(source, wanted));
        if (!outcome.ok())
            qWarning("%s", qPrintable(describe(outcome.error())));
        else if (outcome->conflict)
            qWarning("conflict: %s", qPrintable(describe(*outcome->conflict)));
        return outcome.ok() && outcome->isDone();
    }

    static std::optional<EditConflict> conflictOf(Source &source, const Edit &wanted)
    {
        const Result<EditOutcome> outcome = await(applyEdit(source, wanted));
        return outcome.ok() ? outcome->conflict : std::nullopt;
    }

    static QByteArray whenOf(Source &source, const char *key)
    {
        return QByteArray::number(qint64(ask(source, {"PEXPIRETIME", key}).toInteger(-9)));
    }

    ContractSources m_sources;

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed; edits are held against a real one");
        QVERIFY(m_sources.start(dataset()));
    }
    void cleanup() { m_sources.release(); }

    void changesOneByteAndNothingElse_data() { ContractSources::rows(); }
    void changesOneByteAndNothingElse()
    {
        const auto source = opened();
        QVERIFY(source);
        const QByteArray before = ask(*source, {"GET", "string"}).bytes;
        QCOMPARE(before.size(), 256);
        QByteArray after = before;
        after[13] = 'X';
        QVERIFY(make(*source, edit("string", ValueKind::String, SetString{before, after})));
        QCOMPARE(ask(*source, {"GET", "string"}).bytes, after);
        QCOMPARE(whenOf(*source, "string"), kWhen);
    }

    void editsElementsOfEveryType_data() { ContractSources::rows(); }
    void editsElementsOfEveryType()
    {
        const auto source = opened();
        QVERIFY(source);
        QVERIFY(make(*source, edit("hash", ValueKind::Hash, SetHashField{"f", "1", "changed\r\n\0", -1})));
        QVERIFY(make(*source, edit("hash", ValueKind::Hash, SetHashField{"new", {}, "n", -1})));
        QVERIFY(make(*source, edit("hash", ValueKind::Hash, RemoveHashField{"g", "2"})));
        QCOMPARE(ask(*source, {"HMGET", "hash", "f", "g", "new"}), RespValue::array({RespValue::bulk("changed\r\n\0"), RespValue::null(), RespValue::bulk("n")}));

        QVERIFY(make(*source, edit("list", ValueKind::List, SetListElement{1, "b", "B"})));
        QVERIFY(make(*source, edit("list", ValueKind::List, RemoveListElement{2, "b"})));
        QVERIFY(make(*source, edit("list", ValueKind::List, PushListElement{true, "head"})));
        QVERIFY(make(*source, edit("list", ValueKind::List, PushListElement{false, "tail"})));
        QCOMPARE(ask(*source, {"LRANGE", "list", "0", "-1"}),
                 RespValue::array({RespValue::bulk("head"), RespValue::bulk("a"), RespValue::bulk("B"), RespValue::bulk("c"), RespValue::bulk("tail")}));

        QVERIFY(make(*source, edit("set", ValueKind::Set, AddSetMember{"z"})));
        QVERIFY(make(*source, edit("set", ValueKind::Set, RemoveSetMember{"x"})));
        QVERIFY(make(*source, edit("set", ValueKind::Set, ReplaceSetMember{"y", "why"})));
        QCOMPARE(ask(*source, {"SMISMEMBER", "set", "x", "y", "z", "why"}),
                 RespValue::array({RespValue::ofInteger(0), RespValue::ofInteger(0), RespValue::ofInteger(1), RespValue::ofInteger(1)}));

        QVERIFY(make(*source, edit("zset", ValueKind::SortedSet, SetScore{"one", 1.5, 0.1})));
        QVERIFY(make(*source, edit("zset", ValueKind::SortedSet, SetScore{"three", {}, 3})));
        QVERIFY(make(*source, edit("zset", ValueKind::SortedSet, RenameScoredMember{"three", "drei", 3})));
        QVERIFY(make(*source, edit("zset", ValueKind::SortedSet, RemoveScoredMember{"two", 2})));
        QCOMPARE(ask(*source, {"ZSCORE", "zset", "one"}), RespValue::ofDouble(0.1));
        QCOMPARE(ask(*source, {"ZRANGE", "zset", "0", "-1"}), RespValue::array({RespValue::bulk("one"), RespValue::bulk("drei")}));

        QVERIFY(make(*source, edit("stream", ValueKind::Stream, AddStreamEntry{"7-1", {{"a", "1"}, {"a", "2"}}})));
        QVERIFY(make(*source, edit("stream", ValueKind::Stream, RemoveStreamEntry{"5-1"})));
        const RespValue entries = ask(*source, {"XRANGE", "stream", "-", "+"});
        QCOMPARE(entries.items.size(), 2u);
        QCOMPARE(entries.items[1].items[1].items.size(), 4u);
        for (const char *key : {"hash", "list", "set", "zset", "stream"})
            QCOMPARE(whenOf(*source, key), kWhen);
    }

    void replacesTheOnlyMember_data() { ContractSources::rows(); }
    void replacesTheOnlyMember()
    {
        const auto source = opened();
        QVERIFY(source);
        QVERIFY(make(*source, edit("set", ValueKind::Set, RemoveSetMember{"x"})));
        QVERIFY(make(*source, edit("set", ValueKind::Set, ReplaceSetMember{"y", "only"})));
        QCOMPARE(whenOf(*source, "set"), kWhen); // the key was never gone in between
    }

    void changesKeys_data() { ContractSources::rows(); }
    void changesKeys()
    {
        const auto source = opened();
        QVERIFY(source);
        QVERIFY(make(*source, edit("hash", ValueKind::Hash, SetExpiry{SetExpiry::Kind::At, 4'102'444'900'001})));
        QCOMPARE(whenOf(*source, "hash"), QByteArray("4102444900001"));
        QVERIFY(make(*source, edit("hash", ValueKind::Hash, SetExpiry{SetExpiry::Kind::Never, 0})));
        QCOMPARE(ask(*source, {"PTTL", "hash"}), RespValue::ofInteger(-1));
        QVERIFY(make(*source, edit("hash", ValueKind::Hash, SetExpiry{SetExpiry::Kind::In, 3'600'000})));
        const std::int64_t left = ask(*source, {"PTTL", "hash"}).toInteger();
        QVERIFY(left > 3'500'000 && left <= 3'600'000);

        QVERIFY(make(*source, edit("list", ValueKind::List, RenameKey{"renamed"})));
        QCOMPARE(whenOf(*source, "renamed"), kWhen);
        QCOMPARE(ask(*source, {"EXISTS", "list"}), RespValue::ofInteger(0));
        QVERIFY(make(*source, edit("renamed", ValueKind::List, DeleteKey{})));
        QCOMPARE(ask(*source, {"EXISTS", "renamed"}), RespValue::ofInteger(0));
    }

    void createsEveryType_data() { ContractSources::rows(); }
    void createsEveryType()
    {
        const auto source = opened();
        QVERIFY(source);
        for (const ValueKind kind : {ValueKind::String, ValueKind::List, ValueKind::Set, ValueKind::SortedSet, ValueKind::Hash, ValueKind::Stream}) {
            const QByteArray key = "new:" + typeNameOf(kind);
            QVERIFY(make(*source, edit(key, ValueKind::None, CreateKey{kind, "name", "value", 2.5, {{"f", "v"}}, 60'000})));
            QCOMPARE(ask(*source, {"TYPE", key}).bytes, typeNameOf(kind));
            const std::int64_t left = ask(*source, {"PTTL", key}).toInteger();
            QVERIFY(left > 50'000 && left <= 60'000);
            const auto conflict = conflictOf(*source, edit(key, ValueKind::None, CreateKey{kind, "name", "other", 1, {{"f", "x"}}, -1}));
            QVERIFY(conflict && conflict->kind == EditConflict::Kind::Exists);
        }
    }

    void neverWritesOverOthers_data() { ContractSources::rows(); }
    void neverWritesOverOthers()
    {
        const auto source = opened();
        QVERIFY(source);
        const QByteArray before = ask(*source, {"GET", "string"}).bytes;
        ask(*source, {"SET", "string", "theirs", "KEEPTTL"});
        auto conflict = conflictOf(*source, edit("string", ValueKind::String, SetString{before, "mine"}));
        QVERIFY(conflict && conflict->kind == EditConflict::Kind::Changed);
        QCOMPARE(*conflict->now, QByteArray("theirs"));
        QCOMPARE(*conflict->opened, before);
        QCOMPARE(*conflict->yours, QByteArray("mine"));
        QCOMPARE(ask(*source, {"GET", "string"}).bytes, QByteArray("theirs"));

        ask(*source, {"LPUSH", "list", "pushed"});
        conflict = conflictOf(*source, edit("list", ValueKind::List, SetListElement{0, "a", "mine"}));
        QVERIFY(conflict && conflict->kind == EditConflict::Kind::Changed);

        conflict = conflictOf(*source, edit("hash", ValueKind::Hash, RenameKey{"other"}));
        QVERIFY(conflict && conflict->kind == EditConflict::Kind::Exists);
        QCOMPARE(ask(*source, {"GET", "other"}).bytes, QByteArray("taken"));
    }

    void neverBringsBackAKey_data() { ContractSources::rows(); }
    void neverBringsBackAKey()
    {
        const auto source = opened();
        QVERIFY(source);
        const std::vector<Edit> edits{edit("string", ValueKind::String, SetString{"", "x"}),
                                      edit("hash", ValueKind::Hash, SetHashField{"new", {}, "n", -1}),
                                      edit("list", ValueKind::List, PushListElement{true, "x"}),
                                      edit("set", ValueKind::Set, AddSetMember{"x"}),
                                      edit("zset", ValueKind::SortedSet, SetScore{"x", {}, 1}),
                                      edit("stream", ValueKind::Stream, AddStreamEntry{"*", {{"f", "v"}}}),
                                      edit("hash", ValueKind::Hash, SetExpiry{SetExpiry::Kind::In, 1000}),
                                      edit("hash", ValueKind::Hash, RenameKey{"elsewhere"})};
        for (const Edit &wanted : edits) {
            ask(*source, {"DEL", wanted.key});
            const auto conflict = conflictOf(*source, wanted);
            QVERIFY2(conflict && conflict->kind == EditConflict::Kind::Gone, wanted.key.constData());
            QCOMPARE(ask(*source, {"EXISTS", wanted.key}), RespValue::ofInteger(0));
        }
    }

    void readsPages_data() { ContractSources::rows(); }
    void readsPages()
    {
        const auto source = opened();
        QVERIFY(source);
        for (const char *type : {"hash", "list", "set", "zset", "stream"}) {
            const QByteArray key = QByteArray("big:") + type;
            const Result<KeyHeader> header = await(readHeader(*source, 0, key));
            QVERIFY(header.ok());
            QCOMPARE(header->typeName, QByteArray(type));
            QCOMPARE(header->length, 1500);
            QVERIFY(!header->encoding.isEmpty() && header->memoryBytes > 0);
            ValueReader reader(*source, 0, key, *header);
            QSet<QByteArray> seen;
            int pages = 0;
            for (bool done = false; !done; ++pages) {
                const Result<ValuePage> page = await(reader.next());
                QVERIFY2(page.ok(), qPrintable(page.ok() ? QString() : describe(page.error())));
                QVERIFY(page->elements.size() < 1000); // of the size asked for, not the whole
                for (const Element &element : page->elements)
                    seen.insert(header->kind == ValueKind::List ? element.value : element.name);
                done = page->done;
            }
            QVERIFY(pages > 3);
            QCOMPARE(seen.size(), 1500);
        }
    }

    void filtersOnTheServer_data() { ContractSources::rows(); }
    void filtersOnTheServer()
    {
        const auto source = opened();
        QVERIFY(source);
        for (const auto &[key, match] : {std::pair<QByteArray, QByteArray>{"big:hash", "field:7?"}, {"big:set", "member:7?"}, {"big:zset", "member:7?"}}) {
            const Result<KeyHeader> header = await(readHeader(*source, 0, key));
            QVERIFY(header.ok());
            ValueReader reader(*source, 0, key, *header, match);
            QSet<QByteArray> seen;
            for (bool done = false; !done;) {
                const Result<ValuePage> page = await(reader.next());
                QVERIFY(page.ok());
                for (const Element &element : page->elements)
                    seen.insert(element.name);
                done = page->done;
            }
            QCOMPARE(seen.size(), 10);
        }
    }

    void cancelsAndRefusesTwoAtOnce_data() { ContractSources::rows(); }
    void cancelsAndRefusesTwoAtOnce()
    {
        const auto source = opened();
        QVERIFY(source);
        const Result<KeyHeader> header = await(readHeader(*source, 0, "big:hash"));
        QVERIFY(header.ok());
        ValueReader reader(*source, 0, "big:hash", *header);
        const QFuture<Result<ValuePage>> first = reader.next();
        const Result<ValuePage> second = await(reader.next());
        QVERIFY(!second.ok());
        QCOMPARE(second.error().code, Errc::InvalidArgument);
        reader.cancel();
        const Result<ValuePage> cancelled = await(first);
        QVERIFY(!cancelled.ok());
        QCOMPARE(cancelled.error().code, Errc::Cancelled);
    }

    void slicesStrings_data() { ContractSources::rows(); }
    void slicesStrings()
    {
        const auto source = opened();
        QVERIFY(source);
        Result<StringSlice> slice = await(readString(*source, 0, "string", 100));
        QVERIFY(slice.ok());
        QCOMPARE(slice->bytes.size(), 100);
        QCOMPARE(slice->totalBytes, 256);
        slice = await(readString(*source, 0, "no such key", 100));
        QVERIFY(slice.ok() && slice->bytes.isEmpty());
        slice = await(readString(*source, 0, "list", 100));
        QVERIFY(!slice.ok());
        QCOMPARE(slice.error().code, Errc::Server);
        const Result<KeyHeader> gone = await(readHeader(*source, 0, "no such key"));
        QVERIFY(gone.ok());
        QCOMPARE(gone->kind, ValueKind::None);
    }

    void keepsExpiriesOfHashFields_data() { ContractSources::rows(); }
    void keepsExpiriesOfHashFields()
    {
        const auto source = opened();
        QVERIFY(source);
        if (ask(*source, {"HPEXPIREAT", "hash", kWhen, "FIELDS", "1", "f"}).isError())
            QSKIP("this server has no expiry of hash fields");
        const Result<KeyHeader> header = await(readHeader(*source, 0, "hash"));
        QVERIFY(header.ok());
        ValueReader reader(*source, 0, "hash", *header);
        const Result<ValuePage> page = await(reader.next());
        QVERIFY(page.ok());
        const auto field = std::find_if(page->elements.begin(), page->elements.end(), [](const Element &e) { return e.name == "f"; });
        QVERIFY(field != page->elements.end());
        QCOMPARE(QByteArray::number(qint64(field->expireAtMs)), kWhen);
        QVERIFY(make(*source, edit("hash", ValueKind::Hash, SetHashField{"f", "1", "2", field->expireAtMs})));
        QCOMPARE(ask(*source, {"HGET", "hash", "f"}).bytes, QByteArray("2"));
        QCOMPARE(ask(*source, {"HPEXPIRETIME", "hash", "FIELDS", "1", "f"}).items[0].toInteger(), field->expireAtMs);
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestEdits)
#include "tst_edits.moc"
