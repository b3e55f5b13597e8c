// SPDX-License-Identifier: GPL-3.0-or-later
//
// keyloupe-cli over standard input and over packed files: the same answers as over the plain file, and clear refusals.
#include "core/rdb/rdb_writer.h"
#include "tests/support/pack_bytes.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

Q_DECLARE_METATYPE(keyloupe::Packing)

namespace keyloupe::test {
namespace {

constexpr int kKeys = 5000;

struct Run
{
    int exitCode = -1;
    QByteArray out;
    QByteArray err;
};

Run cli(const QStringList &arguments, const QByteArray &input, const QStringList &environment = {})
{
    QProcess process;
    process.setEnvironment(QProcess::systemEnvironment() + environment);
    process.start(QStringLiteral(KEYLOUPE_BINARY_DIR "/keyloupe-cli"), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        qWarning("keyloupe-cli did not end");
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

QStringList words(const char *text)
{
    return QString::fromLatin1(text).split(QLatin1Char(' '));
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
        sound = writer.key("key:" + QByteArray::number(i), QByteArray("value " + QByteArray::number(i)), -1, -1, -1).ok();
    return sound && writer.end().ok() ? image : QByteArray();
}

} // namespace

class TestCliInput : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QByteArray m_rdb;

    QString write(const char *name, const QByteArray &bytes)
    {
        const QString path = m_dir.filePath(QLatin1String(name));
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? path : QString();
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_rdb = rdb();
        QVERIFY(!m_rdb.isEmpty());
    }

    void sameAnswers_data()
    {
        QTest::addColumn<Packing>("packing");
        for (const Packing packing : {Packing::None, Packing::Gzip, Packing::Zstd, Packing::Lz4})
            QTest::newRow(packingName(packing)) << packing;
    }

    void sameAnswers()
    {
        QFETCH(Packing, packing);
        const QByteArray bytes = packed(packing, m_rdb).bytes;
        const QString file = write("source", bytes);
        const QString plain = write("plain.rdb", m_rdb);
        const QString saved = m_dir.filePath(QStringLiteral("saved.rdb"));
        for (const char *line : {"keys SOURCE", "get SOURCE key:17", "exec SOURCE -- GET key:3", "export SOURCE --format jsonl"}) {
            const auto with = [&](const QString &source) { return words(line).replaceInStrings(QStringLiteral("SOURCE"), source); };
            const Run expected = cli(with(plain), {});
            QVERIFY2(expected.exitCode == 0 && !expected.out.isEmpty(), expected.err.constData());
            QCOMPARE(cli(with(file), {}).out, expected.out);
            const Run piped = cli(with(QStringLiteral("-")), bytes);
            QVERIFY2(piped.exitCode == 0, piped.err.constData());
            QVERIFY(piped.out == expected.out);
        }
        const Run checked = cli(words("check -"), bytes);
        QCOMPARE(checked.exitCode, 0);
        const QJsonObject report = QJsonDocument::fromJson(checked.out).object();
        QCOMPARE(report.value(QStringLiteral("file")).toString(), QStringLiteral("-"));
        QCOMPARE(report.value(QStringLiteral("keys")).toInt(), kKeys);
        QCOMPARE(report.value(QStringLiteral("packing")).toString(), packing == Packing::None ? QString() : QString::fromLatin1(packingName(packing)));
        QCOMPARE(report.value(QStringLiteral("packed_size")).toInt(), packing == Packing::None ? 0 : int(bytes.size()));

        QStringList save = words("exec - --save FILE -- SET key:1 edited");
        const Run run = cli(save.replaceInStrings(QStringLiteral("FILE"), saved), bytes);
        QVERIFY2(run.exitCode == 0, run.err.constData());
        QCOMPARE(cli({QStringLiteral("get"), saved, QStringLiteral("key:1"), QStringLiteral("--format"), QStringLiteral("raw")}, {}).out, QByteArray("edited"));
    }

    void refused_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<QByteArray>("says");
        const QString gzip = write("dump.rdb.gz", packed(Packing::Gzip, m_rdb).bytes);
        QTest::newRow("nothing") << words("check -") << QByteArray() << QByteArray("the file is empty");
        QTest::newRow("text") << words("keys -") << QByteArray("just some text\n") << QByteArray("begins with the text just");
        QTest::newRow("packed text") << words("keys -") << packed(Packing::Zstd, "just some text\n").bytes << QByteArray("zstd-compressed");
        QTest::newRow("xz") << words("keys -") << QByteArray::fromHex("fd377a585a0000") << QByteArray("unpack it first");
        QTest::newRow("commands too") << words("exec -") << m_rdb << QByteArray("standard input is the file");
        QTest::newRow("saved over itself") << QStringList{QStringLiteral("exec"), gzip, QStringLiteral("--save"), gzip, QStringLiteral("--"), QStringLiteral("PING")}
                                           << QByteArray() << QByteArray("gzip-compressed");
    }

    void refused()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, input);
        QFETCH(QByteArray, says);
        const Run run = cli(arguments, input);
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.err.startsWith("keyloupe-cli: ") && run.err.count('\n') == 1 && run.err.contains(says), run.err.constData());
    }

    void damagedInput()
    {
        const Packed all = packed(Packing::Gzip, m_rdb, {m_rdb.size() / 4});
        const Run run = cli(words("check -"), all.bytes.first(all.flushed[1].packed + 5));
        QCOMPARE(run.exitCode, 2);
        const QJsonObject report = QJsonDocument::fromJson(run.out).object();
        QVERIFY(report.value(QStringLiteral("keys")).toInt() > kKeys / 3);
        QVERIFY(run.out.contains("ends in the middle"));
    }

    // Nothing is left in the folder for temporary files, and one that is not there is named.
    void temporaryFolder()
    {
        QTemporaryDir scratch;
        const QByteArray bytes = packed(Packing::Lz4, m_rdb).bytes;
        QCOMPARE(cli(words("check -"), bytes, {QStringLiteral("TMPDIR=") + scratch.path()}).exitCode, 0);
        QVERIFY(QDir(scratch.path()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
        const Run run = cli(words("check -"), bytes, {QStringLiteral("TMPDIR=") + scratch.filePath(QStringLiteral("missing"))});
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.err.contains("cannot make a temporary file in ") && run.err.contains("missing"), run.err.constData());
    }

    void aTerminalIsRefused()
    {
        const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
        if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0)
            QSKIP("no terminal can be made here");
        for (const char *line : {"check -", "keys -", "serve -"}) {
            QProcess process;
            process.setStandardInputFile(QString::fromLocal8Bit(::ptsname(terminal)));
            process.start(QStringLiteral(KEYLOUPE_BINARY_DIR "/keyloupe-cli"), words(line));
            QVERIFY(process.waitForFinished(30'000));
            QCOMPARE(process.exitCode(), 1);
            QVERIFY(process.readAllStandardError().contains("standard input is a terminal"));
        }
        ::close(terminal);
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestCliInput)
#include "tst_cli_input.moc"
