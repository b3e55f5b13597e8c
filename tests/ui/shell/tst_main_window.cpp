// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window as a whole: what a person opens, sees in the tree, edits and closes; and that bad input gives a sentence and
// leaves the window alive.
#include "core/async/job_runner.h"
#include "core/config/recent_sources.h"
#include "tests/support/await.h"
#include "tests/support/raw_client.h"
#include "tests/support/redis_server.h"
#include "ui/dialogs/edit_dialog.h"
#include "ui/dialogs/save_as_dialog.h"
#include "ui/editors/text_box.h"
#include "ui/editors/value_editor.h"
#include "ui/models/key_tree_model.h"
#include "ui/models/source_session.h"
#include "ui/panels/key_view.h"
#include "ui/shell/main_window.h"
#include "ui/shell/source_list.h"
#include "ui/theme/theme.h"
#include "ui/views/bytes_edit.h"
#include "ui/views/key_browser.h"
#include "ui/views/path_edit.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QTableView>
#include <QTabWidget>
#include <QTcpServer>
#include <QTcpSocket>
#include <QToolButton>
#include <QTreeView>
#include <QtTest>

namespace keyloupe::test {

class TestMainWindow : public QObject
{
    Q_OBJECT

private:
    struct Fixture
    {
        Fixture() : window(jobs, folder.filePath(QStringLiteral("recent.json"))) { window.show(); }
        bool says(const QString &text)
        {
            return QTest::qWaitFor([&] {
                for (const QLabel *label : window.findChildren<QLabel *>()) {
                    if (label->isVisible() && label->text().contains(text, Qt::CaseInsensitive))
                        return true;
                }
                return false;
            }, 15'000);
        }
        QTabWidget *tabs() { return window.findChild<QTabWidget *>(); }
        KeyBrowser *browser() { return window.findChild<KeyBrowser *>(); }
        /// Selects a key that is at the top level of the tree.
        bool select(const QString &name)
        {
            return QTest::qWaitFor([&] {
                QTreeView *tree = browser()->tree();
                for (int row = 0; row < tree->model()->rowCount(); ++row) {
                    const QModelIndex index = tree->model()->index(row, 0);
                    if (index.data(KeyTreeModel::KeyRole).toByteArray() == name.toUtf8()) {
                        tree->setCurrentIndex(index);
                        return true;
                    }
                }
                return false;
            });
        }
        bool hasKey(const QString &name)
        {
            QTreeView *tree = browser()->tree();
            for (int row = 0; row < tree->model()->rowCount(); ++row) {
                if (tree->model()->index(row, 0).data(KeyTreeModel::KeyRole).toByteArray() == name.toUtf8())
                    return true;
            }
            return false;
        }
        template <typename Dialog>
        Dialog *dialog()
        {
            Dialog *found = nullptr;
            static_cast<void>(QTest::qWaitFor([&] {
                for (Dialog *candidate : window.findChildren<Dialog *>())
                    found = candidate->isVisible() ? candidate : found;
                return found != nullptr;
            }));
            return found;
        }

        QTemporaryDir folder;
        JobRunner jobs{2};
        MainWindow window;
    };

    static void press(QWidget *in, const QString &text)
    {
        for (QPushButton *button : in->findChildren<QPushButton *>()) {
            if (button->text() == text)
                return button->click();
        }
        qWarning("no button %s", qPrintable(text));
    }

    QString location() const { return QStringLiteral("127.0.0.1:%1").arg(m_redis.port()); }
    RespValue ask(const Command &command) { return m_raw->ask(command); }

    RedisServer m_redis;
    std::unique_ptr<RawClient> m_raw;

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed; the window is held against a real one");
        applyTheme(*qApp, ThemeMode::Light);
        QVERIFY(m_redis.start());
        m_raw = std::make_unique<RawClient>(m_redis.port());
    }
    void init()
    {
        ask({"FLUSHALL"});
        ask({"SET", "alpha", "one"});
        ask({"SET", "beta", "two"});
        ask({"HSET", "gamma", "f", "v"});
    }

    void opensAKeyByClickAndReusesItsTab()
    {
        Fixture f;
        QVERIFY(f.window.openLocation(location()));
        QVERIFY(f.select(QStringLiteral("alpha")));
        const int before = f.tabs()->count();
        QTest::keyClick(f.browser()->tree(), Qt::Key_Return);
        QTRY_COMPARE(f.tabs()->count(), before + 1);
        QCOMPARE(f.tabs()->tabText(f.tabs()->currentIndex()), QStringLiteral("alpha"));
        QVERIFY(f.select(QStringLiteral("beta")));
        QTest::keyClick(f.browser()->tree(), Qt::Key_Return);
        QTRY_COMPARE(f.tabs()->tabText(f.tabs()->currentIndex()), QStringLiteral("beta"));
        QCOMPARE(f.tabs()->count(), before + 1);

        auto *view = qobject_cast<KeyView *>(f.tabs()->currentWidget());
        QVERIFY(view);
        QTRY_VERIFY(view->findChild<TextBox *>());
        QTest::keyClicks(view->findChild<TextBox *>(), QStringLiteral("x"));
        QVERIFY(f.tabs()->tabText(f.tabs()->currentIndex()).startsWith(QChar(0x25cf)));
        QVERIFY(f.select(QStringLiteral("gamma"))); // a tab with typing in it is not reused
        QTest::keyClick(f.browser()->tree(), Qt::Key_Return);
        QTRY_COMPARE(f.tabs()->count(), before + 2);
        QCOMPARE(*view->findChild<ValueEditor *>()->value(), QByteArray("xtwo"));
    }

    void doesNotCloseUnsavedTypingWithoutAWord()
    {
        Fixture f;
        QVERIFY(f.window.openLocation(location()));
        QVERIFY(f.select(QStringLiteral("alpha")));
        QTest::keyClick(f.browser()->tree(), Qt::Key_Return);
        QTRY_VERIFY(qobject_cast<KeyView *>(f.tabs()->currentWidget()));
        auto *view = qobject_cast<KeyView *>(f.tabs()->currentWidget());
        QTRY_VERIFY(view->findChild<TextBox *>());
        QTest::keyClicks(view->findChild<TextBox *>(), QStringLiteral("x"));
        const int count = f.tabs()->count();
        Q_EMIT f.tabs()->tabCloseRequested(f.tabs()->currentIndex());
        auto *box = f.dialog<QMessageBox>();
        QVERIFY(box);
        press(box, QStringLiteral("Cancel"));
        QCOMPARE(f.tabs()->count(), count);
        f.window.close();
        QVERIFY(f.window.isVisible());
        QTRY_VERIFY(f.dialog<QMessageBox>() != nullptr);
        f.dialog<QMessageBox>()->reject();
        QTest::qWait(50);
        QVERIFY(f.window.isVisible());
        Q_EMIT f.tabs()->tabCloseRequested(f.tabs()->currentIndex());
        QTRY_VERIFY(f.dialog<QMessageBox>() != nullptr);
        press(f.dialog<QMessageBox>(), QStringLiteral("Save"));
        QTRY_COMPARE(f.tabs()->count(), count - 1);
        QCOMPARE(ask({"GET", "alpha"}).bytes, QByteArray("xone"));
    }

    void aChangedSnapshotIsMarkedAndNotLost()
    {
        Fixture f;
        const QString dump = f.folder.filePath(QStringLiteral("shop.rdb"));
        QVERIFY(QFile::copy(m_redis.save(), dump));
        SourceSession *session = f.window.openLocation(dump);
        QVERIFY(f.select(QStringLiteral("alpha")));
        auto *sources = f.window.findChild<SourceList *>();
        QCOMPARE(sources->topLevelItem(0)->text(0), QStringLiteral("shop.rdb"));
        QTest::keyClick(f.browser()->tree(), Qt::Key_Delete);
        QVERIFY(f.dialog<EditDialog>());
        press(f.dialog<EditDialog>(), QStringLiteral("Delete"));
        QTRY_VERIFY(sources->topLevelItem(0)->text(0).startsWith(QChar(0x25cf)));
        f.window.close();
        QVERIFY(f.dialog<QMessageBox>());
        QVERIFY(f.window.isVisible());
        f.dialog<QMessageBox>()->reject();
        // Over the file itself: what was open stays readable, and the mark goes.
        const Result<SaveReport> saved = await(session->source().fileActions()->saveAs(dump, CancelToken()));
        QVERIFY(saved.ok());
        QTRY_COMPARE(sources->topLevelItem(0)->text(0), QStringLiteral("shop.rdb"));
        QVERIFY(f.select(QStringLiteral("beta")));
        QTest::keyClick(f.browser()->tree(), Qt::Key_Return);
        QTRY_VERIFY(qobject_cast<KeyView *>(f.tabs()->currentWidget()));
        QTRY_COMPARE(*f.tabs()->currentWidget()->findChild<ValueEditor *>()->value(), QByteArray("two"));
    }

    void createsRenamesAndDeletesFromTheTree()
    {
        Fixture f;
        QVERIFY(f.window.openLocation(location()));
        QVERIFY(f.select(QStringLiteral("alpha")));
        QTest::keyClick(f.browser()->tree(), Qt::Key_Delete);
        QVERIFY(f.dialog<EditDialog>());
        press(f.dialog<EditDialog>(), QStringLiteral("Delete"));
        QTRY_COMPARE(ask({"EXISTS", "alpha"}).integer, 0);
        QTRY_VERIFY(!f.hasKey(QStringLiteral("alpha")));

        QVERIFY(f.select(QStringLiteral("beta")));
        QTest::keyClick(f.browser()->tree(), Qt::Key_F2);
        QTRY_VERIFY(f.dialog<EditDialog>() != nullptr);
        auto *name = f.dialog<EditDialog>()->findChild<BytesEdit *>();
        name->setBytes("renamed");
        Q_EMIT name->edited();
        press(f.dialog<EditDialog>(), QStringLiteral("Rename"));
        QTRY_VERIFY(f.hasKey(QStringLiteral("renamed")) && !f.hasKey(QStringLiteral("beta")));
        QCOMPARE(ask({"GET", "renamed"}).bytes, QByteArray("two"));

        QTRY_VERIFY(f.window.findChildren<EditDialog *>().isEmpty());
        Q_EMIT f.browser()->newKeyRequested("fresh");
        QTRY_VERIFY(f.dialog<EditDialog>() != nullptr);
        press(f.dialog<EditDialog>(), QStringLiteral("Create"));
        QTRY_VERIFY(f.hasKey(QStringLiteral("fresh")));
        QCOMPARE(ask({"TYPE", "fresh"}).bytes, QByteArray("string"));
        QTRY_COMPARE(f.tabs()->tabText(f.tabs()->currentIndex()), QStringLiteral("fresh"));
    }

    void aKeyThatVanishedIsSaid()
    {
        Fixture f;
        QVERIFY(f.window.openLocation(location()));
        QVERIFY(f.select(QStringLiteral("alpha")));
        ask({"DEL", "alpha"});
        QTest::keyClick(f.browser()->tree(), Qt::Key_Return);
        QVERIFY(f.says(QStringLiteral("This key is gone")));
        QTRY_VERIFY(!f.hasKey(QStringLiteral("alpha")));
        QVERIFY(f.select(QStringLiteral("beta")));
        ask({"DEL", "beta"});
        QTest::keyClick(f.browser()->tree(), Qt::Key_Delete);
        QTRY_VERIFY(!f.hasKey(QStringLiteral("beta")));
        QVERIFY(f.window.findChildren<EditDialog *>().isEmpty());
    }

    void rememberedSourcesOpenAgain()
    {
        QTemporaryDir folder;
        const QString dump = folder.filePath(QStringLiteral("shop.rdb"));
        QVERIFY(QFile::copy(m_redis.save(), dump));
        Fixture f;
        QVERIFY(f.window.openLocation(dump));
        QVERIFY(f.window.openLocation(location()));
        QTRY_VERIFY(QFile::exists(f.folder.filePath(QStringLiteral("recent.json"))));
        const auto listed = [&f] {
            QFile file(f.folder.filePath(QStringLiteral("recent.json")));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        QTRY_VERIFY(listed().contains("shop.rdb") && listed().contains(location().toUtf8()));
        QVERIFY(QFile::remove(dump));

        MainWindow again(f.jobs, f.folder.filePath(QStringLiteral("recent.json")));
        again.show();
        const auto rows = [&again] { return again.findChildren<QPushButton *>(QStringLiteral("recent")); };
        QTRY_COMPARE(rows().size(), 2);
        int enabled = 0;
        for (QPushButton *row : rows())
            enabled += row->isEnabled() ? 1 : 0;
        QCOMPARE(enabled, 1); // the file is gone
        for (QPushButton *row : rows()) {
            if (row->isEnabled()) {
                row->click();
                break;
            }
        }
        QTRY_VERIFY(again.findChild<KeyBrowser *>() && again.findChild<KeyBrowser *>()->tree()->model()->rowCount() == 3);
    }

    // Files of one name are told apart by their folders, however long those are; an entry can be forgotten for good.
    void rememberedSourcesSayWhereTheyAre()
    {
        QTemporaryDir folder;
        const QString list = folder.filePath(QStringLiteral("recent.json"));
        const QString name = QStringLiteral("production-cache-eu-central-dump.rdb");
        const QString backups = folder.filePath(QStringLiteral("the backups of a cache that has a rather long name/november"));
        const QString odd = folder.filePath(QStringLiteral("a & b.rdb"));
        const QStringList paths{backups + QStringLiteral("/first/") + name, backups + QStringLiteral("/second/") + name, odd};
        RecentSources sources(list);
        for (const QString &path : paths) {
            QVERIFY(QDir().mkpath(QFileInfo(path).path()));
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            QVERIFY(sources.add(path, QFileInfo(path).fileName(), 1).ok());
        }

        JobRunner jobs;
        MainWindow window(jobs, list);
        window.show();
        const auto texts = [&window] {
            QStringList found;
            for (const QPushButton *row : window.findChildren<QPushButton *>(QStringLiteral("recent")))
                found += row->text();
            return found;
        };
        QTRY_COMPARE(texts().size(), 3);
        const QStringList shown = texts(); // newest first
        QVERIFY2(shown[0].startsWith(QStringLiteral("a && b.rdb ")), qPrintable(shown[0]));
        QVERIFY2(shown[1].startsWith(name) && shown[1].endsWith(QStringLiteral("second")), qPrintable(shown[1]));
        QVERIFY2(shown[2].startsWith(name) && shown[2].endsWith(QStringLiteral("first")), qPrintable(shown[2]));

        for (QToolButton *button : window.findChildren<QToolButton *>()) {
            if (button->accessibleName() == QStringLiteral("Forget a & b.rdb")) {
                button->click();
                break;
            }
        }
        QTRY_COMPARE(texts(), shown.mid(1));
        RecentSources again(list);
        QVERIFY(again.load().ok());
        QCOMPARE(again.all().size(), std::size_t(2));
        QVERIFY(QFile::exists(odd)); // only the entry goes
    }

    void badInputGivesASentence_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("said");
        QTest::newRow("closed port") << QStringLiteral("closed") << QStringLiteral("cannot be opened");
        QTest::newRow("not redis") << QStringLiteral("http") << QStringLiteral("cannot be opened");
        QTest::newRow("wrong password") << QStringLiteral("password") << QStringLiteral("password");
        QTest::newRow("no such file") << QStringLiteral("missing") << QStringLiteral("cannot be opened");
        QTest::newRow("no RDB") << QStringLiteral("text") << QStringLiteral("cannot be opened");
        QTest::newRow("bad URL") << QStringLiteral("url") << QStringLiteral("Opening failed");
    }
    void badInputGivesASentence()
    {
        QFETCH(QString, what);
        QFETCH(QString, said);
        Fixture f;
        QTcpServer http;
        RedisServer guarded;
        QString where;
        if (what == QLatin1String("closed")) {
            where = QStringLiteral("127.0.0.1:%1").arg(RedisServer::freePort());
        } else if (what == QLatin1String("http")) {
            QVERIFY(http.listen(QHostAddress::LocalHost));
            connect(&http, &QTcpServer::newConnection, &http, [&http] {
                QTcpSocket *client = http.nextPendingConnection();
                client->write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            });
            where = QStringLiteral("127.0.0.1:%1").arg(http.serverPort());
        } else if (what == QLatin1String("password")) {
            QVERIFY(guarded.start({QStringLiteral("--requirepass"), QStringLiteral("right")}));
            where = QStringLiteral("redis://:wrong@127.0.0.1:%1/0").arg(guarded.port());
        } else if (what == QLatin1String("missing")) {
            where = f.folder.filePath(QStringLiteral("none.rdb"));
        } else if (what == QLatin1String("text")) {
            where = f.folder.filePath(QStringLiteral("text.rdb"));
            QFile file(where);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("this is no snapshot");
        } else {
            where = QStringLiteral("redis://host:notaport/0");
        }
        f.window.openLocation(where);
        QVERIFY2(f.says(said), qPrintable(what));
        // Alive: a sound source opens in the same window.
        QVERIFY(f.window.openLocation(location()));
        QTRY_VERIFY(f.window.findChildren<KeyBrowser *>().last()->tree()->model()->rowCount() == 3);
    }

    void aTruncatedSnapshotShowsWhatIsReadable()
    {
        Fixture f;
        const QString dump = f.folder.filePath(QStringLiteral("cut.rdb"));
        for (int i = 0; i < 50; ++i)
            ask({"SET", "k" + QByteArray::number(i), QByteArray(200, char('a' + i % 26))});
        QVERIFY(QFile::copy(m_redis.save(), dump));
        QFile file(dump);
        QVERIFY(file.resize(file.size() / 2));
        QVERIFY(f.window.openLocation(dump));
        QTRY_VERIFY(f.browser()->tree()->model()->rowCount() > 3);
        QVERIFY(f.browser()->tree()->model()->rowCount() < 53);
        QVERIFY(f.says(QStringLiteral("Damaged in one place"))); // above the tree, wherever a person looks
        // Its button leads to the list.
        QTableView *damage = f.window.findChild<QTableView *>(QStringLiteral("damage"));
        QVERIFY(damage);
        f.browser()->tree()->setCurrentIndex(f.browser()->tree()->model()->index(0, 0));
        QTest::keyClick(f.browser()->tree(), Qt::Key_Return);
        QTRY_VERIFY(!damage->isVisible());
        press(f.browser(), QStringLiteral("Show"));
        QTRY_VERIFY(damage->isVisible());
        QCOMPARE(damage->model()->rowCount(), 1);
    }

    void escCancelsOpening()
    {
        Fixture f;
        QVERIFY(QTest::qWaitForWindowActive(&f.window));
        const QString slow = f.folder.filePath(QStringLiteral("slow.rdb"));
        QFile file(slow);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray("REDIS0010\x00\x01k\x81\x00\x00\x00\x00\x20\x00\x00\x00", 21)); // a string of 512 MiB
        QVERIFY(file.resize(21 + (qint64(1) << 29) + 9));
        file.close();
        SourceSession *session = f.window.openLocation(slow);
        QVERIFY(session);
        QPointer<SourceSession> watched(session);
        QCOMPARE(session->source().state(), SourceState::Connecting); // nothing has come back yet: no event was handled
        QVERIFY(f.window.findChild<SourceList *>()->topLevelItem(0)->text(1).startsWith(QStringLiteral("opening")));
        QTest::keyClick(&f.window, Qt::Key_Escape);
        QVERIFY(watched.isNull());
        QCOMPARE(f.window.findChild<SourceList *>()->topLevelItemCount(), 0);
        // Esc is free again, and the window opens the next file.
        const QString dump = f.folder.filePath(QStringLiteral("shop.rdb"));
        QVERIFY(QFile::copy(m_redis.save(), dump));
        QVERIFY(f.window.openLocation(dump));
        QTRY_VERIFY(f.browser()->tree()->model()->rowCount() == 3);
        QTest::keyClick(&f.window, Qt::Key_Escape);
        QCOMPARE(f.window.findChild<SourceList *>()->topLevelItemCount(), 1);
    }

    void reloadOpensTheFileAndItsKeysAgain()
    {
        Fixture f;
        const QString dump = f.folder.filePath(QStringLiteral("shop.rdb"));
        QVERIFY(QFile::copy(m_redis.save(), dump));
        SourceSession *session = f.window.openLocation(dump);
        QVERIFY(f.select(QStringLiteral("alpha")));
        QTest::keyClick(f.browser()->tree(), Qt::Key_Return);
        QTRY_VERIFY(qobject_cast<KeyView *>(f.tabs()->currentWidget()));
        ask({"SET", "alpha", "newer"});
        ask({"SET", "delta", "four"});
        const QString fresh = m_redis.save();
        QVERIFY(QFile::remove(dump) && QFile::copy(fresh, dump));
        QPointer<SourceSession> before(session);
        Q_EMIT session->reloadRequested();
        QTRY_VERIFY(before.isNull());
        QTRY_VERIFY(f.browser() && f.hasKey(QStringLiteral("delta")));
        auto *view = qobject_cast<KeyView *>(f.tabs()->currentWidget());
        QVERIFY(view);
        QCOMPARE(view->currentKey().key, QByteArray("alpha"));
        QTRY_COMPARE(*view->findChild<ValueEditor *>()->value(), QByteArray("newer"));
        QCOMPARE(f.window.findChild<SourceList *>()->topLevelItemCount(), 1);
    }

    void ctrlSSavesOverTheFile()
    {
        Fixture f;
        QVERIFY(QTest::qWaitForWindowActive(&f.window));
        const QString dump = f.folder.filePath(QStringLiteral("shop.rdb"));
        QVERIFY(QFile::copy(m_redis.save(), dump));
        SourceSession *session = f.window.openLocation(dump);
        QVERIFY(f.select(QStringLiteral("alpha")));
        QVERIFY(await(session->source().execute(Command{"SET", "epsilon", "5"})).ok());
        QTRY_VERIFY(session->source().fileActions()->isModified());
        QTest::keyClick(&f.window, Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(!session->source().fileActions()->isModified());
        QVERIFY(f.window.findChildren<QDialog *>().isEmpty());
        SourceSession *again = f.window.openLocation(dump);
        QTRY_COMPARE(again->source().state(), SourceState::Ready);
        const Result<RespValue> reply = await(again->source().execute(Command{"GET", "epsilon"}));
        QVERIFY(reply.ok());
        QCOMPARE(reply->bytes, QByteArray("5"));
    }

    // What is proposed for an append-only file is an RDB beside it; the file itself is never written over.
    void anAppendOnlyFileIsSavedAsAnRdb()
    {
        Fixture f;
        QVERIFY(QTest::qWaitForWindowActive(&f.window));
        const QString path = f.folder.filePath(QStringLiteral("appendonly.aof"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1"); // cut
        file.close();
        SourceSession *session = f.window.openLocation(path);
        QVERIFY(f.select(QStringLiteral("a")));
        QVERIFY(f.says(QStringLiteral("ends inside a command"))); // the cut tail is a note in the overview
        QVERIFY(await(session->source().execute(Command{"SET", "c", "3"})).ok());
        QTRY_VERIFY(session->source().fileActions()->isModified());
        QTest::keyClick(&f.window, Qt::Key_S, Qt::ControlModifier);
        auto *dialog = f.dialog<SaveAsDialog>();
        QVERIFY(dialog);
        QCOMPARE(dialog->findChild<PathEdit *>()->path(), f.folder.filePath(QStringLiteral("appendonly.rdb")));
        const QPointer<SaveAsDialog> open(dialog);
        press(dialog, QStringLiteral("Save"));
        QTRY_VERIFY(QFile::exists(f.folder.filePath(QStringLiteral("appendonly.rdb"))));
        QTRY_VERIFY(open.isNull());
        SourceSession *saved = f.window.openLocation(f.folder.filePath(QStringLiteral("appendonly.rdb")));
        QTRY_COMPARE(saved->source().state(), SourceState::Ready);
        const Result<RespValue> keys = await(saved->source().execute(Command{"DBSIZE"}));
        QVERIFY(keys.ok());
        QCOMPARE(keys->integer, 2);
    }

    void opensADroppedFolder()
    {
        Fixture f;
        const QString folder = f.folder.filePath(QStringLiteral("appendonlydir"));
        QVERIFY(QDir().mkpath(folder));
        const auto write = [&folder](const char *name, const QByteArray &bytes) {
            QFile file(folder + QLatin1Char('/') + QLatin1String(name));
            return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
        };
        QVERIFY(write("appendonly.aof.manifest", "file appendonly.aof.1.incr.aof seq 1 type i\n"));
        QVERIFY(write("appendonly.aof.1.incr.aof", "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n"));
        QMimeData mime;
        mime.setUrls({QUrl::fromLocalFile(folder)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&f.window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&f.window, &drop);
        QVERIFY(f.browser());
        QVERIFY(f.select(QStringLiteral("a")));
    }

    // A link from a browser is no file.
    void ignoresWhatIsNoFile()
    {
        Fixture f;
        QMimeData mime;
        mime.setUrls({QUrl(QStringLiteral("https://example.invalid/dump.rdb"))});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QCoreApplication::sendEvent(&f.window, &enter);
        QVERIFY(!enter.isAccepted());
    }

    void namesDoNotMatterOnlyContent()
    {
        Fixture f;
        const QString odd = f.folder.filePath(QStringLiteral("backup of tuesday"));
        QVERIFY(QFile::copy(m_redis.save(), odd));
        QVERIFY(f.window.openLocation(odd));
        QTRY_VERIFY(f.browser()->tree()->model()->rowCount() == 3);
    }

    void aServerThatDiesInTheMiddleOfAScan()
    {
        RedisServer dying;
        QVERIFY(dying.start());
        RawClient raw(dying.port());
        for (int i = 0; i < 200; ++i) {
            Command set{"MSET"};
            for (int j = 0; j < 500; ++j)
                set << "k" + QByteArray::number(i * 500 + j) << "v";
            raw.ask(set);
        }
        Fixture f;
        QVERIFY(f.window.openLocation(QStringLiteral("127.0.0.1:%1").arg(dying.port())));
        QTRY_VERIFY(f.browser()->scanner().keysSeen() > 0);
        dying.kill();
        QTRY_VERIFY(f.browser()->scanner().state() != KeyScanner::State::Scanning);
        if (f.browser()->scanner().state() != KeyScanner::State::Done)
            QVERIFY(f.says(QStringLiteral("interrupted")));
        QVERIFY(f.browser()->scanner().keysSeen() > 0); // what was found stays
        QVERIFY(f.window.openLocation(location()));
        QTRY_VERIFY(f.window.findChildren<KeyBrowser *>().last()->tree()->model()->rowCount() == 3);
    }

    void opensADroppedFile()
    {
        Fixture f;
        const QString dump = f.folder.filePath(QStringLiteral("dropped.rdb"));
        QVERIFY(QFile::copy(m_redis.save(), dump));
        QMimeData mime;
        mime.setUrls({QUrl::fromLocalFile(dump)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&f.window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&f.window, &drop);
        QTRY_VERIFY(f.browser() && f.browser()->tree()->model()->rowCount() == 3);
    }
};

} // namespace keyloupe::test

QTEST_MAIN(keyloupe::test::TestMainWindow)
#include "tst_main_window.moc"
