// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/digest_check.h"

#include "core/engine/engine.h"
#include "core/engine/snapshot.h"
#include "core/rdb/rdb_scanner.h"
#include "tests/support/raw_client.h"
#include "tests/support/server_scene.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

namespace keyloupe::test {
namespace {

using Way = ServerFingerprint::Way;

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// The records of a file that a save must keep as they are: a line each.
QByteArrayList recordsOf(const QByteArray &image, QByteArray *why)
{
    QByteArrayList records;
    ScanCallbacks callbacks;
    callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        records += "db " + QByteArray::number(record.db) + " key " + key.toByteArray().toPercentEncoding() + ": "
                + image.mid(record.recordOffset, record.recordLength);
        return true;
    };
    const Result<RdbSummary> summary = scanRdb(image, callbacks);
    if (!summary.ok()) {
        *why = summary.error().message.toUtf8();
        return {};
    }
    for (const RdbFileRecord &record : summary->fileRecords) {
        if (record.opcode == 245 || record.opcode == 246 || record.opcode == 247)
            records += "opcode " + QByteArray::number(record.opcode) + ": " + image.mid(record.offset, record.length);
    }
    return records;
}

// Of a server's log what is more than a notice, without process numbers and times.
QByteArray warningsIn(const QByteArray &log)
{
    QByteArrayList warnings;
    for (const QByteArray &line : log.split('\n')) {
        if (const qsizetype mark = line.indexOf(" # "); mark > 0)
            warnings += line.mid(mark + 3);
    }
    return warnings.mid(0, 6).join("; ");
}

bool isOfOldServer(const QString &path)
{
    const QByteArray head = contentOf(path).left(9);
    return head.startsWith("REDIS") && head.mid(5).toInt() < 10;
}

QByteArray loadFaults(FileServer &server, const QString &path, const ServerFingerprint &original)
{
    QByteArray why;
    return server.load(path, &why) ? differences(original, server.fingerprint(), Way::Loaded) : why;
}

} // namespace

FileServer::FileServer(KnownServer version, QStringList arguments)
    : m_version(std::move(version)), m_arguments(std::move(arguments)), m_server(m_version)
{
    m_arguments += {QStringLiteral("--logfile"), m_server.dir() + QStringLiteral("/server.log")};
    m_arguments += {QStringLiteral("--databases"), QStringLiteral("256")};
    // Else a damaged collection is loaded, and only using it ends the server.
    if (m_version.version() >= 700)
        m_arguments += {QStringLiteral("--sanitize-dump-payload"), QStringLiteral("yes")};
}

bool FileServer::start()
{
    if (!m_started) {
        QFile::remove(m_server.rdbPath());
        m_started = m_server.start(m_arguments);
    }
    return m_started;
}

QByteArray FileServer::log() const
{
    return contentOf(m_server.dir() + QStringLiteral("/server.log"));
}

bool FileServer::load(const QString &path, QByteArray *why)
{
    if (!start()) {
        *why = m_version.name + " does not start";
        return false;
    }
    QFile::remove(m_server.rdbPath());
    if (!QFile::copy(path, m_server.rdbPath()) || !QFile::setPermissions(m_server.rdbPath(), QFile::ReadOwner | QFile::WriteOwner)) {
        *why = "cannot copy " + path.toUtf8();
        return false;
    }
    const qsizetype said = log().size();
    const RespValue reply = RawClient(m_server.port()).ask(Command{"DEBUG", "RELOAD", "NOSAVE"});
    if (reply == RespValue::ok())
        return true;
    *why = m_version.name + ": " + warningsIn(log().mid(said));
    // Some faults end the server, others only the load.
    m_server.kill();
    m_started = false;
    return false;
}

bool FileServer::rebuild(const QString &requests, QByteArray *why)
{
    if (!start()) {
        *why = m_version.name + " does not start";
        return false;
    }
    RawClient client(m_server.port());
    client.ask(Command{"FLUSHALL"});
    if (hasFunctions(m_version))
        client.ask(Command{"FUNCTION", "FLUSH"});
    QProcess pipe;
    pipe.setProcessChannelMode(QProcess::MergedChannels);
    pipe.setStandardInputFile(requests);
    pipe.start(QStringLiteral("redis-cli"), {QStringLiteral("-p"), QString::number(m_server.port()), QStringLiteral("--pipe")});
    if (!pipe.waitForFinished(60'000)) {
        pipe.kill();
        pipe.waitForFinished(1000);
        *why = "redis-cli --pipe does not end";
        return false;
    }
    const QByteArray said = pipe.readAll();
    *why = said.left(600);
    return said.contains("errors: 0,");
}

QByteArray saveUnedited(const QString &source, const QString &target)
{
    const auto snapshot = Snapshot::open(source);
    if (!snapshot.ok())
        return "cannot open: " + snapshot.error().message.toUtf8();
    Engine engine(snapshot.value());
    const auto saved = engine.save(target);
    if (!saved.ok())
        return "cannot save: " + saved.error().message.toUtf8();
    if (saved->encodedRecords != 0 || saved->copiedRecords != snapshot.value()->summary().keys)
        return "records were not copied but encoded";
    return {};
}

QByteArray exportFile(const QString &source, const char *format, const QString &target, const QStringList &options)
{
    QProcess cli;
    cli.start(QStringLiteral(KEYLOUPE_BINARY_DIR "/keyloupe-cli"),
              QStringList{QStringLiteral("export"), source, QStringLiteral("--format"), QLatin1String(format), QStringLiteral("--db"), QStringLiteral("all"),
               QStringLiteral("-o"), target} + options);
    if (!cli.waitForFinished(60'000)) {
        cli.kill();
        cli.waitForFinished(1000);
        return "keyloupe-cli does not end";
    }
    if (cli.exitStatus() != QProcess::NormalExit || cli.exitCode() != 0)
        return "keyloupe-cli ended with " + QByteArray::number(cli.exitCode()) + ": " + cli.readAllStandardError();
    return {};
}

QByteArray recordDifferences(const QString &expected, const QString &actual)
{
    QByteArray why;
    const QByteArrayList before = recordsOf(contentOf(expected), &why);
    const QByteArrayList after = recordsOf(contentOf(actual), &why);
    if (!why.isEmpty())
        return why;
    if (before.size() != after.size())
        return QByteArray::number(before.size()) + " records became " + QByteArray::number(after.size());
    QByteArrayList out;
    for (qsizetype i = 0; i < before.size(); ++i) {
        if (before[i] != after[i])
            out += before[i].left(120).toPercentEncoding(" :") + " became " + after[i].left(120).toPercentEncoding(" :");
    }
    return out.mid(0, 3).join('\n');
}

QByteArray saveFaults(FileServer &server, const QString &file, const ServerFingerprint &original)
{
    const QTemporaryDir folder;
    const QString saved = folder.filePath(QStringLiteral("saved.rdb"));
    QByteArray why = saveUnedited(file, saved);
    if (!why.isEmpty())
        return "a save with no edit: " + why;
    QByteArrayList faults{recordDifferences(file, saved), loadFaults(server, saved, original)};
    faults.removeAll(QByteArray());
    return faults.isEmpty() ? QByteArray() : "a save with no edit: " + faults.join('\n');
}

QByteArray exportFaults(FileServer &server, const QString &file, const ServerFingerprint &original)
{
    const QTemporaryDir folder;
    QByteArrayList faults;
    const QString rdb = folder.filePath(QStringLiteral("export.rdb"));
    QByteArray why = exportFile(file, "rdb", rdb);
    if (why.isEmpty())
        why = loadFaults(server, rdb, original);
    if (!why.isEmpty())
        faults += "export to RDB: " + why;

    const QString resp = folder.filePath(QStringLiteral("export.resp"));
    // The commands are those of today's servers unless an older one is named.
    const bool old = server.version().version() < 700;
    why = exportFile(file, "resp", resp, old ? QStringList{QStringLiteral("--target"), QStringLiteral("redis6")} : QStringList());
    if (why.isEmpty() && server.rebuild(resp, &why))
        why = differences(original, server.fingerprint(), !old && isOfOldServer(file) ? Way::RebuiltOfOld : Way::Rebuilt);
    if (!why.isEmpty())
        faults += "export to commands: " + why;
    return faults.join('\n');
}

} // namespace keyloupe::test
