// SPDX-License-Identifier: GPL-3.0-or-later
//
// One key on screen, on a real server and on a snapshot: every type opens, edits are saved as typed, TTLs stay to the
// millisecond, and what another client did in the meantime is shown, never written over.
#include "core/async/job_runner.h"
#include "core/source/command_policy.h"
#include "core/source/live_source.h"
#include "core/source/snapshot_source.h"
#include "tests/support/await.h"
#include "tests/support/raw_client.h"
#include "tests/support/redis_server.h"
#include "ui/dialogs/conflict_dialog.h"
#include "ui/dialogs/edit_dialog.h"
#include "ui/dialogs/key_dialogs.h"
#include "ui/editors/hex_area.h"
#include "ui/editors/text_box.h"
#include "ui/editors/value_editor.h"
#include "ui/panels/key_view.h"
#include "ui/theme/theme.h"
#include "ui/views/bytes_edit.h"
#include "ui/views/element_table.h"

#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

namespace keyloupe::test {
namespace {

const QByteArray kWhen("4102444800123"); // 2100, with odd milliseconds

} // namespace

class TestKeyView : public QObject
{
    Q_OBJECT

private:
    struct Fixture
    {
        explicit Fixture(std::unique_ptr<Source> source) : session(std::move(source), jobs), view(session)
        {
            view.resize(1100, 700);
            view.show();
        }
        bool open(const QByteArray &key)
        {
            view.open({0, key});
            return QTest::qWaitFor([this] { return !editor()->viewName().isEmpty(); }, 5000);
        }
        ValueEditor *editor() { return view.findChild<ValueEditor *>(); }
        ElementTable *elements() { return view.findChild<ElementTable *>(); }
        template <typename Widget>
        Widget *shown()
        {
            for (Widget *candidate : view.findChildren<Widget *>()) {
                if (candidate->isVisible())
                    return candidate;
            }
            return nullptr;
        }
        void type(const QString &text)
        {
            TextBox *box = shown<TextBox>();
            box->selectAll();
            QTest::keyClicks(box, text);
        }
        bool save()
        {
            view.findChild<QPushButton *>(QStringLiteral("saveValue"))->click();
            return QTest::qWaitFor([this] { return !editor()->isModified(); }, 5000);
        }
        bool select(const QByteArray &name, int index = -1)
        {
            if (!QTest::qWaitFor([&] { return elements()->model().isComplete(); }, 5000))
                return false;
            elements()->select(name, index);
            const std::optional<Element> now = elements()->current();
            return now && (index >= 0 ? now->index == index : now->name == name);
        }

        JobRunner jobs{1};
        SourceSession session;
        KeyView view;
    };

    std::unique_ptr<Fixture> live()
    {
        Endpoint endpoint;
        endpoint.port = m_redis.port();
        auto fixture = std::make_unique<Fixture>(std::make_unique<LiveSource>(endpoint));
        if (!openAndWait(fixture->session.source()))
            qWarning("the source does not open");
        return fixture;
    }

    template <typename Dialog>
    static Dialog *waitForDialog(QWidget &parent)
    {
        Dialog *found = nullptr;
        static_cast<void>(QTest::qWaitFor([&] {
            for (Dialog *candidate : parent.findChildren<Dialog *>())
                found = candidate->isVisible() ? candidate : found;
            return found != nullptr;
        }));
        return found;
    }

    static void press(QWidget *in, const QString &text)
    {
        for (QPushButton *button : in->findChildren<QPushButton *>()) {
            if (button->text() == text)
                return button->click();
        }
        qWarning("no button %s", qPrintable(text));
    }

    RespValue ask(const Command &command) { return m_raw->ask(command); }

    RedisServer m_redis;
    std::unique_ptr<RawClient> m_raw;

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed; the key view is held against a real one");
        applyTheme(*qApp, ThemeMode::Light);
        QVERIFY(m_redis.start());
        m_raw = std::make_unique<RawClient>(m_redis.port());
    }

    void init()
    {
        QByteArray all;
        for (int i = 0; i < 256; ++i)
            all.append(char(i));
        ask({"FLUSHALL"});
        ask({"SET", "bytes", all});
        ask({"SET", "text", "hello"});
        ask({"SET", "json", "{\"plan\":\"free\",\"id\":12345678901234567890}"});
        ask({"HSET", "hash", "f", "1", "g", "2"});
        ask({"RPUSH", "list", "a", "b", "c"});
        ask({"SADD", "set", "x", "y"});
        ask({"ZADD", "zset", "1.5", "one", "2", "two"});
        ask({"XADD", "stream", "5-1", "f", "v", "g", "w"});
        for (const char *key : {"bytes", "text", "json", "hash", "list", "set", "zset", "stream"})
            ask({"PEXPIREAT", key, kWhen});
    }

    // What only a module understands opens as its bytes, with the module's name and version; nothing of it can be changed
    // but name and TTL.
    void moduleValuesOpenAsHex()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("module.rdb"));
        QByteArray value("\x81", 1);
        std::uint64_t id = 0;
        for (const char c : QByteArray("keyloupe1"))
            id = id << 6 | std::uint64_t(QByteArray("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_").indexOf(c));
        id = id << 10 | 3;
        for (int shift = 56; shift >= 0; shift -= 8)
            value += char(id >> shift & 0xff);
        const QByteArray pieces("\x02\x07\x05\x05hello\x00", 10); // an unsigned 7, a string, the end
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray("REDIS0011\xfe\x00\x07\x03mod", 16) + value + pieces + QByteArray("\xff\0\0\0\0\0\0\0\0", 9));
        file.close();
        Fixture f(std::make_unique<SnapshotSource>(path));
        QVERIFY(openAndWait(f.session.source()));
        QVERIFY(f.open("mod"));
        QCOMPARE(f.editor()->viewName(), QStringLiteral("hex"));
        QCOMPARE(*f.editor()->value(), pieces);
        QVERIFY(f.shown<HexArea>()->isReadOnly());
        bool named = false;
        for (const QLabel *label : f.view.findChildren<QLabel *>())
            named = named || (label->isVisible() && label->text().contains(QStringLiteral("keyloupe1, version 3")));
        QVERIFY(named);
        f.view.open({0, "gone"});
        QTRY_VERIFY(!f.shown<ValueEditor>());
        QVERIFY(f.open("mod"));
        QCOMPARE(*f.editor()->value(), pieces);
    }

    void changesOneByteOfAll()
    {
        const auto f = live();
        QVERIFY(f->open("bytes"));
        QCOMPARE(f->editor()->viewName(), QStringLiteral("hex"));
        auto *area = f->shown<HexArea>();
        area->setPosition(13);
        QTest::keyClicks(area, QStringLiteral("58"));
        QVERIFY(f->save());
        QByteArray expected = ask({"GET", "bytes"}).bytes;
        QCOMPARE(expected.size(), 256);
        for (int i = 0; i < 256; ++i)
            QCOMPARE(expected[i], i == 13 ? 'X' : char(i));
        QCOMPARE(ask({"PEXPIRETIME", "bytes"}).integer, kWhen.toLongLong());
    }

    void savesJsonAsItWasLaidOut()
    {
        const auto f = live();
        QVERIFY(f->open("json"));
        auto *box = f->shown<TextBox>();
        QVERIFY(box->findText(QStringLiteral("free"), false));
        QTest::keyClicks(box, QStringLiteral("plus"));
        QVERIFY(f->save());
        QCOMPARE(ask({"GET", "json"}).bytes, QByteArray("{\"plan\":\"plus\",\"id\":12345678901234567890}"));
        QCOMPARE(ask({"PEXPIRETIME", "json"}).integer, kWhen.toLongLong());
    }

    void editsElements()
    {
        const auto f = live();
        QVERIFY(f->open("hash"));
        QVERIFY(f->select("g"));
        f->type(QStringLiteral("two"));
        QVERIFY(f->save());
        QCOMPARE(ask({"HGET", "hash", "g"}).bytes, QByteArray("two"));

        QVERIFY(f->open("list"));
        QVERIFY(f->select({}, 1));
        f->type(QStringLiteral("B"));
        QVERIFY(f->save());
        QCOMPARE(ask({"LINDEX", "list", "1"}).bytes, QByteArray("B"));

        QVERIFY(f->open("set"));
        QVERIFY(f->select("x"));
        f->type(QStringLiteral("X"));
        QVERIFY(f->save());
        QCOMPARE(ask({"SISMEMBER", "set", "X"}).integer, 1);
        QCOMPARE(ask({"SCARD", "set"}).integer, 2);

        QVERIFY(f->open("zset"));
        QVERIFY(f->select("one"));
        f->type(QStringLiteral("uno"));
        QVERIFY(f->save());
        QCOMPARE(ask({"ZSCORE", "zset", "uno"}).toDouble(), 1.5);
        for (const char *key : {"hash", "list", "set", "zset"})
            QCOMPARE(ask({"PEXPIRETIME", key}).integer, kWhen.toLongLong());

        QVERIFY(f->open("stream"));
        QVERIFY(f->shown<TextBox>()->isReadOnly());
    }

    void showsAConflictAndWritesOnlyWhenAsked()
    {
        const auto f = live();
        QVERIFY(f->open("text"));
        f->type(QStringLiteral("mine"));
        ask({"SET", "text", "theirs", "KEEPTTL"});
        f->view.findChild<QPushButton *>(QStringLiteral("saveValue"))->click();
        auto *dialog = waitForDialog<ConflictDialog>(f->view);
        QVERIFY(dialog);
        QByteArrayList versions;
        for (const QPlainTextEdit *box : dialog->findChildren<QPlainTextEdit *>())
            versions.append(box->toPlainText().toUtf8());
        QCOMPARE(versions, (QByteArrayList{"mine", "theirs", "hello"}));
        QCOMPARE(ask({"GET", "text"}).bytes, QByteArray("theirs"));
        press(dialog, QStringLiteral("Keep editing"));
        QVERIFY(f->editor()->isModified());

        f->view.findChild<QPushButton *>(QStringLiteral("saveValue"))->click();
        QTRY_VERIFY(waitForDialog<ConflictDialog>(f->view) != nullptr);
        press(waitForDialog<ConflictDialog>(f->view), QStringLiteral("Overwrite with mine"));
        QTRY_COMPARE(ask({"GET", "text"}).bytes, QByteArray("mine"));
        QTRY_VERIFY(!f->editor()->isModified());
        QCOMPARE(ask({"PEXPIRETIME", "text"}).integer, kWhen.toLongLong());
    }

    void takesWhatIsStored()
    {
        const auto f = live();
        QVERIFY(f->open("text"));
        f->type(QStringLiteral("mine"));
        ask({"SET", "text", "theirs", "KEEPTTL"});
        f->view.findChild<QPushButton *>(QStringLiteral("saveValue"))->click();
        auto *dialog = waitForDialog<ConflictDialog>(f->view);
        QVERIFY(dialog);
        press(dialog, QStringLiteral("Take what is stored"));
        QTRY_COMPARE(*f->editor()->value(), QByteArray("theirs"));
        QVERIFY(!f->editor()->isModified());
    }

    void aVanishedKeyIsNotBroughtBack()
    {
        const auto f = live();
        QVERIFY(f->open("text"));
        f->type(QStringLiteral("mine"));
        ask({"DEL", "text"});
        f->view.findChild<QPushButton *>(QStringLiteral("saveValue"))->click();
        auto *dialog = waitForDialog<ConflictDialog>(f->view);
        QVERIFY(dialog);
        press(dialog, QStringLiteral("Keep editing"));
        QCOMPARE(ask({"EXISTS", "text"}).integer, 0);
        QCOMPARE(*f->editor()->value(), QByteArray("mine")); // still there to copy
        f->view.open({0, "text"});
        bool said = false;
        QTRY_VERIFY(([&] {
            for (const QLabel *label : f->view.findChildren<QLabel *>())
                said = said || (label->isVisible() && label->text().contains(QStringLiteral("gone")));
            return said;
        }()));
    }

    void removesAnElementAfterAsking()
    {
        const auto f = live();
        QVERIFY(f->open("list"));
        QVERIFY(f->select({}, 1));
        QTest::keyClick(f->elements()->table(), Qt::Key_Delete);
        auto *box = waitForDialog<QMessageBox>(f->view);
        QVERIFY(box);
        box->reject();
        QTest::qWait(50);
        QCOMPARE(ask({"LLEN", "list"}).integer, 3);
        QTest::keyClick(f->elements()->table(), Qt::Key_Delete);
        QTRY_VERIFY(waitForDialog<QMessageBox>(f->view) != nullptr);
        press(waitForDialog<QMessageBox>(f->view), QStringLiteral("Remove"));
        QTRY_COMPARE(ask({"LRANGE", "list", "0", "-1"}), RespValue::array({RespValue::bulk("a"), RespValue::bulk("c")}));
        QTRY_COMPARE(f->elements()->model().rowCount(), 2);
    }

    void theLastElementTakesTheKeyAlong()
    {
        ask({"SADD", "single", "only"});
        const auto f = live();
        QVERIFY(f->open("single"));
        QSignalSpy deleted(&f->session, &SourceSession::keyDeleted);
        QVERIFY(f->select("only"));
        QTest::keyClick(f->elements()->table(), Qt::Key_Delete);
        auto *box = waitForDialog<QMessageBox>(f->view);
        QVERIFY(box && box->informativeText().contains(QStringLiteral("last")));
        press(box, QStringLiteral("Remove"));
        QTRY_COMPARE(deleted.count(), 1);
        QCOMPARE(ask({"EXISTS", "single"}).integer, 0);
        QTest::qWait(50);
        QCOMPARE(deleted.count(), 1);
    }

    void typingWhileItSavesIsKept()
    {
        const auto f = live();
        QVERIFY(f->open("text"));
        f->type(QStringLiteral("one"));
        bool closed = false;
        f->view.save([&closed] { closed = true; });
        QTest::keyClicks(f->shown<TextBox>(), QStringLiteral("two"));
        QTRY_COMPARE(ask({"GET", "text"}).bytes, QByteArray("one"));
        QTest::qWait(100);
        QCOMPARE(*f->editor()->value(), QByteArray("onetwo"));
        QVERIFY(f->editor()->isModified());
        QVERIFY(!closed); // what waited for the save would have thrown "two" away
        QVERIFY(f->save());
        QCOMPARE(ask({"GET", "text"}).bytes, QByteArray("onetwo"));
    }

    void asksBeforeTypingIsLost()
    {
        const auto f = live();
        QVERIFY(f->open("hash"));
        QVERIFY(f->select("f"));
        f->type(QStringLiteral("unsaved"));
        f->elements()->select("g", -1);
        auto *box = waitForDialog<QMessageBox>(f->view);
        QVERIFY(box);
        QCOMPARE(f->elements()->current()->name, QByteArray("f"));
        press(box, QStringLiteral("Cancel"));
        QCOMPARE(*f->editor()->value(), QByteArray("unsaved"));
        f->elements()->select("g", -1);
        QTRY_VERIFY(waitForDialog<QMessageBox>(f->view) != nullptr);
        press(waitForDialog<QMessageBox>(f->view), QStringLiteral("Save"));
        QTRY_COMPARE(ask({"HGET", "hash", "f"}).bytes, QByteArray("unsaved"));
        QTRY_COMPARE(f->elements()->current()->name, QByteArray("g"));
    }

    void renamesNeverOntoAKey()
    {
        const auto f = live();
        QVERIFY(f->open("hash"));
        QSignalSpy renamed(&f->session, &SourceSession::keyRenamed);
        KeyHeader header;
        header.kind = ValueKind::Hash;
        EditDialog *dialog = askRename(f->session, {0, "hash"}, header, &f->view);
        dialog->findChild<BytesEdit *>()->setBytes("list");
        Q_EMIT dialog->findChild<BytesEdit *>()->edited();
        press(dialog, QStringLiteral("Rename"));
        bool said = false;
        QTRY_VERIFY(([&] {
            for (const QLabel *label : dialog->findChildren<QLabel *>())
                said = said || (label->isVisible() && label->text().contains(QStringLiteral("choose another name")));
            return said;
        }()));
        QCOMPARE(ask({"TYPE", "list"}).bytes, QByteArray("list"));
        dialog->findChild<BytesEdit *>()->setBytes(QByteArray("new\0\xff", 5));
        Q_EMIT dialog->findChild<BytesEdit *>()->edited();
        press(dialog, QStringLiteral("Rename"));
        QTRY_COMPARE(renamed.count(), 1);
        QCOMPARE(ask({"TYPE", QByteArray("new\0\xff", 5)}).bytes, QByteArray("hash"));
        QCOMPARE(ask({"PEXPIRETIME", QByteArray("new\0\xff", 5)}).integer, kWhen.toLongLong());
        QCOMPARE(f->view.currentKey().key, QByteArray("new\0\xff", 5));
    }

    void deletesAfterAsking()
    {
        const auto f = live();
        QVERIFY(f->open("set"));
        QSignalSpy deleted(&f->session, &SourceSession::keyDeleted);
        f->view.findChild<QToolButton *>(QStringLiteral("deleteKey"))->click();
        auto *dialog = waitForDialog<EditDialog>(f->view);
        QVERIFY(dialog);
        QTest::keyClick(dialog, Qt::Key_Return); // Cancel is what Enter does
        QTest::qWait(50);
        QCOMPARE(ask({"EXISTS", "set"}).integer, 1);
        f->view.findChild<QToolButton *>(QStringLiteral("deleteKey"))->click();
        QTRY_VERIFY(waitForDialog<EditDialog>(f->view) != nullptr);
        press(waitForDialog<EditDialog>(f->view), QStringLiteral("Delete"));
        QTRY_COMPARE(deleted.count(), 1);
        QCOMPARE(ask({"EXISTS", "set"}).integer, 0);
    }

    void changesTheTtl()
    {
        const auto f = live();
        QVERIFY(f->open("hash"));
        f->view.findChild<QPushButton *>(QStringLiteral("expiry"))->click();
        auto *dialog = waitForDialog<EditDialog>(f->view);
        QVERIFY(dialog);
        press(dialog, QStringLiteral("Set")); // one hour stands there
        QTRY_VERIFY(ask({"PTTL", "hash"}).integer <= 3'600'000);
        QVERIFY(ask({"PTTL", "hash"}).integer > 3'500'000);
        QTRY_VERIFY(f->view.findChild<QPushButton *>(QStringLiteral("expiry"))->text().contains(QStringLiteral("59 m")));
    }

    void addsAnElement()
    {
        const auto f = live();
        QVERIFY(f->open("zset"));
        QVERIFY(f->select("one"));
        KeyHeader header;
        header.kind = ValueKind::SortedSet;
        Q_EMIT f->elements()->addRequested();
        auto *dialog = waitForDialog<EditDialog>(f->view);
        QVERIFY(dialog);
        for (QLineEdit *line : dialog->findChildren<QLineEdit *>()) {
            line->setText(line->accessibleName() == QLatin1String("Score") ? QStringLiteral("1.75") : QStringLiteral("middle"));
            Q_EMIT line->textEdited(line->text());
        }
        press(dialog, QStringLiteral("Add"));
        QTRY_COMPARE(ask({"ZSCORE", "zset", "middle"}).toDouble(), 1.75);
        QTRY_COMPARE(f->elements()->model().rowCount(), 3);
        QCOMPARE(f->elements()->model().elementAt(1).name, QByteArray("middle"));
    }

    void readOnlyOffersNoEdit()
    {
        const auto f = live();
        f->session.source().policy()->setReadOnly(true);
        QVERIFY(f->open("text"));
        QVERIFY(!f->view.findChild<QToolButton *>(QStringLiteral("deleteKey"))->isEnabled());
        QVERIFY(f->shown<TextBox>()->isReadOnly());
        QVERIFY(!f->view.findChild<QPushButton *>(QStringLiteral("expiry"))->isEnabled());
    }

    void aServerThatDiesLosesNothingTyped()
    {
        RedisServer dying;
        QVERIFY(dying.start());
        RawClient(dying.port()).ask({"SET", "text", "hello"});
        Endpoint endpoint;
        endpoint.port = dying.port();
        Fixture f(std::make_unique<LiveSource>(endpoint));
        QVERIFY(openAndWait(f.session.source()));
        QVERIFY(f.open("text"));
        f.type(QStringLiteral("typed"));
        dying.kill();
        f.view.findChild<QPushButton *>(QStringLiteral("saveValue"))->click();
        QTRY_VERIFY(f.session.source().state() != SourceState::Ready);
        QTest::qWait(200);
        QCOMPARE(*f.editor()->value(), QByteArray("typed"));
        QVERIFY(f.editor()->isModified());
    }

    void aSnapshotEditedAndSavedLoadsWithOnlyThatDifferent()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("before.rdb"));
        QVERIFY(QFile::copy(m_redis.save(), path));
        Fixture f(std::make_unique<SnapshotSource>(path));
        QVERIFY(openAndWait(f.session.source()));
        QVERIFY(f.open("hash"));
        QVERIFY(f.select("g"));
        f.type(QStringLiteral("edited"));
        QVERIFY(f.save());
        QTRY_VERIFY(f.session.source().fileActions()->isModified());
        const QString saved = folder.filePath(QStringLiteral("dump.rdb"));
        const Result<SaveReport> report = await(f.session.source().fileActions()->saveAs(saved, CancelToken()));
        QVERIFY(report.ok());
        QCOMPARE(report->encodedRecords, 1);
        RedisServer loaded;
        QVERIFY(loaded.start({QStringLiteral("--dir"), folder.path()}));
        RawClient raw(loaded.port());
        QCOMPARE(raw.ask({"HGET", "hash", "g"}).bytes, QByteArray("edited"));
        QCOMPARE(raw.ask({"PEXPIRETIME", "hash"}).integer, kWhen.toLongLong());
        for (const char *key : {"bytes", "text", "json", "list", "zset", "stream"}) {
            QCOMPARE(raw.ask({"DUMP", key}).bytes, ask({"DUMP", key}).bytes);
            QCOMPARE(raw.ask({"PEXPIRETIME", key}).integer, kWhen.toLongLong());
        }
        QCOMPARE(raw.ask({"SMISMEMBER", "set", "x", "y"}), ask({"SMISMEMBER", "set", "x", "y"})); // a server's own order of members is random
        QCOMPARE(raw.ask({"DBSIZE"}).integer, ask({"DBSIZE"}).integer);
    }
};

} // namespace keyloupe::test

QTEST_MAIN(keyloupe::test::TestKeyView)
#include "tst_key_view.moc"
