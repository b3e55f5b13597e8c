// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine_server.h"

#include "core/engine/engine.h"
#include "core/resp/request_parser.h"
#include "core/resp/writer.h"

#include <QFile>
#include <QHostAddress>
#include <QLocalServer>
#include <QLocalSocket>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

#include <vector>

namespace keyloupe {
namespace {

constexpr qint64 kReadChunk = 64 * 1024;
constexpr qint64 kMaxPendingOutput = 256 * 1024 * 1024; // a client that never reads is let go
constexpr qint64 kPauseOutput = 4 * 1024 * 1024;        // above this no further request of that client is run

// One client: its socket, its parser and its place in the engine. A child of the server, deleted when its socket closes.
class ServedClient final : public QObject
{
public:
    ServedClient(Engine *engine, QIODevice *socket, const QByteArray &address, QObject *parent)
        : QObject(parent), m_engine(engine), m_socket(socket)
    {
        socket->setParent(this);
        m_client = engine->connect([this](RespValue message) { write(message); });
        Engine::setAddress(*m_client, address);
    }

    void readAvailable()
    {
        while (m_socket && !m_closing && m_socket->bytesAvailable() > 0 && m_socket->bytesToWrite() < kPauseOutput) {
            const QByteArray bytes = m_socket->read(kReadChunk);
            m_engine->countTraffic(bytes.size(), 0);
            m_parser.feed(bytes);
            if (!runRequests())
                return;
        }
    }

    // The peer has read something: requests held back may run.
    void written()
    {
        if (m_socket && m_socket->bytesToWrite() < kPauseOutput && runRequests())
            readAvailable();
    }

private:
    bool runRequests()
    {
        while (m_socket && !m_closing && m_socket->bytesToWrite() < kPauseOutput) {
            Result<std::optional<Command>> next = m_parser.next();
            if (!next.ok()) {
                write(RespValue::error("ERR " + next.error().message.toLatin1()));
                finish();
                return false;
            }
            if (!next->has_value())
                return true;
            const RespValue reply = m_engine->execute(*m_client, **next);
            if (Engine::wantsReply(*m_client))
                write(reply);
            if (Engine::wantsClose(*m_client)) {
                finish();
                return false;
            }
        }
        return true;
    }

    void write(const RespValue &value)
    {
        if (!m_socket || m_closing)
            return;
        QByteArray bytes;
        appendReply(bytes, value, Engine::protocolOf(*m_client));
        m_engine->countTraffic(0, bytes.size());
        m_socket->write(bytes);
        if (m_socket->bytesToWrite() > kMaxPendingOutput)
            finish();
    }

    // What was written still goes out; nothing more is read.
    void finish()
    {
        m_closing = true;
        if (auto *tcp = qobject_cast<QTcpSocket *>(m_socket.data()))
            tcp->bytesToWrite() > kMaxPendingOutput ? tcp->abort() : tcp->disconnectFromHost();
        else if (auto *local = qobject_cast<QLocalSocket *>(m_socket.data()))
            local->bytesToWrite() > kMaxPendingOutput ? local->abort() : local->disconnectFromServer();
    }

    Engine *m_engine;
    QPointer<QIODevice> m_socket;
    std::shared_ptr<EngineClient> m_client;
    RequestParser m_parser;
    bool m_closing = false;
};

} // namespace

struct EngineServer::Private
{
    Engine *engine;
    QTcpServer tcp;
    QLocalServer local;
    int clients = 0;
    std::unique_ptr<QObject> holder = std::make_unique<QObject>(); ///< parent of the clients
};

EngineServer::EngineServer(Engine *engine, QObject *parent) : QObject(parent), d(std::make_unique<Private>())
{
    d->engine = engine;
    const auto serve = [this](auto *socket, const QByteArray &address) {
        using Socket = std::remove_pointer_t<decltype(socket)>;
        auto *client = new ServedClient(d->engine, socket, address, d->holder.get());
        ++d->clients;
        QObject::connect(socket, &Socket::readyRead, client, [client] { client->readAvailable(); });
        QObject::connect(socket, &Socket::bytesWritten, client, [client] { client->written(); });
        QObject::connect(socket, &Socket::disconnected, client, [this, client] {
            --d->clients;
            client->deleteLater();
        });
        client->readAvailable();
    };
    connect(&d->tcp, &QTcpServer::newConnection, this, [this, serve] {
        while (QTcpSocket *socket = d->tcp.nextPendingConnection()) {
            socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
            socket->setReadBufferSize(4 * 1024 * 1024);
            serve(socket, socket->peerAddress().toString().toLatin1() + ':' + QByteArray::number(socket->peerPort()));
        }
    });
    connect(&d->local, &QLocalServer::newConnection, this, [this, serve] {
        while (QLocalSocket *socket = d->local.nextPendingConnection()) {
            socket->setReadBufferSize(4 * 1024 * 1024);
            serve(socket, d->local.fullServerName().toLocal8Bit() + ":0");
        }
    });
}

EngineServer::~EngineServer()
{
    close();
    // The clients' places in the engine go before the engine may.
    d->holder.reset();
}

Result<quint16> EngineServer::listenTcp(quint16 port)
{
    if (!d->tcp.listen(QHostAddress::LocalHost, port))
        return Error{Errc::Io, QStringLiteral("cannot listen on 127.0.0.1:%1: %2").arg(port).arg(d->tcp.errorString()), -1, {}};
    return d->tcp.serverPort();
}

Result<void> EngineServer::listenUnix(const QString &path)
{
    d->local.setSocketOptions(QLocalServer::UserAccessOption);
    if (!d->local.listen(path))
        return Error{Errc::Io, QStringLiteral("cannot listen on %1: %2").arg(path, d->local.errorString()), -1, {}};
    return {};
}

void EngineServer::close()
{
    d->tcp.close();
    d->local.close();
}

int EngineServer::clientCount() const
{
    return d->clients;
}

} // namespace keyloupe
