// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/source_session.h"

#include "core/async/job_runner.h"
#include "core/monitor/sampler.h"

namespace keyloupe {

SourceSession::SourceSession(std::unique_ptr<Source> source, JobRunner &jobs, QObject *parent)
    : QObject(parent), m_source(std::move(source)), m_jobs(jobs)
{
    if (m_source->info().kind == SourceKind::Server)
        m_sampler = std::make_unique<Sampler>(m_source.get());
}

SourceSession::~SourceSession()
{
    Q_EMIT closing();
}

void SourceSession::setCurrentDb(int db)
{
    if (db == m_currentDb)
        return;
    m_currentDb = db;
    Q_EMIT currentDbChanged(db);
}

bool SourceSession::isWritable() const
{
    const SourceState state = m_source->state();
    return !m_source->info().readOnly && (isWhole() || state == SourceState::Reconnecting);
}

bool SourceSession::isWhole() const
{
    const double opened = m_source->openProgress();
    return m_source->state() == SourceState::Ready && (opened <= 0 || opened >= 1);
}

} // namespace keyloupe
