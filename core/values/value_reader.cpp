// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/values/value_reader.h"

#include "core/async/on_ready.h"
#include "core/base/clock.h"

#include <QPointer>
#include <QVersionNumber>

#include <algorithm>

namespace keyloupe {
namespace {

constexpr std::int64_t kPageBytes = 4 * 1024 * 1024;
constexpr int kPageElements = 200;
constexpr int kMatchCount = 1000; // elements looked at by one call that filters
constexpr int kEmptyCalls = 20;   // calls that may bring nothing before the caller hears of it

ExecOptions inDb(int db, const CancelToken &cancel = {})
{
    ExecOptions options;
    options.db = db;
    options.cancel = cancel;
    return options;
}

std::int64_t clockOf(Source &source)
{
    const FileActions *file = source.fileActions();
    return file ? file->nowMs() : systemNowMs();
}

// HPEXPIRETIME came with Redis 7.4 and Valkey 9; asking older servers would only fill the log with their refusals.
bool knowsFieldExpiries(const SourceInfo &info)
{
    const QVersionNumber version = QVersionNumber::fromString(info.version);
    if (info.serverName == QLatin1String("redis"))
        return version >= QVersionNumber(7, 4);
    if (info.serverName == QLatin1String("valkey"))
        return version >= QVersionNumber(9);
    return info.serverName == QLatin1String("keyloupe");
}

} // namespace

int pageCount(std::int64_t bytesPerElement)
{
    if (bytesPerElement <= 0)
        return kPageElements;
    return int(std::clamp<std::int64_t>(kPageBytes / bytesPerElement, 1, kPageElements));
}

QFuture<Result<KeyHeader>> readHeader(Source &source, int db, const QByteArray &key)
{
    const auto promise = makePromise<KeyHeader>();
    onReady(source.execute(keyHeaderCommands(key), inDb(db)), &source, [&source, db, key, promise](Result<std::vector<RespValue>> replies) {
        if (!replies.ok())
            return fulfil<KeyHeader>(promise, replies.error());
        Result<KeyHeader> header = readKeyHeader(*replies, clockOf(source));
        const Command length = header.ok() ? lengthCommand(header->kind, key) : Command();
        if (length.isEmpty())
            return fulfil<KeyHeader>(promise, std::move(header));
        onReady(source.execute(length, inDb(db)), &source, [promise, known = std::move(*header)](const Result<RespValue> &reply) mutable {
            if (!reply.ok())
                return fulfil<KeyHeader>(promise, reply.error());
            if (reply->kind == RespValue::Kind::Integer)
                known.length = reply->integer;
            fulfil<KeyHeader>(promise, std::move(known));
        });
    });
    return promise->future();
}

QFuture<Result<StringSlice>> readString(Source &source, int db, const QByteArray &key, std::int64_t maxBytes)
{
    const auto promise = makePromise<StringSlice>();
    std::vector<Command> commands{Command{"STRLEN", key}, Command{"GETRANGE", key, "0", QByteArray::number(qint64(maxBytes - 1))}};
    onReady(source.execute(std::move(commands), inDb(db)), &source, [promise](Result<std::vector<RespValue>> replies) {
        if (!replies.ok())
            return fulfil<StringSlice>(promise, replies.error());
        for (const RespValue &reply : *replies) {
            if (reply.isError())
                return fulfil<StringSlice>(promise, errorFromReply(reply));
        }
        StringSlice slice;
        slice.bytes = std::move((*replies)[1].bytes);
        slice.totalBytes = std::max<std::int64_t>((*replies)[0].toInteger(0), slice.bytes.size());
        fulfil<StringSlice>(promise, std::move(slice));
    });
    return promise->future();
}

// Shared with the request under way, which may outlive the reader.
struct ValueReader::State
{
    State(Source &from, int database, ElementPaging startAt, int elements)
        : source(&from), db(database), paging(std::move(startAt)), count(elements), fieldExpiries(knowsFieldExpiries(from.info()))
    {
    }

    QPointer<Source> source;
    int db;
    ElementPaging paging;
    int count;
    bool busy = false;
    bool fieldExpiries;
    CancelToken cancel;
    SharedPromise<ValuePage> promise;

    static void ask(const std::shared_ptr<State> &state, int calls);
    static void addExpiries(const std::shared_ptr<State> &state, ValuePage page);
    void finish(Result<ValuePage> page);
};

void ValueReader::State::finish(Result<ValuePage> page)
{
    busy = false;
    fulfil<ValuePage>(promise, cancel.isCancelled() ? Result<ValuePage>(cancelledError()) : std::move(page));
}

void ValueReader::State::ask(const std::shared_ptr<State> &state, int calls)
{
    if (!state->source)
        return state->finish(Error{Errc::Closed, QStringLiteral("the source was closed"), -1, {}});
    onReady(state->source->execute(state->paging.next(state->count), inDb(state->db, state->cancel)), state->source, [state, calls](const Result<RespValue> &reply) {
        if (!reply.ok())
            return state->finish(reply.error());
        Result<ValuePage> page = state->paging.take(*reply);
        if (!page.ok() || (page->elements.empty() && (page->done || calls <= 1)))
            return state->finish(std::move(page));
        if (page->elements.empty())
            return ask(state, calls - 1);
        if (state->paging.kind() == ValueKind::Hash && state->fieldExpiries)
            return addExpiries(state, std::move(*page));
        state->finish(std::move(page));
    });
}

void ValueReader::State::addExpiries(const std::shared_ptr<State> &state, ValuePage page)
{
    Command command{"HPEXPIRETIME", state->paging.key(), "FIELDS", QByteArray::number(qint64(page.elements.size()))};
    for (const Element &element : page.elements)
        command << element.name;
    onReady(state->source->execute(std::move(command), inDb(state->db, state->cancel)), state->source,
            [state, known = std::move(page)](const Result<RespValue> &reply) mutable {
                if (!reply.ok())
                    return state->finish(reply.error());
                if (reply->isError())
                    state->fieldExpiries = false; // not asked again
                for (std::size_t i = 0; i < std::min(reply->items.size(), known.elements.size()); ++i)
                    known.elements[i].expireAtMs = std::max<std::int64_t>(-1, reply->items[i].toInteger(-1));
                state->finish(std::move(known));
            });
}

ValueReader::ValueReader(Source &source, int db, const QByteArray &key, const KeyHeader &header, const QByteArray &match)
    : m_state(std::make_shared<State>(source, db, ElementPaging(header.kind, key, match),
                                      match.isEmpty() ? pageCount(header.bytesPerElement()) : kMatchCount))
{
}

ValueReader::~ValueReader()
{
    cancel();
}

QFuture<Result<ValuePage>> ValueReader::next()
{
    if (m_state->busy)
        return readyFuture<ValuePage>(Error{Errc::InvalidArgument, QStringLiteral("a page is being read already"), -1, {}});
    m_state->busy = true;
    m_state->cancel = CancelToken();
    m_state->promise = makePromise<ValuePage>();
    const QFuture<Result<ValuePage>> future = m_state->promise->future();
    if (m_state->paging.isDone()) {
        ValuePage none;
        none.done = true;
        m_state->finish(std::move(none));
    } else {
        State::ask(m_state, kEmptyCalls);
    }
    return future;
}

bool ValueReader::isBusy() const
{
    return m_state->busy;
}

void ValueReader::shift(std::int64_t by)
{
    m_state->paging.shift(by);
}

void ValueReader::cancel()
{
    m_state->cancel.cancel();
}

} // namespace keyloupe
