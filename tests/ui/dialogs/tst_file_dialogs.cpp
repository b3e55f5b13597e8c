// SPDX-License-Identifier: GPL-3.0-or-later
//
// Saving a file as another: what a server cannot hold is listed first and wants a tick; progress, stopping, and errors that
// leave everything typed in place.
#include "core/async/job_runner.h"
#include "tests/support/fake_source.h"
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
