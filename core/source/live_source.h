// SPDX-License-Identifier: GPL-3.0-or-later
//
// LiveSource: a server as a Source. The facade lives on the caller's thread; the connections live on an I/O thread of its
// own. One connection carries all commands, a second one, opened at the first edit, carries guarded writes (WATCH … EXEC)
// one at a time, and each pub/sub feed has its own.
#pragma once

#include "core/net/endpoint.h"
#include "core/source/source.h"

#include <memory>

namespace keyloupe {

class LiveSource final : public Source
{
    Q_OBJECT

public:
    explicit LiveSource(Endpoint endpoint, QObject *parent = nullptr);
    ~LiveSource() override;

    void open() override;   ///< also tries again at once while Failed or Reconnecting
    void close() override;
    SourceState state() const override;
    Error lastError() const override;
    SourceInfo info() const override;

    using Source::execute;
    QFuture<Result<std::vector<RespValue>>> execute(std::vector<Command> commands, ExecOptions options) override;
    QFuture<Result<std::vector<RespValue>>> executeGuarded(GuardedWrite write, ExecOptions options) override;
    std::unique_ptr<PubSubFeed> openPubSub(QString *whyNot) override;

    CommandLog *commandLog() const override;
    CommandPolicy *policy() const override;

private:
    void learnCommands();

    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace keyloupe
