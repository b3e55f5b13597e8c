// SPDX-License-Identifier: GPL-3.0-or-later
//
// `keyloupe-cli check`: is this file sound, and what is in it; one JSON object. With --deep every value is walked too.
#pragma once

#include "app/cli/cli_task.h"

namespace keyloupe::cli {

class CheckTask final : public CliTask
{
    Q_OBJECT

public:
    CheckTask(QString path, bool deep) : m_path(std::move(path)), m_deep(deep) { }
    void start() override;

private:
    QString m_path;
    bool m_deep;
};

} // namespace keyloupe::cli
