// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/panels/panel_fixture.h"

#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QtTest>

using namespace keyloupe;
using namespace keyloupe::test;

class TestPubsubPanel : public QObject
{
    Q_OBJECT

private:
    static QLineEdit *edit(const PanelFixture &f, const QString &accessibleName)
    {
        for (QLineEdit *one : f.panel->findChildren<QLineEdit *>()) {
            if (one->accessibleName() == accessibleName)
                return one;
        }
        return nullptr;
    }

    static QPushButton *button(const PanelFixture &f, const QString &text)
    {
        for (QPushButton *one : f.panel->findChildren<QPushButton *>()) {
            if (one->text() == text && one->isVisible())
                return one;
        }
        return nullptr;
    }

    static QTableView *table(const PanelFixture &f, const QString &accessibleName)
    {
        for (QTableView *one : f.panel->findChildren<QTableView *>()) {
            if (one->accessibleName() == accessibleName)
                return one;
        }
        return nullptr;
    }

    static void subscribe(const PanelFixture &f, const QString &names)
    {
        edit(f, QStringLiteral("Channels or patterns"))->setText(names);
        QTest::keyClick(edit(f, QStringLiteral("Channels or patterns")), Qt::Key_Return);
    }

    static PubSubMessage message(const QByteArray &channel, const QByteArray &payload, const QByteArray &pattern = {})
    {
        return {1'795'225'830'123, channel, pattern, payload};
    }

private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeMode::Light); }

    void tellsPatternsFromChannels()
    {
        PanelFixture f;
        f.source->setState(SourceState::Ready);
        QVERIFY(f.show(QStringLiteral("pubsub")));
        subscribe(f, QStringLiteral("orders \"two words\" news.* h?llo"));
        QVERIFY(f.source->lastFeed());
        QCOMPARE(f.source->lastFeed()->channels(), (QByteArrayList{"orders", "two words"}));
        QCOMPARE(f.source->lastFeed()->patterns(), (QByteArrayList{"news.*", "h?llo"}));
        QTRY_VERIFY(button(f, QStringLiteral("orders")));
        QTest::mouseClick(button(f, QStringLiteral("orders")), Qt::LeftButton);
        QCOMPARE(f.source->lastFeed()->channels(), (QByteArrayList{"two words"}));
        QTRY_VERIFY(!button(f, QStringLiteral("orders")));
    }

    void showsMessages()
    {
        PanelFixture f;
        f.source->setState(SourceState::Ready);
        f.show(QStringLiteral("pubsub"));
        f.grab(QStringLiteral("pubsub-empty"));
        subscribe(f, QStringLiteral("orders news.* __keyevent@0__:expired"));
        FakeFeed *feed = f.source->lastFeed();
        for (int i = 0; i < 30; ++i) {
            feed->inject(message("orders", "{\"id\":" + QByteArray::number(4711 + i) + ",\"state\":\"paid\",\"total\":19.90}"));
            feed->inject(message("news.sport", "line one\nline two \x01", "news.*"));
            if (i % 4 == 0)
                feed->inject(message("__keyevent@0__:expired", "session:9f2c" + QByteArray::number(i)));
        }
        QTableView *list = table(f, QStringLiteral("Messages"));
        QTRY_COMPARE(list->model()->rowCount(), 68);
        QCOMPARE(list->model()->index(0, 1).data().toString(), QStringLiteral("orders"));
        QCOMPARE(list->model()->index(1, 2).data().toString(), QStringLiteral("news.*"));
        list->selectRow(0);
        auto *detail = f.panel->findChild<QPlainTextEdit *>();
        QCOMPARE(detail->toPlainText(), QStringLiteral("{\"id\":4711,\"state\":\"paid\",\"total\":19.90}"));
        list->selectRow(1);
        QCOMPARE(detail->toPlainText(), QStringLiteral("line one\nline two \\x01"));
        QTRY_COMPARE(table(f, QStringLiteral("Channels"))->model()->rowCount(), 3);
        list->selectRow(0);
        f.grab(QStringLiteral("pubsub"));
    }

    void pauseHoldsTheListNotTheFeed()
    {
        PanelFixture f;
        f.source->setState(SourceState::Ready);
        f.show(QStringLiteral("pubsub"));
        subscribe(f, QStringLiteral("a"));
        FakeFeed *feed = f.source->lastFeed();
        QTableView *list = table(f, QStringLiteral("Messages"));
        feed->inject(message("a", "1"));
        QTRY_COMPARE(list->model()->rowCount(), 1);
        QTest::mouseClick(button(f, QStringLiteral("Pause")), Qt::LeftButton);
        feed->inject(message("a", "2"));
        QTest::qWait(200);
        QCOMPARE(list->model()->rowCount(), 1);
        QVERIFY(feed->take(10).empty()); // it was taken
        QTest::mouseClick(button(f, QStringLiteral("Resume")), Qt::LeftButton);
        QTRY_COMPARE(list->model()->rowCount(), 2);
        QTest::mouseClick(button(f, QStringLiteral("Clear")), Qt::LeftButton);
        QCOMPARE(list->model()->rowCount(), 0);
        feed->inject(message("a", "3"));
        QTRY_COMPARE(list->model()->rowCount(), 1);
    }

    void publishSaysHowManyReceived()
    {
        PanelFixture f;
        f.source->setState(SourceState::Ready);
        f.source->handle("PUBLISH", [](const Command &) { return RespValue::ofInteger(3); });
        f.show(QStringLiteral("pubsub"));
        edit(f, QStringLiteral("Channel to publish to"))->setText(QStringLiteral("orders"));
        edit(f, QStringLiteral("Message to publish"))->setText(QStringLiteral("héllo"));
        QTest::mouseClick(button(f, QStringLiteral("Publish")), Qt::LeftButton);
        const auto answered = [&] {
            for (QLabel *label : f.panel->findChildren<QLabel *>()) {
                if (label->text().startsWith(QLatin1Char('3')) && label->text().contains(QLatin1String("receiver")))
                    return true;
            }
            return false;
        };
        QTRY_VERIFY(answered());
        QByteArrayList sent;
        for (const Command &command : f.source->sent())
            sent = command.name() == "PUBLISH" ? command.args : sent; // sampling goes on beside it
        QCOMPARE(sent, (QByteArrayList{"PUBLISH", "orders", "h\xc3\xa9llo"}));
    }

    void publishErrorIsPosted()
    {
        PanelFixture f;
        f.source->setState(SourceState::Ready);
        f.source->handle("PUBLISH", [](const Command &) { return RespValue::error("NOPERM no"); });
        f.show(QStringLiteral("pubsub"));
        QSignalSpy errors(f.session.get(), &SourceSession::errorPosted);
        edit(f, QStringLiteral("Channel to publish to"))->setText(QStringLiteral("orders"));
        QTest::mouseClick(button(f, QStringLiteral("Publish")), Qt::LeftButton);
        QTRY_COMPARE(errors.count(), 1);
    }

    void notForAFile()
    {
        PanelFixture f(true);
        QString whyNot;
        QVERIFY(!PanelFixture::supports(*f.session, QStringLiteral("pubsub"), &whyNot));
        QVERIFY(!whyNot.isEmpty());
    }
};

QTEST_MAIN(TestPubsubPanel)
#include "tst_pubsub_panel.moc"
