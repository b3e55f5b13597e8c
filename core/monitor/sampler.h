// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sampler: asks a server for INFO once a second and keeps what it says on a MetricBoard. Lives on the source's thread;
// parsing happens there because one INFO is a few kilobytes. Never two questions in flight, never runs on a file. The
// answers of a connection that was lost meanwhile are dropped by number.
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/monitor/metric_board.h"
#include "core/source/source.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <optional>

namespace keyloupe {

class Sampler : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        int intervalMs = 1000;
        int timeoutMs = 5000;      ///< of one question
        int refusedPauseMs = 30'000; ///< before asking again a server that refuses INFO, so as not to fill its ACL log
        Clock wallClock = systemNowMs;
        Clock steadyClock = steadyNowMs;
    };

    /// Starts by itself when the source is ready. The source must outlive the sampler.
    explicit Sampler(Source *source, QObject *parent = nullptr);
    Sampler(Source *source, Options options, QObject *parent = nullptr);
    ~Sampler() override;

    const MetricBoard &board() const { return m_board; }
    MetricBoard &board() { return m_board; }
    const InfoSnapshot &latest() const { return m_board.latest(); }

    /// Asks less often (servers billed by command). At least 100 ms.
    void setIntervalMs(int ms);
    int intervalMs() const { return m_options.intervalMs; }

    /// Why the last question had no useful answer; empty once one had.
    const std::optional<Error> &lastError() const { return m_error; }

    /// Look-ups that we caused ourselves, so that they do not count as the application's. Called by whoever sends them.
    void countOwnLookups(std::int64_t hits, std::int64_t misses);

    /// The time on the charts' axis: wall-clock time that never goes back, even if somebody sets the clock back.
    std::int64_t nowMs() const;

Q_SIGNALS:
    void sampled();                        ///< the board has a new answer
    void gap(keyloupe::GapReason reason);  ///< the lines on the board were broken
    void failed(const keyloupe::Error &error); ///< refused or unanswered; it goes on asking

private:
    void onStateChanged(SourceState state);
    void ask();
    void takeAnswer(const Result<RespValue> &reply);
    void askAgainIn(std::int64_t ms);

    QPointer<Source> m_source;
    Options m_options;
    MetricBoard m_board;
    QTimer m_timer;
    OwnLookups m_own;
    std::optional<Error> m_error;
    std::int64_t m_askedAt = 0;       ///< steady clock
    std::uint64_t m_generation = 0;   ///< of the connection
    bool m_inFlight = false;
    mutable std::int64_t m_axisTime = 0;
    mutable std::int64_t m_axisSteady = 0;
};

} // namespace keyloupe

Q_DECLARE_METATYPE(keyloupe::GapReason)
