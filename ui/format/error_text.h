// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one place that turns an Error into a translated sentence for a person: what happened and what to do next.
#pragma once

#include "core/base/result.h"

#include <QString>

namespace keyloupe {

struct ErrorText
{
    QString sentence; ///< what happened
    QString advice;   ///< what to do next; may be empty
};

ErrorText errorText(const Error &error);

/// Both in one line.
QString errorLine(const Error &error);

} // namespace keyloupe
