// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/live_pubsub.h"

#include "core/async/io_thread.h"
#include "core/async/post_to.h"
#include "core/base/clock.h"
#include "core/base/ring_buffer.h"
#include "core/net/connection.h"

#include <mutex>

namespace keyloupe {
namespace {

// A message, or nullopt for confirmations of subscriptions.
std::optional<PubSubMessage> messageOf(const RespValue &push)
{
    if (push.items.size() < 3)
        return std::nullopt;
    const QByteArray &kind = push.items[0].bytes;
    PubSubMessage message;
    message.timeMs = systemNowMs();
    if (kind == "message" || kind == "smessage") {
        message.channel = push.items[1].bytes;
        message.payload = push.items[2].bytes;
        return message;
    }
    if (kind == "pmessage" && push.items.size() == 4) {
        message.pattern = push.items[1].bytes;
        message.channel = push.items[2].bytes;
        message.payload = push.items[3].bytes;
        return message;
    }
    return std::nullopt;
}

QByteArrayList without(const QByteArrayList &all, const QByteArrayList &gone)
{
    QByteArrayList rest;
    for (const QByteArray &item : all) {
        if (!gone.contains(item))
            rest.append(item);
    }
    return rest;
}

} // namespace

struct LivePubSub::Worker
{
    mutable std::mutex mutex; // guards ring and announced
    RingBuffer<PubSubMessage> ring{kRingMessages};
    bool announced = false;
    // On the I/O thread only.
    Connection *connection = nullptr;
    QByteArrayList wantedChannels;
    QByteArrayList wantedPatterns;
    std::unique_ptr<IoThread> io; // last: joined before the rest dies

    void sendWanted()
    {
        if (!wantedChannels.isEmpty())
            connection->sendSubscription(Command(QByteArrayList{"SUBSCRIBE"} + wantedChannels));
        if (!wantedPatterns.isEmpty())
            connection->sendSubscription(Command(QByteArrayList{"PSUBSCRIBE"} + wantedPatterns));
    }
};

LivePubSub::LivePubSub(const Endpoint &endpoint, QObject *parent) : PubSubFeed(parent), w(std::make_unique<Worker>())
{
    w->io = std::make_unique<IoThread>(QStringLiteral("pubsub ") + endpoint.title());
    w->io->post([this, endpoint, context = w->io->context()] {
        auto *connection = new Connection(endpoint, context);
        w->connection = connection;
        connect(connection, &Connection::pushed, context, [this](const RespValue &push) {
            if (push.isError() || (!push.items.empty() && push.items[0].isError())) {
                const Error error = errorFromReply(push.isError() ? push : push.items[0]);
                postTo(this, [this, error] { Q_EMIT failed(error); });
                return;
            }
            std::optional<PubSubMessage> message = messageOf(push);
            if (!message)
                return;
            bool announce = false;
            {
                const std::lock_guard lock(w->mutex);
                w->ring.push(std::move(*message));
                announce = !std::exchange(w->announced, true);
            }
            if (announce)
                postTo(this, [this] { Q_EMIT messagesAvailable(); });
        });
        connect(connection, &Connection::stateChanged, context, [this, connection] {
            if (connection->state() == Connection::State::Ready) {
                w->sendWanted();
            } else if (connection->state() == Connection::State::Failed || connection->state() == Connection::State::Waiting) {
                const Error error = connection->lastError();
                postTo(this, [this, error] { Q_EMIT failed(error); });
            }
        });
        connection->open();
    });
}

LivePubSub::~LivePubSub()
{
    w->io.reset();
}

// On the I/O thread the wish is noted first, so that a connection still to come knows it too.
void LivePubSub::send(const QByteArray &name, const QByteArrayList &arguments)
{
    w->io->post([this, name, arguments, wantedChannels = m_channels, wantedPatterns = m_patterns] {
        w->wantedChannels = wantedChannels;
        w->wantedPatterns = wantedPatterns;
        if (!arguments.isEmpty())
            w->connection->sendSubscription(Command(QByteArrayList{name} + arguments));
    });
    Q_EMIT subscriptionsChanged();
}

void LivePubSub::subscribe(const QByteArrayList &channels)
{
    const QByteArrayList fresh = without(channels, m_channels);
    m_channels += fresh;
    send("SUBSCRIBE", fresh);
}

void LivePubSub::psubscribe(const QByteArrayList &patterns)
{
    const QByteArrayList fresh = without(patterns, m_patterns);
    m_patterns += fresh;
    send("PSUBSCRIBE", fresh);
}

void LivePubSub::unsubscribe(const QByteArrayList &channels)
{
    const QByteArrayList gone = channels.isEmpty() ? m_channels : channels;
    m_channels = without(m_channels, gone);
    send("UNSUBSCRIBE", gone);
}

void LivePubSub::punsubscribe(const QByteArrayList &patterns)
{
    const QByteArrayList gone = patterns.isEmpty() ? m_patterns : patterns;
    m_patterns = without(m_patterns, gone);
    send("PUNSUBSCRIBE", gone);
}

std::vector<PubSubMessage> LivePubSub::take(int max)
{
    std::vector<PubSubMessage> messages;
    bool more = false;
    {
        const std::lock_guard lock(w->mutex);
        while (!w->ring.isEmpty() && int(messages.size()) < max)
            messages.push_back(w->ring.takeFirst());
        more = !w->ring.isEmpty();
        w->announced = more;
    }
    if (more)
        postTo(this, [this] { Q_EMIT messagesAvailable(); });
    return messages;
}

std::uint64_t LivePubSub::dropped() const
{
    const std::lock_guard lock(w->mutex);
    return w->ring.dropped();
}

} // namespace keyloupe
