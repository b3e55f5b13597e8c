// SPDX-License-Identifier: GPL-3.0-or-later
//
// `keyloupe-cli exec`: commands from the arguments or from standard input, replies as redis-cli prints them or as JSON.
#pragma once

#include "app/cli/cli_task.h"

namespace keyloupe::cli {

struct ExecTaskOptions
{
    int db = 0;
    QString saveTo;        ///< write the snapshot there at the end
    bool json = false;
    QByteArrayList command; ///< empty: lines of standard input
};

class ExecTask final : public SourceTask
{
    Q_OBJECT

public:
    ExecTask(const QString &location, ExecTaskOptions options) : SourceTask(location), m_options(std::move(options)) { }

private:
    void sourceReady() override;
    void runNext();
    void finishRun();
    std::optional<Command> nextCommand();

    ExecTaskOptions m_options;
    bool m_argumentTaken = false;
    bool m_sawError = false;
    bool m_badLine = false;
    int m_line = 0;
};

} // namespace keyloupe::cli
