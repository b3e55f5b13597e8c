// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/panels/panel_fixture.h"

#include "ui/format/human.h"
#include "ui/models/damage_model.h"
#include "ui/shell/source_list.h"
#include "ui/views/fact_card.h"
#include "ui/views/notice_bar.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

class TestOverviewPanel : public QObject
{
    Q_OBJECT

private:
    static QString fact(const PanelFixture &f, const QString &card, const QString &label)
    {
        for (FactCard *one : f.panel->findChildren<FactCard *>()) {
            if (one->accessibleName() == card)
                return one->valueOf(label);
        }
        return {};
    }

    static QTableView *table(const PanelFixture &f, const QString &name)
    {
        for (QTableView *one : f.panel->findChildren<QTableView *>()) {
            if (one->accessibleName() == name)
                return one;
        }
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeMode::Light); }

    void serverFacts()
    {
        PanelFixture f;
        f.source->details.location = QStringLiteral("cache-1.example:6379");
        f.source->reply(Command{"INFO"}, RespValue::verbatim(madeUpInfo(93'784)));
        f.show(QStringLiteral("overview"));
        f.source->setState(SourceState::Ready);
        QTRY_COMPARE(fact(f, QStringLiteral("Server"), QStringLiteral("Version")), QStringLiteral("Redis 7.0.15"));
        QCOMPARE(fact(f, QStringLiteral("Server"), QStringLiteral("Up for")), QStringLiteral("1 d 2 h"));
        QCOMPARE(fact(f, QStringLiteral("Memory"), QStringLiteral("Limit")), QStringLiteral("64\u00a0MiB"));
        QCOMPARE(fact(f, QStringLiteral("Replication"), QStringLiteral("10.0.0.7:6379")), QStringLiteral("online, 55\u00a0B behind"));
        QCOMPARE(table(f, QStringLiteral("Databases"))->model()->rowCount(), 3);
        f.grab(QStringLiteral("overview"));
        auto *tabs = f.panel->findChild<QTabWidget *>();
        tabs->setCurrentIndex(1);
        f.grab(QStringLiteral("overview-fields"));
        QTableView *fields = table(f, QStringLiteral("All fields"));
        QVERIFY(fields->model()->rowCount() > 30);
        tabs->findChild<QLineEdit *>()->setText(QStringLiteral("keyspace_"));
        QCOMPARE(fields->model()->rowCount(), 2);
    }

    void fileFacts()
    {
        PanelFixture f(true);
        f.actions->filePath = QStringLiteral("/srv/backups/shop-2026-11-20.rdb");
        f.source->details.version = QStringLiteral("RDB 10");
        f.source->reply(Command{"INFO"},
                        RespValue::verbatim("# Snapshot\r\nrdb_version:10\r\nrdb_file_size:1048576\r\nrdb_checksum:ok\r\nrdb_complete:1\r\n"
                                            "rdb_ctime_ms:1795225000000\r\naux_redis-ver:7.0.15\r\n\r\n"
                                            "# Keyspace\r\ndb0:keys=120,expires=20,avg_ttl=0\r\ndb3:keys=5,expires=0,avg_ttl=0\r\n"));
        f.show(QStringLiteral("overview"));
        f.source->setState(SourceState::Ready);
        QTRY_COMPARE(fact(f, QStringLiteral("Contents"), QStringLiteral("Keys")), QStringLiteral("125"));
        QCOMPARE(fact(f, QStringLiteral("File"), QStringLiteral("Size")), QStringLiteral("1\u00a0MiB"));
        QCOMPARE(fact(f, QStringLiteral("File"), QStringLiteral("Format")), QStringLiteral("RDB 10"));
        QCOMPARE(fact(f, QStringLiteral("Soundness"), QStringLiteral("State")), QStringLiteral("sound"));
        f.grab(QStringLiteral("overview-file"));
        f.actions->setModified(true);
        QTRY_COMPARE(fact(f, QStringLiteral("Contents"), QStringLiteral("Unsaved changes")), QStringLiteral("yes"));
    }

    void damageIsListed()
    {
        PanelFixture f(true);
        f.actions->damages = {{1234, 0, "user:7", QStringLiteral("a listpack ends early")}, {99'000, 2, {}, QStringLiteral("the file is cut off")}};
        f.source->reply(Command{"INFO"}, RespValue::verbatim("# Snapshot\r\nrdb_checksum:not-reached\r\nrdb_complete:0\r\n"));
        f.show(QStringLiteral("overview"));
        f.source->setState(SourceState::Ready);
        QTRY_COMPARE(fact(f, QStringLiteral("Soundness"), QStringLiteral("End of file")), QStringLiteral("cut off"));
        QCOMPARE(fact(f, QStringLiteral("Soundness"), QStringLiteral("State")), QStringLiteral("damaged"));
        QTableView *damage = table(f, QStringLiteral("Damaged places"));
        QCOMPARE(damage->model()->rowCount(), 2);
        QVERIFY(damage->isVisible());
        QCOMPARE(damage->model()->index(0, 3).data().toString(), QStringLiteral("a listpack ends early"));
        f.grab(QStringLiteral("overview-damage"));

        // Enter on a place opens the key that it hit; where none is known nothing happens.
        QSignalSpy opened(f.session.get(), &SourceSession::openKeyRequested);
        Q_EMIT damage->activated(damage->model()->index(1, 3));
        QCOMPARE(opened.size(), 0);
        Q_EMIT damage->activated(damage->model()->index(0, 3));
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].value<KeyRef>(), (KeyRef{0, "user:7"}));
        damage->selectAll();
        for (QAction *action : damage->actions()) {
            if (action->shortcut() == QKeySequence::Copy)
                action->trigger();
        }
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("1234\tdb0\tuser:7\ta listpack ends early\n99000\tdb2\t\"\"\tthe file is cut off"));
    }

    // A large file is Ready with its first keys; the facts are those of all once they are there, and only then it is written.
    void firstKeysOfALargeFile()
    {
        PanelFixture f(true);
        int keys = 20'000;
        f.source->handle("INFO", [&keys](const Command &) { return RespValue::verbatim("# Keyspace\r\ndb0:keys=" + QByteArray::number(keys) + ",expires=0\r\n"); });
        f.show(QStringLiteral("overview"));
        SourceList list;
        list.add(f.session.get());
        f.source->setProgress(0.001);
        f.source->setState(SourceState::Ready);
        QTRY_COMPARE(fact(f, QStringLiteral("Contents"), QStringLiteral("Keys")), groupedNumber(20'000));
        QVERIFY(!f.session->isWritable());
        f.source->setProgress(0.5);
        QVERIFY(list.topLevelItem(0)->text(1).startsWith(QStringLiteral("reading… 50")));
        keys = 6'300'000;
        f.source->setProgress(1);
        QVERIFY(f.session->isWritable());
        QTRY_COMPARE(fact(f, QStringLiteral("Contents"), QStringLiteral("Keys")), groupedNumber(6'300'000));
        QTRY_COMPARE(list.topLevelItem(0)->child(0)->text(1), groupedNumber(6'300'000));
        QCOMPARE(list.topLevelItem(0)->text(1), QString());
    }

    // An append-only file: its size is that of all its parts, and what is no damage is a note.
    void appendOnlyFileFacts()
    {
        PanelFixture f(true);
        f.actions->size = 3 << 20;
        f.actions->remarks = {QStringLiteral("the file ends inside a command: its last 7 bytes are left out"), QString(), QStringLiteral("it has friends.")};
        f.source->details.version = QStringLiteral("AOF with RDB preamble");
        f.source->reply(Command{"INFO"}, RespValue::verbatim("# Snapshot\r\nrdb_file_size:1048576\r\nrdb_checksum:ok\r\nrdb_complete:1\r\n"));
        f.show(QStringLiteral("overview"));
        f.source->setState(SourceState::Ready);
        QTRY_COMPARE(fact(f, QStringLiteral("File"), QStringLiteral("Size")), QStringLiteral("3\u00a0MiB"));
        QCOMPARE(fact(f, QStringLiteral("File"), QStringLiteral("Format")), QStringLiteral("AOF with RDB preamble"));
        QCOMPARE(fact(f, QStringLiteral("Soundness"), QStringLiteral("State")), QStringLiteral("sound"));
        auto *notes = f.panel->findChild<NoticeBar *>();
        QVERIFY(notes->isVisible());
        QCOMPARE(notes->text(), QStringLiteral("The file ends inside a command: its last 7 bytes are left out.\nIt has friends."));
        f.grab(QStringLiteral("overview-aof"));
    }

    void damageModelIsSound()
    {
        DamageModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setDamage({{1, 0, "a\x01", QStringLiteral("r")}, {2, 1, {}, QStringLiteral("s")}});
        QCOMPARE(model.index(0, DamageModel::Key).data().toString(), QStringLiteral("a\\x01"));
        QCOMPARE(model.index(0, DamageModel::Key).data(DamageModel::KeyRole).toByteArray(), QByteArray("a\x01"));
        QCOMPARE(model.index(1, DamageModel::Key).data().toString(), QStringLiteral("not known"));
        QCOMPARE(model.textOf({0}), QStringLiteral("1\tdb0\t\"a\\x01\"\tr"));
        model.setDamage({});
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_MAIN(TestOverviewPanel)
#include "tst_overview_panel.moc"
