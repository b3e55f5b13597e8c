// SPDX-License-Identifier: GPL-3.0-or-later
//
// Damaged files: each file of tests/data/rdb and, where they are on the machine, of the corpora, cut at every byte and with
// every byte wrong, up to 64 KiB into the file. All keys whose records end before the damage are listed as they stood, the
// damage has its place and its reason, and no file is called sound whose checksum could tell.
//
// A file beyond a few KiB is not walked from its start for each byte: the walk up to the record before the damage is the
// same each time, so each record is tried in a small file of its own, behind the record before it. Inside long records
// only the ends are tried byte by byte; with KEYLOUPE_EXHAUSTIVE=1 in the environment all of it is (raise
// QTEST_FUNCTION_TIMEOUT then).
#include "core/engine/snapshot.h"
#include "core/rdb/length_codec.h"
#include "core/rdb/value_decoder.h"
#include "tests/unit/rdb/rdb_listing.h"

#include <QSet>
#include <QTemporaryDir>

using namespace keyloupe;
using namespace keyloupe::test;

namespace {

constexpr qsizetype kMagicSize = 9;
constexpr qsizetype kWholeUpTo = 3072;
constexpr qsizetype kReach = 64 * 1024;
constexpr qsizetype kEveryBitUpTo = 256;

/// An image that reads well, and the part of it that is to be damaged.
struct Piece
{
    QByteArray image;
    Listing listing;
    qsizetype from = 0;
    qsizetype to = 0;
};

qsizetype endOf(const RecordInfo &record)
{
    return record.recordOffset + record.recordLength;
}

bool isExhaustive()
{
    return qEnvironmentVariableIsSet("KEYLOUPE_EXHAUSTIVE");
}

// The bytes [start, end) of a file as a file: behind its magic and the database that counts there, and an end without checksum.
Piece pieceOf(QByteArrayView image, int db, qsizetype start, qsizetype from, qsizetype end)
{
    Piece piece;
    piece.image = image.first(kMagicSize).toByteArray() + '\xfe';
    rdb::appendLength(piece.image, static_cast<std::uint64_t>(db));
    const qsizetype shift = piece.image.size() - start;
    piece.image += image.sliced(start, end - start);
    piece.from = from + shift;
    piece.to = piece.image.size();
    piece.image += '\xff' + QByteArray(8, '\0');
    if (auto listing = list(piece.image); listing.ok())
        piece.listing = *std::move(listing);
    return piece;
}

// The whole file where it is small, else a piece for each record that begins within reach.
void forEachPiece(const QByteArray &image, const Listing &whole, const std::function<void(const Piece &)> &use)
{
    if (image.size() <= kWholeUpTo) {
        use(Piece{image, whole, 0, whole.summary.endOffset});
        return;
    }
    qsizetype start = kMagicSize; // of the record before
    qsizetype from = kMagicSize;
    int db = 0;
    for (const ListedKey &key : whole.keys) {
        const qsizetype end = endOf(key.record);
        if (from >= kReach)
            return;
        Piece piece = pieceOf(image, db, start, from, end);
        QVERIFY(!piece.listing.keys.empty() && piece.listing.keys.back().name == key.name);
        piece.to = std::min(piece.to, piece.from + std::max<qsizetype>(kReach - from, 0));
        use(piece);
        start = from;
        from = end;
        db = key.record.db;
    }
}

QList<qsizetype> placesIn(const Piece &piece)
{
    constexpr qsizetype kEnds = 160;
    QList<qsizetype> places;
    for (qsizetype at = piece.from; at < piece.to; ++at) {
        const bool nearEnd = at < piece.from + kEnds || at >= piece.to - kEnds || piece.image.size() <= kWholeUpTo;
        if (nearEnd || at % 127 == 0 || isExhaustive())
            places.append(at);
    }
    return places;
}

// Each bit, and all of them, where there is little to damage; else one bit that changes with the place, and now and then all.
QList<int> flipsFor(const Piece &piece, qsizetype at)
{
    if (piece.to - piece.from <= kEveryBitUpTo)
        return {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff};
    if (at % 3 == 0)
        return {1 << at % 8, 0xff};
    return {1 << at % 8};
}

// What is wrong with how a damaged copy of the piece is read; empty when nothing is. `keys` gets what is listed.
QString faultOf(const Piece &piece, QByteArrayView damaged, qsizetype at, std::vector<RecordInfo> *behind)
{
    std::size_t expected = 0;
    while (expected < piece.listing.keys.size() && endOf(piece.listing.keys[expected].record) <= at)
        ++expected;
    std::size_t listed = 0;
    bool same = true;
    ScanCallbacks callbacks;
    callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        if (listed < expected) {
            const ListedKey &before = piece.listing.keys[listed];
            same = same && key == before.name && record.valueOffset == before.record.valueOffset && record.valueLength == before.record.valueLength
                && record.rdbType == before.record.rdbType && record.db == before.record.db && record.expireAtMs == before.record.expireAtMs;
        } else {
            behind->push_back(record);
        }
        ++listed;
        return true;
    };
    const Result<RdbSummary> summary = scanRdb(damaged, callbacks);
    if (!summary.ok())
        return at < kMagicSize && summary.error().code == Errc::Corrupt ? QString() : QStringLiteral("it is called no RDB");
    if (listed < expected || !same)
        return QStringLiteral("%1 of %2 keys before the damage are listed, %3").arg(listed).arg(expected).arg(same ? QStringLiteral("unchanged") : QStringLiteral("changed"));
    if (!summary->reachedEof && summary->damage.empty())
        return QStringLiteral("the end is missing and no damage is named");
    for (const RdbDamage &damage : summary->damage) {
        if (damage.offset < 0 || damage.offset > damaged.size() || damage.reason.isEmpty())
            return QStringLiteral("damage at %1: \"%2\"").arg(damage.offset).arg(damage.reason);
    }
    // The version says whether there is a checksum at all.
    const bool isVersion = at >= 5 && at < kMagicSize && damaged.size() == piece.image.size();
    if (piece.listing.summary.checksum == ChecksumState::Good && summary->isSound() && !isVersion)
        return QStringLiteral("it is called sound");
    return {};
}

// Whether the snapshot's index, which keeps little more than offsets, tells the same of a damaged file as the scanner.
// A second record of a key is damage to the index, which the scanner does not look for.
QString indexFaultOf(const Snapshot &snapshot, Listing listing)
{
    QSet<std::pair<int, QByteArray>> names;
    const std::size_t doubles = std::erase_if(listing.keys, [&](const ListedKey &key) {
        const qsizetype before = names.size();
        names.insert({key.record.db, key.name});
        return names.size() == before;
    });
    if (snapshot.summary().keys != std::int64_t(listing.keys.size()) || snapshot.summary().damage.size() != listing.summary.damage.size() + doubles
        || snapshot.summary().checksum != listing.summary.checksum || snapshot.summary().isSound() != (listing.summary.isSound() && doubles == 0))
        return QStringLiteral("the summaries differ");
    QMap<int, std::int64_t> seen;
    for (const ListedKey &key : listing.keys) {
        const std::int64_t i = seen[key.record.db]++;
        if (i >= snapshot.keyCount(key.record.db) || snapshot.keyAt(key.record.db, i) != key.name)
            return QStringLiteral("key %1 differs").arg(i);
        const RecordInfo record = snapshot.recordAt(key.record.db, i);
        if (record.valueOffset != key.record.valueOffset || record.valueLength != key.record.valueLength || record.recordOffset != key.record.recordOffset
            || record.recordLength != key.record.recordLength || record.rdbType != key.record.rdbType || record.expireAtMs != key.record.expireAtMs
            || record.idleSeconds != key.record.idleSeconds || record.frequency != key.record.frequency)
            return QStringLiteral("the record of key %1 differs").arg(i);
        if (!snapshot.find(key.record.db, key.name))
            return QStringLiteral("key %1 is not found by its name").arg(i);
    }
    return {};
}

} // namespace

class TestRdbDamage : public QObject
{
    Q_OBJECT

private:
    qint64 m_cuts = 0;
    qint64 m_flips = 0;

private Q_SLOTS:
    void cleanupTestCase()
    {
        qInfo("%lld cuts, %lld wrong bytes", static_cast<long long>(m_cuts), static_cast<long long>(m_flips));
        QVERIFY(m_cuts > 10'000);
        QVERIFY(m_flips > 20'000);
    }

    void cutAnywhere_data() { fileRows(filesBelow({kOwn, kCorpora})); }
    void cutAnywhere()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the corpora are not on this machine");
        const QByteArray image = readFile(path);
        const Result<Listing> whole = list(image);
        QVERIFY(whole.ok());
        forEachPiece(image, *whole, [&](const Piece &piece) {
            for (const qsizetype at : placesIn(piece)) {
                std::vector<RecordInfo> behind;
                const QByteArrayView part = QByteArrayView(piece.image).first(at);
                QString fault = at == 0 && list(part).ok() ? QStringLiteral("an empty file is no RDB") : QString();
                if (fault.isEmpty() && at > 0)
                    fault = faultOf(piece, part, at, &behind);
                if (fault.isEmpty() && !behind.empty())
                    fault = QStringLiteral("a key is listed that is cut");
                QVERIFY2(fault.isEmpty(), qPrintable(QStringLiteral("cut at %1 of %2: %3").arg(at).arg(piece.image.size()).arg(fault)));
                ++m_cuts;
            }
        });
    }

    void anyByteWrong_data() { fileRows(filesBelow({kOwn, kCorpora})); }
    void anyByteWrong()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the corpora are not on this machine");
        const QByteArray image = readFile(path);
        const Result<Listing> whole = list(image);
        QVERIFY(whole.ok());
        forEachPiece(image, *whole, [&](const Piece &piece) {
            QByteArray damaged = piece.image;
            for (const qsizetype at : placesIn(piece)) {
                for (const int flip : flipsFor(piece, at)) {
                    damaged[at] = char(piece.image[at] ^ flip);
                    std::vector<RecordInfo> behind;
                    const QString fault = faultOf(piece, damaged, at, &behind);
                    QVERIFY2(fault.isEmpty(), qPrintable(QStringLiteral("byte %1 of %2 changed by %3: %4").arg(at).arg(damaged.size()).arg(flip).arg(fault)));
                    const RdbFamily family = damaged.startsWith("VALKEY") ? RdbFamily::Valkey : RdbFamily::Redis;
                    for (std::size_t i = 0; i < std::min<std::size_t>(behind.size(), 2); ++i)
                        static_cast<void>(decodeValue(behind[i].rdbType, valueOf(damaged, behind[i]), family));
                    ++m_flips;
                }
                damaged[at] = piece.image[at];
            }
        });
    }

    // A few dozen damaged copies of each small file, opened as a person would.
    void opensDamaged_data() { fileRows(filesBelow({kOwn, kCorpora})); }
    void opensDamaged()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the corpora are not on this machine");
        const QByteArray image = readFile(path);
        if (image.size() > kWholeUpTo)
            return;
        QTemporaryDir folder;
        int number = 0;
        for (qsizetype at = kMagicSize; at < image.size(); at += 1 + image.size() / 16) {
            QByteArray flipped = image;
            flipped[at] = char(flipped[at] ^ 1 << at % 8);
            for (const QByteArray &damaged : {image.first(at), flipped}) {
                QFile file(folder.filePath(QString::number(++number)));
                QVERIFY(file.open(QIODevice::WriteOnly) && file.write(damaged) == damaged.size());
                file.close();
                const Result<Listing> listing = list(damaged);
                const auto snapshot = Snapshot::open(file.fileName());
                QCOMPARE(snapshot.ok(), listing.ok());
                const QString fault = indexFaultOf(**snapshot, *listing);
                QVERIFY2(fault.isEmpty(), qPrintable(QStringLiteral("byte %1 of %2, size %3: %4").arg(at).arg(image.size()).arg(damaged.size()).arg(fault)));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestRdbDamage)
#include "tst_rdb_damage.moc"
