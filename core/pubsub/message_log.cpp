// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pubsub/message_log.h"

#include <algorithm>

namespace keyloupe {
namespace {

// What a message costs beside its bytes: the entry and its shared headers, roughly.
constexpr std::size_t kMessageOverhead = 160;

std::size_t heldBytes(const PubSubMessage &message)
{
    return kMessageOverhead + std::size_t(message.channel.size() + message.pattern.size() + message.payload.size());
}

} // namespace

void MessageRate::add(std::int64_t nowMs)
{
    const std::int64_t second = nowMs / 1000;
    const std::int64_t slotCount = std::int64_t(m_counts.size());
    if (m_first < 0)
        m_first = second;
    if (second > m_newest) {
        // Seconds in which nothing came are zero.
        const std::int64_t from = std::max(m_newest + 1, second - slotCount + 1);
        for (std::int64_t s = from; s <= second; ++s)
            m_counts[std::size_t(s % slotCount)] = 0;
        m_newest = second;
    }
    // A clock that was set back: count it into the newest second.
    ++m_counts[std::size_t(m_newest % slotCount)];
}

double MessageRate::perSecond(std::int64_t nowMs) const
{
    if (m_first < 0)
        return 0;
    const std::int64_t slotCount = std::int64_t(m_counts.size());
    const std::int64_t now = nowMs / 1000;
    // The running second is not over, so it would always look too quiet; only at the very start it is all there is.
    const std::int64_t from = std::max(now - kSeconds, m_first);
    if (from >= now)
        return m_newest == now ? double(m_counts[std::size_t(now % slotCount)]) : 0;
    std::uint64_t sum = 0;
    for (std::int64_t s = from; s < now; ++s) {
        if (s <= m_newest && s > m_newest - slotCount)
            sum += m_counts[std::size_t(s % slotCount)];
    }
    return double(sum) / double(now - from);
}

MessageLog::MessageLog() : MessageLog(Limits()) { }

MessageLog::MessageLog(Limits limits, Clock clock) : m_limits(limits), m_clock(std::move(clock)) { }

void MessageLog::append(PubSubMessage message)
{
    const std::int64_t now = m_clock();
    const std::uint64_t payloadBytes = std::uint64_t(message.payload.size());
    ++m_total;
    m_totalBytes += payloadBytes;
    m_rate.add(now);
    auto channel = m_channels.find(message.channel);
    if (channel == m_channels.end() && std::size_t(m_channels.size()) < m_limits.channels)
        channel = m_channels.insert(message.channel, Channel());
    if (channel != m_channels.end()) {
        ++channel->messages;
        channel->bytes += payloadBytes;
        channel->lastMs = message.timeMs;
        channel->rate.add(now);
    }
    m_heldBytes += heldBytes(message);
    m_messages.push_back(std::move(message));
    // The newest message stays even if it alone is over the byte limit.
    while (m_messages.size() > m_limits.messages || (m_heldBytes > m_limits.bytes && m_messages.size() > 1)) {
        m_heldBytes -= heldBytes(m_messages.front());
        m_messages.pop_front();
        ++m_firstId;
        ++m_forgotten;
    }
}

void MessageLog::clear()
{
    m_firstId = endId();
    m_messages.clear();
    m_channels.clear();
    m_rate = {};
    m_heldBytes = 0;
    m_total = 0;
    m_totalBytes = 0;
    m_forgotten = 0;
}

std::vector<ChannelStats> MessageLog::channels() const
{
    const std::int64_t now = m_clock();
    std::vector<ChannelStats> all;
    all.reserve(std::size_t(m_channels.size()));
    for (auto it = m_channels.cbegin(); it != m_channels.cend(); ++it)
        all.push_back({it.key(), it->messages, it->bytes, it->rate.perSecond(now), it->lastMs});
    std::sort(all.begin(), all.end(), [](const ChannelStats &a, const ChannelStats &b) {
        return a.messages != b.messages ? a.messages > b.messages : a.channel < b.channel;
    });
    return all;
}

} // namespace keyloupe
