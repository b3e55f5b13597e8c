// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli_io.h"

#include "core/base/escape.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace keyloupe::cli {

bool writeOut(QByteArrayView bytes)
{
    return std::fwrite(bytes.data(), 1, std::size_t(bytes.size()), stdout) == std::size_t(bytes.size());
}

void flushOut()
{
    std::fflush(stdout);
}

void printError(const QString &text)
{
    QString line = text;
    line.replace(QLatin1Char('\n'), QLatin1Char(' ')).replace(QLatin1Char('\r'), QLatin1Char(' '));
    flushOut();
    std::fprintf(stderr, "keyloupe-cli: %s\n", line.toUtf8().constData());
}

void printError(const Error &error)
{
    printError(describe(error));
}

QByteArray jsonText(QByteArrayView utf8)
{
    return QByteArray::fromStdString(nlohmann::json(std::string(utf8.data(), std::size_t(utf8.size()))).dump());
}

QByteArray jsonBytes(QByteArrayView bytes)
{
    if (isUtf8(bytes))
        return jsonText(bytes);
    return "{\"base64\":\"" + bytes.toByteArray().toBase64() + "\"}";
}

} // namespace keyloupe::cli
