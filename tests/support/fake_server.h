// SPDX-License-Identifier: GPL-3.0-or-later
//
// FakeServer: a scripted server on a loopback port, on the test's own thread, for peers that misbehave: odd greetings, drips,
// replies cut in the middle, silence. The test fills in the fields before the client connects, or while it is connected.
#pragma once

#include "core/resp/command.h"
#include "core/resp/request_parser.h"

#include <QByteArray>
#include <QHostAddress>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace keyloupe::test {

class FakeServer : public QObject
{
public:
    /// What is written for a command, raw; nullopt: nothing at all.
    using Answer = std::function<std::optional<QByteArray>(const Command &)>;

    Answer answer;                 ///< asked before the built-in greeting; null: only the greeting
    QByteArray banner;             ///< written at connect
    bool closeAfterBanner = false;
    QByteArray garbage;            ///< written at the first bytes from the client, instead of any answer
    bool oneByteWrites = false;    ///< every reply in one-byte writes
    bool resp2Only = false;        ///< knows no HELLO, as a server before 6.0
    bool silent = false;           ///< reads, never answers
    QByteArray password;           ///< of RESP2's AUTH; empty: none

    FakeServer()
    {
        connect(&m_server, &QTcpServer::newConnection, this, [this] { accept(); });
        m_server.listen(QHostAddress::LocalHost, 0);
    }

    quint16 port() const { return m_server.serverPort(); }
    int accepted() const { return m_accepted; }
    const std::vector<Command> &received() const { return m_received; }
    int count(const QByteArray &fullName) const
    {
        return int(std::count_if(m_received.begin(), m_received.end(), [&](const Command &c) { return c.fullName() == fullName; }));
    }
    /// To every client, raw.
    void write(const QByteArray &bytes)
    {
        for (const QPointer<QTcpSocket> &client : m_clients) {
            if (client)
                client->write(bytes);
        }
    }
    void dropClients()
    {
        for (const QPointer<QTcpSocket> &client : std::exchange(m_clients, {})) {
            if (client)
                client->abort();
        }
    }
    /// Writes the bytes and drops the connection with the last of them.
    void writeAndDrop(const QByteArray &bytes)
    {
        for (const QPointer<QTcpSocket> &client : std::exchange(m_clients, {})) {
            if (client) {
                client->write(bytes);
                client->disconnectFromHost();
            }
        }
    }
    void stopListening() { m_server.close(); }

private:
    void accept()
    {
        while (QTcpSocket *client = m_server.nextPendingConnection()) {
            ++m_accepted;
            m_clients.push_back(client);
            client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
            auto parser = std::make_shared<RequestParser>();
            auto loggedIn = std::make_shared<bool>(password.isEmpty());
            connect(client, &QTcpSocket::readyRead, this, [this, client, parser, loggedIn] { read(client, *parser, *loggedIn); });
            if (!banner.isEmpty())
                client->write(banner);
            if (closeAfterBanner)
                client->disconnectFromHost();
        }
    }

    void read(QTcpSocket *client, RequestParser &parser, bool &loggedIn)
    {
        parser.feed(client->readAll());
        if (!garbage.isEmpty()) {
            client->write(garbage);
            return;
        }
        for (;;) {
            Result<std::optional<Command>> next = parser.next();
            if (!next.ok() || !next->has_value())
                return;
            m_received.push_back(**next);
            if (silent)
                continue;
            const std::optional<QByteArray> bytes = reply(**next, loggedIn);
            if (!bytes || client->state() != QAbstractSocket::ConnectedState)
                continue;
            if (!oneByteWrites) {
                client->write(*bytes);
                continue;
            }
            for (const char byte : *bytes) {
                client->write(&byte, 1);
                client->flush();
            }
        }
    }

    std::optional<QByteArray> reply(const Command &command, bool &loggedIn)
    {
        const QByteArray name = command.fullName();
        if (name == "AUTH") {
            loggedIn = command.args.last() == password;
            return loggedIn ? QByteArray("+OK\r\n") : QByteArray("-WRONGPASS invalid username-password pair or user is disabled.\r\n");
        }
        if (name == "HELLO") {
            if (resp2Only)
                return QByteArray("-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n");
            return QByteArray("%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n");
        }
        if (!loggedIn)
            return QByteArray("-NOAUTH Authentication required.\r\n");
        if (answer) {
            if (std::optional<QByteArray> own = answer(command); own || m_mute) {
                m_mute = false;
                return own;
            }
        }
        if (name == "SELECT" || name == "PING")
            return QByteArray("+OK\r\n");
        if (name == "INFO")
            return QByteArray("$24\r\nredis_version:5.0.14\r\n\r\n\r\n");
        return QByteArray("-ERR unknown command\r\n");
    }

public:
    /// For use inside `answer`: this command gets nothing at all, not even the built-in reply.
    std::optional<QByteArray> nothing()
    {
        m_mute = true;
        return std::nullopt;
    }

private:
    QTcpServer m_server;
    std::vector<QPointer<QTcpSocket>> m_clients;
    std::vector<Command> m_received;
    int m_accepted = 0;
    bool m_mute = false;
};

} // namespace keyloupe::test
