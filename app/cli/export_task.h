// SPDX-License-Identifier: GPL-3.0-or-later
//
// `keyloupe-cli export`: a file or a server as JSON lines, CSV, commands or an RDB file; losses, damage and differences go to
// standard error. Formats and exit codes: docs/export.md.
#pragma once

#include "app/cli/cli_task.h"
#include "core/transfer/export_source.h"

namespace keyloupe::cli {

class ExportTask final : public SourceTask
{
    Q_OBJECT

public:
    ExportTask(const QString &location, ExportOptions options);
    ~ExportTask() override;

private:
    void sourceReady() override;
    void done(const ExportReport &report);

    ExportOptions m_options;
    CancelToken m_cancel;
    JobRunner m_jobs{1};
    std::shared_ptr<bool> m_readerGone = std::make_shared<bool>(false); // standard output is a closed pipe
};

} // namespace keyloupe::cli
