// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"

namespace keyloupe {

Q_LOGGING_CATEGORY(lcNet, "keyloupe.net", QtWarningMsg)
Q_LOGGING_CATEGORY(lcEngine, "keyloupe.engine", QtWarningMsg)
Q_LOGGING_CATEGORY(lcSource, "keyloupe.source", QtWarningMsg)
Q_LOGGING_CATEGORY(lcUi, "keyloupe.ui", QtWarningMsg)

} // namespace keyloupe
