// SPDX-License-Identifier: GPL-3.0-or-later
//
// PubSubHub: who listens to which channel or pattern inside one engine. Engine's thread only.
#pragma once

#include "core/resp/value.h"

#include <QByteArray>
#include <QByteArrayList>

#include <map>
#include <vector>

namespace keyloupe {

class EngineClient;

class PubSubHub
{
public:
    enum class Kind { Channel, Pattern, Shard };

    /// False when it was subscribed already (or was not, for unsubscribe).
    bool subscribe(Kind kind, const QByteArray &name, EngineClient *client);
    bool unsubscribe(Kind kind, const QByteArray &name, EngineClient *client);
    void forget(EngineClient *client);

    /// Delivers to the subscribers; how many messages that made.
    std::int64_t publish(const QByteArray &channel, const QByteArray &message) const;
    std::int64_t publishShard(const QByteArray &channel, const QByteArray &message) const;

    QByteArrayList channels(Kind kind, const QByteArray &pattern) const; ///< null pattern: all
    std::int64_t subscribers(Kind kind, const QByteArray &name) const;
    std::int64_t patternCount() const { return static_cast<std::int64_t>(m_listeners[1].size()); }
    std::int64_t channelCount() const { return static_cast<std::int64_t>(m_listeners[0].size()); }

private:
    using Listeners = std::map<QByteArray, std::vector<EngineClient *>>;
    Listeners &of(Kind kind) { return m_listeners[static_cast<std::size_t>(kind)]; }
    const Listeners &of(Kind kind) const { return m_listeners[static_cast<std::size_t>(kind)]; }

    Listeners m_listeners[3];
};

} // namespace keyloupe
