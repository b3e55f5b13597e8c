// SPDX-License-Identifier: GPL-3.0-or-later
//
// The dialogs about one key, each opened by one call and deleted by itself: a new key, its TTL, its name, deleting it, adding
// an element. All are EditDialogs. GUI thread; the session must outlive them, so `parent` should be a part of its view.
#pragma once

#include "core/values/key_header.h"
#include "ui/dialogs/edit_dialog.h"

#include <functional>

namespace keyloupe {

/// `prefix` stands in the name box, for a new key in a folder. Shows the new key in a tab when it is made.
EditDialog *askNewKey(SourceSession &session, int db, const QByteArray &prefix, QWidget *parent);
EditDialog *askExpiry(SourceSession &session, const KeyRef &key, const KeyHeader &header, QWidget *parent);
EditDialog *askRename(SourceSession &session, const KeyRef &key, const KeyHeader &header, QWidget *parent);
EditDialog *askDelete(SourceSession &session, const KeyRef &key, const KeyHeader &header, QWidget *parent);
EditDialog *askNewElement(SourceSession &session, const KeyRef &key, const KeyHeader &header, QWidget *parent);
EditDialog *askScore(SourceSession &session, const KeyRef &key, const QByteArray &member, double score, QWidget *parent);

/// For those that only know a key's name: reads its header, then calls `ask`. A key that is gone is said on the session.
void withHeader(SourceSession &session, const KeyRef &key, QWidget *parent, std::function<void(const KeyHeader &)> ask);

} // namespace keyloupe
