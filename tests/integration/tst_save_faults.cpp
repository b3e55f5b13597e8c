// SPDX-License-Identifier: GPL-3.0-or-later
//
// Saving a file where it cannot be saved: what was there stays, nothing half-written is left, edits are kept, and the next
// try works. A full disk is played by the process's own limit on file sizes.
#include "core/source/snapshot_source.h"
#include "tests/support/await.h"
#include "tests/support/redis_server.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <sys/resource.h>

Q_DECLARE_METATYPE(keyloupe::Errc)

namespace keyloupe::test {
namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Writes beyond this many bytes of a file fail while it lives.
class FileSizeLimit
{
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limited = m_before;
        limited.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &limited);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &m_before); }
    FileSizeLimit(const FileSizeLimit &) = delete;
    FileSizeLimit &operator=(const FileSizeLimit &) = delete;

private:
    rlimit m_before{};
};

} // namespace

class TestSaveFaults : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    QString m_dump;

private Q_SLOTS:
    void initTestCase()
    {
        if (!RedisServer::isAvailable())
            QSKIP("redis-server is not installed; it makes the file that is saved here");
        RedisServer server;
        QVERIFY(server.start());
        server.cli({QStringLiteral("DEBUG"), QStringLiteral("POPULATE"), QStringLiteral("20000")});
        m_dump = m_dir.filePath(QStringLiteral("source.rdb"));
        QVERIFY(QFile::copy(server.save(), m_dump));
    }

    void goodSave()
    {
        QTemporaryDir out;
        const QString target = out.filePath(QStringLiteral("new.rdb"));
        const QByteArray before = contentOf(m_dump);
        SnapshotSource source(m_dump);
        QVERIFY(openAndWait(source));
        QVERIFY(!source.fileActions()->isModified());
        QSignalSpy modified(source.fileActions(), &FileActions::modifiedChanged);
        QCOMPARE(ask(source, {"SET", "key:7", "edited"}), RespValue::ok());
        QTRY_COMPARE(modified.size(), 1);
        QSignalSpy progressed(source.fileActions(), &FileActions::saveProgressed);
        const auto saved = await(source.fileActions()->saveAs(target, {}));
        QVERIFY2(saved.ok(), qPrintable(saved.ok() ? QString() : saved.error().message));
        QTRY_VERIFY(!progressed.isEmpty() && progressed.last()[0].toDouble() > 0.99);
        for (qsizetype i = 1; i < progressed.size(); ++i)
            QVERIFY(progressed[i][0].toDouble() > progressed[i - 1][0].toDouble() && progressed[i][0].toDouble() <= 1);
        QCOMPARE(saved->keys, 20'000);
        QCOMPARE(saved->encodedRecords, 1);
        QCOMPARE(saved->copiedRecords, 19'999);
        QCOMPARE(saved->bytes, QFile(target).size());
        QVERIFY(contentOf(m_dump) == before);
        SnapshotSource again(target);
        QVERIFY(openAndWait(again));
        QVERIFY(again.fileActions()->damage().empty());
        QCOMPARE(ask(again, {"GET", "key:7"}).bytes, QByteArray("edited"));
        QCOMPARE(ask(again, {"DBSIZE"}), RespValue::ofInteger(20'000));
    }

    void badPlaces_data()
    {
        QTest::addColumn<QString>("target");
        QTest::newRow("no such folder") << m_dir.filePath(QStringLiteral("missing/new.rdb"));
        QTest::newRow("a file where the folder should be") << m_dump + QStringLiteral("/new.rdb");
        QTest::newRow("a folder") << m_dir.path();
        QTest::newRow("a read-only file system") << QStringLiteral("/proc/new.rdb");
        QTest::newRow("nothing") << QString();
    }

    void badPlaces()
    {
        QFETCH(QString, target);
        SnapshotSource source(m_dump);
        QVERIFY(openAndWait(source));
        QCOMPARE(ask(source, {"SET", "edited", "yes"}), RespValue::ok());
        const QStringList before = QDir(m_dir.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
        const auto saved = await(source.fileActions()->saveAs(target, {}));
        QVERIFY(!saved.ok());
        QVERIFY(saved.error().code == Errc::Io || saved.error().code == Errc::InvalidArgument);
        QVERIFY(!saved.error().message.isEmpty());
        QCOMPARE(QDir(m_dir.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), before);
        QCOMPARE(ask(source, {"GET", "edited"}).bytes, QByteArray("yes"));
    }

    void fullDisk_data()
    {
        QTest::addColumn<int>("bytes");
        for (const int bytes : {0, 1, 9, 4096, 100'000, 300'000})
            QTest::addRow("%d", bytes) << bytes;
    }

    void fullDisk()
    {
        QFETCH(int, bytes);
        QTemporaryDir out;
        const QString target = out.filePath(QStringLiteral("old.rdb"));
        QFile old(target);
        QVERIFY(old.open(QIODevice::WriteOnly));
        old.write("what was there");
        old.close();
        SnapshotSource source(m_dump);
        QVERIFY(openAndWait(source));
        QVERIFY(QFile(m_dump).size() > 300'000);
        QCOMPARE(ask(source, {"SET", "edited", "yes"}), RespValue::ok());
        {
            const FileSizeLimit limit(static_cast<rlim_t>(bytes));
            const auto saved = await(source.fileActions()->saveAs(target, {}));
            QVERIFY(!saved.ok());
            QCOMPARE(saved.error().code, Errc::Io);
        }
        QCOMPARE(contentOf(target), QByteArray("what was there"));
        QCOMPARE(QDir(out.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList{QStringLiteral("old.rdb")});
        QVERIFY(source.fileActions()->isModified());
        const auto saved = await(source.fileActions()->saveAs(target, {}));
        QVERIFY2(saved.ok(), qPrintable(saved.ok() ? QString() : saved.error().message));
        QCOMPARE(saved->keys, 20'001);
    }

    void cancelledSave()
    {
        QTemporaryDir out;
        SnapshotSource source(m_dump);
        QVERIFY(openAndWait(source));
        CancelToken cancel;
        cancel.cancel();
        const auto saved = await(source.fileActions()->saveAs(out.filePath(QStringLiteral("new.rdb")), cancel));
        QVERIFY(!saved.ok());
        QCOMPARE(saved.error().code, Errc::Cancelled);
        QVERIFY(QDir(out.path()).isEmpty());
    }

    void notAFileToOpen_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<Errc>("code");
        QTest::newRow("missing") << m_dir.filePath(QStringLiteral("missing.rdb")) << Errc::Io;
        QTest::newRow("a folder") << m_dir.path() << Errc::Io;
        QTest::newRow("a device") << QStringLiteral("/dev/null") << Errc::Io;
    }

    void notAFileToOpen()
    {
        QFETCH(QString, path);
        QFETCH(Errc, code);
        SnapshotSource source(path);
        source.open();
        QVERIFY(waitForState(source, SourceState::Failed));
        QCOMPARE(source.lastError().code, code);
        const auto reply = await(source.execute(Command{"DBSIZE"}));
        QVERIFY(!reply.ok());
        QCOMPARE(reply.error().code, Errc::Closed);
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestSaveFaults)
#include "tst_save_faults.moc"
