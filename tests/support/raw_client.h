// SPDX-License-Identifier: GPL-3.0-or-later
//
// RawClient: a blocking RESP client over a plain socket, as the set-up hand and the oracle of tests: it shares the encoder
// and the reader with the product, but no connection, policy or thread.
#pragma once

#include "core/resp/reader.h"
#include "core/resp/writer.h"

#include <QElapsedTimer>
#include <QHostAddress>
#include <QTcpSocket>

#include <vector>

namespace keyloupe::test {

class RawClient
{
public:
    explicit RawClient(quint16 port)
    {
        m_socket.connectToHost(QHostAddress::LocalHost, port);
        m_socket.waitForConnected(5000);
    }

    RespValue ask(const Command &command)
    {
        QByteArray bytes;
        appendCommand(bytes, command);
        m_socket.write(bytes);
        return receive();
    }

    /// All at once; the replies in order. Not for more than a few thousand at a time.
    std::vector<RespValue> askAll(const QList<Command> &commands)
    {
        QByteArray bytes;
        for (const Command &command : commands)
            appendCommand(bytes, command);
        m_socket.write(bytes);
        std::vector<RespValue> replies;
        for (qsizetype i = 0; i < commands.size(); ++i)
            replies.push_back(receive());
        return replies;
    }

    bool isConnected() const { return m_socket.state() == QAbstractSocket::ConnectedState; }

private:
    RespValue receive()
    {
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 20'000) {
            Result<std::optional<RespValue>> next = m_reader.next();
            if (!next.ok())
                return RespValue::error("!" + next.error().message.toUtf8());
            if (next->has_value())
                return **next;
            if (m_socket.bytesAvailable() == 0 && !m_socket.waitForReadyRead(5000))
                break;
            m_reader.feed(m_socket.readAll());
        }
        return RespValue::error("!no answer");
    }

    QTcpSocket m_socket;
    RespReader m_reader;
};

} // namespace keyloupe::test
