// SPDX-License-Identifier: GPL-3.0-or-later
//
// SnapshotSource: a file (whatever core/engine/open_file.h opens) as a Source. Indexing, the engine and saving are on an I/O thread of its own; the facade lives
// on the caller's thread. The file itself is only read; edits stay in the engine until saveAs.
#pragma once

#include "core/source/source.h"

#include <memory>

namespace keyloupe {

struct OpenedFile;

class SnapshotSource final : public Source
{
    Q_OBJECT

public:
    /// Where the bytes come from. Standard input is read once, when it is opened; path() is "-" then.
    enum class From : std::uint8_t { File, StandardInput };

    explicit SnapshotSource(const QString &path, QObject *parent = nullptr);
    explicit SnapshotSource(From from, const QString &path, QObject *parent = nullptr);
    ~SnapshotSource() override;

    /// Before open(): a large RDB is Ready with its first keys, which can be read and not changed, while the rest is still
    /// being read; openProgress() is below 1 until then.
    void setShowsFirstKeys(bool on);

    void open() override;
    void close() override;
    SourceState state() const override;
    Error lastError() const override;
    SourceInfo info() const override;
    double openProgress() const override;

    using Source::execute;
    QFuture<Result<std::vector<RespValue>>> execute(std::vector<Command> commands, ExecOptions options) override;
    QFuture<Result<std::vector<RespValue>>> executeGuarded(GuardedWrite write, ExecOptions options) override;
    std::unique_ptr<PubSubFeed> openPubSub(QString *whyNot) override;
    FileActions *fileActions() override;

    CommandLog *commandLog() const override;
    CommandPolicy *policy() const override;

private:
    void takeOver(Result<OpenedFile> opened, const CancelToken &cancel);
    class Actions;
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace keyloupe
