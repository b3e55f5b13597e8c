// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demo_traffic.h"

#include <QRandomGenerator>

#include <cmath>

namespace keyloupe {
namespace {

constexpr int kTickMs = 100;
constexpr int kProducts = 1500;

int below(int limit)
{
    return QRandomGenerator::global()->bounded(limit);
}

QByteArray number(qint64 value)
{
    return QByteArray::number(value);
}

// A few products are looked at most of the time.
int popularProduct()
{
    const double x = QRandomGenerator::global()->generateDouble();
    return int(x * x * x * kProducts);
}

QByteArray productJson(int id)
{
    return "{\"id\":" + number(id) + ",\"title\":\"Product " + number(id) + "\",\"price\":" + number(5 + id % 90) + ".90,\"stock\":"
            + number(id * 7 % 200) + ",\"tags\":[\"new\",\"shop\"]}";
}

void ignore(const Result<std::vector<RespValue>> &) { }

} // namespace

DemoTraffic::DemoTraffic(quint16 port, QObject *parent) : QObject(parent), m_timer(this)
{
    Endpoint endpoint;
    endpoint.port = port;
    for (int i = 0; i < 3; ++i) {
        m_clients.push_back(std::make_unique<Connection>(endpoint));
        m_clients.back()->open();
    }
    connect(&m_timer, &QTimer::timeout, this, &DemoTraffic::tick);
    m_timer.start(kTickMs);
}

void DemoTraffic::tick()
{
    ++m_ticks;
    readThroughCache(*m_clients[0]);
    workOn(*m_clients[1]);
    if (m_ticks % 3 == 0)
        publish(*m_clients[2]);
}

// Reads come in waves; what is not there is fetched "from the database" and put into the cache with a TTL.
void DemoTraffic::readThroughCache(Connection &shop)
{
    const double wave = 0.6 + 0.4 * std::sin(m_ticks * 0.02) + 0.15 * std::sin(m_ticks * 0.11);
    const int reads = 10 + int(50 * wave);
    std::vector<Command> commands;
    std::vector<int> products;
    for (int i = 0; i < reads; ++i) {
        products.push_back(popularProduct());
        commands.push_back(Command{"GET", "cache:product:" + number(products.back())});
    }
    shop.send(std::move(commands), 0, 5000, {}, [&shop, products](Result<std::vector<RespValue>> replies) {
        if (!replies.ok())
            return;
        std::vector<Command> fills;
        for (std::size_t i = 0; i < products.size(); ++i) {
            if ((*replies)[i].isNull())
                fills.push_back(Command{"SET", "cache:product:" + number(products[i]), productJson(products[i]), "EX", number(20 + below(60))});
        }
        shop.send(std::move(fills), 0, 5000, {}, ignore);
    });
}

void DemoTraffic::workOn(Connection &worker)
{
    const QByteArray user = number(1000 + below(400));
    const QByteArray session = number(qint64(QRandomGenerator::global()->generate()));
    std::vector<Command> commands;
    commands.push_back(Command{"SET", "session:" + session, "{\"user\":" + user + "}", "EX", number(30 + below(90))});
    commands.push_back(Command{"HSET", "user:" + user, "name", "User " + user, "visits", number(below(500)), "lang", "en"});
    commands.push_back(Command{"ZINCRBY", "leaderboard:week", number(1 + below(20)), "user:" + user});
    commands.push_back(Command{"SADD", "online:users", user});
    commands.push_back(Command{"RPUSH", "queue:mail", "{\"to\":" + user + "}"});
    commands.push_back(Command{"XADD", "events:orders", "MAXLEN", "500", "*", "user", user, "amount", number(10 + below(200))});
    if (m_ticks % 2 == 0)
        commands.push_back(Command{"LPOP", "queue:mail", "2"});
    if (m_ticks % 50 == 0)
        commands.push_back(Command{"DEL", "online:users"});
    worker.send(std::move(commands), 0, 5000, {}, ignore);
}

void DemoTraffic::publish(Connection &publisher)
{
    static constexpr const char *kRegions[] = {"eu", "us", "asia"};
    std::vector<Command> commands;
    commands.push_back(Command{"PUBLISH", QByteArray("orders:") + kRegions[below(3)],
                               "{\"order\":" + number(100'000 + m_ticks) + ",\"total\":" + number(10 + below(300)) + "}"});
    if (m_ticks % 9 == 0)
        commands.push_back(Command{"PUBLISH", "cache:invalidate", "product:" + number(popularProduct())});
    publisher.send(std::move(commands), 0, 5000, {}, ignore);
}

} // namespace keyloupe
