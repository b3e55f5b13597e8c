// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is wrapped in, by its first bytes and by its name.
#include "core/unpack/packing.h"

#include <QtTest>

Q_DECLARE_METATYPE(keyloupe::Packing)

namespace keyloupe::test {

class TestPacking : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void magics_data();
    void magics();
    void known_data();
    void known();
    void names_data();
    void names();
    void claims_data();
    void claims();
};

void TestPacking::magics_data()
{
    QTest::addColumn<QByteArray>("hex");
    QTest::addColumn<Packing>("packing");
    const auto row = [](const char *name, const char *hex, Packing packing) { QTest::newRow(name) << QByteArray(hex) << packing; };
    row("nothing", "", Packing::None);
    row("an RDB", "524544495330303131", Packing::None);
    row("gzip", "1f8b0800", Packing::Gzip);
    row("gzip, three bytes", "1f8b08", Packing::Gzip);
    row("gzip of no known method", "1f8b0700", Packing::None);
    row("half of gzip", "1f8b", Packing::None);
    row("compress", "1f9d9000", Packing::None);
    row("zstd", "28b52ffd00", Packing::Zstd);
    row("half of zstd", "28b52f", Packing::None);
    row("lz4", "04224d18", Packing::Lz4);
    row("old lz4", "02214c18", Packing::None);
    row("skippable, then zstd", "502a4d1803000000aabbcc28b52ffd", Packing::Zstd);
    row("two skippable, then lz4", "5f2a4d1801000000aa572a4d180000000004224d18", Packing::Lz4);
    row("skippable only", "502a4d1803000000aabbcc", Packing::None);
    row("skippable beyond the end", "502a4d18ffffffffaabbcc", Packing::None);
    row("skippable, then gzip", "502a4d18000000001f8b08", Packing::None);
}

void TestPacking::magics()
{
    QFETCH(QByteArray, hex);
    QFETCH(Packing, packing);
    QCOMPARE(packingOf(QByteArray::fromHex(hex)), packing);
}

void TestPacking::known_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char *name, const QByteArray &head, const char *text) { QTest::newRow(name) << head << QString::fromLatin1(text); };
    row("nothing", {}, "");
    row("an RDB", "REDIS0011", "");
    row("gzip is read", QByteArray::fromHex("1f8b08"), "");
    row("xz", QByteArray::fromHex("fd377a585a0000"), "is an xz file; unpack it first");
    row("half of xz", QByteArray::fromHex("fd377a585a"), "");
    row("bzip2", "BZh91AY", "is a bzip2 file; unpack it first");
    row("zip", QByteArray::fromHex("504b0304"), "is a ZIP archive; unpack it first");
    row("7z", QByteArray::fromHex("377abcaf271c"), "is a 7z archive; unpack it first");
    row("tar", QByteArray("dump.rdb").leftJustified(257, '\0') + "ustar  " + QByteArray(248, '\0'), "is a tar archive; unpack it first");
    row("old lz4", QByteArray::fromHex("02214c18"), "is an LZ4 file of the old form; unpack it first");
}

void TestPacking::known()
{
    QFETCH(QByteArray, head);
    QFETCH(QString, sentence);
    QCOMPARE(knownWrapping(head), sentence);
}

void TestPacking::names_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<Packing>("packing");
    QTest::addColumn<QString>("without");
    const auto row = [](const char *name, Packing packing, const char *without) {
        QTest::addRow("%s as %s", name, packingName(packing)) << QString::fromLatin1(name) << packing << QString::fromLatin1(without);
    };
    row("dump.rdb.gz", Packing::Gzip, "dump.rdb");
    row("DUMP.RDB.GZ", Packing::Gzip, "DUMP.RDB");
    row("dump.rdb.zst", Packing::Zstd, "dump.rdb");
    row("dump.zstd", Packing::Zstd, "dump");
    row("dump.rdb.lz4", Packing::Lz4, "dump.rdb");
    row("dump.rdb.gz", Packing::Zstd, "dump.rdb.gz");
    row("dump.rdb.gz", Packing::None, "dump.rdb.gz");
    row("dump.rdb", Packing::Gzip, "dump.rdb");
    row(".gz", Packing::Gzip, ".gz");
}

void TestPacking::names()
{
    QFETCH(QString, name);
    QFETCH(Packing, packing);
    QFETCH(QString, without);
    QCOMPARE(nameWithoutPacking(name, packing), without);
}

void TestPacking::claims_data()
{
    QTest::addColumn<Packing>("packing");
    QTest::addColumn<QByteArray>("hex");
    QTest::addColumn<qint64>("size"); // -1: none
    const auto row = [](const char *name, Packing packing, const char *hex, qint64 size) { QTest::newRow(name) << packing << QByteArray(hex) << size; };
    row("gzip", Packing::Gzip, "1f8b080000000000000301000000ffff0000000000040000", 1024);
    row("gzip, too short for a tail", Packing::Gzip, "1f8b08000000000000030000ffff000100", -1);
    row("gzip, more than deflate can do", Packing::Gzip, "1f8b080000000000000301000000ffff00000000ffffffff", -1);
    row("zstd, one byte", Packing::Zstd, "28b52ffd2009", 9);
    row("zstd, none", Packing::Zstd, "28b52ffd0058", -1);
    row("zstd, cut", Packing::Zstd, "28b52ffda0", -1);
    row("zstd, more than it can do", Packing::Zstd, "28b52ffde0ffffffffffffff7f", -1);
    row("zstd behind a skippable frame", Packing::Zstd, "502a4d1801000000aa28b52ffd2009", 9);
    row("lz4", Packing::Lz4, "04224d1868400004000000000000aa", 1024);
    row("lz4, none", Packing::Lz4, "04224d1860400004000000000000aa", -1);
    row("lz4, cut", Packing::Lz4, "04224d186840000400", -1);
    row("lz4, more than it can do", Packing::Lz4, "04224d186840ffffffffffffffffaa", -1);
    row("not packed", Packing::None, "524544495330303131", -1);
}

void TestPacking::claims()
{
    QFETCH(Packing, packing);
    QFETCH(QByteArray, hex);
    QFETCH(qint64, size);
    const std::optional<std::uint64_t> claimed = claimedSize(packing, QByteArray::fromHex(hex));
    QCOMPARE(claimed.has_value(), size >= 0);
    if (claimed)
        QCOMPARE(*claimed, static_cast<std::uint64_t>(size));
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestPacking)
#include "tst_packing.moc"
