// SPDX-License-Identifier: GPL-3.0-or-later
//
// Append-only files of every server that is on this machine, and those of the corpora: opened, and saved as an RDB for that
// server, they hold what the server itself holds.
#include "core/engine/open_file.h"
#include "core/engine/save_options.h"
#include "tests/integration/digest_check.h"
#include "tests/support/raw_client.h"
#include "tests/support/server_edits.h"
#include "tests/support/server_scene.h"

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

namespace keyloupe::test {
namespace {

SaveTarget targetOf(const KnownServer &server)
{
    if (server.isValkey())
        return server.version() >= 900 ? SaveTarget::Valkey9 : SaveTarget::Valkey8;
    return server.version() >= 800 ? SaveTarget::Redis8 : server.version() >= 700 ? SaveTarget::Redis7 : SaveTarget::Redis6;
}

// Waits for what a server does in the background; false when it takes too long.
bool waitForInfo(RawClient &client, const QByteArray &line)
{
    return QTest::qWaitFor([&] { return client.ask(Command{"INFO", "persistence"}).bytes.contains(line + "\r\n"); }, 20'000);
}

bool copyTree(const QString &from, const QString &to)
{
    bool good = QDir().mkpath(to);
    for (const QFileInfo &entry : QDir(from).entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString target = to + QLatin1Char('/') + entry.fileName();
        good = (entry.isDir() ? copyTree(entry.filePath(), target) : QFile::copy(entry.filePath(), target)) && good;
    }
    return good;
}

// The folder of parts, or the one file of a server before 7.
QString appendOnlyIn(const QString &folder)
{
    const QString parts = folder + QStringLiteral("/appendonlydir");
    return QDir(parts).exists() ? parts : folder + QStringLiteral("/appendonly.aof");
}

// What the file holds when it is opened and saved as an RDB, beside what it should hold. Empty, or the differences.
QByteArray replayFaults(const QString &path, const KnownServer &version, const ServerFingerprint &expected)
{
    Result<OpenedFile> opened = openFile(path);
    if (!opened.ok())
        return "cannot open: " + opened.error().message.toUtf8();
    if (!opened->damage.empty())
        return "damage: " + opened->damage.front().command + ": " + opened->damage.front().reason.toUtf8();
    const QTemporaryDir folder;
    const QString rdb = folder.filePath(QStringLiteral("saved.rdb"));
    const auto saved = opened->engine->save(rdb, SaveOptions{targetOf(version)});
    if (!saved.ok())
        return "cannot save: " + saved.error().message.toUtf8();
    if (saved->keys < expected.keyCount())
        return "keys were left out";
    FileServer judge(version);
    QByteArray why;
    return judge.load(rdb, &why) ? differences(expected, judge.fingerprint(), ServerFingerprint::Way::Rebuilt) : why;
}

struct Form
{
    const char *name;
    QStringList arguments;
    bool rewritten; ///< half of the commands stand in a file that the server wrote anew
    int since;
};

QList<Form> forms()
{
    const QStringList plain{QStringLiteral("--appendonly"), QStringLiteral("yes"), QStringLiteral("--aof-use-rdb-preamble"), QStringLiteral("no")};
    const QStringList preamble{QStringLiteral("--appendonly"), QStringLiteral("yes"), QStringLiteral("--aof-use-rdb-preamble"), QStringLiteral("yes")};
    return {{"commands", plain, false, 0},
            {"commands, rewritten", plain, true, 0},
            {"behind an RDB", preamble, true, 0},
            {"time stamps", preamble + QStringList{QStringLiteral("--aof-timestamp-enabled"), QStringLiteral("yes")}, true, 700}};
}

} // namespace

class TestDigestAof : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void replayed_data()
    {
        QTest::addColumn<QByteArray>("server");
        QTest::addColumn<qsizetype>("form");
        for (const KnownServer &server : KnownServer::all()) {
            if (!server.isHere())
                QTest::newRow(server.name.constData()) << server.name << qsizetype{-1};
            for (qsizetype i = 0; server.isHere() && i < forms().size(); ++i) {
                if (server.version() >= forms()[i].since)
                    QTest::newRow((server.name + ", " + forms()[i].name).constData()) << server.name << i;
            }
        }
    }

    void replayed()
    {
        QFETCH(QByteArray, server);
        QFETCH(qsizetype, form);
        if (form < 0)
            QSKIP((server + " is not on this machine; tests/support/fetch_servers.sh gets it").constData());
        const KnownServer version = known(server);
        RedisServer writer(version);
        QVERIFY(writer.start(forms()[form].arguments));
        RawClient client(writer.port());
        const auto run = [&](const QList<Command> &commands) {
            QByteArray wrong;
            const std::vector<RespValue> replies = client.askAll(commands);
            for (std::size_t i = 0; i < replies.size(); ++i) {
                if (replies[i].isError())
                    wrong += printableCommand(commands[static_cast<qsizetype>(i)]) + ": " + replies[i].bytes + '\n';
            }
            return wrong;
        };
        const QByteArray filled = run(scenesOf(version).first().commands);
        QVERIFY2(filled.isEmpty(), filled.constData());
        if (forms()[form].rewritten) {
            QVERIFY(waitForInfo(client, "aof_rewrite_in_progress:0"));
            QVERIFY(!client.ask(Command{"BGREWRITEAOF"}).isError());
            QVERIFY(waitForInfo(client, "aof_rewrite_scheduled:0") && waitForInfo(client, "aof_rewrite_in_progress:0"));
            QVERIFY(waitForInfo(client, "aof_last_bgrewrite_status:ok"));
        }
        const QByteArray edited = run(editsOf(version));
        QVERIFY2(edited.isEmpty(), edited.constData());
        writer.stop(); // what it still holds back is written
        const QTemporaryDir copy;
        QVERIFY(copyTree(writer.dir(), copy.path()));

        // Not what it held, but what it makes of its own file: some of a stream's groups is not in there.
        QVERIFY(writer.start(forms()[form].arguments));
        const ServerFingerprint expected = ServerFingerprint::of(writer, version);
        QVERIFY(expected.keyCount() > 100);
        const QByteArray why = replayFaults(appendOnlyIn(copy.path()), version, expected);
        QVERIFY2(why.isEmpty(), why.constData());
    }

    void corpora_data()
    {
        QTest::addColumn<QByteArray>("server");
        QTest::addColumn<QString>("path");
        const QDir servers(QStringLiteral(KEYLOUPE_CORPORA "/servers"));
        if (!servers.exists()) {
            QTest::newRow("none") << QByteArray() << QString();
            return;
        }
        for (const QString &label : servers.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            const QDir folder(servers.filePath(label));
            for (const QString &name : folder.entryList({QStringLiteral("aof-*")}, QDir::Dirs))
                QTest::newRow(qPrintable(label + QLatin1Char('/') + name)) << label.left(label.lastIndexOf(QLatin1Char('.'))).toLatin1() << folder.filePath(name);
        }
    }

    void corpora()
    {
        QFETCH(QByteArray, server);
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the corpora are not on this machine");
        const KnownServer version = known(server);
        if (!version.isHere())
            QSKIP((server + " is not on this machine").constData());
        RedisServer reader(version);
        const bool parts = version.version() >= 700;
        const QString target = reader.dir() + (parts ? QStringLiteral("/appendonlydir/") : QStringLiteral("/"));
        QVERIFY(QDir().mkpath(target));
        for (const QFileInfo &file : QDir(path).entryInfoList(QDir::Files)) {
            QVERIFY(QFile::copy(file.filePath(), target + file.fileName()));
            QVERIFY(QFile::setPermissions(target + file.fileName(), QFile::ReadOwner | QFile::WriteOwner));
        }
        QVERIFY(reader.start({QStringLiteral("--appendonly"), QStringLiteral("yes"), QStringLiteral("--databases"), QStringLiteral("256")}));
        const ServerFingerprint expected = ServerFingerprint::of(reader, version);
        QVERIFY(expected.keyCount() > 0);
        const QByteArray why = replayFaults(parts ? path : path + QStringLiteral("/appendonly.aof"), version, expected);
        QVERIFY2(why.isEmpty(), why.constData());
    }

private:
    static KnownServer known(const QByteArray &name)
    {
        for (const KnownServer &server : KnownServer::all()) {
            if (server.name == name)
                return server;
        }
        return {};
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestDigestAof)
#include "tst_digest_aof.moc"
