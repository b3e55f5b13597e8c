// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/key_edits.h"

#include "core/async/on_ready.h"
#include "core/base/clock.h"

#include <QPointer>

namespace keyloupe {
namespace {

void tell(SourceSession &session, const Edit &edit)
{
    const KeyRef key{edit.db, edit.key};
    if (std::holds_alternative<CreateKey>(edit.change)) {
        Q_EMIT session.keyCreated(key);
        Q_EMIT session.databasesChanged();
    } else if (std::holds_alternative<DeleteKey>(edit.change)) {
        Q_EMIT session.keyDeleted(key);
        Q_EMIT session.databasesChanged();
    } else if (const auto *renamed = std::get_if<RenameKey>(&edit.change)) {
        Q_EMIT session.keyRenamed(key, renamed->to);
    } else {
        Q_EMIT session.keyChanged(key);
    }
}

} // namespace

void submitEdit(SourceSession &session, const Edit &edit, QObject *context, std::function<void(Result<EditOutcome>)> done)
{
    onReady(applyEdit(session.source(), edit), &session,
            [&session, edit, guard = QPointer<QObject>(context), done = std::move(done)](Result<EditOutcome> outcome) {
                const bool made = outcome.ok() && outcome->isDone();
                if (guard && done)
                    done(std::move(outcome));
                if (made)
                    tell(session, edit);
            });
}

std::int64_t nowOf(const SourceSession &session)
{
    const FileActions *file = session.source().fileActions();
    return file ? file->nowMs() : systemNowMs();
}

} // namespace keyloupe
