// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/connection.h"

#include "core/base/clock.h"
#include "core/base/escape.h"
#include "core/base/log.h"
#include "core/net/plain_probe.h"
#include "core/resp/writer.h"

#include <QElapsedTimer>
#include <QFile>
#include <QLocalSocket>
#include <QRandomGenerator>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpSocket>

#include <chrono>

namespace keyloupe {
namespace {

constexpr int kTickMs = 100;
constexpr qint64 kReadChunk = 256 * 1024;
constexpr std::size_t kMaxWaiting = 10'000;

std::int64_t steadyNowUs()
{
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

Error closedError(const QString &why)
{
    return Error{Errc::Closed, why, -1, {}};
}

Result<QSslConfiguration> sslConfiguration(const TlsOptions &tls)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPeerVerifyMode(tls.verify ? QSslSocket::VerifyPeer : QSslSocket::VerifyNone);
    if (!tls.caFile.isEmpty()) {
        const QList<QSslCertificate> authorities = QSslCertificate::fromPath(tls.caFile, QSsl::Pem);
        if (authorities.isEmpty())
            return Error{Errc::Io, QStringLiteral("no certificate can be read from %1").arg(tls.caFile), -1, {}};
        configuration.setCaCertificates(authorities);
    }
    if (!tls.certFile.isEmpty()) {
        const QList<QSslCertificate> chain = QSslCertificate::fromPath(tls.certFile, QSsl::Pem);
        if (chain.isEmpty())
            return Error{Errc::Io, QStringLiteral("no certificate can be read from %1").arg(tls.certFile), -1, {}};
        configuration.setLocalCertificateChain(chain);
        QFile file(tls.keyFile);
        if (!file.open(QIODevice::ReadOnly))
            return Error{Errc::Io, QStringLiteral("the key file %1 cannot be read").arg(tls.keyFile), -1, {}};
        const QByteArray pem = file.readAll();
        QSslKey key(pem, QSsl::Rsa, QSsl::Pem);
        if (key.isNull())
            key = QSslKey(pem, QSsl::Ec, QSsl::Pem);
        if (key.isNull())
            return Error{Errc::Unsupported, QStringLiteral("%1 holds no RSA or EC key in PEM form without a passphrase").arg(tls.keyFile), -1, {}};
        configuration.setPrivateKey(key);
    }
    return configuration;
}

} // namespace

Connection::Connection(Endpoint endpoint, QObject *parent)
    : QObject(parent), m_endpoint(std::move(endpoint)), m_tick(this), m_connectTimer(this), m_retryTimer(this), m_probeTimer(this)
{
    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, &Connection::checkDeadlines);
    m_connectTimer.setSingleShot(true);
    connect(&m_connectTimer, &QTimer::timeout, this, [this] {
        QString why = QStringLiteral("%1 did not answer within %2 s").arg(m_endpoint.title()).arg(kConnectTimeoutMs / 1000);
        // A plain Redis takes a TLS greeting for the beginning of a command and waits for the rest.
        const auto *socket = qobject_cast<QSslSocket *>(m_device);
        if (m_endpoint.tls.enabled && socket && !socket->isEncrypted() && socket->state() == QAbstractSocket::ConnectedState)
            why = QStringLiteral("%1 took the connection but did not begin TLS within %2 s; the port may not use TLS")
                          .arg(m_endpoint.title()).arg(kConnectTimeoutMs / 1000);
        socketFailed(Error{Errc::Timeout, why, -1, {}});
    });
    m_retryTimer.setSingleShot(true);
    connect(&m_retryTimer, &QTimer::timeout, this, &Connection::startSocket);
    m_probeTimer.setSingleShot(true);
    connect(&m_probeTimer, &QTimer::timeout, this, &Connection::probePlain);
}

Connection::~Connection()
{
    close();
}

void Connection::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}

void Connection::open()
{
    if (m_state == State::Ready || m_state == State::Connecting)
        return;
    m_retryTimer.stop();
    startSocket();
}

void Connection::close()
{
    m_retryTimer.stop();
    dropSocket();
    // The state first: whoever is answered may send or open again at once.
    setState(State::Closed);
    answerAll(closedError(QStringLiteral("the source was closed")));
}

void Connection::startSocket()
{
    dropSocket();
    m_reader.reset();
    m_firstBytes.clear();
    m_subscribed = false;
    m_db = m_endpoint.db;
    setState(State::Connecting);
    m_lastReadMs = steadyNowMs();
    m_pinged = false;
    m_connectTimer.start(kConnectTimeoutMs);
    m_tick.start();

    if (m_endpoint.kind == Endpoint::Kind::Unix) {
        auto *socket = new QLocalSocket(this);
        m_device = socket;
        connect(socket, &QLocalSocket::connected, this, &Connection::socketConnected);
        connect(socket, &QLocalSocket::readyRead, this, &Connection::readAvailable);
        connect(socket, &QLocalSocket::errorOccurred, this, [this, socket] {
            socketFailed(Error{Errc::Io, QStringLiteral("%1: %2").arg(m_endpoint.title(), socket->errorString()), -1, {}});
        });
        socket->connectToServer(m_endpoint.path);
        return;
    }

    auto *socket = new QSslSocket(this);
    m_device = socket;
    connect(socket, &QSslSocket::readyRead, this, &Connection::readAvailable);
    connect(socket, &QSslSocket::errorOccurred, this, [this, socket] {
        QString reason = socket->errorString();
        const QList<QSslError> problems = socket->sslHandshakeErrors();
        if (!problems.isEmpty()) {
            QStringList reasons;
            for (const QSslError &problem : problems)
                reasons.append(problem.errorString());
            reason = QStringLiteral("the server's certificate is not trusted: %1").arg(reasons.join(QLatin1String("; ")));
        } else if (m_endpoint.tls.enabled && !socket->isEncrypted() && socket->error() == QAbstractSocket::SslHandshakeFailedError) {
            // OpenSSL's words when the peer offers only what is older than TLS 1.2.
            const bool tooOld = reason.contains(QLatin1String("protocol version")) || reason.contains(QLatin1String("unsupported protocol"));
            reason = QStringLiteral("no TLS connection could be made (%1); %2")
                             .arg(reason, tooOld ? QStringLiteral("the server must offer TLS 1.2 or newer") : QStringLiteral("the port may not use TLS"));
        } else if (!m_endpoint.tls.enabled && !m_wasReady && m_firstBytes.isEmpty() && socket->error() == QAbstractSocket::RemoteHostClosedError) {
            reason = QStringLiteral("the server closed the connection without a word; the port may use TLS");
        }
        socketFailed(Error{Errc::Io, QStringLiteral("%1: %2").arg(m_endpoint.title(), reason), -1, {}});
    });
    if (m_endpoint.tls.enabled) {
        Result<QSslConfiguration> configuration = sslConfiguration(m_endpoint.tls);
        if (!configuration.ok()) {
            socketFailed(configuration.error());
            return;
        }
        socket->setSslConfiguration(*configuration);
        const QString name = m_endpoint.tls.serverName.isEmpty() ? m_endpoint.host : m_endpoint.tls.serverName;
        connect(socket, &QSslSocket::encrypted, this, &Connection::socketConnected);
        if (!m_wasReady) // one that spoke TLS before is only slow
            connect(socket, &QSslSocket::connected, this, [this] { m_probeTimer.start(kProbeAfterMs); });
        socket->connectToHostEncrypted(m_endpoint.host, m_endpoint.port, name);
    } else {
        connect(socket, &QSslSocket::connected, this, &Connection::socketConnected);
        socket->connectToHost(m_endpoint.host, m_endpoint.port);
    }
}

void Connection::dropSocket()
{
    m_connectTimer.stop();
    m_tick.stop();
    m_probeTimer.stop();
    if (m_probe) {
        m_probe->disconnect(this);
        std::exchange(m_probe, nullptr)->deleteLater();
    }
    if (!m_device)
        return;
    m_device->disconnect(this);
    if (auto *tcp = qobject_cast<QAbstractSocket *>(m_device))
        tcp->abort();
    else if (auto *local = qobject_cast<QLocalSocket *>(m_device))
        local->abort();
    m_device->deleteLater();
    m_device = nullptr;
}

// A slow TLS server stays silent to a PING, so nobody is turned away too early.
void Connection::probePlain()
{
    const auto *socket = qobject_cast<QSslSocket *>(m_device);
    if (!socket || socket->isEncrypted() || socket->state() != QAbstractSocket::ConnectedState)
        return;
    m_probe = new PlainProbe(socket->peerAddress(), socket->peerPort(), this);
    connect(m_probe, &PlainProbe::answersPlainly, this, [this] {
        socketFailed(Error{Errc::Protocol,
                           QStringLiteral("%1 speaks Redis without TLS; if that is right for this port, switch TLS off").arg(m_endpoint.title()), -1, {}});
    });
}

void Connection::socketConnected()
{
    m_probeTimer.stop();
    if (auto *tcp = qobject_cast<QAbstractSocket *>(m_device)) {
        tcp->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        tcp->setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    }
    m_lastReadMs = steadyNowMs();
    greet();
}

// The end of a try or of a working connection: back-off where it once worked, final where it never did or never will.
void Connection::socketFailed(const Error &cause)
{
    const bool wasReady = m_state == State::Ready;
    // A peer that said something else than Redis and then hung up or fell silent is named by what it said.
    const bool isReply = m_firstBytes.isEmpty() || QByteArrayView("+-:$*_,#!=(%~>|").contains(m_firstBytes.front());
    const bool explain = !wasReady && !isReply && (cause.code == Errc::Io || cause.code == Errc::Timeout);
    const Error error = explain ? describeBreak(cause) : cause;
    dropSocket();
    m_error = error;
    if (wasReady)
        m_error = Error{Errc::Closed, QStringLiteral("the connection was lost: %1").arg(error.message), error.offset, {}};
    const Error answer = m_error.code == Errc::Closed ? m_error : closedError(error.message);
    // The state first: whoever is answered may send or open again at once.
    if (error.code == Errc::Auth || !m_wasReady) {
        setState(State::Failed);
    } else {
        m_retryTimer.start(m_backoff.nextDelayMs(QRandomGenerator::global()->generateDouble()));
        qCDebug(lcNet, "lost %s: %s", qPrintable(m_endpoint.title()), qPrintable(error.message));
        setState(State::Waiting);
    }
    answerAll(answer);
}

// An alert or a handshake, as a TLS server answers a client that talks plainly.
bool Connection::isTlsRecord() const
{
    return m_firstBytes.size() >= 2 && (m_firstBytes[0] == '\x15' || m_firstBytes[0] == '\x16') && m_firstBytes[1] == '\x03';
}

// A broken stream in words: what kind of peer this seems to be.
Error Connection::describeBreak(const Error &error) const
{
    const QString where = m_endpoint.title();
    if (!m_wasReady && isTlsRecord())
        return Error{Errc::Protocol, QStringLiteral("%1 speaks TLS; switch TLS on").arg(where), -1, {}};
    if (m_state != State::Ready && error.offset <= 0) {
        const QByteArray line = m_firstBytes.left(m_firstBytes.indexOf('\n')).trimmed().left(60);
        return Error{Errc::Protocol,
                     QStringLiteral("%1 does not speak the Redis protocol; it answered %2").arg(where, QString::fromLatin1(quoteBytes(line))), -1, {}};
    }
    return Error{error.code, QStringLiteral("%1 sent a reply that breaks the Redis protocol: %2").arg(where, error.message), error.offset, {}};
}

void Connection::readAvailable()
{
    while (m_device && m_device->bytesAvailable() > 0) {
        const QByteArray bytes = m_device->read(kReadChunk);
        if (bytes.isEmpty())
            return;
        m_lastReadMs = steadyNowMs();
        m_pinged = false;
        if (m_firstBytes.size() < 64)
            m_firstBytes.append(bytes.left(64 - m_firstBytes.size()));
        if (m_state == State::Connecting && isTlsRecord()) {
            socketFailed(describeBreak({}));
            return;
        }
        m_reader.feed(bytes);
        for (;;) {
            Result<std::optional<RespValue>> next = m_reader.next();
            if (!next.ok()) {
                socketFailed(describeBreak(next.error()));
                return;
            }
            if (!next->has_value())
                break;
            RespValue value = std::move(**next);
            if (value.kind == RespValue::Kind::Push || (m_subscribed && m_identity.protocol < 3))
                Q_EMIT pushed(value);
            else
                takeReply(std::move(value));
            if (!m_device)
                return; // a callback closed us
        }
    }
}

void Connection::takeReply(RespValue reply)
{
    if (m_inFlight.empty()) {
        if (m_subscribed) {
            Q_EMIT pushed(reply); // a refused SUBSCRIBE
            return;
        }
        // Some servers greet a client that they turn away: "-ERR max number of clients reached".
        if (reply.isError())
            socketFailed(errorFromReply(reply));
        else
            socketFailed(Error{Errc::Protocol, QStringLiteral("%1 sent a reply that nobody asked for").arg(m_endpoint.title()), -1, {}});
        return;
    }
    Request &request = *m_inFlight.front();
    if (request.selectPending) {
        request.selectPending = false;
        if (reply.isError()) {
            // The commands behind it would run in the wrong database; their replies must not be shown as an answer.
            m_db = -1;
            if (request.done)
                std::exchange(request.done, nullptr)(Result<Replies>(errorFromReply(reply)));
        }
        return;
    }
    request.replies.push_back(std::move(reply));
    if (--request.expected > 0)
        return;
    const std::unique_ptr<Request> finished = std::move(m_inFlight.front());
    m_inFlight.pop_front();
    if (finished->commands.size() == 1) {
        const double tookMs = double(steadyNowUs() - finished->sentUs) / 1000;
        m_roundTripMs = m_roundTripMs < 0 ? tookMs : m_roundTripMs * 0.8 + tookMs * 0.2;
    }
    if (finished->done)
        finished->done(Result<Replies>(std::move(finished->replies)));
}

void Connection::send(std::vector<Command> commands, int db, int timeoutMs, CancelToken cancel, Done done)
{
    if (m_state != State::Ready && m_state != State::Connecting) {
        const QString why = m_error.message.isEmpty() ? QStringLiteral("not connected") : m_error.message;
        done(Result<Replies>(closedError(why)));
        return;
    }
    if (cancel.isCancelled()) {
        done(Result<Replies>(cancelledError()));
        return;
    }
    if (commands.empty()) {
        done(Result<Replies>(Replies{}));
        return;
    }
    Request request;
    request.commands = std::move(commands);
    request.db = db;
    request.timeoutMs = timeoutMs;
    request.cancel = std::move(cancel);
    request.done = std::move(done);
    request.sentMs = steadyNowMs();
    if (m_state == State::Ready)
        write(std::move(request));
    else if (m_waiting.size() < kMaxWaiting)
        m_waiting.push_back(std::move(request));
    else
        request.done(Result<Replies>(Error{Errc::LimitExceeded, QStringLiteral("too many requests wait for the connection"), -1, {}}));
}

void Connection::write(Request request)
{
    QByteArray bytes;
    if (request.db >= 0 && request.db != m_db) {
        appendCommand(bytes, Command{"SELECT", QByteArray::number(request.db)});
        m_db = request.db;
        request.selectPending = true;
    }
    for (const Command &command : request.commands)
        appendCommand(bytes, command);
    request.expected = request.commands.size();
    request.sentMs = steadyNowMs();
    request.sentUs = steadyNowUs();
    m_inFlight.push_back(std::make_unique<Request>(std::move(request)));
    m_device->write(bytes);
}

void Connection::sendSubscription(const Command &command)
{
    if (m_state != State::Ready)
        return;
    m_subscribed = true;
    QByteArray bytes;
    appendCommand(bytes, command);
    m_device->write(bytes);
}

void Connection::flushWaiting()
{
    std::deque<Request> waiting = std::move(m_waiting);
    m_waiting.clear();
    for (Request &request : waiting) {
        if (request.cancel.isCancelled())
            request.done(Result<Replies>(cancelledError()));
        else
            write(std::move(request));
    }
}

void Connection::answerAll(const Error &error)
{
    std::deque<std::unique_ptr<Request>> inFlight = std::move(m_inFlight);
    std::deque<Request> waiting = std::move(m_waiting);
    m_inFlight.clear();
    m_waiting.clear();
    for (const std::unique_ptr<Request> &request : inFlight) {
        if (request->done && !request->internal)
            request->done(Result<Replies>(error));
    }
    for (Request &request : waiting)
        request.done(Result<Replies>(error));
}

void Connection::checkDeadlines()
{
    const std::int64_t now = steadyNowMs();
    bool overdue = false;
    // Answering may call back into us; collect first.
    std::vector<std::pair<Done, Error>> answers;
    for (const std::unique_ptr<Request> &request : m_inFlight) {
        const bool late = now - request->sentMs > request->timeoutMs;
        overdue = overdue || late;
        if (!request->done || request->internal)
            continue;
        if (request->cancel.isCancelled())
            answers.emplace_back(std::exchange(request->done, nullptr), cancelledError());
        else if (late)
            answers.emplace_back(std::exchange(request->done, nullptr),
                                 Error{Errc::Timeout, QStringLiteral("no answer from %1 within %2 s").arg(m_endpoint.title()).arg((request->timeoutMs + 500) / 1000), -1, {}});
    }
    for (auto waiting = m_waiting.begin(); waiting != m_waiting.end();) {
        if (waiting->cancel.isCancelled()) {
            answers.emplace_back(std::move(waiting->done), cancelledError());
            waiting = m_waiting.erase(waiting);
        } else {
            ++waiting;
        }
    }
    const std::int64_t silentMs = now - m_lastReadMs;
    if (overdue && silentMs > kSilenceMs) {
        socketFailed(Error{Errc::Timeout, QStringLiteral("%1 has said nothing for %2 s").arg(m_endpoint.title()).arg(silentMs / 1000), -1, {}});
    } else if (m_state == State::Ready && m_subscribed && m_identity.protocol < 3) {
        // The answer comes among the messages, so there is no request to wait for.
        if (silentMs > kIdlePingMs + kSilenceMs)
            socketFailed(Error{Errc::Timeout, QStringLiteral("%1 has said nothing for %2 s").arg(m_endpoint.title()).arg(silentMs / 1000), -1, {}});
        else if (silentMs > kIdlePingMs && !std::exchange(m_pinged, true))
            sendSubscription(Command{"PING"});
    } else if (m_state == State::Ready && m_inFlight.empty() && silentMs > kIdlePingMs) {
        // A half-open connection shows only when something is asked.
        send({Command{"PING"}}, -1, 5000, {}, [](const Result<Replies> &) {});
    }
    for (auto &[done, error] : answers)
        done(Result<Replies>(error));
}

void Connection::greet()
{
    Request hello;
    hello.commands = {helloCommand(m_endpoint)};
    hello.timeoutMs = kConnectTimeoutMs;
    hello.internal = true;
    hello.done = [this](Result<Replies> replies) {
        const RespValue &reply = replies->front();
        if (needsResp2(reply)) {
            m_identity = ServerIdentity{};
            authenticate();
        } else if (reply.isError()) {
            handshakeFailed(errorFromReply(reply));
        } else {
            m_identity = identityFromHello(reply);
            settle();
        }
    };
    write(std::move(hello));
}

void Connection::authenticate()
{
    const Command auth = authCommand(m_endpoint);
    if (auth.isEmpty())
        return settle();
    Request request;
    request.commands = {auth};
    request.timeoutMs = kConnectTimeoutMs;
    request.internal = true;
    request.done = [this](Result<Replies> replies) {
        const RespValue &reply = replies->front();
        if (!reply.isError())
            return settle();
        Error error = errorFromReply(reply);
        error.code = Errc::Auth;
        handshakeFailed(std::move(error));
    };
    write(std::move(request));
}

void Connection::settle()
{
    Request request;
    request.commands = settlingCommands(m_endpoint);
    request.timeoutMs = kConnectTimeoutMs;
    request.internal = true;
    request.done = [this](Result<Replies> replies) {
        const RespValue &select = replies->front();
        // RESP2 without a password: only now does the server ask for one. A proxy without SELECT is fine in database 0.
        if (select.errorCode() == "NOAUTH" || (select.isError() && m_endpoint.db != 0)) {
            handshakeFailed(errorFromReply(select));
            return;
        }
        for (const RespValue &reply : *replies) {
            if (reply.isText() && (reply.bytes.contains("redis_version") || reply.bytes.contains("role:")))
                refineIdentity(m_identity, reply.bytes);
            if (reply.items.size() == 2 && reply.items[0].bytes == "databases")
                m_databases = int(reply.items[1].toInteger(16));
        }
        m_connectTimer.stop();
        m_wasReady = true;
        m_backoff.reset();
        m_error = {};
        setState(State::Ready);
        flushWaiting();
    };
    write(std::move(request));
}

void Connection::handshakeFailed(Error error)
{
    error.message = QStringLiteral("%1 refused the connection: %2").arg(m_endpoint.title(), error.message);
    socketFailed(error);
}

} // namespace keyloupe
