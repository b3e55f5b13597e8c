// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyScanner: fills a KeyIndex while SCAN runs: asks for a batch, hands batches to a merge job a few times a second, asks
// again. Pauses, resumes, stops; when the source is lost it keeps what it has and goes on from its cursor once the source is
// ready again. Owned by the key browser; GUI thread; merging is in the job pool.
#pragma once

#include "core/keys/key_index_builder.h"
#include "core/source/source.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace keyloupe {

class SourceSession;

class KeyScanner : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Scanning, Paused, Done, Stopped, Failed };

    explicit KeyScanner(SourceSession &session, QObject *parent = nullptr);
    ~KeyScanner() override;

    /// What index() says until the new scan has found as much.
    enum class Before { Forget, Keep };
    /// Begins anew. Empty glob and type: everything.
    void start(int db, const QByteArray &match = {}, const QByteArray &type = {}, Before before = Before::Forget);
    void pause();
    void resume();
    void stop();

    State state() const { return m_state; }
    const std::shared_ptr<const KeyIndex> &index() const { return m_index; }
    std::int64_t keysSeen() const { return m_seen; }   ///< as SCAN gave them; duplicates count
    std::int64_t keysInDatabase() const { return m_total; } ///< DBSIZE at the start, -1 unknown
    double keysPerSecond() const;
    const Error &lastError() const { return m_error; }

    /// Our own writes, at once.
    void insert(const QByteArray &key);
    void remove(const QByteArray &key);

Q_SIGNALS:
    void indexChanged();
    void stateChanged();

private:
    void setState(State state);
    void askNext();
    void takeBatch(Result<ScanBatch> batch);
    void publish();
    void showMerged();

    SourceSession &m_session;
    State m_state = State::Idle;
    ScanSpec m_spec;
    std::unique_ptr<KeyScan> m_scan;
    bool m_asking = false;
    std::shared_ptr<const KeyIndex> m_index;
    KeyIndexBuilder m_builder;   // not touched while m_merging
    QByteArrayList m_found;      // for the next merge
    std::vector<std::pair<QByteArray, bool>> m_own; // our writes for the next merge; true: inserted
    bool m_merging = false;
    std::shared_ptr<const KeyIndex> m_merged; // of this scan
    bool m_keeping = false;      // m_index is of the scan before
    std::uint64_t m_generation = 0;
    std::int64_t m_seen = 0;
    std::int64_t m_total = -1;
    std::int64_t m_startedMs = 0;
    std::int64_t m_endedMs = 0;
    Error m_error;
    QTimer m_publishTimer;
};

} // namespace keyloupe
