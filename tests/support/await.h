// SPDX-License-Identifier: GPL-3.0-or-later
//
// Waiting in tests: for the result of a future, or for a source to get somewhere, while the event loop runs.
#pragma once

#include "core/source/source.h"

#include <QFuture>
#include <QTest>

namespace keyloupe::test {

/// The future's result; Errc::Internal with "no result in time" when it does not come, so that a test fails and goes on.
template <typename T>
Result<T> await(const QFuture<Result<T>> &future, int timeoutMs = 30'000)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, timeoutMs) || future.resultCount() == 0)
        return Error{Errc::Internal, QStringLiteral("no result in time"), -1, {}};
    return future.result();
}

/// Sends one command and waits. An error of the source becomes an error value "!code message", so that rows can compare.
inline RespValue ask(Source &source, Command command, ExecOptions options = {})
{
    Result<RespValue> reply = await(source.execute(std::move(command), std::move(options)));
    if (reply.ok())
        return reply.value();
    return RespValue::error(QByteArray("!") + errcName(reply.error().code) + ' ' + reply.error().message.toUtf8());
}

inline bool waitForState(Source &source, SourceState state, int timeoutMs = 30'000)
{
    const bool there = QTest::qWaitFor([&] { return source.state() == state; }, timeoutMs);
    if (!there)
        qWarning("state is %d: %s", int(source.state()), qPrintable(describe(source.lastError())));
    return there;
}

/// Opens and waits until it is Ready.
inline bool openAndWait(Source &source)
{
    source.open();
    return waitForState(source, SourceState::Ready);
}

} // namespace keyloupe::test
