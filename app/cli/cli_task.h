// SPDX-License-Identifier: GPL-3.0-or-later
//
// CliTask: one subcommand at work. start() begins, finished(code) is emitted once at the end. SourceTask opens its source
// first. Main thread; everything is asynchronous, nothing waits.
#pragma once

#include "app/cli/cli_io.h"
#include "app/cli/standard_input.h"
#include "core/source/open_source.h"
#include "core/source/snapshot_source.h"
#include "core/source/source.h"

#include <QObject>

#include <memory>

namespace keyloupe::cli {

class CliTask : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    virtual void start() = 0;

Q_SIGNALS:
    void finished(int exitCode);

protected:
    void end(int exitCode)
    {
        if (m_ended)
            return;
        m_ended = true;
        flushOut();
        Q_EMIT finished(exitCode);
    }

    void fail(const Error &error)
    {
        if (!m_ended)
            printError(error);
        end(kFailure);
    }

    bool isEnded() const { return m_ended; }

private:
    bool m_ended = false;
};

/// Opens a file, standard input or a URL and calls sourceReady() once; fails with the source's own error otherwise.
class SourceTask : public CliTask
{
    Q_OBJECT

public:
    explicit SourceTask(QString location) : m_location(std::move(location)) { }

    void start() override
    {
        Result<std::unique_ptr<Source>> made = namesStandardInput(m_location) ? fromStandardInput() : makeSource(m_location);
        if (!made.ok()) {
            fail(made.error());
            return;
        }
        m_source = std::move(made).value();
        connect(m_source.get(), &Source::stateChanged, this, [this](SourceState state) {
            if (state == SourceState::Ready && !m_started) {
                m_started = true;
                sourceReady();
            } else if (state == SourceState::Failed || (state == SourceState::Reconnecting && !isEnded())) {
                // A script wants an answer, not patience: no waiting for a server that went away.
                fail(m_source->lastError());
            }
        });
        m_source->open();
    }

protected:
    virtual void sourceReady() = 0;
    Source &source() const { return *m_source; }
    bool isOverStandardInput() const { return namesStandardInput(m_location); }

private:
    Result<std::unique_ptr<Source>> fromStandardInput() const
    {
        KL_CHECK(checkStandardInput());
        return std::unique_ptr<Source>(std::make_unique<SnapshotSource>(SnapshotSource::From::StandardInput, m_location));
    }

    QString m_location;
    std::unique_ptr<Source> m_source;
    bool m_started = false;
};

} // namespace keyloupe::cli
