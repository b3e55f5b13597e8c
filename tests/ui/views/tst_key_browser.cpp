// SPDX-License-Identifier: GPL-3.0-or-later
//
// The key browser over a scripted source: the tree fills while SCAN runs, follows our own writes, filters, and survives a
// source that goes away in the middle. The model is held against Qt's own tester all the while.
#include "core/async/job_runner.h"
#include "tests/support/fake_source.h"
#include "ui/models/source_session.h"
#include "ui/views/key_browser.h"
#include "ui/views/notice_bar.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>
#include <QTreeView>
#include <QtTest>

using namespace keyloupe;
using test::FakeSource;

namespace {

// SCAN over these keys, `page` at a time; the cursor is the position.
RespValue scanReply(const QByteArrayList &keys, qsizetype page, const Command &command)
{
    const qsizetype from = command.args[1].toLongLong();
    const qsizetype to = std::min(keys.size(), from + page);
    std::vector<RespValue> names;
    for (qsizetype i = from; i < to; ++i)
        names.push_back(RespValue::bulk(keys[i]));
    return RespValue::array({RespValue::bulk(QByteArray::number(to == keys.size() ? 0 : to)), RespValue::array(std::move(names))});
}

QString printLevel(const QAbstractItemModel &model, const QModelIndex &parent, int depth = 0)
{
    QString out;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        const bool folder = index.data(KeyTreeModel::IsFolderRole).toBool();
        out += QString(depth * 2, QLatin1Char(' ')) + index.data().toString()
                + (folder ? QStringLiteral(" (%1)").arg(index.data(KeyTreeModel::CountRole).toString()) : QString()) + QLatin1Char('\n');
        out += printLevel(model, index, depth + 1);
    }
    return out;
}

} // namespace

class TestKeyBrowser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void progressOfOpeningIsShown()
    {
        auto owned = std::make_unique<FakeSource>();
        FakeSource *source = owned.get();
        source->makeFile();
        JobRunner jobs{1};
        SourceSession session(std::move(owned), jobs);
        KeyBrowser browser(session);
        browser.resize(300, 600);
        browser.show();
        auto *bar = browser.findChild<QProgressBar *>();
        const auto says = [&browser](const QString &text) {
            const QList<QLabel *> labels = browser.findChildren<QLabel *>();
            return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) { return label->isVisible() && label->text().contains(text); });
        };
        source->setState(SourceState::Connecting);
        QVERIFY(says(QStringLiteral("Opening…")));
        QVERIFY(!bar->isVisible()); // nothing is known yet
        source->setProgress(0.376);
        QVERIFY(says(QStringLiteral("37\u00a0%")));
        QVERIFY(bar->isVisible());
        QCOMPARE(bar->value(), 376);
        source->setProgress(0.999);
        QVERIFY(says(QStringLiteral("99\u00a0%")));
        // The first keys are there while the rest is still being read.
        source->handle("SCAN", [](const Command &command) { return scanReply({"a", "b"}, 10, command); });
        source->setState(SourceState::Ready);
        QTRY_COMPARE(browser.tree()->model()->rowCount(), 2);
        QVERIFY(bar->isVisible());
        QVERIFY(browser.tree()->isVisible());
        // Then all of them; what was there does not go in between.
        browser.tree()->setCurrentIndex(browser.tree()->model()->index(1, 0));
        QByteArrayList all;
        for (int i = 0; i < 2000; ++i)
            all.append("c" + QByteArray::number(i));
        source->handle("SCAN", [all](const Command &command) { return scanReply(QByteArrayList{"a", "b"} + all, 100, command); });
        QSignalSpy removed(browser.tree()->model(), &QAbstractItemModel::rowsRemoved);
        QSignalSpy reset(browser.tree()->model(), &QAbstractItemModel::modelReset);
        source->setProgress(1);
        QVERIFY(!bar->isVisible());
        QTRY_COMPARE(browser.scanner().state(), KeyScanner::State::Done);
        QTRY_COMPARE(browser.scanner().index()->size(), 2002u);
        QCOMPARE(removed.size() + reset.size(), 0);
        QCOMPARE(browser.tree()->currentIndex().data(KeyTreeModel::KeyRole).toByteArray(), QByteArray("b"));
        QVERIFY(browser.scanner().index()->size() == 2002u);
        source->setProgress(1); // said twice: nothing begins anew
        QCOMPARE(browser.scanner().state(), KeyScanner::State::Done);
    }

    void aChangeOfTheFileIsSaid_data()
    {
        QTest::addColumn<int>("change");
        QTest::addColumn<QString>("word");
        QTest::newRow("grown") << int(FileChange::Grown) << QStringLiteral("has grown");
        QTest::newRow("cut") << int(FileChange::Cut) << QStringLiteral("was cut");
        QTest::newRow("replaced") << int(FileChange::Replaced) << QStringLiteral("was replaced");
        QTest::newRow("removed") << int(FileChange::Removed) << QStringLiteral("was removed");
        QTest::newRow("rewritten") << int(FileChange::Rewritten) << QStringLiteral("was written to");
    }
    void aChangeOfTheFileIsSaid()
    {
        QFETCH(int, change);
        QFETCH(QString, word);
        auto owned = std::make_unique<FakeSource>();
        FakeSource *source = owned.get();
        test::FakeFileActions *file = source->makeFile();
        source->details.title = QStringLiteral("shop.rdb");
        JobRunner jobs{1};
        SourceSession session(std::move(owned), jobs);
        KeyBrowser browser(session);
        browser.show();
        source->setState(SourceState::Ready);
        const auto shown = [&browser]() -> NoticeBar * {
            for (NoticeBar *one : browser.findChildren<NoticeBar *>()) {
                if (one->isVisible())
                    return one;
            }
            return nullptr;
        };
        const auto press = [](NoticeBar *bar, const QString &text) {
            for (QPushButton *button : bar->findChildren<QPushButton *>()) {
                if (button->text() == text)
                    return button->click();
            }
        };
        QVERIFY(!shown());
        file->setChanged(FileChange(change));
        QVERIFY(shown());
        QVERIFY2(shown()->text().contains(word) && shown()->text().startsWith(QStringLiteral("shop.rdb ")), qPrintable(shown()->text()));
        QSignalSpy reload(&session, &SourceSession::reloadRequested);
        press(shown(), QStringLiteral("Ignore"));
        QVERIFY(!shown());
        QCOMPARE(reload.size(), 0);
        file->setChanged(FileChange(change)); // again
        QVERIFY(shown());
        press(shown(), QStringLiteral("Reload"));
        QCOMPARE(reload.size(), 1);
        file->setChanged(FileChange::None); // saved over from here
        QVERIFY(!shown());
    }

    void damageIsSaidAboveTheKeys()
    {
        auto owned = std::make_unique<FakeSource>();
        FakeSource *source = owned.get();
        source->makeFile()->damages = {{1, 0, {}, QStringLiteral("x")}, {2, 0, {}, QStringLiteral("y")}};
        JobRunner jobs{1};
        SourceSession session(std::move(owned), jobs);
        KeyBrowser browser(session);
        browser.show();
        NoticeBar *bar = nullptr;
        for (NoticeBar *one : browser.findChildren<NoticeBar *>())
            bar = one->text().contains(QStringLiteral("amaged")) ? one : bar;
        QVERIFY(!bar); // not known before it is open
        source->setState(SourceState::Ready);
        for (NoticeBar *one : browser.findChildren<NoticeBar *>())
            bar = one->isVisible() ? one : bar;
        QVERIFY(bar);
        QCOMPARE(bar->text(), QStringLiteral("Damaged in 2 places"));
        QSignalSpy wanted(&session, &SourceSession::panelRequested);
        bar->findChild<QPushButton *>()->click();
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].toString(), QStringLiteral("overview"));
    }

    void init()
    {
        auto source = std::make_unique<FakeSource>();
        m_source = source.get();
        m_keys = {"user:1", "user:2", "user:2:name", "plain", QByteArray("bin\0\xff", 5), "", "cache:a"};
        m_page = 100;
        m_source->handle("SCAN", [this](const Command &command) { return scanReply(m_keys, m_page, command); });
        m_source->handle("DBSIZE", [this](const Command &) { return RespValue::ofInteger(m_keys.size()); });
        m_source->handle("TYPE", [](const Command &command) { return RespValue::simple(command.args[1].startsWith("user") ? "hash" : "string"); });
        m_source->handle("PTTL", [](const Command &command) { return RespValue::ofInteger(command.args[1] == "plain" ? 60'000 : -1); });
        m_source->open();
        QTRY_COMPARE(m_source->state(), SourceState::Ready);
        m_session = std::make_unique<SourceSession>(std::move(source), m_jobs);
        m_browser = std::make_unique<KeyBrowser>(*m_session);
        m_browser->resize(300, 700);
        m_browser->show();
    }
    void cleanup()
    {
        m_tester.reset();
        m_browser.reset();
        m_session.reset();
    }

    // Without the tester, which would list every folder by itself.
    void fillsAndExpands()
    {
        QTRY_COMPARE(print(), QStringLiteral("(empty name)\nbin\\x00\\xff\ncache: (1)\nplain\nuser: (3)\n"));
        const QModelIndex user = model().index(4, 0);
        m_browser->tree()->expand(user);
        QTRY_COMPARE(print(), QStringLiteral("(empty name)\nbin\\x00\\xff\ncache: (1)\nplain\nuser: (3)\n  1\n  2\n  2: (1)\n"));
        // One past the end and foreign columns are no rows.
        QVERIFY(!model().index(5, 0).isValid());
        QVERIFY(!model().index(0, 1).isValid());
        QVERIFY(!model().index(3, 0, user).isValid());
    }

    void asksTypesOfVisibleRowsOnce()
    {
        QTRY_COMPARE(model().index(3, 0).data(KeyTreeModel::TypeRole).toByteArray(), QByteArray("string"));
        QVERIFY(model().index(3, 0).data(KeyTreeModel::TtlRole).toLongLong() > 0);
        QCOMPARE(model().index(0, 0).data(KeyTreeModel::TtlRole).toLongLong(), -1);
        QTest::qWait(300);
        QCOMPARE(m_source->count("TYPE"), 3); // the three keys of the first level; never those inside closed folders
    }

    void ownWritesShowAtOnceAndExpansionStays()
    {
        watchModel();
        QTRY_COMPARE(model().rowCount(), 5);
        m_browser->tree()->expand(model().index(4, 0));
        QTRY_COMPARE(model().rowCount(model().index(4, 0)), 3);
        const QPersistentModelIndex user = model().index(4, 0);
        Q_EMIT m_session->keyCreated({0, "aaa"});
        QTRY_COMPARE(model().rowCount(), 6);
        Q_EMIT m_session->keyDeleted({0, "user:1"});
        QTRY_COMPARE(model().rowCount(user), 2);
        QVERIFY(m_browser->tree()->isExpanded(user));
        Q_EMIT m_session->keyRenamed({0, "plain"}, "user:3");
        QTRY_COMPARE(print(), QStringLiteral("(empty name)\naaa\nbin\\x00\\xff\ncache: (1)\n  a\nuser: (3)\n  2\n  2: (1)\n    name\n  3\n"));
        Q_EMIT m_session->keyCreated({1, "elsewhere"}); // another database
        QTest::qWait(100);
        QCOMPARE(model().rowCount(), 5);
    }

    void filtersWhatIsLoaded()
    {
        watchModel();
        QTRY_COMPARE(model().rowCount(), 5);
        filterBox()->setText(QStringLiteral("re:^user:\\d$"));
        QTRY_COMPARE(print(), QStringLiteral("user: (2)\n  1\n  2\n"));
        filterBox()->setText(QStringLiteral("="));
        filterBox()->clear();
        QTRY_COMPARE(model().rowCount(), 5);
        filterBox()->setText(QStringLiteral("nothing like this"));
        QTRY_COMPARE(model().rowCount(), 0);
    }

    // A type chip and Enter go to the server, with MATCH and TYPE.
    void chipAndEnterScanOnTheServer()
    {
        QTRY_COMPARE(m_browser->scanner().state(), KeyScanner::State::Done);
        m_source->clearSent();
        filterBox()->setText(QStringLiteral("user:*"));
        QTest::keyClick(filterBox(), Qt::Key_Return);
        for (QToolButton *chip : m_browser->findChildren<QToolButton *>()) {
            if (chip->property("type").toByteArray() == "hash")
                chip->click();
        }
        QTRY_VERIFY(std::any_of(m_source->sent().begin(), m_source->sent().end(), [](const Command &command) {
            return command.name() == "SCAN" && command.args.contains("MATCH") && command.args.contains("user:*") && command.args.contains("TYPE")
                    && command.args.contains("hash");
        }));
    }

    void aLostSourceKeepsWhatIsThereAndGoesOn()
    {
        watchModel();
        QTRY_COMPARE(m_browser->scanner().state(), KeyScanner::State::Done);
        m_keys.clear();
        for (int i = 0; i < 50; ++i)
            m_keys.append("k" + QByteArray::number(1000 + i));
        m_page = 5;
        int calls = 0;
        m_source->handle("SCAN", [this, &calls](const Command &command) {
            if (++calls == 4)
                m_source->failWith(Error{Errc::Closed, QStringLiteral("gone"), -1, {}});
            return scanReply(m_keys, m_page, command);
        });
        m_browser->scanner().start(0);
        QTRY_COMPARE(m_browser->scanner().state(), KeyScanner::State::Failed);
        QTRY_VERIFY(model().rowCount() >= 15);
        QVERIFY(model().rowCount() < 50);
        m_source->failWith(std::nullopt);
        m_source->setState(SourceState::Reconnecting);
        m_source->setState(SourceState::Ready);
        QTRY_COMPARE(m_browser->scanner().state(), KeyScanner::State::Done);
        QTRY_COMPARE(model().rowCount(), 50);
    }

    void stopsAndGoesOn()
    {
        watchModel();
        QTRY_COMPARE(m_browser->scanner().state(), KeyScanner::State::Done);
        for (int i = 0; i < 20'000; ++i)
            m_keys.append("s:" + QByteArray::number(i));
        m_page = 1;
        m_browser->scanner().start(0);
        QTRY_VERIFY(m_browser->scanner().keysSeen() > 3);
        m_browser->scanner().stop();
        QTest::qWait(50); // an answer under way may still come in
        const std::int64_t seen = m_browser->scanner().keysSeen();
        QTest::qWait(50);
        QCOMPARE(m_browser->scanner().keysSeen(), seen);
        QVERIFY(seen < m_keys.size());
        m_page = 1000;
        m_browser->scanner().resume();
        QTRY_COMPARE(m_browser->scanner().state(), KeyScanner::State::Done);
        QTRY_COMPARE(qsizetype(m_browser->scanner().index()->size()), m_keys.size());
    }

    void opensAKeyByEnter()
    {
        QTRY_COMPARE(model().rowCount(), 5);
        QSignalSpy opened(m_session.get(), &SourceSession::openKeyRequested);
        m_browser->tree()->setCurrentIndex(model().index(1, 0));
        QTest::keyClick(m_browser->tree(), Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].value<KeyRef>().key, QByteArray("bin\0\xff", 5));
        m_browser->tree()->setCurrentIndex(model().index(4, 0)); // a folder is no key
        QTest::keyClick(m_browser->tree(), Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
    }

private:
    void watchModel()
    {
        m_tester = std::make_unique<QAbstractItemModelTester>(m_browser->tree()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    }
    QAbstractItemModel &model() const { return *m_browser->tree()->model(); }
    QString print() const { return printLevel(model(), {}); }
    QLineEdit *filterBox() const { return m_browser->findChild<QLineEdit *>(); }

    JobRunner m_jobs;
    FakeSource *m_source = nullptr;
    QByteArrayList m_keys;
    qsizetype m_page = 100;
    std::unique_ptr<SourceSession> m_session;
    std::unique_ptr<KeyBrowser> m_browser;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_MAIN(TestKeyBrowser)
#include "tst_key_browser.moc"
