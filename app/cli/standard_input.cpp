// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/standard_input.h"

#include <QtGlobal>

#include <cstdio>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

namespace keyloupe::cli {

bool namesStandardInput(const QString &location)
{
    return location == QLatin1String("-");
}

Result<void> checkStandardInput()
{
#ifdef Q_OS_WIN
    const bool isTerminal = ::_isatty(::_fileno(stdin)) != 0;
#else
    const bool isTerminal = ::isatty(STDIN_FILENO) != 0;
#endif
    if (isTerminal)
        return Error{Errc::InvalidArgument, QStringLiteral("standard input is a terminal; pipe a file into it, or name one"), -1, {}};
    return {};
}

} // namespace keyloupe::cli
