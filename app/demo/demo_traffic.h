// SPDX-License-Identifier: GPL-3.0-or-later
//
// DemoTraffic: plays the clients of a small shop against the demo server: cache-aside reads whose misses are filled,
// sessions that expire, queues, a leaderboard, an event stream, published events. Lives on the demo's thread.
#pragma once

#include "core/net/connection.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <vector>

namespace keyloupe {

class DemoTraffic : public QObject
{
    Q_OBJECT

public:
    explicit DemoTraffic(quint16 port, QObject *parent = nullptr);

private:
    void tick();
    void readThroughCache(Connection &shop);
    void workOn(Connection &worker);
    void publish(Connection &publisher);

    std::vector<std::unique_ptr<Connection>> m_clients; // shop, worker, publisher
    QTimer m_timer;
    int m_ticks = 0;
};

} // namespace keyloupe
