// SPDX-License-Identifier: GPL-3.0-or-later
//
// Saving a file as another and exporting it: what a server cannot hold is listed first and wants a tick; progress, stopping, and errors that
// leave everything typed in place.
#include "core/async/job_runner.h"
#include "core/source/snapshot_source.h"
#include "tests/support/await.h"
#include "tests/support/fake_source.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/save_as_dialog.h"
#include "ui/models/finding_model.h"
#include "ui/models/source_session.h"
#include "ui/shell/file_tasks.h"
#include "ui/theme/theme.h"
#include "ui/views/path_edit.h"
#include "ui/views/task_strip.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

namespace keyloupe::test {

class TestFileDialogs : public QObject
{
    Q_OBJECT

private:
    struct Fixture
    {
        Fixture()
        {
            auto owned = std::make_unique<FakeSource>();
            source = owned.get();
            file = source->makeFile();
            file->filePath = folder.filePath(QStringLiteral("shop.rdb"));
            source->details.title = QStringLiteral("shop.rdb");
            source->details.version = QStringLiteral("RDB 12");
            session = std::make_unique<SourceSession>(std::move(owned), jobs);
            source->setState(SourceState::Ready);
        }
        SaveAsDialog *open(const QString &path)
        {
            dialog = new SaveAsDialog(*session, path, nullptr);
            dialog->open();
            return dialog;
        }
        QPushButton *button(const QString &text) const
        {
            for (QPushButton *one : dialog->findChildren<QPushButton *>()) {
                if (one->text() == text)
                    return one;
            }
            return nullptr;
        }
        bool says(const QString &text) const
        {
            const QList<QLabel *> labels = dialog->findChildren<QLabel *>();
            return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) { return label->isVisible() && label->text().contains(text); });
        }
        QTableView *table() const { return dialog->findChild<QTableView *>(); }
        QCheckBox *agree() const { return dialog->findChild<QCheckBox *>(QStringLiteral("agree")); }

        QTemporaryDir folder;
        JobRunner jobs{1};
        FakeSource *source = nullptr;
        FakeFileActions *file = nullptr;
        std::unique_ptr<SourceSession> session;
        QPointer<SaveAsDialog> dialog;
    };

    struct Opened
    {
        explicit Opened(const QString &name)
        {
            const QString path = folder.filePath(name);
            QFile::copy(QStringLiteral(KEYLOUPE_TEST_DATA "/rdb/") + name, path);
            session = std::make_unique<SourceSession>(std::make_unique<SnapshotSource>(path), jobs);
            isOpen = openAndWait(session->source());
            dialog = new ExportDialog(*session, folder.path(), nullptr);
            dialog->open();
            settled = QTest::qWaitFor([this] { return box("db")->count() > 1; }); // the databases are known
        }
        QComboBox *box(const char *name) const { return dialog->findChild<QComboBox *>(QLatin1String(name)); }
        void press(const QString &text) const
        {
            for (QPushButton *one : dialog->findChildren<QPushButton *>()) {
                if (one->text() == text)
                    return one->click();
            }
            qWarning("no button %s", qPrintable(text));
        }
        QByteArray written(const QString &name) const
        {
            QFile file(folder.filePath(name));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        }

        QTemporaryDir folder;
        JobRunner jobs{1};
        std::unique_ptr<SourceSession> session;
        QPointer<ExportDialog> dialog;
        bool isOpen = false;
        bool settled = false;
    };

    static SaveFindings someLosses()
    {
        SaveFindings findings;
        findings.add({0, "search:index", SaveIssue::Module, 1});
        findings.add({0, "cart:7", SaveIssue::FieldExpiry, 3});
        findings.add({-1, "rates", SaveIssue::Function, 1});
        return findings;
    }

private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeMode::Light); }

    void savesAsItIs()
    {
        Fixture f;
        f.open(f.file->filePath);
        QCOMPARE(f.dialog->findChild<QComboBox *>()->currentText(), QStringLiteral("As the file is: RDB 12"));
        QVERIFY(!f.table()->isVisible() && !f.agree()->isVisible());
        QSignalSpy saved(f.dialog, &SaveAsDialog::saved);
        QVERIFY(f.button(QStringLiteral("Save"))->isEnabled());
        f.button(QStringLiteral("Save"))->click();
        QTRY_VERIFY(!f.dialog);
        QCOMPARE(saved.size(), 1);
        QCOMPARE(f.file->savedTo, QStringList(f.file->filePath));
        QVERIFY(!f.file->savedFor);
    }

    // Every target is offered, and each name leads to its own.
    void everyTargetCanBeChosen()
    {
        for (const SaveTarget target : kSaveTargets) {
            Fixture f;
            f.open(f.file->filePath);
            f.dialog->setTarget(target);
            QVERIFY(f.dialog->findChild<QComboBox *>()->currentText().contains(QLatin1String(factsOf(target).title)));
            QTRY_VERIFY(f.says(QStringLiteral("can hold everything")));
            f.button(QStringLiteral("Save"))->click();
            QTRY_VERIFY(!f.dialog);
            QCOMPARE(f.file->savedFor, std::optional<SaveTarget>(target));
        }
    }

    void lossesWantATick()
    {
        Fixture f;
        f.file->findings = someLosses();
        f.open(f.file->filePath);
        f.dialog->setTarget(SaveTarget::Redis6);
        QVERIFY(!f.button(QStringLiteral("Save"))->isEnabled()); // before anybody has looked
        QTRY_VERIFY(f.table()->isVisible());
        QVERIFY(f.says(QStringLiteral("Redis 6 cannot hold everything")));
        QVERIFY(f.says(QStringLiteral("lost: 2")));
        QCOMPARE(f.table()->model()->rowCount(), 3);
        QCOMPARE(f.table()->model()->index(0, FindingModel::Key).data().toString(), QStringLiteral("cart:7")); // losses first
        QVERIFY(!f.button(QStringLiteral("Save"))->isEnabled());
        QTest::keyClick(f.dialog, Qt::Key_Return);
        QVERIFY(f.file->savedTo.isEmpty());
        f.agree()->setChecked(true);
        QVERIFY(f.button(QStringLiteral("Save"))->isEnabled());
        // The tick was for that list; another target has another.
        f.dialog->setTarget(SaveTarget::Redis5);
        QVERIFY(!f.agree()->isChecked());
        QTRY_VERIFY(f.says(QStringLiteral("Redis 5 cannot")));
        QVERIFY(!f.button(QStringLiteral("Save"))->isEnabled());
        f.dialog->setTarget(std::nullopt);
        QVERIFY(!f.table()->isVisible() && !f.agree()->isVisible());
        QVERIFY(f.button(QStringLiteral("Save"))->isEnabled());
    }

    void notesAloneWantNone()
    {
        Fixture f;
        f.file->findings.add({0, "search:index", SaveIssue::Module, 1});
        f.open(f.file->filePath);
        f.dialog->setTarget(SaveTarget::Valkey9);
        QTRY_VERIFY(f.says(QStringLiteral("Nothing is lost")));
        QVERIFY(f.table()->isVisible() && !f.agree()->isVisible());
        QVERIFY(f.button(QStringLiteral("Save"))->isEnabled());
    }

    void namesAreLookedAt()
    {
        Fixture f;
        QFile there(f.folder.filePath(QStringLiteral("there.rdb")));
        QVERIFY(there.open(QIODevice::WriteOnly));
        f.open(f.file->filePath);
        auto *line = f.dialog->findChild<QLineEdit *>(QStringLiteral("path"));
        const auto type = [&](const QString &name) {
            line->selectAll();
            QTest::keyClicks(line, name);
        };
        QVERIFY(f.button(QStringLiteral("Save")));
        type(QStringLiteral("there.rdb")); // beside the file it came from
        QVERIFY(f.button(QStringLiteral("Replace")) && f.button(QStringLiteral("Replace"))->isEnabled());
        QVERIFY(f.says(QStringLiteral("will be replaced")));
        type(f.folder.path());
        QVERIFY(f.says(QStringLiteral("This is a folder")));
        QVERIFY(!f.button(QStringLiteral("Save"))->isEnabled());
        type(QStringLiteral("none/x.rdb"));
        QVERIFY(f.says(QStringLiteral("no such folder")));
        QVERIFY(!f.button(QStringLiteral("Save"))->isEnabled());
        line->clear();
        QVERIFY(!f.button(QStringLiteral("Save"))->isEnabled());
        type(QStringLiteral("new.rdb"));
        f.button(QStringLiteral("Save"))->click();
        QCOMPARE(f.file->savedTo, QStringList(f.folder.filePath(QStringLiteral("new.rdb"))));
    }

    // What somebody else has written to the file in the meantime goes only after that was said.
    void aChangedFileIsNotOverwrittenUnsaid()
    {
        Fixture f;
        QFile there(f.file->filePath);
        QVERIFY(there.open(QIODevice::WriteOnly));
        QWidget window;
        window.show();
        TaskStrip strip;
        FileTasks tasks(&window, &strip);
        f.file->setChanged(FileChange::Replaced);
        tasks.save(f.session.get());
        QVERIFY(f.file->savedTo.isEmpty());
        f.dialog = window.findChild<SaveAsDialog *>();
        QVERIFY(f.dialog);
        QVERIFY(f.says(QStringLiteral("changed by somebody else")));
        auto *line = f.dialog->findChild<QLineEdit *>(QStringLiteral("path"));
        line->setText(QStringLiteral("other.rdb"));
        QVERIFY(!f.says(QStringLiteral("changed by somebody else")));
        f.button(QStringLiteral("Save"))->click();
        QTRY_VERIFY(!f.dialog);
        QCOMPARE(f.file->overwrote, std::optional<bool>(false));
        tasks.save(f.session.get());
        f.dialog = window.findChild<SaveAsDialog *>();
        f.button(QStringLiteral("Replace"))->click();
        QTRY_VERIFY(!f.dialog);
        QCOMPARE(f.file->overwrote, std::optional<bool>(true));
        QCOMPARE(f.file->savedTo.last(), f.file->filePath);
    }

    // Seen only while saving: then a person is asked as well.
    void aConflictWhileSavingAsks()
    {
        Fixture f;
        QWidget window;
        window.show();
        TaskStrip strip;
        FileTasks tasks(&window, &strip);
        f.file->saveError = Error{Errc::Conflict, QStringLiteral("the file was changed"), -1, {}};
        tasks.save(f.session.get());
        QTRY_VERIFY(window.findChild<SaveAsDialog *>());
        QVERIFY(!strip.isRunning());
    }

    void escStopsARunningSave()
    {
        Fixture f;
        f.file->holdSaves = true;
        f.open(f.file->filePath);
        f.button(QStringLiteral("Save"))->click();
        QVERIFY(f.dialog->findChild<QProgressBar *>()->isVisible());
        QVERIFY(!f.button(QStringLiteral("Save"))->isEnabled());
        QTest::keyClick(f.dialog, Qt::Key_Escape);
        QVERIFY(f.file->saveCancel.isCancelled());
        QVERIFY(f.dialog && f.dialog->isVisible()); // until it has stopped
        QVERIFY(f.says(QStringLiteral("Stopping")));
        f.file->finishSave();
        QTRY_VERIFY(!f.dialog);
    }

    void errorsStayInTheDialog()
    {
        Fixture f;
        f.file->saveError = Error{Errc::Io, QStringLiteral("the disk is full"), -1, {}};
        f.open(f.file->filePath);
        f.button(QStringLiteral("Save"))->click();
        QTRY_VERIFY(f.says(QStringLiteral("The disk is full")));
        QVERIFY(f.dialog->isVisible());
        f.file->saveError.reset();
        f.button(QStringLiteral("Save"))->click(); // again, with all that was typed
        QTRY_VERIFY(!f.dialog);
        QCOMPARE(f.file->savedTo.size(), 1);
    }

    void savesOverTheFileOnlyWhereThatIsAllowed()
    {
        Fixture f;
        QWidget window;
        window.show();
        TaskStrip strip;
        FileTasks tasks(&window, &strip);
        QSignalSpy done(&tasks, &FileTasks::done);
        f.file->holdSaves = true;
        tasks.save(f.session.get());
        QCOMPARE(f.file->savedTo, QStringList(f.file->filePath));
        QVERIFY(strip.isRunning());
        tasks.save(f.session.get()); // one at a time
        QCOMPARE(f.file->savedTo.size(), 1);
        strip.cancel();
        f.file->finishSave();
        QTRY_VERIFY(!strip.isRunning());
        QVERIFY(done.last()[0].toString().contains(QStringLiteral("stopped")));
        // An append-only file: a name beside it is proposed.
        f.file->savePath = f.folder.filePath(QStringLiteral("appendonly.rdb"));
        tasks.save(f.session.get());
        auto *dialog = window.findChild<SaveAsDialog *>();
        QVERIFY(dialog);
        QCOMPARE(dialog->findChild<PathEdit *>()->path(), f.file->savePath);
        QCOMPARE(f.file->savedTo.size(), 1);
        // It goes with its session.
        f.session.reset();
        QTRY_VERIFY(!window.findChild<SaveAsDialog *>());
    }

    void exportsEveryFormat_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("begins");
        QTest::newRow("json") << int(ExportFormat::JsonLines) << QStringLiteral("databases-export.jsonl") << QByteArray("{\"");
        QTest::newRow("csv") << int(ExportFormat::Csv) << QStringLiteral("databases-export.csv") << QByteArray("db,key");
        QTest::newRow("commands") << int(ExportFormat::Resp) << QStringLiteral("databases-export.resp") << QByteArray("*");
        QTest::newRow("rdb") << int(ExportFormat::Rdb) << QStringLiteral("databases-export.rdb") << QByteArray("REDIS00");
    }
    void exportsEveryFormat()
    {
        QFETCH(int, format);
        QFETCH(QString, name);
        QFETCH(QByteArray, begins);
        Opened o(QStringLiteral("databases.rdb"));
        QVERIFY(o.isOpen && o.settled);
        QVERIFY(QFile::remove(o.folder.filePath(QStringLiteral("databases.rdb")))); // it stays mapped
        o.dialog->setFormat(ExportFormat(format));
        QCOMPARE(o.dialog->findChild<PathEdit *>()->path(), o.folder.filePath(name)); // the name follows the format
        o.dialog->findChild<QCheckBox *>()->setChecked(true);
        QSignalSpy exported(o.dialog, &ExportDialog::exported);
        o.press(QStringLiteral("Export"));
        QTRY_VERIFY(!o.dialog);
        QCOMPARE(exported.size(), 1);
        QVERIFY2(o.written(name).startsWith(begins), o.written(name).left(40).constData());
    }

    void exportsWhatIsChosen()
    {
        Opened o(QStringLiteral("databases.rdb"));
        QVERIFY(o.isOpen && o.settled);
        // One database has fewer keys than all, a pattern that nothing matches has none.
        QSignalSpy all(o.dialog, &ExportDialog::exported);
        o.press(QStringLiteral("Export"));
        QTRY_COMPARE(all.size(), 1);
        const qsizetype everything = o.written(QStringLiteral("databases-export.jsonl")).count('\n');
        auto *second = new ExportDialog(*o.session, o.folder.path(), nullptr);
        o.dialog = second;
        second->open();
        QTRY_VERIFY(o.box("db")->count() > 1);
        o.box("db")->setCurrentIndex(1);
        o.press(QStringLiteral("Replace"));
        QTRY_VERIFY(!o.dialog);
        const qsizetype one = o.written(QStringLiteral("databases-export.jsonl")).count('\n');
        QVERIFY2(one > 0 && one < everything, qPrintable(QStringLiteral("%1 of %2").arg(one).arg(everything)));
        o.dialog = new ExportDialog(*o.session, o.folder.path(), nullptr);
        o.dialog->open();
        o.dialog->findChild<QLineEdit *>(QStringLiteral("match"))->setText(QStringLiteral("nothing is called this"));
        o.press(QStringLiteral("Replace"));
        QTRY_VERIFY(!o.dialog);
        QCOMPARE(o.written(QStringLiteral("databases-export.jsonl")), QByteArray());
    }

    void anOlderServerLosesNothingUnasked()
    {
        Opened o(QStringLiteral("streams.rdb"));
        QVERIFY(o.isOpen && o.settled);
        o.dialog->setFormat(ExportFormat::Rdb);
        QVERIFY(o.box("target")->isEnabled());
        o.dialog->findChild<QLineEdit *>(QStringLiteral("path"))->setText(QStringLiteral("old.rdb"));
        o.box("target")->setCurrentIndex(o.box("target")->findText(QStringLiteral("Redis 6")));
        o.press(QStringLiteral("Export"));
        auto *agree = o.dialog->findChild<QCheckBox *>(QStringLiteral("agree"));
        QTRY_VERIFY(agree->isVisible()); // streams of Redis 7 count what Redis 6 does not
        QVERIFY(!QFile::exists(o.folder.filePath(QStringLiteral("old.rdb"))));
        QVERIFY(o.dialog->findChild<QTableView *>()->model()->rowCount() > 0);
        agree->setChecked(true);
        o.press(QStringLiteral("Export"));
        QTRY_VERIFY(!o.dialog);
        QVERIFY(o.written(QStringLiteral("old.rdb")).startsWith("REDIS0009"));
    }

    void neverOverTheFileThatIsOpen()
    {
        Opened o(QStringLiteral("streams.rdb"));
        QVERIFY(o.isOpen && o.settled);
        const QByteArray before = o.written(QStringLiteral("streams.rdb"));
        o.dialog->setFormat(ExportFormat::Rdb);
        o.dialog->findChild<QLineEdit *>(QStringLiteral("path"))->setText(QStringLiteral("streams.rdb"));
        for (QPushButton *button : o.dialog->findChildren<QPushButton *>())
            QVERIFY(button->text() != QStringLiteral("Replace") || !button->isEnabled());
        QTest::keyClick(o.dialog, Qt::Key_Return);
        QCOMPARE(o.written(QStringLiteral("streams.rdb")), before);
    }

    void textFormatsHaveNoTarget()
    {
        Opened o(QStringLiteral("streams.rdb"));
        QVERIFY(o.isOpen && o.settled);
        o.dialog->setFormat(ExportFormat::Resp);
        o.box("target")->setCurrentIndex(2);
        o.dialog->setFormat(ExportFormat::Csv);
        QVERIFY(!o.box("target")->isEnabled());
        o.press(QStringLiteral("Export"));
        QTRY_VERIFY(!o.dialog);
        QVERIFY(o.written(QStringLiteral("streams-export.csv")).startsWith("db,key"));
    }

    void anExportGoesWithItsSource()
    {
        Opened o(QStringLiteral("databases.rdb"));
        QVERIFY(o.isOpen && o.settled);
        o.press(QStringLiteral("Export"));
        o.session.reset(); // stops it
        QTRY_VERIFY(!o.dialog);
        QVERIFY(QDir(o.folder.path()).entryList({QStringLiteral(".*")}, QDir::Files | QDir::Hidden).isEmpty()); // nothing half done
    }

    void findingModelIsSound()
    {
        FindingModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setFindings(someLosses());
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(1, FindingModel::Database).data().toString(), QStringLiteral("file"));
        for (int issue = 0; issue <= int(SaveIssue::ModuleAux); ++issue)
            QVERIFY(!FindingModel::whatText({0, "k", SaveIssue(issue), 2}).isEmpty());
        model.setFindings({});
        QCOMPARE(model.rowCount(), 0);
    }
};

} // namespace keyloupe::test

QTEST_MAIN(keyloupe::test::TestFileDialogs)
#include "tst_file_dialogs.moc"
