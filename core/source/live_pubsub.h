// SPDX-License-Identifier: GPL-3.0-or-later
//
// LivePubSub: subscriptions on a connection and a thread of their own, so that a flood of messages cannot slow the commands
// down. The ring between the threads is bounded; what does not fit is counted. Reconnects and subscribes again by itself.
#pragma once

#include "core/net/endpoint.h"
#include "core/source/source.h"

#include <memory>

namespace keyloupe {

class LivePubSub final : public PubSubFeed
{
    Q_OBJECT

public:
    static constexpr std::size_t kRingMessages = 50'000;

    explicit LivePubSub(const Endpoint &endpoint, QObject *parent = nullptr);
    ~LivePubSub() override;

    void subscribe(const QByteArrayList &channels) override;
    void psubscribe(const QByteArrayList &patterns) override;
    void unsubscribe(const QByteArrayList &channels) override;
    void punsubscribe(const QByteArrayList &patterns) override;
    QByteArrayList channels() const override { return m_channels; }
    QByteArrayList patterns() const override { return m_patterns; }
    std::vector<PubSubMessage> take(int max) override;
    std::uint64_t dropped() const override;

private:
    void send(const QByteArray &name, const QByteArrayList &arguments);

    struct Worker;
    QByteArrayList m_channels;
    QByteArrayList m_patterns;
    std::unique_ptr<Worker> w;
};

} // namespace keyloupe
