// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/format/error_text.h"

#include <QCoreApplication>

namespace keyloupe {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("ErrorText", text);
}

QString sentence(const QString &text)
{
    if (text.isEmpty())
        return text;
    QString out = text.left(1).toUpper() + text.mid(1);
    if (!out.endsWith(QLatin1Char('.')))
        out += QLatin1Char('.');
    return out;
}

// What the server means by the first word of its error, and what helps.
struct ServerAdvice
{
    const char *code;
    const char *advice;
};

constexpr ServerAdvice kServerAdvice[] = {
        {"WRONGTYPE", QT_TRANSLATE_NOOP("ErrorText", "The key holds another type now. Refresh it.")},
        {"LOADING", QT_TRANSLATE_NOOP("ErrorText", "The server is still loading its data. Try again in a moment.")},
        {"BUSY", QT_TRANSLATE_NOOP("ErrorText", "A script keeps the server busy. Wait, or stop it with SCRIPT KILL.")},
        {"MASTERDOWN", QT_TRANSLATE_NOOP("ErrorText", "This replica has lost its primary and serves no stale data.")},
        {"READONLY", QT_TRANSLATE_NOOP("ErrorText", "This is a replica. Connect to the primary to write.")},
        {"OOM", QT_TRANSLATE_NOOP("ErrorText", "The server is at its memory limit. Free memory or raise maxmemory.")},
        {"MISCONF", QT_TRANSLATE_NOOP("ErrorText", "The server cannot save to disk and refuses writes. Look at its log.")},
        {"NOREPLICAS", QT_TRANSLATE_NOOP("ErrorText", "Too few replicas are connected for a write.")},
        {"CLUSTERDOWN", QT_TRANSLATE_NOOP("ErrorText", "The cluster does not serve all slots now. Try again later.")},
        {"TRYAGAIN", QT_TRANSLATE_NOOP("ErrorText", "The slot is being moved. Try again in a moment.")},
        {"MOVED", QT_TRANSLATE_NOOP("ErrorText", "The key lives on another node of the cluster. Connect to that node.")},
        {"EXECABORT", QT_TRANSLATE_NOOP("ErrorText", "The server refused a part of the change, so none of it was done.")},
        {"BUSYKEY", QT_TRANSLATE_NOOP("ErrorText", "A key of that name exists. Choose another name.")},
};

QString adviceFor(const Error &error)
{
    switch (error.code) {
    case Errc::Io:
        return tr(QT_TRANSLATE_NOOP("ErrorText", "Check the address or the file and that you may use it."));
    case Errc::Timeout:
        return tr(QT_TRANSLATE_NOOP("ErrorText", "The server may be busy or unreachable. Try again."));
    case Errc::Closed:
        return tr(QT_TRANSLATE_NOOP("ErrorText", "The connection was lost. Nothing was sent twice."));
    case Errc::Protocol:
        return tr(QT_TRANSLATE_NOOP("ErrorText", "Check the port, and whether TLS should be on or off."));
    case Errc::Auth:
        return tr(QT_TRANSLATE_NOOP("ErrorText", "Check user name, password and the rights of that user."));
    case Errc::Corrupt:
        return tr(QT_TRANSLATE_NOOP("ErrorText", "Nothing was changed. Use another copy if there is one."));
    case Errc::Unsupported:
        return tr(QT_TRANSLATE_NOOP("ErrorText", "It is kept as it is."));
    case Errc::LimitExceeded:
        return tr(QT_TRANSLATE_NOOP("ErrorText", "Ask for a smaller part."));
    case Errc::Conflict:
        return tr(QT_TRANSLATE_NOOP("ErrorText", "Nothing was written. Look at the new content, then decide."));
    case Errc::ReadOnly:
        return tr(QT_TRANSLATE_NOOP("ErrorText", "Switch read-only mode off to write."));
    case Errc::Server: {
        const QByteArray first = error.message.section(QLatin1Char(' '), 0, 0).toLatin1();
        for (const ServerAdvice &row : kServerAdvice) {
            if (first == row.code)
                return tr(row.advice);
        }
        return {};
    }
    case Errc::Cancelled:
    case Errc::InvalidArgument:
    case Errc::Internal:
        return {};
    }
    return {};
}

} // namespace

ErrorText errorText(const Error &error)
{
    return {sentence(describe(error)), adviceFor(error)};
}

QString errorLine(const Error &error)
{
    const ErrorText text = errorText(error);
    return text.advice.isEmpty() ? text.sentence : text.sentence + QLatin1Char(' ') + text.advice;
}

} // namespace keyloupe
