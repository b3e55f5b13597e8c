// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/sampler.h"

#include "core/async/on_ready.h"

#include <algorithm>

namespace keyloupe {
namespace {

// A clock that is this much ahead of ours was set, or the machine slept: then the axis follows it.
constexpr std::int64_t kClockJumpMs = 2'000;
constexpr int kMinIntervalMs = 100;

std::int64_t lateAfter(int intervalMs)
{
    return std::max<std::int64_t>(5'000, 3LL * intervalMs);
}

} // namespace

Sampler::Sampler(Source *source, QObject *parent) : Sampler(source, Options(), parent) { }

Sampler::Sampler(Source *source, Options options, QObject *parent)
    : QObject(parent), m_source(source), m_options(std::move(options))
{
    m_options.intervalMs = std::max(kMinIntervalMs, m_options.intervalMs);
    m_board.setLateAfterMs(lateAfter(m_options.intervalMs));
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Sampler::ask);
    connect(source, &Source::stateChanged, this, &Sampler::onStateChanged);
    if (source->state() == SourceState::Ready)
        askAgainIn(0);
}

Sampler::~Sampler() = default;

void Sampler::setIntervalMs(int ms)
{
    m_options.intervalMs = std::max(kMinIntervalMs, ms);
    m_board.setLateAfterMs(lateAfter(m_options.intervalMs));
    if (m_timer.isActive())
        askAgainIn(m_options.intervalMs);
}

void Sampler::countOwnLookups(std::int64_t hits, std::int64_t misses)
{
    m_own.hits += hits;
    m_own.misses += misses;
}

std::int64_t Sampler::nowMs() const
{
    const std::int64_t wall = m_options.wallClock();
    const std::int64_t steady = m_options.steadyClock();
    if (m_axisTime == 0) {
        m_axisTime = wall;
    } else {
        m_axisTime += std::max<std::int64_t>(0, steady - m_axisSteady);
        if (wall > m_axisTime + kClockJumpMs)
            m_axisTime = wall;
    }
    m_axisSteady = steady;
    return m_axisTime;
}

void Sampler::onStateChanged(SourceState state)
{
    if (state == SourceState::Ready) {
        if (!m_inFlight)
            askAgainIn(0);
        return;
    }
    m_timer.stop();
    ++m_generation; // an answer that is still under way belongs to the lost connection
    m_inFlight = false;
    if (m_board.latestTimeMs() == 0)
        return;
    m_board.addGap(nowMs(), GapReason::ConnectionLost);
    Q_EMIT gap(GapReason::ConnectionLost);
}

void Sampler::askAgainIn(std::int64_t ms)
{
    m_timer.start(int(std::clamp<std::int64_t>(ms, 0, 3'600'000)));
}

void Sampler::ask()
{
    if (m_inFlight || !m_source || m_source->state() != SourceState::Ready)
        return;
    m_inFlight = true;
    m_askedAt = m_options.steadyClock();
    ExecOptions options;
    options.background = true;
    options.timeoutMs = m_options.timeoutMs;
    const std::uint64_t generation = m_generation;
    onReady(m_source->execute(Command{"INFO"}, options), this, [this, generation](const Result<RespValue> &reply) {
        if (generation != m_generation)
            return;
        m_inFlight = false;
        takeAnswer(reply);
    });
}

void Sampler::takeAnswer(const Result<RespValue> &reply)
{
    Result<RespValue> value = reply.ok() ? unwrapReply(reply.value()) : Result<RespValue>(reply.error());
    InfoSnapshot info;
    if (value.ok()) {
        info = parseInfo(value->bytes);
        if (info.isEmpty())
            value = Error{Errc::Protocol, QStringLiteral("INFO was answered without a single field"), -1, {}};
    }
    if (!value.ok()) {
        const bool refused = value.error().code == Errc::Auth || value.error().code == Errc::Server || value.error().code == Errc::Protocol;
        if (value.error().code == Errc::Timeout && m_board.latestTimeMs() != 0) {
            m_board.addGap(nowMs(), GapReason::Late);
            Q_EMIT gap(GapReason::Late);
        }
        m_error = value.error();
        askAgainIn(refused ? m_options.refusedPauseMs : m_options.intervalMs);
        Q_EMIT failed(*m_error);
        return;
    }
    m_error.reset();
    const std::optional<GapReason> broken = m_board.add(std::move(info), nowMs(), m_own);
    // Once an interval, counted from question to question; a server that needs longer than that gets a full pause, so
    // that we never make a slow server slower.
    const std::int64_t took = m_options.steadyClock() - m_askedAt;
    const std::int64_t interval = m_options.intervalMs;
    askAgainIn(took < interval ? interval - took : interval);
    if (broken)
        Q_EMIT gap(*broken);
    Q_EMIT sampled();
}

} // namespace keyloupe
