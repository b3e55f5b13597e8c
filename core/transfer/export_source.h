// SPDX-License-Identifier: GPL-3.0-or-later
//
// exportSource: a source, a file or a server, into a file. Of a file everything is walked as a save would write it. A server
// is asked with SCAN, DUMP and PEXPIRETIME in small pipelines, one at a time, so that others are not kept waiting; a key that
// changes meanwhile is exported as it was when it was asked for.
#pragma once

#include "core/async/job_runner.h"
#include "core/source/source.h"
#include "core/transfer/export_run.h"

#include <memory>

namespace keyloupe {

/// `run` is shared so that its progress() can be watched; it must not be used otherwise until the future is there. Work is
/// done on the file's I/O thread or in `jobs`. The source must be Ready; both must outlive the future.
QFuture<Result<ExportReport>> exportSource(Source &source, JobRunner &jobs, std::shared_ptr<ExportRun> run, CancelToken cancel);

} // namespace keyloupe
