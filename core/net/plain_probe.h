// SPDX-License-Identifier: GPL-3.0-or-later
//
// PlainProbe: asks a peer that does not answer a TLS greeting whether it speaks Redis without TLS. A plain Redis waits for the
// end of what it takes for a command, so the connection that greets it never learns. One short connection of its own, one PING;
// lives on the I/O thread of the Connection that owns it. It never sends a name, a password or anything of the person's.
#pragma once

#include <QHostAddress>
#include <QObject>
#include <QTcpSocket>

namespace keyloupe {

class PlainProbe : public QObject
{
    Q_OBJECT

public:
    PlainProbe(const QHostAddress &address, quint16 port, QObject *parent);

Q_SIGNALS:
    /// The peer answered as a Redis does. Never emitted for one that says something else, or nothing.
    void answersPlainly();

private:
    void look();

    QTcpSocket m_socket;
    QByteArray m_answer;
};

} // namespace keyloupe
