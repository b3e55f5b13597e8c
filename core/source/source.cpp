// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/source.h"

#include "core/async/on_ready.h"
#include "core/base/clock.h"

#include <QPointer>

namespace keyloupe {
namespace {

// Keeps one SCAN call near this long, so that the server stays free for others.
constexpr std::int64_t kTargetCallMs = 4;
constexpr int kMinCount = 100;
constexpr int kMaxCount = 10'000;

class CommandScan final : public QObject, public KeyScan
{
public:
    CommandScan(Source *source, ScanSpec spec) : m_source(source), m_spec(std::move(spec)), m_cursor(m_spec.cursor) { }

    QFuture<Result<ScanBatch>> next() override
    {
        if (m_cancel.isCancelled())
            return readyFuture<ScanBatch>(cancelledError());
        if (!m_source)
            return readyFuture<ScanBatch>(Error{Errc::Closed, QStringLiteral("the source was closed"), -1, {}});
        Command command{"SCAN", QByteArray::number(qulonglong(m_cursor)), "COUNT", QByteArray::number(m_spec.count)};
        if (!m_spec.match.isEmpty())
            command << QByteArray("MATCH") << m_spec.match;
        if (!m_spec.type.isEmpty())
            command << QByteArray("TYPE") << m_spec.type;

        const SharedPromise<ScanBatch> promise = makePromise<ScanBatch>();
        ExecOptions options;
        options.db = m_spec.db;
        options.cancel = m_cancel;
        options.background = true;
        const std::int64_t started = steadyNowMs();
        onReady(m_source->execute(std::move(command), options), this, [this, promise, started](Result<RespValue> reply) {
            fulfil<ScanBatch>(promise, take(std::move(reply), steadyNowMs() - started));
        });
        return promise->future();
    }

    void cancel() override { m_cancel.cancel(); }

private:
    Result<ScanBatch> take(Result<RespValue> reply, std::int64_t tookMs)
    {
        KL_TRY(RespValue raw, std::move(reply));
        KL_TRY(const RespValue value, unwrapReply(std::move(raw)));
        if (value.items.size() != 2 || !value.items[0].isText() || !value.items[1].isAggregate())
            return Error{Errc::Protocol, QStringLiteral("SCAN was answered with something that is no cursor and key list"), -1, {}};
        bool ok = false;
        m_cursor = value.items[0].bytes.toULongLong(&ok);
        if (!ok)
            return Error{Errc::Protocol, QStringLiteral("SCAN was answered with a cursor that is no number"), -1, {}};
        ScanBatch batch;
        batch.cursor = m_cursor;
        batch.done = m_cursor == 0;
        batch.keys.reserve(qsizetype(value.items[1].items.size()));
        for (const RespValue &item : value.items[1].items)
            batch.keys.append(item.bytes);
        if (tookMs > 2 * kTargetCallMs)
            m_spec.count = std::max(kMinCount, m_spec.count / 2);
        else if (tookMs < kTargetCallMs)
            m_spec.count = std::min(kMaxCount, m_spec.count * 2);
        return batch;
    }

    QPointer<Source> m_source;
    ScanSpec m_spec;
    std::uint64_t m_cursor;
    CancelToken m_cancel;
};

} // namespace

QFuture<Result<RespValue>> Source::execute(Command command, ExecOptions options)
{
    const SharedPromise<RespValue> promise = makePromise<RespValue>();
    std::vector<Command> one;
    one.push_back(std::move(command));
    onReady(execute(std::move(one), std::move(options)), this, [promise](Result<std::vector<RespValue>> replies) {
        fulfil<RespValue>(promise, replies.ok() ? Result<RespValue>(std::move(replies->front())) : Result<RespValue>(replies.error()));
    });
    return promise->future();
}

QFuture<Result<SaveReport>> FileActions::saveAs(const QString &path, CancelToken cancel)
{
    return saveAs(path, SaveOptions(), std::move(cancel));
}

std::unique_ptr<KeyScan> Source::scan(ScanSpec spec)
{
    return std::make_unique<CommandScan>(this, std::move(spec));
}

std::vector<DatabaseInfo> parseKeyspace(const QByteArray &info)
{
    std::vector<DatabaseInfo> all;
    for (const QByteArray &raw : info.split('\n')) {
        const QByteArray line = raw.trimmed();
        const qsizetype colon = line.indexOf(':');
        if (!line.startsWith("db") || colon < 3)
            continue;
        bool ok = false;
        DatabaseInfo db;
        db.index = line.mid(2, colon - 2).toInt(&ok);
        if (!ok)
            continue;
        for (const QByteArray &pair : line.mid(colon + 1).split(',')) {
            if (pair.startsWith("keys="))
                db.keys = pair.mid(5).toLongLong();
            else if (pair.startsWith("expires="))
                db.expires = pair.mid(8).toLongLong();
        }
        all.push_back(db);
    }
    return all;
}

} // namespace keyloupe
