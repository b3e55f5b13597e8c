// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/command_log.h"
#include "ui/theme/theme.h"
#include "ui/views/command_log_view.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

using namespace keyloupe;

class TestCommandLogView : public QObject
{
    Q_OBJECT

private:
    static std::vector<CommandLogEntry> entries(int count, const char *text = "GET key:")
    {
        std::vector<CommandLogEntry> all;
        for (int i = 0; i < count; ++i)
            all.push_back({1'795'000'000'000 + i * 10, 0, text + QByteArray::number(i), 400 + i, i % 9 == 8 ? QByteArray("WRONGTYPE Operation against a key") : QByteArray(), false});
        return all;
    }

private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeMode::Light); }

    void showsFiltersAndCopies()
    {
        CommandLog log;
        CommandLogView view;
        view.resize(1100, 220);
        view.show();
        view.setLog(&log);
        log.append(entries(30));
        log.append({{1'795'000'000'500, 0, "INFO", 800, {}, true}});
        auto *table = view.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 30);
        view.findChild<QCheckBox *>()->click();
        QCOMPARE(table->model()->rowCount(), 31);
        view.findChild<QLineEdit *>()->setText(QStringLiteral("key:1"));
        QCOMPARE(table->model()->rowCount(), 11); // 1 and 10 to 19
        table->selectRow(0);
        for (QToolButton *button : view.findChildren<QToolButton *>()) {
            if (button->accessibleName() == QLatin1String("Copy commands"))
                button->click();
        }
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("GET key:1\n"));
        const QString folder = qEnvironmentVariable("KEYLOUPE_GRAB");
        if (!folder.isEmpty()) {
            view.findChild<QLineEdit *>()->clear();
            QTest::qWait(100);
            view.grab().save(folder + QStringLiteral("/command-log-light.png"));
        }
        view.setLog(nullptr);
        QCOMPARE(table->model()->rowCount(), 0);
    }

    void followsTheNewestUnlessScrolledUp()
    {
        CommandLog log;
        CommandLogView view;
        view.resize(800, 200);
        view.show();
        view.setLog(&log);
        log.append(entries(100));
        auto *table = view.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 100);
        QScrollBar *bar = table->verticalScrollBar();
        QTRY_COMPARE(bar->value(), bar->maximum());
        log.append(entries(10));
        QTRY_COMPARE(table->model()->rowCount(), 110);
        QTRY_COMPARE(bar->value(), bar->maximum());
        bar->setValue(20);
        log.append(entries(10));
        QTRY_COMPARE(table->model()->rowCount(), 120);
        QTest::qWait(50);
        QCOMPARE(bar->value(), 20);
    }
};

QTEST_MAIN(TestCommandLogView)
#include "tst_command_log_view.moc"
