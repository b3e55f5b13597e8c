// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/pubsub_hub.h"

#include "core/base/glob.h"
#include "core/engine/engine_client.h"

#include <algorithm>

namespace keyloupe {
namespace {

void deliver(const EngineClient &client, std::vector<RespValue> items)
{
    if (client.push)
        client.push(RespValue::push(std::move(items)));
}

} // namespace

bool PubSubHub::subscribe(Kind kind, const QByteArray &name, EngineClient *client)
{
    std::vector<EngineClient *> &clients = of(kind)[name];
    if (std::find(clients.begin(), clients.end(), client) != clients.end())
        return false;
    clients.push_back(client);
    return true;
}

bool PubSubHub::unsubscribe(Kind kind, const QByteArray &name, EngineClient *client)
{
    const auto it = of(kind).find(name);
    if (it == of(kind).end() || std::erase(it->second, client) == 0)
        return false;
    if (it->second.empty())
        of(kind).erase(it);
    return true;
}

void PubSubHub::forget(EngineClient *client)
{
    for (Listeners &listeners : m_listeners) {
        for (auto it = listeners.begin(); it != listeners.end();) {
            std::erase(it->second, client);
            it = it->second.empty() ? listeners.erase(it) : std::next(it);
        }
    }
}

std::int64_t PubSubHub::publish(const QByteArray &channel, const QByteArray &message) const
{
    std::int64_t receivers = 0;
    if (const auto it = of(Kind::Channel).find(channel); it != of(Kind::Channel).end()) {
        for (const EngineClient *client : it->second) {
            deliver(*client, {RespValue::bulk("message"), RespValue::bulk(channel), RespValue::bulk(message)});
            ++receivers;
        }
    }
    for (const auto &[pattern, clients] : of(Kind::Pattern)) {
        if (!globMatch(pattern, channel))
            continue;
        for (const EngineClient *client : clients) {
            deliver(*client, {RespValue::bulk("pmessage"), RespValue::bulk(pattern), RespValue::bulk(channel), RespValue::bulk(message)});
            ++receivers;
        }
    }
    return receivers;
}

std::int64_t PubSubHub::publishShard(const QByteArray &channel, const QByteArray &message) const
{
    const auto it = of(Kind::Shard).find(channel);
    if (it == of(Kind::Shard).end())
        return 0;
    for (const EngineClient *client : it->second)
        deliver(*client, {RespValue::bulk("smessage"), RespValue::bulk(channel), RespValue::bulk(message)});
    return static_cast<std::int64_t>(it->second.size());
}

QByteArrayList PubSubHub::channels(Kind kind, const QByteArray &pattern) const
{
    QByteArrayList names;
    for (const auto &[name, clients] : of(kind)) {
        if (pattern.isNull() || globMatch(pattern, name))
            names.append(name);
    }
    return names;
}

std::int64_t PubSubHub::subscribers(Kind kind, const QByteArray &name) const
{
    const auto it = of(kind).find(name);
    return it == of(kind).end() ? 0 : static_cast<std::int64_t>(it->second.size());
}

} // namespace keyloupe
