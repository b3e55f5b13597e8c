// SPDX-License-Identifier: GPL-3.0-or-later
// A file mapped read-only: what cannot be opened, what is left untouched, and what happens when somebody cuts it meanwhile.
#include "core/base/mapped_file.h"

#include <QDateTime>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <functional>

#ifdef Q_OS_UNIX
#include <csignal>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

Q_DECLARE_METATYPE(keyloupe::FileChange)

namespace keyloupe::test {
namespace {

QByteArray pattern(qsizetype size)
{
    QByteArray bytes(size, '\0');
    for (qsizetype i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(1 + i % 251); // never zero
    return bytes;
}

void write(const QString &path, const QByteArray &bytes, QIODevice::OpenMode mode = QIODevice::WriteOnly)
{
    QFile file(path);
    QVERIFY2(file.open(mode), qPrintable(file.errorString()));
    QCOMPARE(file.write(bytes), bytes.size());
}

#ifdef Q_OS_UNIX
// Runs in a process of its own, because it changes what signals do; gives the status that wait() told.
int inChild(const std::function<int()> &work)
{
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
        ::_exit(work());
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

// A fault that is none of MappedFile's.
int readBehindCutFile(const QByteArray &path)
{
    const int handle = ::open(path.constData(), O_RDWR);
    const void *bytes = ::mmap(nullptr, 65536, PROT_READ, MAP_SHARED, handle, 0);
    if (bytes == MAP_FAILED || ::ftruncate(handle, 0) != 0)
        return 1;
    return static_cast<const volatile char *>(bytes)[40000] == 0 ? 2 : 3;
}

void exitWith42(int, siginfo_t *, void *)
{
    ::_exit(42);
}
#endif

} // namespace

class TestMappedFile : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    QString at(const char *name) const { return m_dir.filePath(QLatin1String(name)); }

private Q_SLOTS:
    // First of all, before this process itself has the handler.
    void otherFaultsGoToTheHandlerThatWasThere();
    void sentSignalsKeepTheirMeaning();

    void content();
    void refused_data();
    void refused();
    void timesStay();
    void changes_data();
    void changes();
    void cutWhileOpen_data();
    void cutWhileOpen();
    void cutInsideThePage();
    void manyAtOnce();
    void cutUnderThreads();
    void keepsReadingARemovedFile();
    void advice();
};

void TestMappedFile::otherFaultsGoToTheHandlerThatWasThere()
{
#ifdef Q_OS_UNIX
    const QString good = at("good");
    const QString bad = at("bad");
    write(good, pattern(10));
    for (const bool own : {true, false}) {
        write(bad, pattern(65536));
        const int status = inChild([&] {
            struct sigaction action = {};
            action.sa_flags = own ? SA_SIGINFO : 0;
            if (own)
                action.sa_sigaction = exitWith42;
            else
                action.sa_handler = SIG_DFL;
            ::sigaction(SIGBUS, &action, nullptr);
            const auto file = MappedFile::open(good);
            return file.ok() ? readBehindCutFile(QFile::encodeName(bad)) : 9;
        });
        if (own) {
            QVERIFY(WIFEXITED(status));
            QCOMPARE(WEXITSTATUS(status), 42);
        } else {
            QVERIFY(WIFSIGNALED(status));
            QCOMPARE(WTERMSIG(status), SIGBUS);
        }
    }
#else
    QSKIP("there are no such signals here");
#endif
}

void TestMappedFile::sentSignalsKeepTheirMeaning()
{
#ifdef Q_OS_UNIX
    const QString good = at("good");
    write(good, pattern(10));
    for (const bool ignored : {true, false}) {
        const int status = inChild([&] {
            std::signal(SIGBUS, ignored ? SIG_IGN : SIG_DFL);
            const auto file = MappedFile::open(good);
            ::raise(SIGBUS);
            return file.ok() ? 7 : 9;
        });
        if (ignored) {
            QVERIFY(WIFEXITED(status));
            QCOMPARE(WEXITSTATUS(status), 7);
        } else {
            QVERIFY(WIFSIGNALED(status));
            QCOMPARE(WTERMSIG(status), SIGBUS);
        }
    }
#else
    QSKIP("there are no such signals here");
#endif
}

void TestMappedFile::content()
{
    for (const qsizetype size : {0, 1, 4095, 4096, 4097, 300'000}) {
        const QString path = at("content");
        write(path, pattern(size));
        const auto file = MappedFile::open(path);
        QVERIFY(file.ok());
        QVERIFY((*file)->bytes() == pattern(size));
        QCOMPARE((*file)->path(), path);
        QCOMPARE((*file)->identity().size, size);
        QCOMPARE((*file)->change(), FileChange::None);
        QVERIFY(!(*file)->wasCut());
        QVERIFY(!(*file)->hadReadError());
    }
}

void TestMappedFile::refused_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("message");
    QTest::newRow("nothing there") << at("missing") << QStringLiteral("there is no file %1").arg(at("missing"));
    QTest::newRow("no name") << QString() << QStringLiteral("there is no file ");
    QTest::newRow("a folder") << m_dir.path() << QStringLiteral("%1 is a folder").arg(m_dir.path());
#ifdef Q_OS_UNIX
    QTest::newRow("a device") << QStringLiteral("/dev/null") << QStringLiteral("/dev/null is not a regular file");
    ::mkfifo(QFile::encodeName(at("pipe")).constData(), 0600);
    QTest::newRow("a pipe") << at("pipe") << QStringLiteral("%1 is not a regular file").arg(at("pipe"));
    if (::geteuid() != 0) {
        write(at("locked"), "secret");
        QFile::setPermissions(at("locked"), {});
        QTest::newRow("no permission") << at("locked") << QStringLiteral("cannot open %1: Permission denied").arg(at("locked"));
    }
#endif
}

void TestMappedFile::refused()
{
    QFETCH(QString, path);
    QFETCH(QString, message);
    const auto file = MappedFile::open(path);
    QVERIFY(!file.ok());
    QCOMPARE(file.error().code, Errc::Io);
    QCOMPARE(file.error().message, message);
    QCOMPARE(file.error().detail, path);
}

void TestMappedFile::timesStay()
{
#ifdef Q_OS_UNIX
    const QString path = at("times");
    write(path, pattern(10'000));
    // Read long before it was written: the next usual read would set its time of access.
    const timespec times[2] = {{1'000'000'000, 5}, {1'500'000'000, 7}};
    QCOMPARE(::utimensat(AT_FDCWD, QFile::encodeName(path).constData(), times, 0), 0);
    {
        const auto file = MappedFile::open(path);
        QVERIFY(file.ok());
        QVERIFY((*file)->bytes() == pattern(10'000));
        QCOMPARE((*file)->identity().changedNs, 1'500'000'000'000'000'007);
    }
    struct stat info;
    QCOMPARE(::stat(QFile::encodeName(path).constData(), &info), 0);
    QCOMPARE(static_cast<qint64>(info.st_mtime), 1'500'000'000);
#ifdef Q_OS_LINUX
    QCOMPARE(static_cast<qint64>(info.st_atime), 1'000'000'000);
#endif
#else
    QSKIP("the system keeps no such times");
#endif
}

void TestMappedFile::changes_data()
{
    QTest::addColumn<FileChange>("change");
    for (const FileChange change : {FileChange::None, FileChange::Grown, FileChange::Cut, FileChange::Replaced, FileChange::Removed, FileChange::Rewritten})
        QTest::newRow(fileChangeName(change)) << change;
}

void TestMappedFile::changes()
{
#ifndef Q_OS_UNIX
    QSKIP("a mapped file cannot be changed here");
#endif
    QFETCH(FileChange, change);
    const QString path = at("changing");
    QFile::remove(path);
    write(path, pattern(5000));
    const auto file = MappedFile::open(path);
    QVERIFY(file.ok());
    switch (change) {
    case FileChange::None:
        break;
    case FileChange::Grown:
        write(path, "more", QIODevice::Append);
        break;
    case FileChange::Cut:
        QVERIFY(QFile::resize(path, 4999));
        break;
    case FileChange::Replaced:
        write(at("other"), pattern(5000));
        QCOMPARE(::rename(QFile::encodeName(at("other")).constData(), QFile::encodeName(path).constData()), 0);
        break;
    case FileChange::Removed:
        QVERIFY(QFile::remove(path));
        break;
    case FileChange::Rewritten: {
        QFile again(path);
        QVERIFY(again.open(QIODevice::ReadWrite));
        again.write("changed");
        QVERIFY(again.flush());
        // Whatever the resolution of the system's clock.
        QVERIFY(again.setFileTime(QDateTime::currentDateTimeUtc().addSecs(10), QFileDevice::FileModificationTime));
        break;
    }
    }
    QCOMPARE((*file)->change(), change);
    QCOMPARE(changeSince((*file)->identity(), path), change);
}

void TestMappedFile::cutWhileOpen_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("cutTo");
    QTest::addColumn<bool>("backwards");
    for (const bool backwards : {false, true}) {
        const char *way = backwards ? "backwards" : "forwards";
        QTest::addRow("to nothing, %s", way) << 1'000'000 << 0 << backwards;
        QTest::addRow("inside a page, %s", way) << 1'000'000 << 5000 << backwards;
        QTest::addRow("at a page, %s", way) << 1'000'000 << 8192 << backwards;
        QTest::addRow("its last page, %s", way) << 999'424 + 1 << 999'424 << backwards;
        QTest::addRow("whole pages, %s", way) << 999'424 << 4096 << backwards;
    }
}

void TestMappedFile::cutWhileOpen()
{
#ifndef Q_OS_UNIX
    QSKIP("a mapped file cannot be cut here");
#endif
    QFETCH(int, size);
    QFETCH(int, cutTo);
    QFETCH(bool, backwards);
    const QString path = at("cut");
    const QByteArray was = pattern(size);
    write(path, was);
    const auto file = MappedFile::open(path);
    QVERIFY(file.ok());
    const QByteArrayView bytes = (*file)->bytes();
    QCOMPARE(bytes.front(), was.front());
    QVERIFY(QFile::resize(path, cutTo));
    QVERIFY(!(*file)->wasCut());
    QCOMPARE((*file)->intactBytes(), size);
    QCOMPARE((*file)->change(), FileChange::Cut);

    int wrong = 0;
    for (int i = 0; i < size; ++i) {
        const int at = backwards ? size - 1 - i : i;
        wrong += bytes[at] == (at < cutTo ? was[at] : '\0') ? 0 : 1;
    }
    QCOMPARE(wrong, 0);
    QVERIFY((*file)->wasCut());
    QCOMPARE((*file)->intactBytes(), cutTo);
    QVERIFY(!(*file)->hadReadError());
    // Grown back to the same size it is still not what was opened.
    QVERIFY(QFile::resize(path, size));
    QCOMPARE((*file)->change(), FileChange::Cut);
    QVERIFY((*file)->wasCut());
    const auto again = MappedFile::open(path);
    QVERIFY(again.ok());
    QVERIFY(!(*again)->wasCut());
}

// Bytes behind the end, but on its last page, read as zeros and raise nothing.
void TestMappedFile::cutInsideThePage()
{
#ifndef Q_OS_UNIX
    QSKIP("a mapped file cannot be cut here");
#endif
    const QString path = at("page");
    write(path, pattern(3000));
    const auto file = MappedFile::open(path);
    QVERIFY(file.ok());
    (*file)->lookForCut();
    QVERIFY(!(*file)->wasCut());
    QVERIFY(QFile::resize(path, 1000));
    QCOMPARE((*file)->bytes()[2000], '\0');
    QVERIFY(!(*file)->wasCut());
    (*file)->lookForCut();
    QVERIFY((*file)->wasCut());
    QCOMPARE((*file)->intactBytes(), 1000);
    QVERIFY(QFile::resize(path, 5000));
    (*file)->lookForCut();
    QVERIFY((*file)->wasCut());
    QCOMPARE((*file)->intactBytes(), 1000);
}

void TestMappedFile::manyAtOnce()
{
#ifndef Q_OS_UNIX
    QSKIP("a mapped file cannot be cut here");
#endif
    // More than one block of the registry; every third is closed, every second of the rest is cut.
    std::vector<std::shared_ptr<MappedFile>> files;
    for (int i = 0; i < 200; ++i) {
        const QString path = m_dir.filePath(QStringLiteral("many%1").arg(i));
        write(path, pattern(20'000));
        const auto file = MappedFile::open(path);
        QVERIFY(file.ok());
        files.push_back(*file);
    }
    for (std::size_t i = 0; i < files.size(); i += 3)
        files[i].reset();
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i] && i % 2 == 0)
            QVERIFY(QFile::resize(files[i]->path(), 10));
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!files[i])
            continue;
        QCOMPARE(files[i]->bytes().back(), i % 2 == 0 ? '\0' : pattern(20'000).back());
        QCOMPARE(files[i]->wasCut(), i % 2 == 0);
    }
}

void TestMappedFile::cutUnderThreads()
{
#ifndef Q_OS_UNIX
    QSKIP("a mapped file cannot be cut here");
#endif
    const QString path = at("threads");
    write(path, pattern(400'000));
    const auto file = MappedFile::open(path);
    QVERIFY(file.ok());
    QVERIFY(QFile::resize(path, 100));
    std::vector<std::unique_ptr<QThread>> threads;
    std::atomic<int> nonZero{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back(QThread::create([&, t] {
            for (qsizetype i = 4096 + t; i < 400'000; i += 4)
                nonZero += (*file)->bytes()[i] != '\0' ? 1 : 0;
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait());
    QCOMPARE(nonZero.load(), 0);
    QVERIFY((*file)->wasCut());
}

void TestMappedFile::keepsReadingARemovedFile()
{
#ifndef Q_OS_UNIX
    QSKIP("a mapped file cannot be removed here");
#endif
    const QString path = at("removed");
    write(path, pattern(50'000));
    const auto file = MappedFile::open(path);
    QVERIFY(file.ok());
    QVERIFY(QFile::remove(path));
    QVERIFY((*file)->bytes() == pattern(50'000));
    QVERIFY(!(*file)->wasCut());
    QCOMPARE((*file)->change(), FileChange::Removed);
}

void TestMappedFile::advice()
{
    const QString path = at("advice");
    write(path, pattern(50'000));
    const auto file = MappedFile::open(path);
    QVERIFY(file.ok());
    for (const auto advice : {MappedFile::Advice::Sequential, MappedFile::Advice::Random, MappedFile::Advice::WillNeed}) {
        for (const std::int64_t offset : {-5, 0, 1, 4096, 49'999, 50'000, 60'000}) {
            for (const std::int64_t length : {-1, 0, 1, 5000, 100'000})
                (*file)->advise(advice, offset, length);
        }
    }
    QVERIFY((*file)->bytes() == pattern(50'000));
}

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestMappedFile)
#include "tst_mapped_file.moc"
