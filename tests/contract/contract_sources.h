// SPDX-License-Identifier: GPL-3.0-or-later
//
// ContractSources: the same keys behind every kind of Source: a file over the engine, a real server, and our own engine
// served over a socket; for suites that ask the same of each.
#pragma once

#include "core/async/io_thread.h"
#include "core/engine/engine.h"
#include "core/engine/engine_server.h"
#include "core/engine/snapshot.h"
#include "core/source/live_source.h"
#include "core/source/snapshot_source.h"
#include "tests/support/await.h"
#include "tests/support/raw_client.h"
#include "tests/support/redis_server.h"

#include <QtTest>

namespace keyloupe::test {

// Lives on the I/O thread; the server goes before the engine.
class ServedEngine : public QObject
{
public:
    ServedEngine(std::shared_ptr<const Snapshot> snapshot, QObject *parent) : QObject(parent), engine(std::move(snapshot)), server(&engine) { }

    Engine engine;
    EngineServer server;
};

class ContractSources
{
public:
    /// Starts the server with these keys and dumps them.
    bool start(std::vector<Command> dataset)
    {
        m_dataset = std::move(dataset);
        if (!m_redis.start())
            return false;
        fill();
        m_dump = m_dir.filePath(QStringLiteral("contract.rdb"));
        return QFile::copy(m_redis.save(), m_dump);
    }

    static void rows()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("file") << QStringLiteral("file");
        QTest::newRow("server") << QStringLiteral("server");
        QTest::newRow("served engine") << QStringLiteral("engine");
    }

    /// A source of that kind over the keys, not yet opened.
    std::unique_ptr<Source> make(const QString &kind)
    {
        m_io.reset();
        if (kind == QLatin1String("file"))
            return std::make_unique<SnapshotSource>(m_dump);
        Endpoint endpoint;
        if (kind == QLatin1String("server")) {
            fill();
            endpoint.port = m_redis.port();
            return std::make_unique<LiveSource>(endpoint);
        }
        m_io = std::make_unique<IoThread>(QStringLiteral("served engine"));
        QPromise<Result<int>> listening;
        listening.start();
        m_io->post([&] {
            Result<std::shared_ptr<const Snapshot>> snapshot = Snapshot::open(m_dump);
            if (!snapshot.ok()) {
                listening.addResult(Result<int>(snapshot.error()));
                return listening.finish();
            }
            auto *served = new ServedEngine(*snapshot, m_io->context());
            Result<quint16> port = served->server.listenTcp(0);
            listening.addResult(port.ok() ? Result<int>(int(*port)) : Result<int>(port.error()));
            listening.finish();
        });
        const Result<int> port = await(listening.future());
        if (!port.ok())
            qWarning("%s", qPrintable(port.error().message));
        endpoint.port = quint16(port.ok() ? *port : 1);
        return std::make_unique<LiveSource>(endpoint);
    }

    void release() { m_io.reset(); }
    RedisServer &redis() { return m_redis; }
    const QTemporaryDir &dir() const { return m_dir; }

private:
    void fill()
    {
        RawClient raw(m_redis.port());
        raw.ask(Command{"FLUSHALL"});
        for (const Command &command : m_dataset)
            raw.ask(command);
    }

    std::vector<Command> m_dataset;
    RedisServer m_redis;
    QTemporaryDir m_dir;
    QString m_dump;
    std::unique_ptr<IoThread> m_io;
};

} // namespace keyloupe::test
