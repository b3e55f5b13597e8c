// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading the resp format back: the commands run in an engine, and each key is taken out of it as soon as the commands turn
// to the next one, so that memory holds one value at a time.
// It replays as a file is loaded: nothing lapses, and no time is too late.
#include "core/transfer/exported_record.h"

#include "core/engine/engine.h"
#include "core/engine/engine_client.h"
#include "core/engine/keyspace.h"
#include "core/resp/request_parser.h"

namespace keyloupe {
namespace {

constexpr qsizetype kPiece = 1024 * 1024;
constexpr int kKeysPerEngine = 4096; // an engine keeps a little of every key that it once had

QByteArray keyOf(const Command &command)
{
    const QByteArray name = command.name();
    if (name == "XGROUP")
        return command.args.value(2);
    if (name == "XREADGROUP")
        return command.args.value(command.args.size() - 2);
    return command.args.value(1);
}

class RespReader final : public ExportReader
{
public:
    explicit RespReader(QByteArrayView commands) : m_rest(commands) { }

    Result<std::optional<ExportedRecord>> next() override
    {
        for (;;) {
            KL_TRY(std::optional<Command> command, nextCommand());
            if (!command) {
                if (m_key)
                    return take();
                return std::optional<ExportedRecord>();
            }
            const QByteArray name = command->name();
            const bool isSelect = name == "SELECT";
            if (name == "FUNCTION") {
                ExportedRecord library;
                library.isLibrary = true;
                library.value = command->args.value(2);
                return std::optional<ExportedRecord>(std::move(library));
            }
            const QByteArray key = keyOf(*command);
            std::optional<ExportedRecord> done;
            if (m_key && (isSelect || key != *m_key)) {
                KL_TRY(done, take());
            }
            if (isSelect) {
                m_db = command->args.value(1).toInt();
            } else {
                if (!m_key)
                    renew();
                m_key = key;
                KL_CHECK(run(*command));
            }
            if (done)
                return done;
        }
    }

private:
    Result<std::optional<Command>> nextCommand()
    {
        for (;;) {
            KL_TRY(std::optional<Command> command, m_parser.next());
            if (command)
                return command;
            if (m_rest.isEmpty()) {
                if (!m_parser.isBetweenRequests())
                    return Error{Errc::Corrupt, QStringLiteral("the last command is cut off"), -1, {}};
                return command;
            }
            const QByteArrayView piece = m_rest.first(std::min(m_rest.size(), kPiece));
            m_rest = m_rest.sliced(piece.size());
            m_parser.feed(piece);
        }
    }

    void renew()
    {
        if (m_engine && ++m_keysMade < kKeysPerEngine)
            return;
        m_keysMade = 0;
        m_client.reset();
        m_engine = Engine::forLoading(nullptr);
        m_client = m_engine->connect();
    }

    // Always in database 0: the engine need not know the database's number.
    Result<void> run(const Command &command)
    {
        const RespValue reply = m_engine->replay(*m_client, command, 0);
        if (!reply.isError())
            return {};
        return Error{Errc::Corrupt, QStringLiteral("%1 is refused: %2").arg(QString::fromLatin1(command.fullName()), QString::fromUtf8(reply.bytes)), -1,
                     {}};
    }

    Result<std::optional<ExportedRecord>> take()
    {
        ExportedRecord record;
        record.db = m_db;
        record.key = *m_key;
        Keyspace &keys = m_engine->keyspace();
        const Object *object = keys.object(0, record.key);
        if (!object)
            return Error{Errc::Corrupt, QStringLiteral("the commands of a key do not make it"), -1, {}};
        record.value = object->toValue();
        record.expireAtMs = keys.facts(0, record.key)->expireAtMs;
        keys.release();
        keys.remove(0, record.key);
        m_key.reset();
        return std::optional<ExportedRecord>(std::move(record));
    }

    QByteArrayView m_rest;
    RequestParser m_parser;
    std::unique_ptr<Engine> m_engine;
    std::shared_ptr<EngineClient> m_client;
    int m_keysMade = 0;
    int m_db = 0;
    std::optional<QByteArray> m_key; // that the engine holds now
};

} // namespace

std::unique_ptr<ExportReader> makeRespReader(QByteArrayView commands)
{
    return std::make_unique<RespReader>(commands);
}

} // namespace keyloupe
