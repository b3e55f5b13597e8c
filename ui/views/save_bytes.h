// SPDX-License-Identifier: GPL-3.0-or-later
//
// Asks where to save, without a nested event loop, and writes the bytes in a job: whole or not at all. What went wrong, or
// where it went, is posted on the session. GUI thread.
#pragma once

#include <QByteArray>
#include <QString>

class QWidget;

namespace keyloupe {

class SourceSession;

void saveBytesAs(SourceSession &session, QWidget *parent, const QString &suggestedName, const QByteArray &bytes);

} // namespace keyloupe
