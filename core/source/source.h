// SPDX-License-Identifier: GPL-3.0-or-later
//
// Source: something that holds keys and answers Redis commands: a server (LiveSource) or a file (SnapshotSource).
//
// A Source is a facade that lives on the thread that made it (the GUI thread in the window). Every call returns at once;
// sockets, parsing and the engine are on the source's own I/O thread. Replies come in the order of the requests made for
// one `execute`; separate calls may overtake each other only where a reconnect drops one. Every command passes the
// CommandPolicy; there is no other way out.
//
// What a source cannot do is null (feeds of a file, saving of a server), with a reason for the person.
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/file_identity.h"
#include "core/base/result.h"
#include "core/resp/command.h"
#include "core/engine/save_options.h"
#include "core/resp/value.h"

#include <QFuture>
#include <QObject>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace keyloupe {

class CommandLog;
class CommandPolicy;

enum class SourceKind : std::uint8_t { Server, File };

enum class SourceState : std::uint8_t {
    Connecting,   ///< first connection, or indexing a file
    Ready,
    Reconnecting, ///< lost; trying again with back-off
    Failed,       ///< gave up, or the file cannot be read; see Source::lastError
    Closed,       ///< by us
};

/// What is known of a source; changes with infoChanged.
struct SourceInfo
{
    SourceKind kind = SourceKind::Server;
    QString title;        ///< short name for a tab: "127.0.0.1:6379" or "dump.rdb"
    QString location;     ///< endpoint without secrets, or the absolute file path
    QString serverName;   ///< "redis", "valkey", "keyloupe"; from HELLO or INFO
    QString version;      ///< of the server, or "RDB 10" for a file
    QString mode;         ///< "standalone", "cluster", "sentinel", "file"
    QString role;         ///< "master", "replica" or empty
    int protocol = 0;     ///< 2 or 3, 0 while unknown
    int databases = 16;   ///< highest database number + 1
    bool readOnly = false;
    bool tls = false;
    double roundTripMs = -1; ///< last measured, -1 unknown
};

/// Keys in one database, from INFO keyspace.
struct DatabaseInfo
{
    int index = 0;
    std::int64_t keys = 0;
    std::int64_t expires = 0;
    bool operator==(const DatabaseInfo &) const = default;
};

/// How to send. Default: database 0, 10 s, nothing to cancel.
struct ExecOptions
{
    int db = 0;
    int timeoutMs = 10'000;      ///< counted from when the bytes leave, for the whole batch
    CancelToken cancel = {};
    bool confirmed = false;      ///< the person confirmed a command that the policy asks about
    bool background = false;     ///< not written to the visible command log (sampling, visible-row details)
};

/// A write that happens only if what the person saw is still there.
///
/// The keys are watched, `reads` are sent, `check` sees their replies on the I/O thread (it must capture values only), and
/// `writes` run as one transaction if it agrees and nobody touched the keys in between. Otherwise Errc::Conflict.
struct GuardedWrite
{
    QByteArrayList watch;
    std::vector<Command> reads;
    std::function<Result<void>(const std::vector<RespValue> &)> check; ///< may be null
    std::vector<Command> writes;
};

/// What SCAN is asked.
struct ScanSpec
{
    int db = 0;
    QByteArray match;      ///< glob; empty for all
    QByteArray type;       ///< "string", "hash" …; empty for all
    int count = 1000;      ///< COUNT hint of the first call; adapted to keep a call short
    std::uint64_t cursor = 0; ///< where to go on
};

struct ScanBatch
{
    QByteArrayList keys;         ///< may hold duplicates, as SCAN may
    std::uint64_t cursor = 0;    ///< for resuming
    bool done = false;
};

/// A pull stream of keys: ask for a batch, use it, ask again; so the consumer sets the pace. One request at a time.
class KeyScan
{
public:
    virtual ~KeyScan() = default;
    virtual QFuture<Result<ScanBatch>> next() = 0;
    virtual void cancel() = 0;
};

struct PubSubMessage
{
    std::int64_t timeMs = 0; ///< when it reached us, wall clock
    QByteArray channel;
    QByteArray pattern;      ///< empty when it came by channel
    QByteArray payload;
};

/// Messages of subscriptions, on a connection of their own. Lives on the Source's thread; the bounded ring behind it is
/// filled on the I/O thread, and never stops the socket reader.
class PubSubFeed : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void subscribe(const QByteArrayList &channels) = 0;
    virtual void psubscribe(const QByteArrayList &patterns) = 0;
    virtual void unsubscribe(const QByteArrayList &channels) = 0;   ///< empty: all
    virtual void punsubscribe(const QByteArrayList &patterns) = 0;  ///< empty: all
    virtual QByteArrayList channels() const = 0;
    virtual QByteArrayList patterns() const = 0;

    /// At most `max` waiting messages, oldest first.
    virtual std::vector<PubSubMessage> take(int max) = 0;
    /// Messages lost because nobody took them in time.
    virtual std::uint64_t dropped() const = 0;

Q_SIGNALS:
    void messagesAvailable();   ///< once per burst; take() re-arms it
    void subscriptionsChanged();
    void failed(const keyloupe::Error &error); ///< refused or lost; a reconnect subscribes again by itself
};

/// How a save went.
struct SaveReport
{
    QString path;
    std::int64_t bytes = 0;
    std::int64_t keys = 0;
    std::int64_t copiedRecords = 0;  ///< byte for byte from the source file
    std::int64_t encodedRecords = 0; ///< edited or new
};

/// One place of damage in a file.
struct FileDamage
{
    std::int64_t offset = 0;
    int db = 0;
    QByteArray key;   ///< empty where unknown
    QString reason;
};

/// What only a file can do. Owned by its Source, same thread.
class FileActions : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual QString path() const = 0;
    virtual bool isModified() const = 0;
    virtual std::vector<FileDamage> damage() const = 0;
    /// What is worth saying about the file and is no damage: a tail that was cut, a manifest beside it. English sentences.
    virtual QStringList notes() const { return {}; }
    /// Where a save goes when nobody says otherwise: the file itself, or a new RDB's name where an append-only file is open,
    /// which is never written over.
    virtual QString suggestedSavePath() const { return path(); }
    /// Of everything that was read, unpacked; -1 while unknown.
    virtual std::int64_t sizeBytes() const { return -1; }
    /// What somebody else has done to the file since it was opened, or saved from here. Known within two seconds. A save over it
    /// is Errc::Conflict then, unless SaveOptions::overwriteChanged says otherwise.
    virtual FileChange change() const { return FileChange::None; }
    /// Time that expiry is judged by, ms since the epoch (the file's ctime at first).
    virtual std::int64_t nowMs() const = 0;
    /// Writes all keys, edits included, as a new RDB: temporary file beside it, synced, read back, renamed.
    QFuture<Result<SaveReport>> saveAs(const QString &path, CancelToken cancel);
    /// The same for a chosen server. What that costs: lossesFor.
    virtual QFuture<Result<SaveReport>> saveAs(const QString &path, SaveOptions options, CancelToken cancel) = 0;
    /// What a file for that server could not hold; nothing is written.
    virtual QFuture<Result<SaveFindings>> lossesFor(SaveTarget target, CancelToken cancel) = 0;
    /// Runs `work` over the keys, edits included, on the I/O thread; it must capture values only.
    using KeyspaceWork = std::function<Result<void>(const Keyspace &)>;
    virtual QFuture<Result<void>> withKeyspace(KeyspaceWork work) = 0;

Q_SIGNALS:
    void modifiedChanged(bool modified);
    void saveProgressed(double fraction); ///< 0…1 while a save runs
    void fileChanged(keyloupe::FileChange change); ///< once for each change; None when a save from here has replaced the file
};

class Source : public QObject
{
    Q_OBJECT

public:
    explicit Source(QObject *parent = nullptr) : QObject(parent) { }

    virtual void open() = 0;  ///< begins connecting or indexing; result through stateChanged
    virtual void close() = 0; ///< drops everything in flight with Errc::Closed

    virtual SourceState state() const = 0;
    virtual Error lastError() const = 0; ///< why it is not Ready
    virtual SourceInfo info() const = 0;
    virtual double openProgress() const { return -1; } ///< 0…1 while Connecting, -1 where unknown

    /// Sends one command. A server's error reply is a value (RespValue::isError), not an Error: use unwrapReply.
    QFuture<Result<RespValue>> execute(Command command, ExecOptions options = {});
    /// Sends a pipeline; exactly one reply a command.
    virtual QFuture<Result<std::vector<RespValue>>> execute(std::vector<Command> commands, ExecOptions options) = 0;
    /// See GuardedWrite. The replies of the writes.
    virtual QFuture<Result<std::vector<RespValue>>> executeGuarded(GuardedWrite write, ExecOptions options) = 0;

    /// The default is built on execute(SCAN).
    virtual std::unique_ptr<KeyScan> scan(ScanSpec spec);

    /// A new feed, or null with a reason.
    virtual std::unique_ptr<PubSubFeed> openPubSub(QString *whyNot) = 0;
    /// Null for a server.
    virtual FileActions *fileActions() { return nullptr; }

    virtual CommandLog *commandLog() const = 0; ///< never null
    virtual CommandPolicy *policy() const = 0;  ///< never null

Q_SIGNALS:
    void stateChanged(keyloupe::SourceState state);
    void infoChanged();
    void progressChanged(double fraction); ///< while Connecting, 0…1
};

/// Databases that have keys, from an INFO keyspace text (also Valkey's and old forms).
std::vector<DatabaseInfo> parseKeyspace(const QByteArray &info);

} // namespace keyloupe

Q_DECLARE_METATYPE(keyloupe::SourceState)
Q_DECLARE_METATYPE(keyloupe::Error)
Q_DECLARE_METATYPE(keyloupe::FileChange)
