// SPDX-License-Identifier: GPL-3.0-or-later
//
// Endpoint: where a server is and how to get in; from a form or a URL. A plain value. It holds the password in memory only:
// nothing here writes it anywhere, and every printed form leaves it out.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace keyloupe {

struct TlsOptions
{
    bool enabled = false;
    bool verify = true;   ///< chain and host name; switching it off is a person's decision for one source
    QString caFile;       ///< PEM; empty: the system's authorities
    QString certFile;     ///< PEM client certificate, with keyFile
    QString keyFile;
    QString serverName;   ///< name to verify and to send as SNI; empty: the host
    bool operator==(const TlsOptions &) const = default;
};

struct Endpoint
{
    enum class Kind : std::uint8_t { Tcp, Unix };

    Kind kind = Kind::Tcp;
    QString host = QStringLiteral("127.0.0.1");
    quint16 port = 6379;
    QString path;          ///< of a unix socket
    QByteArray user;       ///< empty: the default user
    QByteArray password;   ///< empty: none
    int db = 0;
    TlsOptions tls;

    bool operator==(const Endpoint &) const = default;

    /// "127.0.0.1:6379", "[::1]:6379" or the socket's path.
    QString title() const;
    /// The URL without user and password.
    QString publicUrl() const;
};

/// redis://[user[:password]@]host[:port][/db], rediss:// for TLS, unix:///path[?db=N], or bare host:port.
/// Percent escapes are decoded.
Result<Endpoint> parseEndpoint(const QString &text);

/// True when the text names a server rather than a file: one of the schemes above, or host:port with no such file.
bool looksLikeEndpoint(const QString &text);

} // namespace keyloupe
