// SPDX-License-Identifier: GPL-3.0-or-later
//
// EngineClient: what the engine remembers of one connection. Plain data on the engine's thread; made by Engine::connect,
// taken back by its destructor. Never touches a socket: what must reach the peer unasked goes through `push`.
#pragma once

#include "core/resp/command.h"
#include "core/resp/value.h"

#include <QByteArray>

#include <cstdint>
#include <functional>
#include <set>
#include <utility>
#include <vector>

namespace keyloupe {

class EngineClient
{
public:
    enum class Reply { On, Off, SkipNext, Skipping };

    EngineClient() = default;
    ~EngineClient()
    {
        if (onGone)
            onGone(*this);
    }
    EngineClient(const EngineClient &) = delete;
    EngineClient &operator=(const EngineClient &) = delete;

    std::int64_t id = 0;
    QByteArray name;
    QByteArray address = "127.0.0.1:0";
    QByteArray libName;
    QByteArray libVersion;
    int db = 0;
    int protocol = 2;
    bool noTouch = false;
    bool noEvict = false;
    bool wantsClose = false;
    Reply reply = Reply::On;
    std::int64_t connectedMs = 0;
    std::int64_t lastCommandMs = 0;
    QByteArray lastCommand = "NULL";

    // Transaction
    bool inMulti = false;
    bool multiFailed = false;   ///< a queued command was refused: EXEC aborts
    bool watchBroken = false;   ///< a watched key was touched: EXEC answers nil
    bool inExec = false;
    std::vector<Command> queue;
    struct Watch
    {
        int db;
        QByteArray key;
        bool existed;
    };
    std::vector<Watch> watched;
    void endTransaction()
    {
        inMulti = multiFailed = watchBroken = false;
        queue.clear();
        watched.clear();
    }

    std::set<QByteArray> channels;
    std::set<QByteArray> patterns;
    std::set<QByteArray> shardChannels;
    std::int64_t subscriptions() const { return static_cast<std::int64_t>(channels.size() + patterns.size()); }
    bool isSubscribed() const { return subscriptions() > 0 || !shardChannels.empty(); }

    std::function<void(RespValue)> push;
    std::function<void(EngineClient &)> onGone;
};

} // namespace keyloupe
