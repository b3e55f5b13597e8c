// SPDX-License-Identifier: GPL-3.0-or-later
// What a person named, as bytes: plain, packed, damaged, too large for the disk, or from standard input.
#include "core/unpack/input_file.h"
#include "tests/support/pack_bytes.h"

#include <QBuffer>
#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

#ifdef Q_OS_UNIX
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#endif

Q_DECLARE_METATYPE(keyloupe::Packing)

namespace keyloupe::test {
namespace {

constexpr Packing kAll[] = {Packing::None, Packing::Gzip, Packing::Zstd, Packing::Lz4};

// A pipe that gives as much as it pleases.
class Trickle final : public QIODevice
{
public:
    Trickle(QByteArray bytes, qint64 atOnce) : m_bytes(std::move(bytes)), m_atOnce(atOnce) { open(QIODevice::ReadOnly | QIODevice::Unbuffered); }
    bool isSequential() const override { return true; }

protected:
    qint64 readData(char *data, qint64 size) override
    {
        const qint64 count = std::min({size, m_atOnce, qint64(m_bytes.size())});
        std::copy_n(m_bytes.constData(), count, data);
        m_bytes.remove(0, count);
        return count;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
    qint64 m_atOnce;
};

QByteArray content(qsizetype size)
{
    QByteArray bytes;
    for (int i = 0; bytes.size() < size; ++i)
        bytes += "REDIS row " + QByteArray::number(quint64(i) * 7919) + '\n';
    return bytes.first(size);
}

} // namespace

class TestInputFile : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    QTemporaryDir m_scratch;

    QString file(const QByteArray &bytes)
    {
        const QString path = m_dir.filePath(QStringLiteral("named"));
        QFile out(path);
        if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size())
            qFatal("cannot write the test's file");
        return path;
    }
    InputOptions options() const
    {
        InputOptions made;
        made.scratch.folder = m_scratch.path();
        return made;
    }
    bool scratchIsEmpty() const { return QDir(m_scratch.path()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot); }

private Q_SLOTS:
    void kinds_data();
    void kinds();
    void unpacked();
    void standardInput();
    void damaged();
    void nothingInside();
    void limits();
    void diskFullMeanwhile();
    void fileSizeLimit();
    void cancelled();
    void noFolder();
    void layers();
    void sizes();
};

void TestInputFile::kinds_data()
{
    QTest::addColumn<Packing>("packing");
    for (const Packing packing : kAll)
        QTest::newRow(packingName(packing)) << packing;
}

void TestInputFile::kinds()
{
    QFETCH(Packing, packing);
    for (const qsizetype size : {1, 5000, 5'000'000}) {
        const QByteArray plain = content(size);
        const QByteArray bytes = packed(packing, plain).bytes;
        const QString path = file(bytes);
        std::vector<double> steps;
        InputOptions with = options();
        with.progress = [&](double fraction) { steps.push_back(fraction); };
        const auto input = openInput(path, with);
        QVERIFY2(input.ok(), qPrintable(input.ok() ? QString() : input.error().message));
        QVERIFY(input->file->bytes() == plain);
        QCOMPARE(input->packing, packing);
        QCOMPARE(input->packedBytes, bytes.size());
        QCOMPARE(input->path, path);
        QVERIFY(input->identity.has_value());
        QCOMPARE(input->identity->size, bytes.size());
        QVERIFY(!input->isStandardInput());
        QVERIFY(!input->damage.has_value());
        QCOMPARE(input->change(), FileChange::None);
        if (packing == Packing::None) {
            QVERIFY(steps.empty());
        } else {
            QVERIFY(std::is_sorted(steps.begin(), steps.end()));
            QVERIFY(steps.front() > 0);
            QCOMPARE(steps.back(), 1.0);
        }
        QVERIFY(QFile::resize(path, bytes.size() + 1));
        QCOMPARE(input->change(), FileChange::Grown);
    }
}

// Nobody else can read it, and no crash can leave it behind.
void TestInputFile::unpacked()
{
    const auto input = openInput(file(packed(Packing::Gzip, content(100'000)).bytes), options());
    QVERIFY(input.ok());
#ifdef Q_OS_UNIX
    QVERIFY(scratchIsEmpty());
    struct stat info;
    QCOMPARE(::fstat(input->file->handle(), &info), 0);
    QCOMPARE(info.st_mode & 0777, mode_t{0600});
    QCOMPARE(info.st_nlink, nlink_t{0});
#endif
}

void TestInputFile::standardInput()
{
    for (const Packing packing : kAll) {
        for (const qsizetype size : {0, 1, 3, 5000, 2'000'000}) {
            for (const qint64 atOnce : {1, 1000, 10'000'000}) {
                if (atOnce == 1 && size > 5000)
                    continue;
                const QByteArray plain = content(size);
                const QByteArray bytes = packed(packing, plain).bytes;
                Trickle device(bytes, atOnce);
                const auto input = readInput(device, options());
                QVERIFY2(input.ok(), qPrintable(input.ok() ? QString() : input.error().message));
                QVERIFY(input->file->bytes() == plain);
                QCOMPARE(input->packing, packing);
                QCOMPARE(input->packedBytes, bytes.size());
                QCOMPARE(input->path, QStringLiteral("-"));
                QVERIFY(input->isStandardInput());
                QCOMPARE(input->change(), FileChange::None);
            }
        }
    }
    InputOptions small = options();
    small.scratch.maxBytes = 1000;
    Trickle device(content(1001), 10);
    const auto tooMuch = readInput(device, small);
    QVERIFY(!tooMuch.ok());
    QCOMPARE(tooMuch.error().code, Errc::LimitExceeded);
}

void TestInputFile::damaged()
{
    const QByteArray plain = content(3'000'000);
    for (const Packing packing : {Packing::Gzip, Packing::Zstd, Packing::Lz4}) {
        const Packed all = packed(packing, plain, {100'000});
        const QByteArray cut = all.bytes.first(all.flushed[20].packed + 3);
        Trickle device(cut, 777);
        for (const bool fromPipe : {false, true}) {
            const auto input = fromPipe ? readInput(device, options()) : openInput(file(cut), options());
            QVERIFY2(input.ok(), qPrintable(input.ok() ? QString() : input.error().message));
            QVERIFY(input->damage.has_value());
            QCOMPARE(input->damage->packedOffset, cut.size());
            QCOMPARE(input->damage->offset, input->file->bytes().size());
            QCOMPARE(input->damage->reason, QStringLiteral("the %1 data ends in the middle (at byte %2 of the compressed file); what came out before is shown")
                                                    .arg(QLatin1String(packingName(packing))).arg(cut.size()));
            QVERIFY(input->file->bytes().size() >= 21 * 100'000);
            QVERIFY(plain.startsWith(input->file->bytes().toByteArray()));
        }
        // Behind damage the rest of a pipe is read and dropped, so that its writer does not fail.
        Trickle more(all.bytes + "garbage" + QByteArray(3'000'000, 'x'), 10'000);
        const auto input = readInput(more, options());
        QVERIFY(input.ok());
        QVERIFY(input->damage.has_value());
        QVERIFY(input->file->bytes() == plain);
        QVERIFY(more.read(1).isEmpty());
    }
}

void TestInputFile::nothingInside()
{
    for (const Packing packing : {Packing::Gzip, Packing::Zstd, Packing::Lz4}) {
        const QByteArray bytes = packed(packing, content(5000)).bytes;
        const auto cut = openInput(file(bytes.first(8)), options());
        QVERIFY(!cut.ok());
        QCOMPARE(cut.error().code, Errc::Corrupt);
        QCOMPARE(cut.error().message, QStringLiteral("the %1 data ends in the middle, and nothing could be unpacked").arg(QLatin1String(packingName(packing))));
        const auto empty = openInput(file(packed(packing, {}).bytes), options());
        QVERIFY(empty.ok());
        QVERIFY(empty->file->bytes().isEmpty());
    }
}

void TestInputFile::limits()
{
    const QByteArray plain(3'000'000, 'z');
    for (const Packing packing : {Packing::Gzip, Packing::Zstd, Packing::Lz4}) {
        for (const bool claims : {true, false}) {
            const QString path = file(packed(packing, plain, {0, claims}).bytes);
            InputOptions limited = options();
            limited.scratch.maxBytes = 2'000'000;
            const auto beyond = openInput(path, limited);
            QVERIFY(!beyond.ok());
            QCOMPARE(beyond.error().code, Errc::LimitExceeded);
            QVERIFY2(beyond.error().message.contains(QStringLiteral("1.9 MiB")), qPrintable(beyond.error().message));

            InputOptions noRoom = options();
            noRoom.scratch.freeBytes = [](const QString &) { return 1000; };
            const auto full = openInput(path, noRoom);
            QVERIFY(!full.ok());
            QCOMPARE(full.error().code, Errc::LimitExceeded);
            QVERIFY2(full.error().message.contains(QStringLiteral("1000 bytes free")), qPrintable(full.error().message));
            QVERIFY(full.error().message.contains(m_scratch.path()));
            if (claims || packing == Packing::Gzip)
                QVERIFY2(full.error().message.contains(QStringLiteral("2.9 MiB")), qPrintable(full.error().message));

            limited.scratch.maxBytes = 3'000'000;
            limited.scratch.freeBytes = [](const QString &) { return 3'000'000; };
            QVERIFY(openInput(path, limited).ok());
        }
    }
    QVERIFY(scratchIsEmpty());
}

// A bomb: a small file that fills the disk while it is unpacked.
void TestInputFile::diskFullMeanwhile()
{
    const QByteArray bytes = packed(Packing::Zstd, QByteArray(200'000'000, 'z'), {0, false}).bytes;
    QVERIFY(bytes.size() < 100'000);
    InputOptions filling = options();
    std::int64_t free = 120 << 20;
    filling.scratch.freeBytes = [&](const QString &) { return free -= 32 << 20; };
    const auto full = openInput(file(bytes), filling);
    QVERIFY(!full.ok());
    QCOMPARE(full.error().code, Errc::LimitExceeded);
    QVERIFY2(full.error().message.contains(QStringLiteral("has only 56.0 MiB free")), qPrintable(full.error().message));
    QVERIFY(full.error().message.contains(QStringLiteral("after 32.0 MiB")));
    QVERIFY(scratchIsEmpty());
}

void TestInputFile::fileSizeLimit()
{
#ifdef Q_OS_UNIX
    const QString path = file(packed(Packing::Gzip, content(1'000'000)).bytes);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit limited = before;
    limited.rlim_cur = 100'000;
    setrlimit(RLIMIT_FSIZE, &limited);
    const auto input = openInput(path, options());
    setrlimit(RLIMIT_FSIZE, &before);
    QVERIFY(!input.ok());
    QCOMPARE(input.error().code, Errc::Io);
    QVERIFY2(input.error().message.startsWith(QStringLiteral("cannot write a temporary file in ")), qPrintable(input.error().message));
    QVERIFY(scratchIsEmpty());
#else
    QSKIP("there are no such limits here");
#endif
}

void TestInputFile::cancelled()
{
    // Between pieces of the file, and in the middle of what one piece gives.
    const QString path = file(packed(Packing::Lz4, content(20'000'000)).bytes);
    InputOptions asked = options();
    asked.progress = [&](double) { asked.cancel.cancel(); };
    const auto first = openInput(path, asked);
    QVERIFY(!first.ok());
    QCOMPARE(first.error().code, Errc::Cancelled);

    const QString bomb = file(packed(Packing::Zstd, QByteArray(100'000'000, 'z'), {0, false}).bytes);
    InputOptions inside = options();
    int progressed = 0;
    inside.progress = [&](double) { ++progressed; };
    inside.scratch.freeBytes = [&](const QString &) {
        inside.cancel.cancel();
        return std::int64_t{1} << 40;
    };
    const auto second = openInput(bomb, inside);
    QVERIFY(!second.ok());
    QCOMPARE(second.error().code, Errc::Cancelled);
    QCOMPARE(progressed, 0);
}

void TestInputFile::noFolder()
{
    InputOptions nowhere = options();
    nowhere.scratch.folder = m_scratch.filePath(QStringLiteral("missing"));
    nowhere.scratch.freeBytes = [](const QString &) { return std::int64_t{1} << 40; };
    const auto input = openInput(file(packed(Packing::Gzip, "x").bytes), nowhere);
    QVERIFY(!input.ok());
    QCOMPARE(input.error().code, Errc::Io);
    QVERIFY(input.error().message.startsWith(QStringLiteral("cannot make a temporary file in ")));
    QCOMPARE(openInput(m_dir.filePath(QStringLiteral("nothing"))).error().code, Errc::Io);
    QVERIFY(openInput(file("plain"), nowhere).ok()); // needs none
}

void TestInputFile::layers()
{
    const QString inside = QStringLiteral("it begins with the text hello");
    QCOMPARE(openInput(file("hello"), options())->describeContent(inside), inside);
    QCOMPARE(openInput(file(packed(Packing::Zstd, "hello").bytes), options())->describeContent(inside),
             QStringLiteral("it is zstd-compressed, and of what is inside: it begins with the text hello"));
}

void TestInputFile::sizes()
{
    QCOMPARE(sizeText(0), QStringLiteral("0 bytes"));
    QCOMPARE(sizeText(1023), QStringLiteral("1023 bytes"));
    QCOMPARE(sizeText(1024), QStringLiteral("1.0 KiB"));
    QCOMPARE(sizeText(std::int64_t{64} << 30), QStringLiteral("64.0 GiB"));
    QCOMPARE(sizeText(INT64_MAX), QStringLiteral("8192.0 PiB"));
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestInputFile)
#include "tst_input_file.moc"
