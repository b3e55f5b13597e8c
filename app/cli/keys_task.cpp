// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/keys_task.h"

#include "core/async/on_ready.h"
#include "core/base/escape.h"

namespace keyloupe::cli {
namespace {

constexpr std::size_t kCommandsPerKey = 4;

QByteArray csvField(const QByteArray &text)
{
    if (!text.contains(',') && !text.contains('"') && !text.contains('\n') && !text.contains('\r'))
        return text;
    QByteArray quoted = text;
    return '"' + quoted.replace("\"", "\"\"") + '"';
}

} // namespace

void KeysTask::sourceReady()
{
    if (m_options.csv && !writeOut("db,key,key_b64,type,encoding,ttl_ms,bytes\n"))
        return end(kOk);
    if (!m_options.allDatabases) {
        m_databases = {m_options.db};
        scanNextDatabase();
        return;
    }
    onReady(source().execute(Command{"INFO", "keyspace"}), this, [this](Result<RespValue> reply) {
        if (!reply.ok())
            return fail(reply.error());
        if (reply->isError())
            return fail(errorFromReply(*reply));
        for (const DatabaseInfo &db : parseKeyspace(reply->bytes))
            m_databases.append(db.index);
        scanNextDatabase();
    });
}

void KeysTask::scanNextDatabase()
{
    if (m_databases.isEmpty())
        return end(kOk);
    m_seen.clear();
    ScanSpec spec;
    spec.db = m_databases.first();
    spec.match = m_options.match;
    m_scan = source().scan(spec);
    scanNextBatch();
}

void KeysTask::scanNextBatch()
{
    onReady(m_scan->next(), this, [this](Result<ScanBatch> batch) {
        if (!batch.ok())
            return fail(batch.error());
        QByteArrayList fresh;
        for (const QByteArray &key : batch->keys) {
            if (m_seen.contains(key))
                continue;
            m_seen.insert(key);
            fresh.append(key);
        }
        describeKeys(std::move(fresh), batch->done);
    });
}

void KeysTask::describeKeys(QByteArrayList keys, bool lastBatch)
{
    const auto goOn = [this, lastBatch] {
        if (lastBatch) {
            m_databases.removeFirst();
            scanNextDatabase();
        } else {
            scanNextBatch();
        }
    };
    if (keys.isEmpty())
        return goOn();
    std::vector<Command> commands;
    commands.reserve(std::size_t(keys.size()) * kCommandsPerKey);
    for (const QByteArray &key : keys) {
        commands.push_back(Command{"TYPE", key});
        commands.push_back(Command{"OBJECT", "ENCODING", key});
        commands.push_back(Command{"PTTL", key});
        commands.push_back(Command{"MEMORY", "USAGE", key});
    }
    ExecOptions options;
    options.db = m_databases.first();
    options.timeoutMs = 60'000;
    onReady(source().execute(std::move(commands), options), this,
            [this, keys = std::move(keys), goOn](Result<std::vector<RespValue>> replies) {
                if (!replies.ok())
                    return fail(replies.error());
                for (qsizetype i = 0; i < keys.size(); ++i) {
                    if (!printRow(keys[i], *replies, std::size_t(i) * kCommandsPerKey))
                        return end(kOk);
                }
                goOn();
            });
}

// False when nobody reads the output any more.
bool KeysTask::printRow(const QByteArray &key, const std::vector<RespValue> &replies, std::size_t first)
{
    const RespValue &type = replies[first];
    const RespValue &encoding = replies[first + 1];
    const std::int64_t ttlMs = replies[first + 2].toInteger(-1);
    const RespValue &usage = replies[first + 3];
    const bool vanished = type.bytes == "none" || ttlMs == -2;
    if (vanished || (!m_options.type.isEmpty() && type.bytes != m_options.type))
        return true;
    const QByteArray db = QByteArray::number(m_databases.first());
    const QByteArray bytes = usage.kind == RespValue::Kind::Integer ? QByteArray::number(qint64(usage.integer)) : QByteArray();
    const QByteArray encodingText = encoding.isText() ? encoding.bytes : QByteArray();
    if (m_options.csv) {
        return writeOut(db + ',' + csvField(isUtf8(key) ? key : QByteArray()) + ',' + key.toBase64() + ',' + csvField(type.bytes) + ','
                        + csvField(encodingText) + ',' + QByteArray::number(qint64(ttlMs)) + ',' + bytes + '\n');
    }
    QByteArray line = "{\"db\":" + db;
    if (isUtf8(key))
        line += ",\"key\":" + jsonText(key);
    line += ",\"key_b64\":\"" + key.toBase64() + "\",\"type\":" + jsonText(type.bytes) + ",\"encoding\":" + jsonText(encodingText)
            + ",\"ttl_ms\":" + QByteArray::number(qint64(ttlMs)) + ",\"bytes\":" + (bytes.isEmpty() ? "null" : bytes) + "}\n";
    return writeOut(line);
}

} // namespace keyloupe::cli
