// SPDX-License-Identifier: GPL-3.0-or-later
// gzip, zstd and lz4 unpacked piece by piece: whole, several members, cut at every byte, every bit flipped.
#include "core/unpack/unpacker.h"
#include "tests/support/pack_bytes.h"

#include <QRandomGenerator>
#include <QtTest>

Q_DECLARE_METATYPE(keyloupe::Packing)

namespace keyloupe::test {
namespace {

constexpr Packing kAll[] = {Packing::Gzip, Packing::Zstd, Packing::Lz4};

// Half text, half noise: blocks that pack and blocks that do not.
QByteArray content(qsizetype size)
{
    QRandomGenerator random(7);
    QByteArray bytes;
    while (bytes.size() < size) {
        bytes += "key:" + QByteArray::number(bytes.size()) + " some value that comes again and again ";
        for (int i = 0; i < 30; ++i)
            bytes += static_cast<char>(random.bounded(256));
    }
    return bytes.first(size);
}

struct Outcome
{
    QByteArray out;
    Result<void> result;
};

Outcome unpack(Packing packing, const QByteArray &bytes, qsizetype pieceSize = 0)
{
    Outcome outcome;
    const auto unpacker = Unpacker::make(packing, [&](QByteArrayView piece) -> Result<void> {
        outcome.out.append(piece.data(), piece.size());
        if (outcome.out.size() > (64 << 20))
            return Error{Errc::LimitExceeded, QStringLiteral("too much"), -1, {}};
        return {};
    });
    const qsizetype step = pieceSize > 0 ? pieceSize : std::max<qsizetype>(bytes.size(), 1);
    for (qsizetype at = 0; at < bytes.size() && outcome.result.ok(); at += step)
        outcome.result = unpacker->feed(QByteArrayView(bytes).sliced(at, std::min(step, bytes.size() - at)));
    if (outcome.result.ok())
        outcome.result = unpacker->finish();
    return outcome;
}

QString errorOf(const Outcome &outcome)
{
    return outcome.result.ok() ? QStringLiteral("no error") : describe(outcome.result.error());
}

} // namespace

class TestUnpacker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whole_data();
    void whole();
    void follows_data();
    void follows();
    void cutAnywhere_data();
    void cutAnywhere();
    void flippedBits_data();
    void flippedBits();
    void wrongClaims_data();
    void wrongClaims();
    void damageKeepsWhatStandsBefore_data();
    void damageKeepsWhatStandsBefore();
    void sinkEnds_data();
    void sinkEnds();
    void largeWindow();
};

void TestUnpacker::whole_data()
{
    QTest::addColumn<Packing>("packing");
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<qsizetype>("pieces");
    QTest::addColumn<bool>("extras");
    for (const Packing packing : kAll) {
        for (const qsizetype size : {0, 1, 1000, 300'000, 3'000'000}) {
            for (const qsizetype pieces : {0, 1, 7, 4096}) {
                if (pieces == 1 && size > 300'000)
                    continue;
                for (const bool extras : {false, true}) {
                    QTest::addRow("%s, %d bytes in pieces of %d, %s", packingName(packing), int(size), int(pieces), extras ? "with sums" : "bare")
                            << packing << size << pieces << extras;
                }
            }
        }
    }
}

void TestUnpacker::whole()
{
    QFETCH(Packing, packing);
    QFETCH(qsizetype, size);
    QFETCH(qsizetype, pieces);
    QFETCH(bool, extras);
    const QByteArray plain = content(size);
    const QByteArray bytes = packed(packing, plain, {0, extras, extras}).bytes;
    QCOMPARE(packingOf(bytes), packing);
    const Outcome outcome = unpack(packing, bytes, pieces);
    QVERIFY2(outcome.result.ok(), qPrintable(errorOf(outcome)));
    QVERIFY(outcome.out == plain);
}

void TestUnpacker::follows_data()
{
    QTest::addColumn<Packing>("packing");
    QTest::addColumn<QByteArray>("tail");
    QTest::addColumn<QByteArray>("more"); // what the tail adds
    QTest::addColumn<bool>("good");
    for (const Packing packing : kAll) {
        const char *name = packingName(packing);
        const QByteArray second = packed(packing, "second").bytes;
        const QByteArray third = packed(packing, content(5000)).bytes;
        const bool frames = packing != Packing::Gzip;
        QTest::addRow("%s: another", name) << packing << second << QByteArray("second") << true;
        QTest::addRow("%s: two more", name) << packing << second + third << QByteArray("second") + content(5000) << true;
        QTest::addRow("%s: an empty one", name) << packing << packed(packing, {}).bytes << QByteArray() << true;
        QTest::addRow("%s: zeros", name) << packing << QByteArray(513, '\0') << QByteArray() << true;
        QTest::addRow("%s: zeros, then another", name) << packing << QByteArray(513, '\0') + second << QByteArray("second") << true;
        QTest::addRow("%s: a frame to skip", name) << packing << skippableFrame("index") << QByteArray() << frames;
        QTest::addRow("%s: a frame to skip, then another", name)
                << packing << skippableFrame("index") + second << (frames ? QByteArray("second") : QByteArray()) << frames;
        QTest::addRow("%s: one byte of something", name) << packing << QByteArray("x") << QByteArray() << false;
        QTest::addRow("%s: something", name) << packing << QByteArray("something else") << QByteArray() << false;
        QTest::addRow("%s: another, then something", name) << packing << second + "garbage" << QByteArray("second") << false;
        QTest::addRow("%s: half a magic", name) << packing << second.first(2) << QByteArray() << false;
    }
}

void TestUnpacker::follows()
{
    QFETCH(Packing, packing);
    QFETCH(QByteArray, tail);
    QFETCH(QByteArray, more);
    QFETCH(bool, good);
    const QByteArray plain = content(2000);
    const QByteArray first = packed(packing, plain).bytes;
    for (const qsizetype pieces : {0, 1, 3}) {
        const Outcome outcome = unpack(packing, first + tail, pieces);
        QVERIFY(outcome.out == plain + more);
        QVERIFY2(outcome.result.ok() == good, qPrintable(errorOf(outcome)));
        if (!good) {
            QCOMPARE(outcome.result.error().code, Errc::Corrupt);
            QVERIFY(outcome.result.error().offset >= first.size());
        }
    }
}

void TestUnpacker::cutAnywhere_data()
{
    QTest::addColumn<Packing>("packing");
    QTest::addColumn<bool>("extras");
    for (const Packing packing : kAll) {
        QTest::addRow("%s", packingName(packing)) << packing << false;
        QTest::addRow("%s with sums", packingName(packing)) << packing << true;
    }
}

// Everything that was flushed before the cut must come out, nothing else, and never without an error.
void TestUnpacker::cutAnywhere()
{
    QFETCH(Packing, packing);
    QFETCH(bool, extras);
    const QByteArray plain = content(2400);
    const Packed all = packed(packing, plain, {200, extras, extras});
    QVERIFY(all.flushed.size() == 12);
    for (qsizetype cut = 0; cut < all.bytes.size(); ++cut) {
        for (const qsizetype pieces : {0, 1}) {
            const Outcome outcome = unpack(packing, all.bytes.first(cut), pieces);
            QVERIFY2(!outcome.result.ok(), qPrintable(QStringLiteral("cut at %1").arg(cut)));
            QCOMPARE(outcome.result.error().code, Errc::Corrupt);
            QVERIFY(plain.startsWith(outcome.out));
            qsizetype least = 0;
            for (qsizetype i = 0; i + 1 < all.flushed.size(); ++i)
                least = all.flushed[i].packed <= cut ? all.flushed[i].plain : least;
            QVERIFY2(outcome.out.size() >= least, qPrintable(QStringLiteral("cut at %1: %2 of %3").arg(cut).arg(outcome.out.size()).arg(least)));
        }
    }
}

void TestUnpacker::flippedBits_data()
{
    QTest::addColumn<Packing>("packing");
    for (const Packing packing : kAll)
        QTest::newRow(packingName(packing)) << packing;
}

// With checksums a flip is either harmless or an error.
void TestUnpacker::flippedBits()
{
    QFETCH(Packing, packing);
    const QByteArray plain = content(1500);
    const QByteArray good = packed(packing, plain, {400}).bytes;
    int errors = 0;
    for (qsizetype at = 0; at < good.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            QByteArray bytes = good;
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
            const Outcome outcome = unpack(packing, bytes);
            if (outcome.result.ok()) {
                QVERIFY2(outcome.out == plain, qPrintable(QStringLiteral("bit %1 of byte %2").arg(bit).arg(at)));
                continue;
            }
            ++errors;
            const Errc code = outcome.result.error().code;
            QVERIFY2(code == Errc::Corrupt || code == Errc::Unsupported, qPrintable(errorOf(outcome)));
            QVERIFY(!outcome.result.error().message.isEmpty());
        }
    }
    QVERIFY(errors > good.size() * 7);
}

void TestUnpacker::wrongClaims_data()
{
    QTest::addColumn<Packing>("packing");
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray plain = content(1000);
    const auto row = [](const char *name, Packing packing, QByteArray bytes, qsizetype at, int change) {
        bytes[at] = static_cast<char>(bytes[at] + change);
        QTest::newRow(name) << packing << bytes;
    };
    const QByteArray gzip = packed(Packing::Gzip, plain).bytes;
    row("gzip: length too large", Packing::Gzip, gzip, gzip.size() - 4, 1);
    row("gzip: length too small", Packing::Gzip, gzip, gzip.size() - 4, -1);
    row("gzip: length far too large", Packing::Gzip, gzip, gzip.size() - 1, 1);
    row("gzip: checksum", Packing::Gzip, gzip, gzip.size() - 8, 1);
    const QByteArray zstd = packed(Packing::Zstd, plain).bytes; // one segment, two bytes of size behind the descriptor
    row("zstd: size too large", Packing::Zstd, zstd, 5, 1);
    row("zstd: size too small", Packing::Zstd, zstd, 5, -1);
    row("zstd: checksum", Packing::Zstd, zstd, zstd.size() - 1, 1);
    const QByteArray lz4 = packed(Packing::Lz4, plain).bytes;
    row("lz4: checksum of the content", Packing::Lz4, lz4, lz4.size() - 1, 1);
    for (const int change : {1, -1}) {
        // The head has a checksum of its own: the one that fits the changed size is found by trying.
        QByteArray bytes = lz4;
        bytes[6] = static_cast<char>(bytes[6] + change);
        for (int sum = 0; sum < 256; ++sum) {
            bytes[14] = static_cast<char>(sum);
            if (unpack(Packing::Lz4, bytes).out.size() > 0)
                break;
        }
        QVERIFY(unpack(Packing::Lz4, bytes).out.size() > 0);
        QTest::newRow(change > 0 ? "lz4: size too large" : "lz4: size too small") << Packing::Lz4 << bytes;
    }
}

void TestUnpacker::wrongClaims()
{
    QFETCH(Packing, packing);
    QFETCH(QByteArray, bytes);
    const Outcome outcome = unpack(packing, bytes);
    QVERIFY(!outcome.result.ok());
    QCOMPARE(outcome.result.error().code, Errc::Corrupt);
    QVERIFY2(outcome.result.error().message.startsWith(QStringLiteral("the %1 data is damaged: ").arg(QLatin1String(packingName(packing)))),
             qPrintable(outcome.result.error().message));
}

void TestUnpacker::damageKeepsWhatStandsBefore_data()
{
    flippedBits_data();
}

void TestUnpacker::damageKeepsWhatStandsBefore()
{
    QFETCH(Packing, packing);
    const QByteArray plain = content(400'000);
    const Packed all = packed(packing, plain, {20'000});
    const qsizetype at = all.flushed[14].packed + 1000; // in the sixteenth piece
    QByteArray bytes = all.bytes;
    for (qsizetype i = at; i < at + 64; ++i)
        bytes[i] = static_cast<char>(~bytes[i]);
    const Outcome outcome = unpack(packing, bytes);
    QVERIFY(!outcome.result.ok());
    QCOMPARE(outcome.result.error().code, Errc::Corrupt);
    QVERIFY(outcome.out.size() >= 15 * 20'000);
    QVERIFY(outcome.out.startsWith(plain.first(15 * 20'000)));
    QVERIFY(outcome.result.error().offset >= all.flushed[14].packed);
    QVERIFY(outcome.result.error().offset <= bytes.size());
}

void TestUnpacker::sinkEnds_data()
{
    flippedBits_data();
}

void TestUnpacker::sinkEnds()
{
    QFETCH(Packing, packing);
    const QByteArray bytes = packed(packing, QByteArray(40'000'000, 'a')).bytes;
    qint64 seen = 0;
    const Error full{Errc::LimitExceeded, QStringLiteral("full"), 5, {}};
    const auto unpacker = Unpacker::make(packing, [&](QByteArrayView piece) -> Result<void> {
        seen += piece.size();
        return seen > 1'000'000 ? Result<void>(full) : Result<void>();
    });
    const Result<void> fed = unpacker->feed(bytes);
    QVERIFY(!fed.ok());
    QVERIFY(fed.error() == full);
    QVERIFY(seen < 6'000'000); // the largest block of any of them, and not all that one piece of input holds
}

void TestUnpacker::largeWindow()
{
    const QByteArray plain = content(10'000);
    const Packed usual = packed(Packing::Zstd, plain, {5000, false, true, 27});
    QCOMPARE(unpack(Packing::Zstd, usual.bytes).out, plain);
    const Outcome refused = unpack(Packing::Zstd, packed(Packing::Zstd, plain, {5000, false, true, 28}).bytes);
    QVERIFY(!refused.result.ok());
    QCOMPARE(refused.result.error().code, Errc::Unsupported);
    QVERIFY(refused.result.error().message.contains(QStringLiteral("128 MiB")));
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestUnpacker)
#include "tst_unpacker.moc"
