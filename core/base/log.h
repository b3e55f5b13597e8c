// SPDX-License-Identifier: GPL-3.0-or-later
//
// Logging categories; switch them with QT_LOGGING_RULES, e.g. "keyloupe.net.debug=true".
#pragma once

#include <QLoggingCategory>

namespace keyloupe {

Q_DECLARE_LOGGING_CATEGORY(lcNet)
Q_DECLARE_LOGGING_CATEGORY(lcEngine)
Q_DECLARE_LOGGING_CATEGORY(lcSource)
Q_DECLARE_LOGGING_CATEGORY(lcUi)

} // namespace keyloupe
