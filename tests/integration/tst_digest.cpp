// SPDX-License-Identifier: GPL-3.0-or-later
//
// Dumps of every server that is on this machine (tests/support/fetch_servers.sh gets more of them), each with every type and
// encoding that its version has: what Keyloupe makes of such a dump holds the same for that server, by DEBUG DIGEST and by
// what digests leave out.
#include "tests/integration/digest_check.h"
#include "tests/support/raw_client.h"
#include "tests/support/server_scene.h"

#include <QTemporaryDir>
#include <QtTest>

namespace keyloupe::test {

class TestDigest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTrip_data()
    {
        QTest::addColumn<QByteArray>("server");
        QTest::addColumn<qsizetype>("scene");
        for (const KnownServer &server : KnownServer::all()) {
            if (!server.isHere()) {
                QTest::newRow(server.name.constData()) << server.name << qsizetype{-1};
                continue;
            }
            const QList<ServerScene> scenes = scenesOf(server);
            for (qsizetype i = 0; i < scenes.size(); ++i)
                QTest::newRow((server.name + ", " + scenes[i].name).constData()) << server.name << i;
        }
    }

    void roundTrip()
    {
        QFETCH(QByteArray, server);
        QFETCH(qsizetype, scene);
        if (scene < 0)
            QSKIP((server + " is not on this machine; tests/support/fetch_servers.sh gets it").constData());
        const KnownServer version = known(server);
        const ServerScene data = scenesOf(version)[scene];
        FileServer judge(version, data.arguments);
        QVERIFY(judge.start());
        {
            RawClient client(judge.server().port());
            const std::vector<RespValue> replies = client.askAll(data.commands);
            for (std::size_t i = 0; i < replies.size(); ++i) {
                QVERIFY2(!replies[i].isError(),
                         (printableCommand(data.commands[static_cast<qsizetype>(i)]) + ": " + replies[i].bytes).constData());
            }
            QCOMPARE(client.ask(Command{"SAVE"}), RespValue::ok());
        }
        const QTemporaryDir folder;
        const QString dump = folder.filePath(QStringLiteral("dump.rdb"));
        QVERIFY(QFile::copy(judge.server().rdbPath(), dump));

        // A server that only reads it says the same as the one that made it, so the oracle does not depend on our reader.
        const ServerFingerprint made = judge.fingerprint();
        QCOMPARE(made.keyCount() == 0, data.commands.isEmpty());
        QByteArray why;
        QVERIFY2(judge.load(dump, &why), why.constData());
        const ServerFingerprint loaded = judge.fingerprint();
        QCOMPARE(loaded.lines.value("digest"), made.lines.value("digest"));
        QCOMPARE(differences(made, loaded, ServerFingerprint::Way::Rebuilt), QByteArray());

        why = saveFaults(judge, dump, loaded);
        QVERIFY2(why.isEmpty(), why.constData());
        why = exportFaults(judge, dump, loaded);
        QVERIFY2(why.isEmpty(), why.constData());
    }

    // Not only by a reload: a server that is started over a saved file.
    void startsOverASavedFile_data()
    {
        QTest::addColumn<QByteArray>("server");
        for (const KnownServer &server : KnownServer::all()) {
            if (server.isHere())
                QTest::newRow(server.name.constData()) << server.name;
        }
    }

    void startsOverASavedFile()
    {
        QFETCH(QByteArray, server);
        const KnownServer version = known(server);
        RedisServer judge(version);
        QVERIFY(judge.start());
        const ServerScene data = scenesOf(version).first();
        RawClient(judge.port()).askAll(data.commands);
        const QString dump = judge.save();
        const ServerFingerprint made = ServerFingerprint::of(judge, version);
        QVERIFY(made.keyCount() > 100);
        judge.stop();
        QCOMPARE(saveUnedited(dump, dump), QByteArray());
        QVERIFY(judge.start());
        QCOMPARE(differences(made, ServerFingerprint::of(judge, version), ServerFingerprint::Way::Rebuilt), QByteArray());
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

QTEST_GUILESS_MAIN(keyloupe::test::TestDigest)
#include "tst_digest.moc"
