// SPDX-License-Identifier: GPL-3.0-or-later
//
// submitEdit: makes an edit on a session's source and tells the session's other parts what happened, so that the tree, open
// tabs and key counts follow. The one way by which the window writes. GUI thread.
#pragma once

#include "core/values/edit.h"
#include "ui/models/source_session.h"

#include <functional>

namespace keyloupe {

/// `done` is called once, unless `context` dies first; the signals are sent whether or not it lives.
void submitEdit(SourceSession &session, const Edit &edit, QObject *context, std::function<void(Result<EditOutcome>)> done);

/// Now by the source's clock, which stands still on a file: ms since the epoch.
std::int64_t nowOf(const SourceSession &session);

} // namespace keyloupe
