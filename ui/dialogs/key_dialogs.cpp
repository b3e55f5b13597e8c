// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/key_dialogs.h"

#include "core/async/on_ready.h"
#include "core/base/escape.h"
#include "core/values/value_reader.h"

namespace keyloupe {

void withHeader(SourceSession &session, const KeyRef &key, QWidget *parent, std::function<void(const KeyHeader &)> ask)
{
    onReady(readHeader(session.source(), key.db, key.key), parent, [&session, key, ask = std::move(ask)](const Result<KeyHeader> &header) {
        if (!header.ok()) {
            Q_EMIT session.errorPosted(EditDialog::tr("%1 cannot be read").arg(displayText(key.key, 80)), header.error());
        } else if (header->kind == ValueKind::None) {
            Q_EMIT session.messagePosted(EditDialog::tr("%1 is gone: it was deleted or has expired").arg(displayText(key.key, 80)));
            Q_EMIT session.keyDeleted(key);
        } else {
            ask(*header);
        }
    });
}

} // namespace keyloupe
