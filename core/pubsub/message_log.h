// SPDX-License-Identifier: GPL-3.0-or-later
//
// MessageLog: the newest messages of a person's subscriptions, bounded by number and by bytes, with counts and rates by
// channel. Pure, with a clock that tests replace; owned by the pub/sub panel, one thread. It never stops counting: pausing
// is the business of whoever shows it.
#pragma once

#include "core/base/clock.h"
#include "core/source/source.h"

#include <QByteArray>
#include <QHash>

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace keyloupe {

/// Messages a second, over the last few whole seconds.
class MessageRate
{
public:
    void add(std::int64_t nowMs);
    double perSecond(std::int64_t nowMs) const;

private:
    static constexpr std::int64_t kSeconds = 5;
    std::array<std::uint32_t, kSeconds + 1> m_counts{}; ///< by second modulo size
    std::int64_t m_newest = -1;                         ///< second of the newest count
    std::int64_t m_first = -1;                          ///< second of the first message
};

struct ChannelStats
{
    QByteArray channel;
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
    double perSecond = 0;
    std::int64_t lastMs = 0;
};

class MessageLog
{
public:
    struct Limits
    {
        std::size_t messages = 20'000;
        std::size_t bytes = 64u << 20;
        std::size_t channels = 5'000;
    };

    MessageLog();
    explicit MessageLog(Limits limits, Clock clock = systemNowMs);

    void append(PubSubMessage message);
    /// Forgets messages and counts.
    void clear();

    /// Messages are numbered from 0 on and keep their number: firstId() is the oldest that is still here.
    std::uint64_t firstId() const { return m_firstId; }
    std::uint64_t endId() const { return m_firstId + m_messages.size(); }
    const PubSubMessage &message(std::uint64_t id) const { return m_messages[std::size_t(id - m_firstId)]; }
    std::size_t size() const { return m_messages.size(); }

    std::uint64_t total() const { return m_total; }         ///< ever received
    std::uint64_t totalBytes() const { return m_totalBytes; }
    std::uint64_t forgotten() const { return m_forgotten; } ///< oldest ones that made room
    double perSecond() const { return m_rate.perSecond(m_clock()); }

    /// Messages the feed lost before they came here.
    void setLostByFeed(std::uint64_t count) { m_lostByFeed = count; }
    std::uint64_t lostByFeed() const { return m_lostByFeed; }

    /// Busiest first, then by name. Channels beyond the limit are counted only in the total.
    std::vector<ChannelStats> channels() const;
    std::size_t channelCount() const { return m_channels.size(); }

private:
    struct Channel
    {
        std::uint64_t messages = 0;
        std::uint64_t bytes = 0;
        std::int64_t lastMs = 0;
        MessageRate rate;
    };

    Limits m_limits;
    Clock m_clock;
    std::deque<PubSubMessage> m_messages;
    QHash<QByteArray, Channel> m_channels;
    MessageRate m_rate;
    std::size_t m_heldBytes = 0;
    std::uint64_t m_firstId = 0;
    std::uint64_t m_total = 0;
    std::uint64_t m_totalBytes = 0;
    std::uint64_t m_forgotten = 0;
    std::uint64_t m_lostByFeed = 0;
};

} // namespace keyloupe
