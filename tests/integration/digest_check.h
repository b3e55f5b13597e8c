// SPDX-License-Identifier: GPL-3.0-or-later
//
// The judges of tst_digest and tst_digest_corpora: a server that loads one file after the other, what Keyloupe makes of a
// file (a save with no edit, the exports), and the comparison of two files record by record. Blocking; for tests only.
#pragma once

#include "tests/support/server_fingerprint.h"

#include <QByteArray>
#include <QString>

namespace keyloupe::test {

/// One server that is emptied and filled again and again. Started at the first use, and anew after a file that ended it.
class FileServer
{
public:
    explicit FileServer(KnownServer version, QStringList arguments = {});

    const KnownServer &version() const { return m_version; }
    RedisServer &server() { return m_server; }

    bool start();
    /// Instead of what it holds. False with the server's own words where it refuses the file.
    bool load(const QString &path, QByteArray *why);
    /// Empties it and pipes requests into it, as redis-cli --pipe does; false where one is answered with an error.
    bool rebuild(const QString &requests, QByteArray *why);
    ServerFingerprint fingerprint() const { return ServerFingerprint::of(m_server, m_version); }

private:
    QByteArray log() const;

    KnownServer m_version;
    QStringList m_arguments;
    RedisServer m_server;
    bool m_started = false;
};

/// Opens the file in the engine and saves it with no edit. An empty text, or what went wrong.
QByteArray saveUnedited(const QString &source, const QString &target);
/// `keyloupe-cli export --db all`. An empty text, or what it said.
QByteArray exportFile(const QString &source, const char *format, const QString &target, const QStringList &options = {});

/// Every key's record, and the functions, the same byte for byte in the same order. An empty text, or the first differences.
QByteArray recordDifferences(const QString &expected, const QString &actual);

/// What differs, for that server, between the file and Keyloupe's save of it with no edit. Empty where nothing does.
/// `original` is what the server holds after it loaded the file.
QByteArray saveFaults(FileServer &server, const QString &file, const ServerFingerprint &original);
/// The same of both exports: as an RDB file, and as commands for an empty server.
QByteArray exportFaults(FileServer &server, const QString &file, const ServerFingerprint &original);

} // namespace keyloupe::test
