// SPDX-License-Identifier: GPL-3.0-or-later
//
// A promise that callbacks can share: made by whoever returns the future, kept by whoever will know the result, on whatever
// thread. Exactly one result; a promise that is dropped gives Errc::Closed in onReady.
#pragma once

#include "core/async/hand_over.h"
#include "core/base/result.h"

#include <QFuture>
#include <QPromise>

#include <memory>
#include <utility>

namespace keyloupe {

template <typename T>
using SharedPromise = std::shared_ptr<QPromise<Result<T>>>;

template <typename T>
SharedPromise<T> makePromise()
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    return promise;
}

/// T is given by the caller (fulfil<T>), so that an Error or a T can be passed as they are.
template <typename T>
void fulfil(const SharedPromise<std::type_identity_t<T>> &promise, std::type_identity_t<Result<T>> result)
{
    beforeHandOver();
    promise->addResult(std::move(result));
    promise->finish();
}

/// A future that is already there, for answers that need no thread.
template <typename T>
QFuture<Result<T>> readyFuture(Result<T> value)
{
    const SharedPromise<T> promise = makePromise<T>();
    fulfil<T>(promise, std::move(value));
    return promise->future();
}

} // namespace keyloupe
