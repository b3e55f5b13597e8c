// SPDX-License-Identifier: GPL-3.0-or-later
//
// Connection: one pipelined connection to a server. Lives on an I/O thread and is used only there.
//
// Requests are written in order and their replies matched in order; pushed messages are set apart. A request that times out
// or is cancelled is answered at once and its late replies are dropped by count, so the stream stays in step. A connection
// that says nothing for `kSilenceMs` while an answer is overdue is given up. After a loss every request in flight is answered
// with Errc::Closed, nothing is ever sent twice, and the connection comes back with back-off. A first connection that fails,
// and a refused login at any time, is final until open() is called again.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/net/backoff.h"
#include "core/net/endpoint.h"
#include "core/net/handshake.h"
#include "core/resp/command.h"
#include "core/resp/reader.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

class QIODevice;

namespace keyloupe {

class PlainProbe;

class Connection : public QObject
{
    Q_OBJECT

public:
    enum class State : std::uint8_t { Idle, Connecting, Ready, Waiting /* before the next try */, Failed, Closed };
    using Replies = std::vector<RespValue>;
    using Done = std::function<void(Result<Replies>)>;

    static constexpr int kConnectTimeoutMs = 10'000;
    static constexpr int kProbeAfterMs = 1000; ///< without an answer to a TLS greeting
    static constexpr int kSilenceMs = 20'000;
    static constexpr int kIdlePingMs = 15'000;

    explicit Connection(Endpoint endpoint, QObject *parent = nullptr);
    ~Connection() override;

    void open();     ///< also after Failed, and to retry at once while Waiting
    void close();    ///< answers everything in flight with Errc::Closed

    /// Sends a pipeline; `done` is called once, on this thread, with one reply a command. While connecting it waits in line;
    /// otherwise than Ready or Connecting it is refused at once. `db` -1 leaves the database as it is.
    void send(std::vector<Command> commands, int db, int timeoutMs, CancelToken cancel, Done done);

    /// Writes without expecting a reply in line: SUBSCRIBE and its kin, whose answers arrive as pushed messages in RESP3.
    /// In RESP2 all further arrivals are then pushed messages too.
    void sendSubscription(const Command &command);

    State state() const { return m_state; }
    const Error &lastError() const { return m_error; }
    const ServerIdentity &identity() const { return m_identity; }
    int databases() const { return m_databases; }
    const Endpoint &endpoint() const { return m_endpoint; }
    double roundTripMs() const { return m_roundTripMs; }

Q_SIGNALS:
    void stateChanged();
    void pushed(const keyloupe::RespValue &message);

private:
    struct Request
    {
        std::vector<Command> commands;
        int db = -1;
        int timeoutMs = 0;
        CancelToken cancel;
        Done done;                   // null once answered
        bool internal = false;       // part of the handshake
        Replies replies;
        std::size_t expected = 0;    // replies still to come
        bool selectPending = false;  // the next reply belongs to the SELECT in front
        std::int64_t sentMs = 0;
        std::int64_t sentUs = 0;
    };

    void setState(State state);
    void startSocket();
    void dropSocket();
    void probePlain();
    void socketConnected();
    void socketFailed(const Error &cause);
    void readAvailable();
    void takeReply(RespValue reply);
    void write(Request request);
    void flushWaiting();
    void answerAll(const Error &error);
    void checkDeadlines();
    void greet();
    void authenticate();
    void settle();
    void handshakeFailed(Error error);
    bool isTlsRecord() const;
    Error describeBreak(const Error &error) const;

    Endpoint m_endpoint;
    State m_state = State::Idle;
    Error m_error;
    bool m_wasReady = false;
    QIODevice *m_device = nullptr;
    RespReader m_reader;
    QByteArray m_firstBytes;            // of this connection, to name a peer that is no Redis
    std::deque<Request> m_waiting;      // until the handshake is done
    std::deque<std::unique_ptr<Request>> m_inFlight;
    bool m_subscribed = false;
    bool m_pinged = false;              // since the last byte arrived, while subscribed in RESP2
    int m_db = 0;
    ServerIdentity m_identity;
    int m_databases = 16;
    double m_roundTripMs = -1;
    std::int64_t m_lastReadMs = 0;
    QTimer m_tick;
    QTimer m_connectTimer;
    QTimer m_retryTimer;
    QTimer m_probeTimer;
    PlainProbe *m_probe = nullptr;      // while a TLS greeting stays unanswered
    Backoff m_backoff;
};

} // namespace keyloupe
