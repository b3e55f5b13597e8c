// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_source.h"

#include "core/async/on_ready.h"
#include "core/resp/writer.h"

#include <algorithm>

namespace keyloupe::test {
namespace {

QByteArray exactKey(const Command &command)
{
    QByteArray bytes;
    appendCommand(bytes, command);
    return bytes;
}

void removeAll(QByteArrayList &from, const QByteArrayList &what)
{
    if (what.isEmpty())
        from.clear();
    for (const QByteArray &item : what)
        from.removeAll(item);
}

} // namespace

void FakeFeed::inject(PubSubMessage message)
{
    m_waiting.push_back(std::move(message));
    if (m_waiting.size() == 1)
        Q_EMIT messagesAvailable();
}

void FakeFeed::subscribe(const QByteArrayList &channels)
{
    m_channels += channels;
    Q_EMIT subscriptionsChanged();
}

void FakeFeed::psubscribe(const QByteArrayList &patterns)
{
    m_patterns += patterns;
    Q_EMIT subscriptionsChanged();
}

void FakeFeed::unsubscribe(const QByteArrayList &channels)
{
    removeAll(m_channels, channels);
    Q_EMIT subscriptionsChanged();
}

void FakeFeed::punsubscribe(const QByteArrayList &patterns)
{
    removeAll(m_patterns, patterns);
    Q_EMIT subscriptionsChanged();
}

std::vector<PubSubMessage> FakeFeed::take(int max)
{
    std::vector<PubSubMessage> taken;
    while (!m_waiting.empty() && int(taken.size()) < max) {
        taken.push_back(std::move(m_waiting.front()));
        m_waiting.pop_front();
    }
    return taken;
}

QFuture<Result<SaveReport>> FakeFileActions::saveAs(const QString &path, SaveOptions options, CancelToken cancel)
{
    if (cancel.isCancelled())
        return readyFuture<SaveReport>(cancelledError());
    if (saveError)
        return readyFuture<SaveReport>(*saveError);
    savedTo.append(path);
    savedFor = options.target;
    overwrote = options.overwriteChanged;
    saveCancel = cancel;
    heldSave = makePromise<SaveReport>();
    if (!holdSaves)
        finishSave();
    return heldSave->future();
}

void FakeFileActions::setChanged(FileChange change)
{
    changed = change;
    Q_EMIT fileChanged(change);
}

void FakeFileActions::finishSave()
{
    SaveReport report;
    report.path = savedTo.last();
    fulfil<SaveReport>(heldSave, saveCancel.isCancelled() ? Result<SaveReport>(cancelledError()) : Result<SaveReport>(report));
}

QFuture<Result<SaveFindings>> FakeFileActions::lossesFor(SaveTarget, CancelToken)
{
    return readyFuture<SaveFindings>(findings);
}

QFuture<Result<void>> FakeFileActions::withKeyspace(KeyspaceWork)
{
    return readyFuture<void>(Error{Errc::Closed, QStringLiteral("there is no file behind this"), -1, {}});
}

void FakeFileActions::setModified(bool on)
{
    modified = on;
    Q_EMIT modifiedChanged(on);
}

FakeSource::FakeSource(QObject *parent)
    : Source(parent), m_log(std::make_unique<CommandLog>()), m_policy(std::make_unique<CommandPolicy>(true))
{
    details.title = QStringLiteral("127.0.0.1:6379");
    details.location = QStringLiteral("redis://127.0.0.1:6379");
    details.serverName = QStringLiteral("redis");
    details.version = QStringLiteral("7.2.4");
    details.mode = QStringLiteral("standalone");
    details.role = QStringLiteral("master");
    details.protocol = 3;
}

FakeSource::~FakeSource() = default;

void FakeSource::reply(const Command &command, RespValue value)
{
    m_exact.insert(exactKey(command), std::move(value));
}

void FakeSource::handle(const QByteArray &name, Handler handler)
{
    m_handlers.insert(name.toUpper(), std::move(handler));
}

void FakeSource::release()
{
    m_held = false;
    for (const std::function<void()> &work : std::exchange(m_waiting, {}))
        work();
}

void FakeSource::setProgress(double fraction)
{
    m_progress = fraction;
    Q_EMIT progressChanged(fraction);
}

void FakeSource::setState(SourceState state, Error error)
{
    m_error = std::move(error);
    if (std::exchange(m_state, state) != state)
        Q_EMIT stateChanged(state);
}

FakeFileActions *FakeSource::makeFile()
{
    if (!m_file)
        m_file = new FakeFileActions(this);
    details.kind = SourceKind::File;
    details.title = QStringLiteral("dump.rdb");
    details.location = m_file->filePath;
    details.serverName = QStringLiteral("keyloupe");
    details.version = QStringLiteral("RDB 10");
    details.mode = QStringLiteral("file");
    details.role.clear();
    return m_file;
}

int FakeSource::count(const QByteArray &fullName) const
{
    return int(std::count_if(m_sent.begin(), m_sent.end(), [&](const Command &c) { return c.fullName() == fullName; }));
}

void FakeSource::open()
{
    setState(SourceState::Connecting);
    QMetaObject::invokeMethod(this, [this] { setState(SourceState::Ready); }, Qt::QueuedConnection);
}

void FakeSource::close()
{
    setState(SourceState::Closed);
    release();
}

SourceInfo FakeSource::info() const
{
    SourceInfo info = details;
    info.readOnly = m_policy->isReadOnly();
    return info;
}

// Answers in a later turn of the event loop, or at release().
QFuture<Result<FakeSource::Replies>> FakeSource::later(CancelToken cancel, Work work)
{
    auto promise = std::make_shared<QPromise<Result<Replies>>>();
    promise->start();
    const std::function<void()> finish = [this, promise, cancel, work = std::move(work)] {
        if (cancel.isCancelled())
            promise->addResult(Result<Replies>(cancelledError()));
        else if (m_state == SourceState::Closed)
            promise->addResult(Result<Replies>(Error{Errc::Closed, QStringLiteral("the source was closed"), -1, {}}));
        else if (m_failure)
            promise->addResult(Result<Replies>(*m_failure));
        else
            promise->addResult(work());
        promise->finish();
    };
    if (m_held)
        m_waiting.push_back(finish);
    else
        QMetaObject::invokeMethod(this, finish, Qt::QueuedConnection);
    return promise->future();
}

RespValue FakeSource::answer(const Command &command) const
{
    if (const auto exact = m_exact.constFind(exactKey(command)); exact != m_exact.constEnd())
        return *exact;
    for (const QByteArray &name : {command.fullName(), command.name()}) {
        if (const auto handler = m_handlers.constFind(name); handler != m_handlers.constEnd())
            return (*handler)(command);
    }
    return RespValue::error("ERR unknown command '" + command.args.value(0) + "', with args beginning with: ");
}

FakeSource::Replies FakeSource::run(const std::vector<Command> &commands, const ExecOptions &options)
{
    Replies replies;
    std::vector<CommandLogEntry> entries;
    for (const Command &command : commands) {
        m_sent.push_back(command);
        replies.push_back(answer(command));
        CommandLogEntry entry{0, options.db, printableCommand(command), 100, {}, options.background};
        if (replies.back().isError())
            entry.error = replies.back().bytes;
        entries.push_back(std::move(entry));
    }
    m_log->append(std::move(entries));
    return replies;
}

QFuture<Result<FakeSource::Replies>> FakeSource::execute(std::vector<Command> commands, ExecOptions options)
{
    for (const Command &command : commands) {
        if (Result<void> allowed = m_policy->check(command, options.confirmed); !allowed.ok())
            return readyFuture<Replies>(allowed.error());
    }
    const CancelToken cancel = options.cancel;
    return later(cancel, [this, commands = std::move(commands), options = std::move(options)]() -> Result<Replies> {
        return run(commands, options);
    });
}

QFuture<Result<FakeSource::Replies>> FakeSource::executeGuarded(GuardedWrite write, ExecOptions options)
{
    for (const Command &command : write.writes) {
        if (Result<void> allowed = m_policy->check(command, options.confirmed); !allowed.ok())
            return readyFuture<Replies>(allowed.error());
    }
    const CancelToken cancel = options.cancel;
    return later(cancel, [this, write = std::move(write), options = std::move(options)]() -> Result<Replies> {
        const Replies seen = run(write.reads, options);
        if (write.check)
            KL_CHECK(write.check(seen));
        if (std::exchange(m_conflict, false))
            return Error{Errc::Conflict, QStringLiteral("the key was changed by somebody else in the meantime"), -1, {}};
        Replies replies = run(write.writes, options);
        for (const RespValue &reply : replies) {
            if (reply.isError())
                return errorFromReply(reply);
        }
        return replies;
    });
}

std::unique_ptr<PubSubFeed> FakeSource::openPubSub(QString *whyNot)
{
    if (details.kind == SourceKind::File) {
        if (whyNot)
            *whyNot = QStringLiteral("a file has no publishers");
        return nullptr;
    }
    auto feed = std::make_unique<FakeFeed>();
    m_feed = feed.get();
    return feed;
}

} // namespace keyloupe::test
