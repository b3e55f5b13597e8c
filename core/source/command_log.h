// SPDX-License-Identifier: GPL-3.0-or-later
//
// CommandLog: what Keyloupe sent, with secrets masked; the newest 5000. Written on the I/O thread, read on the GUI thread:
// append and take may be called on any thread. The signal comes on the thread that owns the log, once per burst.
#pragma once

#include "core/base/ring_buffer.h"

#include <QByteArray>
#include <QObject>

#include <cstdint>
#include <mutex>
#include <vector>

namespace keyloupe {

struct CommandLogEntry
{
    std::int64_t timeMs = 0;     ///< wall clock, when it was sent
    int db = 0;
    QByteArray text;             ///< printableCommand()
    std::int64_t durationUs = -1; ///< until the reply, of the whole pipeline; -1 unknown
    QByteArray error;            ///< the server's or our own words; empty when it went well
    bool background = false;     ///< sampling and details of visible rows
};

class CommandLog : public QObject
{
    Q_OBJECT

public:
    static constexpr std::size_t kCapacity = 5000;

    explicit CommandLog(QObject *parent = nullptr);

    void append(std::vector<CommandLogEntry> entries);

    /// Entries with a serial number of at least `from` that are still kept; `next` becomes the number to ask from later.
    std::vector<CommandLogEntry> since(std::uint64_t from, std::uint64_t *next) const;

Q_SIGNALS:
    void entriesAdded();

private:
    mutable std::mutex m_mutex;
    RingBuffer<CommandLogEntry> m_entries{kCapacity};
    std::uint64_t m_total = 0;
    bool m_announced = false;
};

} // namespace keyloupe
