// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/async/job_runner.h"

#include <QThread>

namespace keyloupe {

JobRunner::JobRunner(int threads)
{
    m_pool.setMaxThreadCount(threads > 0 ? threads : QThread::idealThreadCount());
}

JobRunner::~JobRunner()
{
    m_pool.waitForDone();
}

void JobRunner::start(std::function<void()> work)
{
    beforeHandOver();
    m_pool.start(std::move(work));
}

} // namespace keyloupe
