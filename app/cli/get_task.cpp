// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/get_task.h"

#include "core/async/on_ready.h"
#include "core/base/escape.h"

namespace keyloupe::cli {

void GetTask::sourceReady()
{
    ExecOptions options;
    options.db = m_db;
    std::vector<Command> commands{Command{"TYPE", m_key}, Command{"PTTL", m_key}};
    onReady(source().execute(std::move(commands), options), this, [this](Result<std::vector<RespValue>> replies) {
        if (!replies.ok())
            return fail(replies.error());
        for (const RespValue &reply : *replies) {
            if (reply.isError())
                return fail(errorFromReply(reply));
        }
        const QByteArray type = replies->at(0).bytes;
        if (type == "none") {
            return fail(Error{Errc::InvalidArgument,
                              QStringLiteral("there is no key %1 in database %2").arg(QString::fromLatin1(quoteBytes(m_key))).arg(m_db), -1, {}});
        }
        typeKnown(type, replies->at(1).toInteger(-1));
    });
}

void GetTask::typeKnown(const QByteArray &type, std::int64_t ttlMs)
{
    if (m_raw) {
        if (type != "string") {
            return fail(Error{Errc::InvalidArgument,
                              QStringLiteral("--format raw is for strings; this key is a %1, use --format json").arg(QString::fromUtf8(type)),
                              -1, {}});
        }
        return readSingle(type);
    }
    QByteArray head = "{\"db\":" + QByteArray::number(m_db);
    if (isUtf8(m_key))
        head += ",\"key\":" + jsonText(m_key);
    head += ",\"key_b64\":\"" + m_key.toBase64() + "\",\"type\":" + jsonText(type) + ",\"ttl_ms\":" + QByteArray::number(qint64(ttlMs))
            + ",\"value\":";
    writeOut(head);
    if (!ValueReader::isCollection(type))
        return readSingle(type);
    writeOut("[");
    m_reader = std::make_unique<ValueReader>(
            source(), m_db, m_key, type, [](const QByteArray &piece) { return writeOut(piece); },
            [this](std::optional<Error> error) {
                if (error)
                    return fail(*error);
                writeOut("]}\n");
                end(kOk);
            });
    m_reader->start();
}

// A string, or the DUMP payload of a type that only its module can read.
void GetTask::readSingle(const QByteArray &type)
{
    const bool isString = type == "string";
    ExecOptions options;
    options.db = m_db;
    options.timeoutMs = 60'000;
    onReady(source().execute(Command{isString ? "GET" : "DUMP", m_key}, options), this, [this, isString](Result<RespValue> reply) {
        if (!reply.ok())
            return fail(reply.error());
        if (reply->isError())
            return fail(errorFromReply(*reply));
        if (reply->isNull())
            return fail(Error{Errc::Conflict, QStringLiteral("the key vanished while it was read"), -1, {}});
        if (m_raw)
            writeOut(reply->bytes);
        else if (isString)
            writeOut(jsonBytes(reply->bytes) + "}\n");
        else
            writeOut("{\"dump_b64\":\"" + reply->bytes.toBase64() + "\"}}\n");
        end(kOk);
    });
}

} // namespace keyloupe::cli
