// SPDX-License-Identifier: GPL-3.0-or-later
//
// QuitOnSignal: SIGTERM, SIGINT and SIGHUP close the program as Ctrl+Q does, so that edits are asked for and the exit code is
// right. One object in main(), on the main thread; the handler itself only writes a byte. Does nothing on Windows.
#pragma once

#include <QObject>

namespace keyloupe {

class QuitOnSignal : public QObject
{
public:
    QuitOnSignal();
    ~QuitOnSignal() override;
    Q_DISABLE_COPY_MOVE(QuitOnSignal)
};

} // namespace keyloupe
