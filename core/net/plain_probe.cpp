// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/plain_probe.h"

namespace keyloupe {
namespace {

constexpr qsizetype kEnough = 5; // "+PONG", "-NOAUTH", "-DENIED", "-ERR …"

bool isRedis(const QByteArray &answer)
{
    return answer.startsWith("+PONG") || (answer.startsWith('-') && answer.size() > 1 && answer[1] >= 'A' && answer[1] <= 'Z');
}

} // namespace

PlainProbe::PlainProbe(const QHostAddress &address, quint16 port, QObject *parent) : QObject(parent), m_socket(this)
{
    connect(&m_socket, &QTcpSocket::connected, this, [this] { m_socket.write("PING\r\n"); });
    connect(&m_socket, &QTcpSocket::readyRead, this, &PlainProbe::look);
    m_socket.connectToHost(address, port);
}

void PlainProbe::look()
{
    m_answer += m_socket.read(64);
    if (m_answer.size() < kEnough)
        return;
    m_socket.disconnect(this);
    const bool plain = isRedis(m_answer);
    m_socket.abort();
    if (plain)
        Q_EMIT answersPlainly();
}

} // namespace keyloupe
