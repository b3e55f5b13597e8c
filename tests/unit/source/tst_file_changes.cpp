// SPDX-License-Identifier: GPL-3.0-or-later
// A file that somebody else changes while it is open: it is noticed once, and a save never loses what the other one wrote.
#include "core/rdb/rdb_writer.h"
#include "core/source/snapshot_source.h"
#include "tests/support/await.h"

#include <QDateTime>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cstdio>

namespace keyloupe::test {
namespace {

constexpr int kKeys = 3000;

QByteArray rdb(const QByteArray &marker)
{
    QByteArray image;
    RdbWriter writer([&](QByteArrayView bytes) -> Result<void> {
        image.append(bytes);
        return {};
    }, RdbFamily::Redis, 10);
    bool sound = writer.begin().ok() && writer.aux("ctime", "1700000000").ok() && writer.selectDb(0).ok();
    for (int i = 0; i < kKeys && sound; ++i)
        sound = writer.key("key:" + QByteArray::number(i), QByteArray(marker + QByteArray::number(i)), -1, -1, -1).ok();
    return sound && writer.end().ok() ? image : QByteArray();
}

bool write(const QString &path, const QByteArray &bytes, QIODevice::OpenMode mode = QIODevice::WriteOnly)
{
    QFile file(path);
    return file.open(mode) && file.write(bytes) == bytes.size();
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// What another program does to the file of that name.
bool change(FileChange kind, const QString &path)
{
    switch (kind) {
    case FileChange::None: return true;
    case FileChange::Grown: return write(path, "appended", QIODevice::WriteOnly | QIODevice::Append);
    case FileChange::Cut: return QFile::resize(path, QFile(path).size() / 2);
    case FileChange::Replaced:
        return write(path + QStringLiteral(".new"), rdb("theirs"))
               && std::rename(QFile::encodeName(path + QStringLiteral(".new")).constData(), QFile::encodeName(path).constData()) == 0;
    case FileChange::Removed: return QFile::remove(path);
    case FileChange::Rewritten: {
        QFile file(path);
        return file.open(QIODevice::ReadWrite) && file.seek(5000) && file.write("XX") == 2 && file.flush()
               && file.setFileTime(QDateTime::currentDateTimeUtc().addSecs(5), QFileDevice::FileModificationTime);
    }
    }
    return false;
}

SaveOptions confirmed()
{
    SaveOptions options;
    options.overwriteChanged = true;
    return options;
}

} // namespace

class TestFileChanges : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_path;

private Q_SLOTS:
    void initTestCase()
    {
#ifndef Q_OS_UNIX
        QSKIP("a mapped file cannot be changed here");
#endif
    }

    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_path = m_dir->filePath(QStringLiteral("dump.rdb"));
        QVERIFY(write(m_path, rdb("ours")));
    }

    void changes_data()
    {
        QTest::addColumn<FileChange>("kind");
        QTest::addColumn<bool>("overItself");     // may be saved over itself
        QTest::addColumn<bool>("elsewhere");      // … to another path
        QTest::addColumn<bool>("whenConfirmed");  // … over itself, when the person says so
        const auto row = [](FileChange kind, bool overItself, bool elsewhere, bool whenConfirmed) {
            QTest::newRow(fileChangeName(kind)) << kind << overItself << elsewhere << whenConfirmed;
        };
        row(FileChange::None, true, true, true);
        row(FileChange::Grown, false, true, true);
        row(FileChange::Cut, false, false, false);
        row(FileChange::Replaced, false, true, true);
        row(FileChange::Removed, true, true, true);
        row(FileChange::Rewritten, false, false, true);
    }

    void changes()
    {
        QFETCH(FileChange, kind);
        QFETCH(bool, overItself);
        QFETCH(bool, elsewhere);
        QFETCH(bool, whenConfirmed);
        SnapshotSource source(m_path);
        QVERIFY(openAndWait(source));
        FileActions *file = source.fileActions();
        QCOMPARE(file->change(), FileChange::None);
        QSignalSpy changed(file, &FileActions::fileChanged);
        QCOMPARE(ask(source, {"SET", "key:7", "edited"}), RespValue::ok());
        QVERIFY(change(kind, m_path));
        if (kind != FileChange::None) {
            QTRY_COMPARE(file->change(), kind);
            QCOMPARE(changed.size(), 1);
            QCOMPARE(changed.front().front().value<FileChange>(), kind);
        }
        const QByteArray theirs = contentOf(m_path);
        const QString other = m_dir->filePath(QStringLiteral("other.rdb"));

        const auto besides = await(file->saveAs(other, CancelToken()));
        QVERIFY2(besides.ok() == elsewhere, qPrintable(besides.ok() ? QString() : besides.error().message));
        if (!elsewhere) {
            QCOMPARE(besides.error().code, Errc::Conflict);
            QVERIFY(!QFile::exists(other));
            QVERIFY(file->isModified());
        }
        const auto over = await(file->saveAs(m_path, CancelToken()));
        QVERIFY2(over.ok() == overItself, qPrintable(over.ok() ? QString() : over.error().message));
        if (!overItself) {
            QCOMPARE(over.error().code, Errc::Conflict);
            QVERIFY2(over.error().message.contains(m_path), qPrintable(over.error().message));
            QVERIFY(contentOf(m_path) == theirs);
        }
        const auto sure = await(file->saveAs(m_path, confirmed(), CancelToken()));
        if (kind == FileChange::Rewritten) {
            // Allowed, but what stands there need not read back; then nothing is written.
            QVERIFY(sure.ok() || sure.error().code == Errc::Corrupt);
            return;
        }
        QVERIFY2(sure.ok() == whenConfirmed, qPrintable(sure.ok() ? QString() : sure.error().message));
        if (!whenConfirmed) {
            QCOMPARE(sure.error().code, Errc::Conflict);
            QVERIFY(contentOf(m_path) == theirs);
            return;
        }
        // What stands there now is ours: nothing has changed any more, and the next save needs no confirmation.
        QTRY_COMPARE(file->change(), FileChange::None);
        SnapshotSource again(m_path);
        QVERIFY(openAndWait(again));
        QVERIFY(again.fileActions()->damage().empty());
        QCOMPARE(ask(again, {"DBSIZE"}), RespValue::ofInteger(kKeys));
        QCOMPARE(ask(again, {"GET", "key:7"}).bytes, QByteArray("edited"));
        QCOMPARE(ask(again, {"GET", "key:8"}).bytes, QByteArray("ours8"));
    }

    // Written, but with the same content: the checksum tells, and edits can be saved elsewhere.
    void touched()
    {
        SnapshotSource source(m_path);
        QVERIFY(openAndWait(source));
        QCOMPARE(ask(source, {"SET", "key:7", "edited"}), RespValue::ok());
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.setFileTime(QDateTime::currentDateTimeUtc().addSecs(5), QFileDevice::FileModificationTime));
        QTRY_COMPARE(source.fileActions()->change(), FileChange::Rewritten);
        const QString other = m_dir->filePath(QStringLiteral("other.rdb"));
        QVERIFY(await(source.fileActions()->saveAs(other, CancelToken())).ok());
        const auto over = await(source.fileActions()->saveAs(m_path, CancelToken()));
        QVERIFY(!over.ok());
        QCOMPARE(over.error().code, Errc::Conflict);
        QVERIFY(await(source.fileActions()->saveAs(m_path, confirmed(), CancelToken())).ok());
        QVERIFY(contentOf(m_path) == contentOf(other));
    }

    void ownSavesAreNoChange()
    {
        SnapshotSource source(m_path);
        QVERIFY(openAndWait(source));
        QSignalSpy changed(source.fileActions(), &FileActions::fileChanged);
        for (int i = 0; i < 4; ++i) {
            QCOMPARE(ask(source, {"SET", "round", QByteArray::number(i)}), RespValue::ok());
            const auto saved = await(source.fileActions()->saveAs(m_path, CancelToken()));
            QVERIFY2(saved.ok(), qPrintable(saved.ok() ? QString() : saved.error().message));
        }
        QCOMPARE(ask(source, {"GET", "key:9"}).bytes, QByteArray("ours9"));
        QTest::qWait(200); // what the system tells late
        QCOMPARE(changed.size(), 0);
        // And after our own save somebody else's is noticed again.
        QVERIFY(change(FileChange::Replaced, m_path));
        const auto refused = await(source.fileActions()->saveAs(m_path, CancelToken()));
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, Errc::Conflict);
        QTRY_COMPARE(source.fileActions()->change(), FileChange::Replaced);
        QVERIFY(contentOf(m_path) == rdb("theirs"));
    }

    // The file shrinks under the reader: values come as errors or as they were, and never end the process.
    void cutWhileValuesAreRead()
    {
        SnapshotSource source(m_path);
        QVERIFY(openAndWait(source));
        QVERIFY(change(FileChange::Cut, m_path));
        QTRY_COMPARE(source.fileActions()->change(), FileChange::Cut);
        int good = 0;
        for (int i = 0; i < kKeys; ++i) {
            const RespValue reply = ask(source, {"GET", "key:" + QByteArray::number(i)});
            const bool isGood = reply.bytes == "ours" + QByteArray::number(i);
            QVERIFY2(isGood || reply.isError() || reply.isNull(), reply.bytes.constData()); // zeros never pass for a value
            good += isGood ? 1 : 0;
        }
        QVERIFY(good >= kKeys / 3);
        QVERIFY(good < kKeys);
        const auto saved = await(source.fileActions()->saveAs(m_dir->filePath(QStringLiteral("x.rdb")), confirmed(), CancelToken()));
        QVERIFY(!saved.ok());
        QCOMPARE(saved.error().code, Errc::Conflict);
    }

    void closedAndOpenedAgain()
    {
        SnapshotSource source(m_path);
        QVERIFY(openAndWait(source));
        QVERIFY(change(FileChange::Replaced, m_path));
        QTRY_COMPARE(source.fileActions()->change(), FileChange::Replaced);
        source.close();
        QVERIFY(openAndWait(source));
        QCOMPARE(source.fileActions()->change(), FileChange::None);
        QCOMPARE(ask(source, {"GET", "key:8"}).bytes, QByteArray("theirs8"));
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestFileChanges)
#include "tst_file_changes.moc"
