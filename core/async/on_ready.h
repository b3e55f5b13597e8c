// SPDX-License-Identifier: GPL-3.0-or-later
//
// onReady(future, context, fn): calls fn(value) once on the context's thread when the future has a result.
//
// If the context dies first, fn is never called. If the future ends without a result (its promise was dropped), fn is
// called with Errc::Closed. The watcher is a child of the context, so nothing leaks. Call it on the context's thread.
// QFuture::then(context, …) is not used because in Qt 6.4 a context that dies first aborts in debug builds.
#pragma once

#include "core/async/promise.h"

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>

#include <utility>

namespace keyloupe {

template <typename T, typename Fn>
void onReady(const QFuture<Result<T>> &future, QObject *context, Fn fn)
{
    auto *watcher = new QFutureWatcher<Result<T>>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, fn = std::move(fn)]() mutable {
        afterHandOver();
        watcher->deleteLater();
        const QFuture<Result<T>> done = watcher->future();
        if (done.resultCount() == 0)
            fn(Result<T>(Error{Errc::Closed, QStringLiteral("the request was dropped"), -1, {}}));
        else
            fn(done.result());
    });
    watcher->setFuture(future);
}

} // namespace keyloupe
