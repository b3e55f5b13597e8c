// SPDX-License-Identifier: GPL-3.0-or-later
//
// `keyloupe-cli check`: is this file sound, and what is in it; one JSON object.
#pragma once

#include "app/cli/cli_task.h"

namespace keyloupe::cli {

class CheckTask final : public CliTask
{
    Q_OBJECT

public:
    explicit CheckTask(QString path) : m_path(std::move(path)) { }
    void start() override;

private:
    QString m_path;
};

} // namespace keyloupe::cli
