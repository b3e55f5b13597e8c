// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/key_scanner.h"

#include "core/async/job_runner.h"
#include "core/async/on_ready.h"
#include "core/base/clock.h"
#include "ui/models/source_session.h"

namespace keyloupe {
namespace {

constexpr int kPublishMs = 250;
// A merge copies the whole index, so a large one is merged less often.
constexpr std::uint32_t kLargeIndex = 2'000'000;
constexpr int kPublishLargeMs = 1500;

struct Merged
{
    KeyIndexBuilder builder;
    std::shared_ptr<const KeyIndex> index;
};

} // namespace

KeyScanner::KeyScanner(SourceSession &session, QObject *parent)
    : QObject(parent), m_session(session), m_index(std::make_shared<KeyIndex>()), m_publishTimer(this)
{
    m_publishTimer.setSingleShot(true);
    connect(&m_publishTimer, &QTimer::timeout, this, &KeyScanner::publish);
    connect(&session.source(), &Source::stateChanged, this, [this](SourceState state) {
        if (state == SourceState::Ready && m_state == State::Failed)
            resume();
    });
}

KeyScanner::~KeyScanner()
{
    if (m_scan)
        m_scan->cancel();
}

void KeyScanner::setState(State state)
{
    if (m_state == State::Scanning && state != State::Scanning)
        m_endedMs = steadyNowMs();
    m_state = state;
    Q_EMIT stateChanged();
}

void KeyScanner::start(int db, const QByteArray &match, const QByteArray &type, Before before)
{
    if (m_scan)
        m_scan->cancel();
    ++m_generation;
    m_spec = ScanSpec{};
    m_spec.db = db;
    m_spec.match = match;
    m_spec.type = type;
    m_scan = m_session.source().scan(m_spec);
    m_asking = false;
    m_found.clear();
    m_own.clear();
    m_builder = KeyIndexBuilder();
    m_merging = false;
    m_merged = std::make_shared<KeyIndex>();
    m_keeping = before == Before::Keep;
    if (!m_keeping)
        m_index = m_merged;
    m_seen = 0;
    m_total = -1;
    m_error = {};
    m_startedMs = steadyNowMs();
    setState(State::Scanning);
    Q_EMIT indexChanged();
    ExecOptions options;
    options.db = db;
    options.background = true;
    onReady(m_session.source().execute(Command{"DBSIZE"}, options), this, [this, generation = m_generation](Result<RespValue> reply) {
        if (generation == m_generation && reply.ok() && !reply->isError())
            m_total = reply->toInteger(-1);
    });
    askNext();
}

void KeyScanner::pause()
{
    if (m_state == State::Scanning)
        setState(State::Paused);
}

void KeyScanner::resume()
{
    if (m_state != State::Paused && m_state != State::Failed && m_state != State::Stopped)
        return;
    // A new stream from the last cursor: SCAN promises that every key that stays is met.
    if (m_state != State::Paused)
        m_scan = m_session.source().scan(m_spec);
    m_error = {};
    setState(State::Scanning);
    askNext();
}

void KeyScanner::stop()
{
    if (m_state != State::Scanning && m_state != State::Paused)
        return;
    m_scan->cancel();
    setState(State::Stopped);
}

double KeyScanner::keysPerSecond() const
{
    const std::int64_t end = m_state == State::Scanning ? steadyNowMs() : m_endedMs;
    return end > m_startedMs ? double(m_seen) * 1000 / double(end - m_startedMs) : 0;
}

void KeyScanner::askNext()
{
    if (m_asking || m_state != State::Scanning)
        return;
    m_asking = true;
    onReady(m_scan->next(), this, [this, generation = m_generation](Result<ScanBatch> batch) {
        if (generation == m_generation)
            takeBatch(std::move(batch));
    });
}

void KeyScanner::takeBatch(Result<ScanBatch> batch)
{
    m_asking = false;
    if (!batch.ok()) {
        if (batch.error().code == Errc::Cancelled) {
            askNext(); // does nothing unless somebody went on meanwhile
            return;
        }
        m_error = batch.error();
        setState(State::Failed);
        return;
    }
    m_spec.cursor = batch->cursor;
    m_seen += batch->keys.size();
    m_found += batch->keys;
    // The first keys and the last ones do not wait.
    const bool isUrgent = batch->done || (m_index->size() == 0 && !m_merging);
    if (isUrgent || !m_publishTimer.isActive())
        m_publishTimer.start(isUrgent ? 0 : m_index->size() > kLargeIndex ? kPublishLargeMs : kPublishMs);
    if (batch->done)
        setState(State::Done);
    else
        askNext();
}

void KeyScanner::insert(const QByteArray &key)
{
    m_own.emplace_back(key, true);
    m_publishTimer.start(0);
}

void KeyScanner::remove(const QByteArray &key)
{
    m_own.emplace_back(key, false);
    m_publishTimer.start(0);
}

// The keys of the scan before stay until there are as many, or no more come.
void KeyScanner::showMerged()
{
    const bool isAll = m_state != State::Scanning && m_state != State::Paused && m_found.isEmpty();
    if (m_keeping && !isAll && m_merged->size() < m_index->size())
        return;
    m_keeping = false;
    if (std::exchange(m_index, m_merged) != m_merged)
        Q_EMIT indexChanged();
}

// The builder goes into the job with what was found and comes back with the merged index.
void KeyScanner::publish()
{
    if (m_merging)
        return;
    if (m_found.isEmpty() && m_own.empty())
        return showMerged();
    m_merging = true;
    QByteArrayList found = std::exchange(m_found, {});
    auto own = std::exchange(m_own, {});
    auto merge = [builder = std::move(m_builder), found = std::move(found), own = std::move(own)]() mutable -> Result<Merged> {
        builder.add(found);
        for (auto &[key, inserted] : own) {
            if (inserted)
                builder.insert(std::move(key));
            else
                builder.remove(std::move(key));
        }
        std::shared_ptr<const KeyIndex> index = builder.publish();
        return Merged{std::move(builder), std::move(index)};
    };
    onReady(m_session.jobs().run(std::move(merge)), this, [this, generation = m_generation](Result<Merged> merged) {
        if (generation != m_generation || !merged.ok())
            return;
        m_merging = false;
        m_builder = std::move(merged->builder);
        m_merged = merged->index;
        showMerged();
        if (!m_found.isEmpty() || !m_own.empty())
            m_publishTimer.start(m_state == State::Scanning ? kPublishMs : 0);
    });
}

} // namespace keyloupe
