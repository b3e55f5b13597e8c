// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/recent_sources.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

namespace keyloupe::test {

class TestRecentSources : public QObject
{
    Q_OBJECT

private:
    static QByteArray contentOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void keepsTheNewestFirst()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("not yet/there/recent.json"));
        RecentSources recent(path);
        QVERIFY(recent.load().ok());
        QVERIFY(recent.all().empty());
        for (int i = 0; i < 30; ++i)
            QVERIFY(recent.add(QStringLiteral("/dumps/%1.rdb").arg(i), QStringLiteral("%1.rdb").arg(i), 1'700'000'000'000 + i).ok());
        QVERIFY(recent.add(QStringLiteral("/dumps/15.rdb"), QStringLiteral("again"), 1'800'000'000'000).ok());
        QCOMPARE(recent.all().size(), RecentSources::kKept);
        RecentSources read(path);
        QVERIFY(read.load().ok());
        QCOMPARE(read.all(), recent.all());
        QCOMPARE(read.all()[0], (RecentSource{QStringLiteral("/dumps/15.rdb"), QStringLiteral("again"), 1'800'000'000'000}));
        QCOMPARE(read.all()[1].location, QStringLiteral("/dumps/29.rdb"));
        QVERIFY(read.remove(QStringLiteral("/dumps/29.rdb")).ok());
        QCOMPARE(read.all()[1].location, QStringLiteral("/dumps/28.rdb"));
        QVERIFY(read.clear().ok());
        QVERIFY(recent.load().ok());
        QVERIFY(recent.all().empty());
    }

    void storesNoSecret_data()
    {
        QTest::addColumn<QString>("location");
        QTest::addColumn<QString>("kept");
        const auto row = [](const char *location, const char *kept) { QTest::newRow(location) << QString::fromUtf8(location) << QString::fromUtf8(kept); };
        row("redis://bob:hunter2@h:1/2", "redis://h:1/2");
        row("rediss://:hunter2@h", "rediss://h");
        row("redis://:hunter2/x@y@h:1", "redis://h:1");
        row("redis://h:1?db=3&password=hunter2", "redis://h:1?db=3");
        row("unix://bob:hunter2@/run/redis.sock?db=1", "unix:///run/redis.sock?db=1");
        row("redis://h:1", "redis://h:1");
        row("/data/me@work/dump.rdb", "/data/me@work/dump.rdb");
        row("127.0.0.1:6379", "127.0.0.1:6379");
    }

    void storesNoSecret()
    {
        QFETCH(QString, location);
        QFETCH(QString, kept);
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("recent.json"));
        RecentSources recent(path);
        QVERIFY(recent.add(location, QStringLiteral("t"), 1).ok());
        QCOMPARE(recent.all().front().location, kept);
        const QByteArray written = contentOf(path);
        QVERIFY(!written.isEmpty() && !written.contains("hunter2") && !written.contains("bob"));
        QCOMPARE(QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther), QFile::Permissions());
    }

    void setsABrokenFileAside_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("garbage") << QByteArray("\0\x01not json", 10);
        QTest::newRow("cut short") << QByteArray("{\"format\":1,\"sources\":[{\"loc");
        QTest::newRow("another shape") << QByteArray("[1,2,3]");
        QTest::newRow("sources is no list") << QByteArray("{\"sources\":5}");
    }

    void setsABrokenFileAside()
    {
        QFETCH(QByteArray, content);
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("recent.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        RecentSources recent(path);
        const Result<void> loaded = recent.load();
        QVERIFY(!loaded.ok());
        QCOMPARE(loaded.error().code, Errc::Corrupt);
        QVERIFY2(loaded.error().detail.startsWith(path + QStringLiteral(".bad-")), qPrintable(loaded.error().detail));
        QCOMPARE(contentOf(loaded.error().detail), content);
        QVERIFY(!QFile::exists(path));
        // And it works again from here.
        QVERIFY(recent.add(QStringLiteral("/a.rdb"), QStringLiteral("a"), 1).ok());
        QVERIFY(recent.load().ok());
        QCOMPARE(recent.all().size(), 1u);
    }

    void oddRowsAreSkipped()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("recent.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"format\":9,\"new\":true,\"sources\":[1,null,{\"title\":\"no location\"},{\"location\":\"redis://:pw@h\",\"title\":\"t\",\"openedMs\":\"x\"}]}");
        file.close();
        RecentSources recent(path);
        QVERIFY(recent.load().ok());
        QCOMPARE(recent.all(), std::vector<RecentSource>({RecentSource{QStringLiteral("redis://h"), QStringLiteral("t"), 0}}));
    }

    void saysWhenItCannotWrite()
    {
        QTemporaryDir dir;
        QFile blocker(dir.filePath(QStringLiteral("file")));
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        RecentSources recent(dir.filePath(QStringLiteral("file/recent.json")));
        const Result<void> added = recent.add(QStringLiteral("/a.rdb"), QStringLiteral("a"), 1);
        QVERIFY(!added.ok());
        QCOMPARE(added.error().code, Errc::Io);
        QCOMPARE(recent.all().size(), 1u); // still known in this session
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestRecentSources)
#include "tst_recent_sources.moc"
