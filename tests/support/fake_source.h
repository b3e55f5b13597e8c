// SPDX-License-Identifier: GPL-3.0-or-later
//
// FakeSource: a Source in memory for window tests: a map of command to reply, on the test's own thread. Replies come through
// the event loop, as real ones do. What no row answers gets Redis's "unknown command" reply. The real CommandPolicy and
// CommandLog are inside, so read-only mode and confirmations behave as in the product.
#pragma once

#include "core/source/command_log.h"
#include "core/source/command_policy.h"
#include "core/source/source.h"

#include <QHash>
#include <QPointer>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace keyloupe::test {

/// A feed whose messages the test puts in by hand.
class FakeFeed final : public PubSubFeed
{
public:
    void inject(PubSubMessage message);
    void setDropped(std::uint64_t count) { m_dropped = count; }

    void subscribe(const QByteArrayList &channels) override;
    void psubscribe(const QByteArrayList &patterns) override;
    void unsubscribe(const QByteArrayList &channels) override;
    void punsubscribe(const QByteArrayList &patterns) override;
    QByteArrayList channels() const override { return m_channels; }
    QByteArrayList patterns() const override { return m_patterns; }
    std::vector<PubSubMessage> take(int max) override;
    std::uint64_t dropped() const override { return m_dropped; }

private:
    QByteArrayList m_channels;
    QByteArrayList m_patterns;
    std::deque<PubSubMessage> m_waiting;
    std::uint64_t m_dropped = 0;
};

/// What a file offers; the fields are the answers.
class FakeFileActions final : public FileActions
{
public:
    using FileActions::FileActions;

    QString path() const override { return filePath; }
    bool isModified() const override { return modified; }
    std::vector<FileDamage> damage() const override { return damages; }
    std::int64_t nowMs() const override { return now; }
    QFuture<Result<SaveReport>> saveAs(const QString &path, SaveOptions options, CancelToken cancel) override;
    using FileActions::saveAs;
    QFuture<Result<SaveFindings>> lossesFor(SaveTarget target, CancelToken cancel) override;
    QFuture<Result<void>> withKeyspace(KeyspaceWork work) override; ///< there is none: Errc::Closed
    void setModified(bool on);

    QString filePath = QStringLiteral("/tmp/dump.rdb");
    bool modified = false;
    std::vector<FileDamage> damages;
    std::int64_t now = 1'700'000'000'000;
    std::optional<Error> saveError;
    QStringList savedTo;
    std::optional<SaveTarget> savedFor;
    SaveFindings findings; ///< of every target
    bool holdSaves = false; ///< until finishSave()
    void finishSave();      ///< as cancelled where that was asked for
    CancelToken saveCancel;
    std::shared_ptr<QPromise<Result<SaveReport>>> heldSave;
    FileChange change() const override { return changed; }
    void setChanged(FileChange change);
    FileChange changed = FileChange::None;
    std::optional<bool> overwrote; ///< what the last save was told
    std::int64_t sizeBytes() const override { return size; }
    std::int64_t size = -1;
    QStringList remarks;
    QString savePath; ///< empty: the file itself
    QStringList notes() const override { return remarks; }
    QString suggestedSavePath() const override { return savePath.isEmpty() ? filePath : savePath; }
};

class FakeSource final : public Source
{
public:
    using Handler = std::function<RespValue(const Command &)>;

    explicit FakeSource(QObject *parent = nullptr);
    ~FakeSource() override;

    /// A fixed reply to exactly these arguments.
    void reply(const Command &command, RespValue value);
    /// A computed reply to every command of that name ("GET") or full name ("CLIENT LIST"); an exact reply goes first.
    void handle(const QByteArray &name, Handler handler);
    /// Every request from now on fails with this; nullopt ends it.
    void failWith(std::optional<Error> error) { m_failure = std::move(error); }
    /// The next guarded write finds its key changed.
    void conflictOnce() { m_conflict = true; }
    /// While held, requests are taken but not answered.
    void hold() { m_held = true; }
    void release();
    void setState(SourceState state, Error error = {});
    void setProgress(double fraction); ///< what openProgress() says
    /// Turns it into a file; `fileActions()` is then not null.
    FakeFileActions *makeFile();

    /// Every command that passed the policy, in order; guarded reads and writes included.
    const std::vector<Command> &sent() const { return m_sent; }
    int count(const QByteArray &fullName) const;
    void clearSent() { m_sent.clear(); }
    FakeFeed *lastFeed() const { return m_feed; }

    SourceInfo details; ///< what info() says

    void open() override;
    void close() override;
    SourceState state() const override { return m_state; }
    Error lastError() const override { return m_error; }
    SourceInfo info() const override;
    double openProgress() const override { return m_progress; }
    using Source::execute;
    QFuture<Result<std::vector<RespValue>>> execute(std::vector<Command> commands, ExecOptions options) override;
    QFuture<Result<std::vector<RespValue>>> executeGuarded(GuardedWrite write, ExecOptions options) override;
    std::unique_ptr<PubSubFeed> openPubSub(QString *whyNot) override;
    FileActions *fileActions() override { return m_file; }
    CommandLog *commandLog() const override { return m_log.get(); }
    CommandPolicy *policy() const override { return m_policy.get(); }

private:
    using Replies = std::vector<RespValue>;
    using Work = std::function<Result<Replies>()>;

    QFuture<Result<Replies>> later(CancelToken cancel, Work work);
    Replies run(const std::vector<Command> &commands, const ExecOptions &options);
    RespValue answer(const Command &command) const;

    QHash<QByteArray, RespValue> m_exact;
    QHash<QByteArray, Handler> m_handlers;
    std::optional<Error> m_failure;
    bool m_conflict = false;
    bool m_held = false;
    std::vector<std::function<void()>> m_waiting;
    std::vector<Command> m_sent;
    SourceState m_state = SourceState::Closed;
    Error m_error;
    double m_progress = -1;
    QPointer<FakeFeed> m_feed;
    FakeFileActions *m_file = nullptr;
    std::unique_ptr<CommandLog> m_log;
    std::unique_ptr<CommandPolicy> m_policy;
};

} // namespace keyloupe::test
