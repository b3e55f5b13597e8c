// SPDX-License-Identifier: GPL-3.0-or-later
//
// The RDB files of the corpora: each that some server here loads holds the same for that server after Keyloupe saved or
// exported it. Which ones no server loads, and why, stands in the table below; a file that belongs there and is not, or the
// other way round, is a fault.
#include "tests/integration/digest_check.h"
#include "tests/support/raw_client.h"

#include <QDir>
#include <QDirIterator>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <map>
#include <memory>

namespace keyloupe::test {
namespace {

// What no server loads, and a piece of what one of them says. "Short read" is what they say of a type or opcode that they
// do not know: module values, or a byte of Redis Enterprise.
const QMap<QString, QByteArray> &refusedFiles()
{
    static const QMap<QString, QByteArray> files{
            {QStringLiteral("librdb/future_v19.rdb"), "Can't handle RDB format version 99"},
            {QStringLiteral("librdb/invalid_chksum_v8.rdb"), "Wrong RDB checksum"},
            {QStringLiteral("librdb/misc_with_stream.rdb"), "no matching module 'test__rdb'"},
            {QStringLiteral("librdb/module.rdb"), "Short read"},
            {QStringLiteral("librdb/module_aux.rdb"), "no matching module 'test__rdb'"},
            {QStringLiteral("librdb/module_aux_empty.rdb"), "no matching module 'graphdata'"},
            {QStringLiteral("librdb/module_aux_v12.rdb"), "no matching module 'test__rdb'"},
            {QStringLiteral("librdb/redis_ent_opcode_ram_lru.rdb"), "Short read"},
            {QStringLiteral("redis-rdb-tools/redis_40_with_module.rdb"), "Short read"},
            {QStringLiteral("redis-rdb-tools/redis_60_with_module_aux.rdb"), "no matching module 'test__rdb'"},
    };
    return files;
}

QString corpora()
{
    return QStringLiteral(KEYLOUPE_CORPORA);
}

// A file that nobody can judge: the records that can be read are copied byte for byte.
QByteArray keptAsItIs(const QString &path)
{
    const QTemporaryDir folder;
    const QString saved = folder.filePath(QStringLiteral("saved.rdb"));
    const QByteArray why = saveUnedited(path, saved);
    return why.isEmpty() ? recordDifferences(path, saved) : why;
}

} // namespace

class TestDigestCorpora : public QObject
{
    Q_OBJECT

private:
    QList<KnownServer> m_servers; // that are here
    QByteArrayList m_missing;     // the names of the others
    std::map<QByteArray, std::unique_ptr<FileServer>> m_judges;

    FileServer &judge(const KnownServer &server)
    {
        std::unique_ptr<FileServer> &judge = m_judges[server.name];
        if (!judge)
            judge = std::make_unique<FileServer>(server);
        return *judge;
    }

    // Newest first; those of the file's own family before the others.
    QList<KnownServer> candidatesFor(const QString &path) const
    {
        QFile file(path);
        const bool valkey = file.open(QIODevice::ReadOnly) && file.read(6) == "VALKEY";
        QList<KnownServer> servers = m_servers;
        std::stable_sort(servers.begin(), servers.end(), [&](const KnownServer &a, const KnownServer &b) {
            return std::pair(a.isValkey() != valkey, -a.version()) < std::pair(b.isValkey() != valkey, -b.version());
        });
        return servers;
    }

    void addFiles(const QStringList &folders)
    {
        QTest::addColumn<QString>("path");
        for (const QString &folder : folders) {
            QDirIterator files(corpora() + QLatin1Char('/') + folder, {QStringLiteral("*.rdb")}, QDir::Files, QDirIterator::Subdirectories);
            QStringList paths;
            while (files.hasNext())
                paths += files.next();
            paths.sort();
            for (const QString &path : paths)
                QTest::newRow(qPrintable(QDir(corpora()).relativeFilePath(path))) << path;
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!QDir(corpora()).exists())
            QSKIP("the corpora are not on this machine");
        for (const KnownServer &server : KnownServer::all()) {
            if (server.isHere())
                m_servers += server;
            else
                m_missing += server.name;
        }
        if (m_servers.isEmpty())
            QSKIP("there is no server on this machine");
    }

    void everyFile_data() { addFiles({QStringLiteral("librdb"), QStringLiteral("redis-rdb-tools"), QStringLiteral("servers")}); }

    void everyFile()
    {
        QFETCH(QString, path);
        const QString name = QDir(corpora()).relativeFilePath(path);
        QByteArrayList refusals;
        for (const KnownServer &server : candidatesFor(path)) {
            QByteArray why;
            if (!judge(server).load(path, &why)) {
                refusals += why;
                continue;
            }
            QVERIFY2(!refusedFiles().contains(name), (server.name + " loads it after all").constData());
            const ServerFingerprint original = judge(server).fingerprint();
            why = saveFaults(judge(server), path, original);
            QVERIFY2(why.isEmpty(), why.constData());
            why = exportFaults(judge(server), path, original);
            QVERIFY2(why.isEmpty(), why.constData());
            return;
        }
        if (!refusedFiles().contains(name) && !m_missing.isEmpty())
            QSKIP(("no server here loads it; not here: " + m_missing.join(", ")).constData());
        QVERIFY2(refusedFiles().contains(name), refusals.join('\n').constData());
        if (m_missing.isEmpty())
            QVERIFY2(refusals.join('\n').contains(refusedFiles().value(name)), refusals.join('\n').constData());
        QCOMPARE(keptAsItIs(path), QByteArray());
    }

    // Payloads of DUMP that were made to break a server. Those that it takes all the same are files like any other.
    void damagedPayloads_data() { addFiles({QStringLiteral("valkey-corrupt")}); }

    void damagedPayloads()
    {
        QFETCH(QString, path);
        const auto valkey = std::find_if(m_servers.begin(), m_servers.end(), [](const KnownServer &server) { return server.version() >= 900; });
        if (valkey == m_servers.end())
            QSKIP("Valkey 9, which these are for, is not on this machine");
        FileServer &server = judge(*valkey);
        QVERIFY(server.start());
        QFile payload(QString(path).replace(QRegularExpression(QStringLiteral("rdb$")), QStringLiteral("dump")));
        QVERIFY(payload.open(QIODevice::ReadOnly));
        const RespValue reply = RawClient(server.server().port()).ask(Command{"RESTORE", "k", "0", payload.readAll(), "REPLACE"});
        QVERIFY2(!reply.bytes.startsWith('!'), reply.bytes.constData());
        QCOMPARE(keptAsItIs(path), QByteArray());
        QByteArray why;
        if (reply.isError() || !server.load(path, &why))
            return;
        const ServerFingerprint original = server.fingerprint();
        why = saveFaults(server, path, original);
        QVERIFY2(why.isEmpty(), why.constData());
        why = exportFaults(server, path, original);
        QVERIFY2(why.isEmpty(), why.constData());
    }
};

} // namespace keyloupe::test

QTEST_GUILESS_MAIN(keyloupe::test::TestDigestCorpora)
#include "tst_digest_corpora.moc"
