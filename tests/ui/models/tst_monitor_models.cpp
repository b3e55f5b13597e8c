// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/info_parser.h"
#include "core/pubsub/message_log.h"
#include "ui/models/channel_model.h"
#include "ui/models/command_log_model.h"
#include "ui/models/damage_model.h"
#include "ui/models/info_table_model.h"
#include "ui/models/keyspace_model.h"
#include "ui/models/message_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace keyloupe;

class TestMonitorModels : public QObject
{
    Q_OBJECT

private:
    static constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

    static QString cell(const QAbstractItemModel &model, int row, int column) { return model.index(row, column).data().toString(); }

private Q_SLOTS:
    void infoTable()
    {
        InfoTableModel model;
        const QAbstractItemModelTester tester(&model, kFatal);
        model.setInfo(parseInfo("# S\r\na:1\r\nb:2\r\n"));
        QCOMPARE(model.rowCount(), 2);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setInfo(parseInfo("# S\r\na:1\r\nb:3\r\n"));
        QCOMPARE(reset.count(), 0); // the selection stays
        QCOMPARE(changed.count(), 1);
        QCOMPARE(cell(model, 1, InfoTableModel::Value), QStringLiteral("3"));
        model.setInfo(parseInfo("# S\r\na:1\r\n"));
        QCOMPARE(reset.count(), 1);
        QCOMPARE(model.rowCount(), 1);
        model.setInfo({});
        QCOMPARE(model.rowCount(), 0);
    }

    void keyspace()
    {
        KeyspaceModel model;
        const QAbstractItemModelTester tester(&model, kFatal);
        model.setRows({{0, 1200, 300, 60'000}, {3, 4, 0, 0}});
        QCOMPARE(cell(model, 0, KeyspaceModel::Database), QStringLiteral("db0"));
        QCOMPARE(cell(model, 0, KeyspaceModel::Share), QStringLiteral("25\u00a0%"));
        QCOMPARE(cell(model, 0, KeyspaceModel::AverageTtl), QStringLiteral("1 m"));
        QCOMPARE(cell(model, 1, KeyspaceModel::AverageTtl), QString(QChar(0x2013)));
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setRows({{0, 1201, 300, 60'000}, {3, 4, 0, 0}});
        QCOMPARE(reset.count(), 0);
        model.setRows({});
        QCOMPARE(model.rowCount(), 0);
    }

    void damage()
    {
        DamageModel model;
        const QAbstractItemModelTester tester(&model, kFatal);
        model.setDamage({{77, 2, QByteArray("k\0\n", 3), QStringLiteral("cut off")}});
        QCOMPARE(cell(model, 0, DamageModel::Offset), QStringLiteral("77"));
        QCOMPARE(cell(model, 0, DamageModel::Key), QStringLiteral("k\\x00\\x0a"));
        model.setDamage({});
        QCOMPARE(model.rowCount(), 0);
    }

    void messagesFollowTheLog()
    {
        MessageModel model;
        const QAbstractItemModelTester tester(&model, kFatal);
        MessageLog log({4, 1 << 20, 10});
        model.follow(log);
        QCOMPARE(model.rowCount(), 0);
        for (int i = 0; i < 3; ++i)
            log.append({1000 + i, "c", {}, QByteArray::number(i)});
        model.follow(log);
        QCOMPARE(model.rowCount(), 3);
        for (int i = 3; i < 6; ++i) // two of the old ones go
            log.append({1000 + i, "c", "c*", QByteArray::number(i)});
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.follow(log);
        QCOMPARE(removed.count(), 1);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(cell(model, 0, MessageModel::Payload), QStringLiteral("2"));
        QCOMPARE(cell(model, 3, MessageModel::Payload), QStringLiteral("5"));
        for (int i = 6; i < 60; ++i) // all of them go
            log.append({1000 + i, "c", {}, QByteArray::number(i)});
        model.follow(log);
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(cell(model, 0, MessageModel::Payload), QStringLiteral("56"));
        log.clear();
        model.follow(log);
        QCOMPARE(model.rowCount(), 0);
        log.append({1, "c", {}, "new"});
        model.follow(log);
        QCOMPARE(cell(model, 0, MessageModel::Payload), QStringLiteral("new"));
    }

    void aPausedModelKeepsWhatTheLogForgot()
    {
        MessageModel model;
        MessageLog log({2, 1 << 20, 10});
        log.append({1, "c", {}, "a"});
        model.follow(log);
        for (int i = 0; i < 5; ++i)
            log.append({1, "c", {}, "b"});
        QCOMPARE(cell(model, 0, MessageModel::Payload), QStringLiteral("a"));
        QCOMPARE(model.messageAt(0).payload, QByteArray("a"));
    }

    void channels()
    {
        ChannelModel model;
        const QAbstractItemModelTester tester(&model, kFatal);
        model.setChannels({{"a", 3, 9, 1.5, 0}});
        model.setChannels({{"b", 7, 9, 2, 0}, {"a", 3, 9, 1.5, 0}, {"c", 1, 1, 0, 0}});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(cell(model, 0, ChannelModel::Name), QStringLiteral("b"));
        QCOMPARE(cell(model, 1, ChannelModel::Rate), QStringLiteral("1.5/s"));
        model.setChannels({{"b", 7, 9, 2, 0}});
        QCOMPARE(model.rowCount(), 1);
        model.setChannels({});
        QCOMPARE(model.rowCount(), 0);
    }

    void commandLog()
    {
        CommandLog log;
        log.append({{1000, 0, "GET a", 1500, {}, false}, {1001, 0, "INFO", 900, {}, true}});
        CommandLogModel model;
        const QAbstractItemModelTester tester(&model, kFatal);
        model.setLog(&log);
        QCOMPARE(model.rowCount(), 1); // sampling is left out
        QCOMPARE(cell(model, 0, CommandLogModel::Text), QStringLiteral("GET a"));
        QCOMPARE(cell(model, 0, CommandLogModel::Duration), QStringLiteral("1.50 ms"));
        log.append({{1002, 3, "SET a b", -1, "READONLY no", false}});
        QTRY_COMPARE(model.rowCount(), 2);
        QCOMPARE(cell(model, 1, CommandLogModel::Outcome), QStringLiteral("READONLY no"));
        QVERIFY(model.index(1, 0).data(CommandLogModel::IsErrorRole).toBool());
        model.setShowsBackground(true);
        QCOMPARE(model.rowCount(), 3);
        model.clear();
        QCOMPARE(model.rowCount(), 0);
        model.setShowsBackground(false);
        QCOMPARE(model.rowCount(), 0); // stays empty
        log.append({{1003, 0, "GET b", 10, {}, false}});
        QTRY_COMPARE(model.rowCount(), 1);
        model.setLog(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void commandLogIsBounded()
    {
        CommandLog log;
        CommandLogModel model;
        model.setLog(&log);
        for (int burst = 0; burst < 3; ++burst) {
            std::vector<CommandLogEntry> many(3000);
            for (std::size_t i = 0; i < many.size(); ++i)
                many[i].text = QByteArray::number(burst * 3000 + int(i));
            log.append(std::move(many));
            QTRY_COMPARE(cell(model, model.rowCount() - 1, CommandLogModel::Text), QString::number(burst * 3000 + 2999));
        }
        QCOMPARE(model.rowCount(), int(CommandLog::kCapacity));
    }
};

QTEST_MAIN(TestMonitorModels)
#include "tst_monitor_models.moc"
