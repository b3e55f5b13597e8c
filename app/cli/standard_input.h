// SPDX-License-Identifier: GPL-3.0-or-later
//
// "-" as the source of a subcommand: the file comes through standard input. Main thread; reads nothing itself.
#pragma once

#include "core/base/result.h"

#include <QString>

namespace keyloupe::cli {

/// A file of that name is "./-".
bool namesStandardInput(const QString &location);

/// InvalidArgument when it is a terminal: nobody types an RDB file.
Result<void> checkStandardInput();

} // namespace keyloupe::cli
