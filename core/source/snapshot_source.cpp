// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/source/snapshot_source.h"

#include "core/async/io_thread.h"
#include "core/async/on_ready.h"
#include "core/async/post_to.h"
#include "core/base/clock.h"
#include "core/base/escape.h"
#include "core/engine/engine.h"
#include "core/engine/keyspace.h"
#include "core/engine/open_file.h"
#include "core/engine/source_files.h"
#include "core/source/builtin_commands.h"
#include "core/source/command_log.h"
#include "core/source/command_policy.h"
#include "core/source/file_watch.h"

#include <QFileInfo>

#include <algorithm>
#include <chrono>
#include <thread>
#include <numeric>

namespace keyloupe {
namespace {

using Replies = std::vector<RespValue>;

std::int64_t sizeOf(const OpenedFile &file)
{
    if (file.parts.empty())
        return file.snapshot ? file.snapshot->summary().fileSize : 0;
    return std::accumulate(file.parts.begin(), file.parts.end(), std::int64_t(0), [](std::int64_t sum, const AofPartInfo &part) { return sum + part.size; });
}

Error closedError()
{
    return Error{Errc::Closed, QStringLiteral("the file is not open"), -1, {}};
}

// With the command and the part it stands in, where there are such.
QString wordsFor(const OpenDamage &place)
{
    QString words = place.reason;
    if (!place.command.isEmpty())
        words.prepend(displayText(place.command) + QStringLiteral(": "));
    if (!place.file.isEmpty())
        words.prepend(place.file + QStringLiteral(": "));
    return words;
}

std::int64_t steadyNowUs()
{
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace

// What only a file can do; the state it shows is copied over from the I/O thread.
class SnapshotSource::Actions final : public FileActions
{
public:
    Actions(SnapshotSource::Private *owner, QObject *parent);

    QString path() const override { return m_path; }
    bool isModified() const override { return m_modified; }
    std::vector<FileDamage> damage() const override { return m_damage; }
    QStringList notes() const override { return m_notes; }
    QString suggestedSavePath() const override { return m_suggestedSavePath; }
    FileChange change() const override { return m_change; }
    std::int64_t sizeBytes() const override { return m_sizeBytes; }
    std::int64_t nowMs() const override { return m_nowMs; }
    using FileActions::saveAs;
    QFuture<Result<SaveReport>> saveAs(const QString &path, SaveOptions options, CancelToken cancel) override;
    QFuture<Result<SaveFindings>> lossesFor(SaveTarget target, CancelToken cancel) override;
    QFuture<Result<void>> withKeyspace(KeyspaceWork work) override;

    void setChange(FileChange change)
    {
        if (std::exchange(m_change, change) != change)
            Q_EMIT fileChanged(change);
    }

    void setModified(bool on)
    {
        if (std::exchange(m_modified, on) != on)
            Q_EMIT modifiedChanged(on);
    }

    QString m_path;
    bool m_modified = false;
    std::vector<FileDamage> m_damage;
    QStringList m_notes;
    QString m_suggestedSavePath;
    FileChange m_change = FileChange::None;
    std::int64_t m_sizeBytes = -1;
    std::int64_t m_nowMs = 0;

private:
    SnapshotSource::Private *m_owner;
};

struct SnapshotSource::Private
{
    CommandLog log;
    CommandPolicy policy{false};
    SourceInfo info;
    SourceState state = SourceState::Closed;
    Error error;
    double progress = -1;
    CancelToken cancelOpen;
    Actions *actions = nullptr;
    From from = From::File;
    bool showsFirstKeys = false;
    // On the I/O thread only.
    std::unique_ptr<Engine> engine;
    bool hasFirstKeysOnly = false; ///< the engine stands on the beginning of the file, and `reader` is at the rest
    std::thread reader;
    std::unique_ptr<FileWatch> watch;
    std::shared_ptr<EngineClient> client;
    int clientDb = 0;
    std::unique_ptr<IoThread> io; // last: joined before the engine dies

    void closeEngine()
    {
        if (reader.joinable())
            reader.join();
        hasFirstKeysOnly = false;
        watch.reset();
        client.reset();
        engine.reset();
    }

    std::shared_ptr<EngineClient> newClient()
    {
        std::shared_ptr<EngineClient> made = engine->connect();
        static_cast<void>(engine->execute(*made, Command{"HELLO", "3"}));
        return made;
    }

    // For what needs all keys.
    Result<void> isWhole() const
    {
        if (!engine)
            return closedError();
        if (hasFirstKeysOnly)
            return Error{Errc::ReadOnly, QStringLiteral("the file is still being read; try again when it is done"), -1, {}};
        return {};
    }

    // An engine over the first keys, where the file is an RDB large enough for that to be worth it.
    bool openFirstKeys(const QString &path, const CancelToken &cancel)
    {
        constexpr qint64 kLarge = 64 * 1024 * 1024;
        constexpr std::int64_t kFirstKeys = 20000;
        if (QFileInfo(path).size() < kLarge)
            return false;
        Result<std::shared_ptr<const Snapshot>> first = Snapshot::open(path, {cancel, {}, kFirstKeys});
        if (!first.ok())
            return false; // an append-only or packed file, or an error that reading it whole tells better
        const std::vector<RdbFileRecord> &records = (*first)->summary().fileRecords;
        const bool goesOnAsAof = std::any_of(records.begin(), records.end(), [](const RdbFileRecord &record) {
            return (record.name == "aof-base" || record.name == "aof-preamble") && record.value != "0";
        });
        if (goesOnAsAof)
            return false; // what it says of a key may not be the last word
        engine = std::make_unique<Engine>(*first);
        client = newClient();
        clientDb = 0;
        hasFirstKeysOnly = true;
        return true;
    }

    // Runs the commands in the database; a pipeline is not a transaction, each reply stands alone.
    Result<Replies> run(const std::vector<Command> &commands, int db)
    {
        if (!engine)
            return closedError();
        const bool changes = std::any_of(commands.begin(), commands.end(), [](const Command &command) {
            const CommandEffect effect = builtinEffect(command.fullName());
            return effect != CommandEffect::Read && effect != CommandEffect::Session;
        });
        if (changes)
            KL_CHECK(isWhole());
        // MULTI, SELECT, SUBSCRIBE and their kin hold for their own pipeline only, so that one of them typed without its
        // end cannot change what everything else sees.
        const bool ownSession = std::any_of(commands.begin(), commands.end(), [](const Command &command) {
            return builtinEffect(command.fullName()) == CommandEffect::Session;
        });
        const std::shared_ptr<EngineClient> session = ownSession ? newClient() : client;
        if (db != (ownSession ? 0 : clientDb)) {
            const RespValue selected = engine->execute(*session, Command{"SELECT", QByteArray::number(db)});
            if (selected.isError())
                return errorFromReply(selected);
            if (!ownSession)
                clientDb = db;
        }
        Replies replies;
        replies.reserve(commands.size());
        for (const Command &command : commands)
            replies.push_back(engine->execute(*session, command));
        return replies;
    }

    void logRun(const std::vector<Command> &commands, const ExecOptions &options, const Result<Replies> &result, std::int64_t tookUs)
    {
        std::vector<CommandLogEntry> entries;
        entries.reserve(commands.size());
        for (std::size_t i = 0; i < commands.size(); ++i) {
            CommandLogEntry entry{systemNowMs(), options.db, printableCommand(commands[i]), tookUs, {}, options.background};
            if (!result.ok())
                entry.error = result.error().message.toUtf8();
            else if (i < result->size() && (*result)[i].isError())
                entry.error = (*result)[i].bytes;
            entries.push_back(std::move(entry));
        }
        log.append(std::move(entries));
    }
};

SnapshotSource::Actions::Actions(SnapshotSource::Private *owner, QObject *parent) : FileActions(parent), m_owner(owner) { }

QFuture<Result<SaveReport>> SnapshotSource::Actions::saveAs(const QString &path, SaveOptions options, CancelToken cancel)
{
    const auto promise = makePromise<SaveReport>();
    options.progress = [this](double fraction) {
        postTo(this, [this, fraction] { Q_EMIT saveProgressed(fraction); });
    };
    m_owner->io->post([owner = m_owner, promise, path, options, cancel] {
        if (Result<void> whole = owner->isWhole(); !whole.ok())
            return fulfil<SaveReport>(promise, whole.error());
        Result<EngineSaveReport> saved = owner->engine->save(path, options, cancel);
        owner->watch->check(); // refused because of a change, or done with it
        if (!saved.ok())
            return fulfil<SaveReport>(promise, saved.error());
        fulfil<SaveReport>(promise, SaveReport{path, saved->bytes, saved->keys, saved->copiedRecords, saved->encodedRecords});
    });
    return promise->future();
}

QFuture<Result<SaveFindings>> SnapshotSource::Actions::lossesFor(SaveTarget target, CancelToken cancel)
{
    const auto promise = makePromise<SaveFindings>();
    m_owner->io->post([owner = m_owner, promise, target, cancel] {
        const Result<void> whole = owner->isWhole();
        fulfil<SaveFindings>(promise, whole.ok() ? findLosses(owner->engine->keyspace(), target, cancel) : Result<SaveFindings>(whole.error()));
    });
    return promise->future();
}

QFuture<Result<void>> SnapshotSource::Actions::withKeyspace(KeyspaceWork work)
{
    const auto promise = makePromise<void>();
    m_owner->io->post([owner = m_owner, promise, work = std::move(work)] {
        const Result<void> whole = owner->isWhole();
        fulfil<void>(promise, whole.ok() ? work(owner->engine->keyspace()) : whole);
    });
    return promise->future();
}

SnapshotSource::SnapshotSource(const QString &path, QObject *parent) : SnapshotSource(From::File, path, parent) { }

SnapshotSource::SnapshotSource(From from, const QString &path, QObject *parent) : Source(parent), d(std::make_unique<Private>())
{
    const QFileInfo file(path);
    d->from = from;
    d->info.kind = SourceKind::File;
    d->info.title = from == From::File ? file.fileName() : QStringLiteral("standard input");
    d->info.location = from == From::File ? file.absoluteFilePath() : path;
    d->info.serverName = QStringLiteral("keyloupe");
    d->info.mode = QStringLiteral("file");
    d->info.protocol = 3;
    d->actions = new Actions(d.get(), this);
    d->actions->m_path = d->info.location;
    d->actions->m_suggestedSavePath = d->info.location;
    d->io = std::make_unique<IoThread>(QStringLiteral("file ") + d->info.title);
}

SnapshotSource::~SnapshotSource()
{
    d->cancelOpen.cancel();
    d->io->post([this] {
        d->closeEngine();
    });
    d->io.reset(); // joins
}

void SnapshotSource::open()
{
    if (d->state == SourceState::Connecting || d->state == SourceState::Ready)
        return;
    d->state = SourceState::Connecting;
    d->cancelOpen = CancelToken();
    Q_EMIT stateChanged(d->state);
    d->io->post([this, path = d->info.location, cancel = d->cancelOpen] {
        const auto read = [this, path, cancel] {
            const auto progress = [this](double fraction) {
                postTo(this, [this, fraction] {
                    d->progress = std::clamp(fraction, 0.001, 0.999); // 1 is said with everything else that is known then
                    Q_EMIT progressChanged(d->progress);
                });
            };
            return d->from == From::StandardInput ? openStandardInput({cancel, progress}) : openFile(path, {cancel, progress});
        };
        if (!d->showsFirstKeys || d->from != From::File || !d->openFirstKeys(path, cancel))
            return takeOver(read(), cancel);
        postTo(this, [this, cancel, databases = d->engine->keyspace().databaseCount(), nowMs = d->engine->nowMs()] {
            if (cancel.isCancelled())
                return; // closed in the meantime
            d->progress = 0.001;
            d->actions->m_nowMs = nowMs;
            d->info.databases = databases;
            d->state = SourceState::Ready;
            Q_EMIT infoChanged();
            Q_EMIT stateChanged(d->state);
        });
        // The I/O thread joins the reader before it ends, but by then the pointer to it is gone.
        d->reader = std::thread([this, read, cancel, io = d->io.get()] {
            const auto opened = std::make_shared<Result<OpenedFile>>(read());
            io->post([this, opened, cancel] { takeOver(std::move(*opened), cancel); });
        });
    });
}

// On the I/O thread: the file is open, and whatever showed its first keys goes.
void SnapshotSource::takeOver(Result<OpenedFile> opened, const CancelToken &cancel)
{
    d->closeEngine();
    if (!opened.ok()) {
        postTo(this, [this, cancel, error = opened.error()] {
            if (cancel.isCancelled())
                return; // closed in the meantime
            d->error = error;
            d->state = SourceState::Failed;
            Q_EMIT stateChanged(d->state);
        });
        return;
    }
    if (cancel.isCancelled())
        return;
    d->engine = std::move(opened->engine);
    d->client = d->newClient();
    d->clientDb = 0;
    d->engine->onModifiedChanged([this](bool modified) {
        postTo(this, [this, modified] { d->actions->setModified(modified); });
    });
    std::vector<FileDamage> damage;
    for (const OpenDamage &place : opened->damage)
        damage.push_back({place.offset, place.db, place.key, wordsFor(place)});
    QStringList notes;
    for (const OpenNote &note : opened->notes)
        notes.append(note.text);
    d->watch = std::make_unique<FileWatch>(
            d->engine->files().watchedPaths(), [this] { return d->engine->files().change(); },
            [this](FileChange change) { postTo(this, [this, change] { d->actions->setChange(change); }); }, nullptr);
    const int databases = d->engine->keyspace().databaseCount();
    postTo(this, [this, cancel, damage = std::move(damage), notes, databases, version = opened->format,
                  savePath = opened->suggestedSavePath, size = sizeOf(*opened), nowMs = d->engine->nowMs()] {
        if (cancel.isCancelled())
            return; // closed in the meantime
        d->actions->m_damage = damage;
        d->actions->m_notes = notes;
        d->actions->m_suggestedSavePath = savePath;
        d->actions->setChange(FileChange::None);
        d->actions->m_sizeBytes = size;
        d->actions->m_nowMs = nowMs;
        d->info.version = version;
        d->info.databases = databases;
        d->progress = 1;
        const bool wasReady = std::exchange(d->state, SourceState::Ready) == SourceState::Ready;
        Q_EMIT infoChanged();
        if (wasReady)
            Q_EMIT progressChanged(1);
        else
            Q_EMIT stateChanged(d->state);
    });
}

void SnapshotSource::setShowsFirstKeys(bool on)
{
    d->showsFirstKeys = on;
}

void SnapshotSource::close()
{
    d->cancelOpen.cancel();
    d->io->post([this] {
        d->closeEngine();
    });
    d->state = SourceState::Closed;
    Q_EMIT stateChanged(d->state);
}

SourceState SnapshotSource::state() const
{
    return d->state;
}

Error SnapshotSource::lastError() const
{
    return d->error;
}

SourceInfo SnapshotSource::info() const
{
    SourceInfo info = d->info;
    info.readOnly = d->policy.isReadOnly();
    return info;
}

double SnapshotSource::openProgress() const
{
    return d->progress;
}

QFuture<Result<Replies>> SnapshotSource::execute(std::vector<Command> commands, ExecOptions options)
{
    for (const Command &command : commands) {
        if (Result<void> allowed = d->policy.check(command, options.confirmed); !allowed.ok())
            return readyFuture<Replies>(allowed.error());
    }
    const auto promise = makePromise<Replies>();
    d->io->post([this, commands = std::move(commands), options = std::move(options), promise] {
        if (options.cancel.isCancelled())
            return fulfil<Replies>(promise, cancelledError());
        const std::int64_t started = steadyNowUs();
        Result<Replies> result = d->run(commands, options.db);
        d->logRun(commands, options, result, steadyNowUs() - started);
        fulfil<Replies>(promise, std::move(result));
    });
    return promise->future();
}

// Nobody else writes between the look and the write: the engine runs on this one thread.
QFuture<Result<Replies>> SnapshotSource::executeGuarded(GuardedWrite write, ExecOptions options)
{
    for (const std::vector<Command> *part : {&write.reads, &write.writes}) {
        for (const Command &command : *part) {
            if (Result<void> allowed = d->policy.check(command, options.confirmed); !allowed.ok())
                return readyFuture<Replies>(allowed.error());
        }
    }
    const auto promise = makePromise<Replies>();
    d->io->post([this, write = std::move(write), options = std::move(options), promise] {
        Result<Replies> seen = d->run(write.reads, options.db);
        if (!seen.ok())
            return fulfil<Replies>(promise, std::move(seen));
        if (write.check) {
            if (Result<void> agreed = write.check(*seen); !agreed.ok())
                return fulfil<Replies>(promise, agreed.error());
        }
        std::vector<Command> transaction;
        transaction.push_back(Command{"MULTI"});
        transaction.insert(transaction.end(), write.writes.begin(), write.writes.end());
        transaction.push_back(Command{"EXEC"});
        const std::int64_t started = steadyNowUs();
        Result<Replies> done = d->run(transaction, options.db);
        Result<Replies> result = done;
        if (done.ok()) {
            const RespValue &executed = done->back();
            if (executed.isError()) {
                const auto refused = std::find_if(done->begin(), done->end(), [](const RespValue &reply) { return reply.isError(); });
                result = errorFromReply(*refused);
            } else {
                const auto failed = std::find_if(executed.items.begin(), executed.items.end(), [](const RespValue &r) { return r.isError(); });
                result = failed == executed.items.end() ? Result<Replies>(executed.items) : Result<Replies>(errorFromReply(*failed));
            }
        }
        d->logRun(write.writes, options, result, steadyNowUs() - started);
        fulfil<Replies>(promise, std::move(result));
    });
    return promise->future();
}

std::unique_ptr<PubSubFeed> SnapshotSource::openPubSub(QString *whyNot)
{
    if (whyNot)
        *whyNot = QStringLiteral("a file has no publishers");
    return nullptr;
}

FileActions *SnapshotSource::fileActions()
{
    return d->actions;
}

CommandLog *SnapshotSource::commandLog() const
{
    return &d->log;
}

CommandPolicy *SnapshotSource::policy() const
{
    return &d->policy;
}

} // namespace keyloupe
