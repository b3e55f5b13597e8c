// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/endpoint.h"

#include <QRegularExpression>
#include <QUrl>
#include <QUrlQuery>

namespace keyloupe {
namespace {

constexpr int kMaxDb = 65535;

Error invalid(const QString &message)
{
    return Error{Errc::InvalidArgument, message, -1, {}};
}

Result<int> parseDb(const QString &text)
{
    bool ok = false;
    const int db = text.toInt(&ok);
    if (!ok || db < 0 || db > kMaxDb)
        return invalid(QStringLiteral("\"%1\" is no database number").arg(text));
    return db;
}

QByteArray decoded(const QString &encoded)
{
    return QByteArray::fromPercentEncoding(encoded.toUtf8());
}

Result<Endpoint> parseUnix(const QUrl &url)
{
    Endpoint endpoint;
    endpoint.kind = Endpoint::Kind::Unix;
    endpoint.path = url.path();
    if (endpoint.path.isEmpty())
        return invalid(QStringLiteral("a unix URL needs the path of the socket: unix:///run/redis/redis.sock"));
    endpoint.user = decoded(url.userName(QUrl::FullyEncoded));
    endpoint.password = decoded(url.password(QUrl::FullyEncoded));
    return endpoint;
}

Result<Endpoint> parseTcp(const QUrl &url, bool tls)
{
    Endpoint endpoint;
    endpoint.tls.enabled = tls;
    if (url.host().isEmpty())
        return invalid(QStringLiteral("the URL names no host"));
    endpoint.host = url.host();
    endpoint.port = quint16(url.port(6379));
    endpoint.user = decoded(url.userName(QUrl::FullyEncoded));
    endpoint.password = decoded(url.password(QUrl::FullyEncoded));
    const QString path = url.path().mid(1);
    if (!path.isEmpty()) {
        KL_TRY(endpoint.db, parseDb(path));
    }
    return endpoint;
}

Result<Endpoint> parseHostPort(const QString &text)
{
    static const QRegularExpression shape(QStringLiteral("^(?:\\[([0-9A-Fa-f:.]+)\\]|([^:\\s/@]+)):(\\d{1,5})$"));
    const QRegularExpressionMatch match = shape.match(text);
    if (!match.hasMatch() || match.captured(3).toInt() > 65535 || match.captured(3).toInt() == 0)
        return invalid(QStringLiteral("\"%1\" is neither host:port nor a redis://, rediss:// or unix:// URL").arg(text));
    Endpoint endpoint;
    endpoint.host = match.captured(1).isEmpty() ? match.captured(2) : match.captured(1);
    endpoint.port = quint16(match.captured(3).toInt());
    return endpoint;
}

} // namespace

QString Endpoint::title() const
{
    if (kind == Kind::Unix)
        return path;
    return (host.contains(QLatin1Char(':')) ? QStringLiteral("[%1]:%2") : QStringLiteral("%1:%2")).arg(host).arg(port);
}

QString Endpoint::publicUrl() const
{
    if (kind == Kind::Unix)
        return QStringLiteral("unix://") + path + (db != 0 ? QStringLiteral("?db=%1").arg(db) : QString());
    return (tls.enabled ? QStringLiteral("rediss://") : QStringLiteral("redis://")) + title()
            + (db != 0 ? QStringLiteral("/%1").arg(db) : QString());
}

Result<Endpoint> parseEndpoint(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (!trimmed.contains(QLatin1String("://")))
        return parseHostPort(trimmed);
    // The message must not repeat the text: it may hold a password.
    const QUrl url(trimmed, QUrl::StrictMode);
    if (!url.isValid())
        return invalid(QStringLiteral("the URL is not valid; special characters in a password must be percent-encoded, '@' as %40"));
    const QString scheme = url.scheme();
    Result<Endpoint> parsed = invalid(QStringLiteral("\"%1://\" is not supported; use redis://, rediss:// or unix://").arg(scheme));
    if (scheme == QLatin1String("redis") || scheme == QLatin1String("valkey"))
        parsed = parseTcp(url, false);
    else if (scheme == QLatin1String("rediss") || scheme == QLatin1String("valkeys"))
        parsed = parseTcp(url, true);
    else if (scheme == QLatin1String("unix") || scheme == QLatin1String("redis-socket"))
        parsed = parseUnix(url);
    KL_TRY(Endpoint endpoint, std::move(parsed));
    const QUrlQuery query(url);
    for (const auto &[name, value] : query.queryItems(QUrl::FullyDecoded)) {
        if (name == QLatin1String("db") || name == QLatin1String("database")) {
            KL_TRY(endpoint.db, parseDb(value));
        }
    }
    return endpoint;
}

bool looksLikeEndpoint(const QString &text)
{
    static const QRegularExpression url(QStringLiteral("^(rediss?|valkeys?|unix|redis-socket)://"));
    return url.match(text).hasMatch() || parseHostPort(text).ok();
}

} // namespace keyloupe
