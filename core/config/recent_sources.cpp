// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/recent_sources.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSaveFile>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr int kFormat = 1;
constexpr qint64 kMaxFileBytes = 1024 * 1024;

Result<std::vector<RecentSource>> parse(const QByteArray &text)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(text, &problem);
    if (!document.isObject() || !document.object().value(QLatin1String("sources")).isArray())
        return Error{Errc::Corrupt, QStringLiteral("the list of recent sources is damaged"), problem.offset, problem.errorString()};
    std::vector<RecentSource> sources;
    const QJsonArray rows = document.object().value(QLatin1String("sources")).toArray();
    for (const QJsonValue &row : rows) {
        RecentSource source;
        // Somebody may have written a password in by hand.
        source.location = withoutSecrets(row[QLatin1String("location")].toString());
        source.title = row[QLatin1String("title")].toString();
        source.openedMs = qint64(row[QLatin1String("openedMs")].toDouble());
        if (!source.location.isEmpty() && sources.size() < RecentSources::kKept)
            sources.push_back(std::move(source));
    }
    return sources;
}

} // namespace

QString withoutSecrets(const QString &location)
{
    static const QRegularExpression url(QStringLiteral("^([A-Za-z][A-Za-z0-9+.-]*://)(.*)$"), QRegularExpression::DotMatchesEverythingOption);
    const QRegularExpressionMatch match = url.match(location);
    if (!match.hasMatch())
        return location;
    // By the last @, so that a password with an unescaped / or @ does not slip through as part of the path.
    QString rest = match.captured(2);
    rest = rest.mid(rest.lastIndexOf(QLatin1Char('@')) + 1);
    const qsizetype query = rest.indexOf(QLatin1Char('?'));
    if (query >= 0) {
        QStringList kept;
        const QStringList items = rest.mid(query + 1).split(QLatin1Char('&'));
        for (const QString &item : items) {
            if (item.startsWith(QLatin1String("db=")))
                kept.append(item);
        }
        rest.truncate(query);
        if (!kept.isEmpty())
            rest += QLatin1Char('?') + kept.join(QLatin1Char('&'));
    }
    return match.captured(1) + rest;
}

Result<void> RecentSources::load()
{
    m_sources.clear();
    QFile file(m_file);
    if (!file.exists())
        return {};
    if (!file.open(QIODevice::ReadOnly))
        return Error{Errc::Io, QStringLiteral("%1 cannot be read: %2").arg(m_file, file.errorString()), -1, {}};
    const QByteArray text = file.read(kMaxFileBytes);
    file.close();
    Result<std::vector<RecentSource>> parsed = parse(text);
    if (parsed.ok()) {
        m_sources = std::move(parsed).value();
        return {};
    }
    Error error = parsed.error();
    const QString aside = m_file + QStringLiteral(".bad-%1").arg(QDateTime::currentMSecsSinceEpoch());
    if (QFile::rename(m_file, aside))
        error.detail = aside;
    return error;
}

Result<void> RecentSources::add(const QString &location, const QString &title, std::int64_t nowMs)
{
    const QString clean = withoutSecrets(location);
    if (clean.isEmpty())
        return {};
    m_sources.erase(std::remove_if(m_sources.begin(), m_sources.end(), [&](const RecentSource &s) { return s.location == clean; }), m_sources.end());
    m_sources.insert(m_sources.begin(), RecentSource{clean, title, nowMs});
    if (m_sources.size() > kKept)
        m_sources.resize(kKept);
    return write();
}

Result<void> RecentSources::remove(const QString &location)
{
    const QString clean = withoutSecrets(location);
    m_sources.erase(std::remove_if(m_sources.begin(), m_sources.end(), [&](const RecentSource &s) { return s.location == clean; }), m_sources.end());
    return write();
}

Result<void> RecentSources::clear()
{
    m_sources.clear();
    return write();
}

Result<void> RecentSources::write() const
{
    QJsonArray rows;
    for (const RecentSource &source : m_sources) {
        rows.append(QJsonObject{{QStringLiteral("location"), source.location},
                                {QStringLiteral("title"), source.title},
                                {QStringLiteral("openedMs"), double(source.openedMs)}});
    }
    const QJsonObject root{{QStringLiteral("format"), kFormat}, {QStringLiteral("sources"), rows}};
    QDir().mkpath(QFileInfo(m_file).absolutePath());
    QSaveFile file(m_file);
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
        return Error{Errc::Io, QStringLiteral("%1 cannot be written: %2").arg(m_file, file.errorString()), -1, {}};
    file.write(QJsonDocument(root).toJson());
    if (!file.commit())
        return Error{Errc::Io, QStringLiteral("%1 cannot be written: %2").arg(m_file, file.errorString()), -1, {}};
    return {};
}

} // namespace keyloupe
