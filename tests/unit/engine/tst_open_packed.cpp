// SPDX-License-Identifier: GPL-3.0-or-later
// Every kind of file packed with gzip, zstd and lz4, through openFile: the same keys, nothing saved over the packed file, and
// everything that came out of a damaged one.
#include "core/engine/keyspace.h"
#include "core/engine/open_file.h"
#include "core/engine/save_options.h"
#include "core/engine/source_files.h"
#include "core/rdb/rdb_writer.h"
#include "tests/support/pack_bytes.h"

#include <QBuffer>
#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

Q_DECLARE_METATYPE(keyloupe::Packing)

namespace keyloupe::test {
namespace {

constexpr int kKeys = 200;

QByteArray keyName(int i)
{
    return "key:" + QByteArray::number(i);
}

QByteArray rdb()
{
    QByteArray image;
    RdbWriter writer([&](QByteArrayView bytes) -> Result<void> {
        image.append(bytes);
        return {};
    }, RdbFamily::Redis, 10);
    bool sound = writer.begin().ok() && writer.aux("ctime", "1700000000").ok() && writer.selectDb(0).ok();
    for (int i = 0; i < kKeys && sound; ++i)
        sound = writer.key(keyName(i), QByteArray("value " + QByteArray::number(i * 7919)), -1, -1, -1).ok();
    return sound && writer.end().ok() ? image : QByteArray();
}

QByteArray aof(int from, int to)
{
    QByteArray bytes;
    for (int i = from; i < to; ++i) {
        for (const QByteArray &arg : {QByteArray("*3"), QByteArray("$3"), QByteArray("SET")})
            bytes += arg + "\r\n";
        for (const QByteArray &arg : {keyName(i), "value " + QByteArray::number(i * 7919)})
            bytes += "$" + QByteArray::number(arg.size()) + "\r\n" + arg + "\r\n";
    }
    return bytes;
}

QByteArray get(Engine &engine, const QByteArray &key)
{
    const auto client = engine.connect();
    return engine.execute(*client, Command{"GET", key}).bytes;
}

} // namespace

class TestOpenPacked : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;

    QString write(const QString &name, const QByteArray &bytes)
    {
        const QString path = m_dir->filePath(name);
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? path : QString();
    }

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void kinds_data()
    {
        QTest::addColumn<Packing>("packing");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("saveTo");
        QTest::addColumn<int>("kind");
        const std::pair<Packing, const char *> packings[] = {{Packing::Gzip, ".gz"}, {Packing::Zstd, ".zst"}, {Packing::Lz4, ".lz4"}};
        for (const auto &[packing, ending] : packings) {
            const char *how = packingName(packing);
            const QString end = QString::fromLatin1(ending);
            QTest::addRow("%s rdb", how) << packing << rdb() << QString(QStringLiteral("dump.rdb") + end) << "dump.rdb" << int(FileKind::Rdb);
            QTest::addRow("%s rdb of another name", how) << packing << rdb() << "backup" << "backup.rdb" << int(FileKind::Rdb);
            QTest::addRow("%s aof", how) << packing << aof(0, kKeys) << QString(QStringLiteral("appendonly.aof") + end) << "appendonly.rdb" << int(FileKind::Aof);
            QTest::addRow("%s preamble", how) << packing << rdb() + aof(0, 10) << QString(QStringLiteral("x.aof") + end) << "x.rdb" << int(FileKind::PreambleAof);
        }
    }

    void kinds()
    {
        QFETCH(Packing, packing);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, name);
        QFETCH(QString, saveTo);
        QFETCH(int, kind);
        const QByteArray packedBytes = packed(packing, bytes).bytes;
        const QString path = write(name, packedBytes);
        std::vector<double> steps;
        OpenOptions options;
        options.progress = [&](double fraction) { steps.push_back(fraction); };
        Result<OpenedFile> opened = openFile(path, options);
        QVERIFY2(opened.ok(), qPrintable(opened.ok() ? QString() : opened.error().message));
        QCOMPARE(int(opened->kind), kind);
        QCOMPARE(opened->engine->keyspace().size(0), kKeys);
        QCOMPARE(get(*opened->engine, keyName(77)), QByteArray("value ") + QByteArray::number(77 * 7919));
        QVERIFY(opened->sound);
        QVERIFY(opened->damage.empty());
        QCOMPARE(opened->packing, packing);
        QCOMPARE(opened->packedBytes, packedBytes.size());
        QCOMPARE(opened->notes.size(), 1u);
        QCOMPARE(opened->notes.front().kind, OpenNote::Kind::Unpacked);
        QCOMPARE(opened->suggestedSavePath, m_dir->filePath(saveTo));
        QVERIFY(std::is_sorted(steps.begin(), steps.end()));
        QVERIFY(!steps.empty() && steps.front() >= 0 && steps.back() <= 1.0);

        // The packed file is never written over, confirmed or not.
        for (const bool overwrite : {false, true}) {
            SaveOptions how;
            how.overwriteChanged = overwrite;
            const Result<EngineSaveReport> refused = opened->engine->save(path, how);
            QVERIFY(!refused.ok());
            QCOMPARE(refused.error().code, Errc::InvalidArgument);
            QVERIFY2(refused.error().message.contains(QStringLiteral("%1-compressed").arg(QLatin1String(packingName(packing)))), qPrintable(refused.error().message));
        }
        QFile still(path);
        QVERIFY(still.open(QIODevice::ReadOnly));
        QVERIFY(still.readAll() == packedBytes);
        QVERIFY(opened->engine->save(opened->suggestedSavePath).ok());
        const Result<OpenedFile> again = openFile(opened->suggestedSavePath);
        QVERIFY(again.ok());
        QVERIFY(again->sound);
        QCOMPARE(again->engine->keyspace().size(0), kKeys);
    }

    void standardInput()
    {
        for (const Packing packing : {Packing::None, Packing::Gzip, Packing::Zstd, Packing::Lz4}) {
            QByteArray bytes = packed(packing, rdb()).bytes;
            QBuffer device(&bytes);
            QVERIFY(device.open(QIODevice::ReadOnly));
            Result<InputFile> input = readInput(device);
            QVERIFY(input.ok());
            Result<OpenedFile> opened = openFile(std::move(input).value());
            QVERIFY(opened.ok());
            QCOMPARE(opened->engine->keyspace().size(0), kKeys);
            QVERIFY(opened->suggestedSavePath.isEmpty());
            QVERIFY(opened->engine->files().watchedPaths().isEmpty());
            QVERIFY(opened->engine->save(m_dir->filePath(QStringLiteral("saved.rdb"))).ok());
        }
    }

    void somethingElse_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const QByteArray &bytes, const char *message) { QTest::newRow(name) << bytes << QString::fromLatin1(message); };
        row("text", packed(Packing::Gzip, "hello").bytes, "not an RDB file: it is gzip-compressed, and of what is inside: it begins with the text hello");
        row("nothing", packed(Packing::Lz4, {}).bytes, "not an RDB file: it is lz4-compressed, and of what is inside: the file is empty");
        row("a zip file", packed(Packing::Zstd, "PK\x03\x04....").bytes, "not an RDB file: it is zstd-compressed, and of what is inside: it is a ZIP archive; unpack it first");
        row("twice", packed(Packing::Zstd, packed(Packing::Gzip, rdb()).bytes).bytes,
            "not an RDB file: it is zstd-compressed, and of what is inside: it is gzip-compressed once more; unpack it first");
        row("xz", QByteArray::fromHex("fd377a585a000000"), "not an RDB file: it is an xz file; unpack it first");
        row("bzip2", "BZh91AY&SY", "not an RDB file: it is a bzip2 file; unpack it first");
        row("empty", {}, "not an RDB file: the file is empty");
        row("cut head", packed(Packing::Gzip, rdb()).bytes.first(9), "the gzip data ends in the middle, and nothing could be unpacked");
    }

    void somethingElse()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, message);
        const Result<OpenedFile> opened = openFile(write(QStringLiteral("file"), bytes));
        QVERIFY(!opened.ok());
        QCOMPARE(opened.error().code, Errc::Corrupt);
        QCOMPARE(opened.error().message, message);
    }

    void cutAnywhere_data()
    {
        QTest::addColumn<Packing>("packing");
        QTest::addColumn<bool>("isAof");
        for (const Packing packing : {Packing::Gzip, Packing::Zstd, Packing::Lz4}) {
            QTest::addRow("%s rdb", packingName(packing)) << packing << false;
            QTest::addRow("%s aof", packingName(packing)) << packing << true;
        }
    }

    // Keys that were flushed before the cut are listed, and it is said that there is more.
    void cutAnywhere()
    {
        QFETCH(Packing, packing);
        QFETCH(bool, isAof);
        const QByteArray plain = isAof ? aof(0, kKeys) : rdb();
        const Packed all = packed(packing, plain, {plain.size() / 8});
        qsizetype lastKeys = 0;
        for (qsizetype cut = 1; cut < all.bytes.size(); cut += 37) {
            const Result<OpenedFile> opened = openFile(write(QStringLiteral("cut"), all.bytes.first(cut)));
            qsizetype flushed = 0;
            for (const Flushed &at : all.flushed)
                flushed = at.packed <= cut ? at.plain : flushed;
            if (!opened.ok()) {
                QCOMPARE(opened.error().code, Errc::Corrupt);
                QCOMPARE(flushed, 0);
                continue;
            }
            QVERIFY(!opened->sound);
            QVERIFY(!opened->damage.empty());
            QVERIFY2(opened->damage.back().reason.contains(QStringLiteral("at byte %1 of the compressed file").arg(cut)), qPrintable(opened->damage.back().reason));
            const qsizetype keys = opened->engine->keyspace().size(0);
            QVERIFY(keys >= lastKeys);
            QVERIFY(keys >= flushed * kKeys / plain.size() - 20);
            lastKeys = keys;
        }
        QVERIFY(lastKeys > kKeys / 2);
    }

    void flippedBits_data()
    {
        cutAnywhere_data();
    }

    void flippedBits()
    {
        QFETCH(Packing, packing);
        QFETCH(bool, isAof);
        const QByteArray good = packed(packing, isAof ? aof(0, kKeys) : rdb()).bytes;
        int damaged = 0;
        for (qsizetype at = 0; at < good.size(); at += 11) {
            QByteArray bytes = good;
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
            const Result<OpenedFile> opened = openFile(write(QStringLiteral("flipped"), bytes));
            if (opened.ok() && opened->sound)
                QCOMPARE(opened->engine->keyspace().size(0), kKeys);
            else
                ++damaged;
        }
        QVERIFY(damaged > good.size() / 11 / 2);
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestOpenPacked)
#include "tst_open_packed.moc"
