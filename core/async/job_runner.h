// SPDX-License-Identifier: GPL-3.0-or-later
//
// JobRunner: the pool for work that takes more than a moment: indexing, filtering, decoding, export.
//
// A job is a function of values and a CancelToken that returns a Result; it must not capture `this` of anything that can
// die. The runner is owned by the application and outlives what uses it. `run` may be called on any thread.
#pragma once

#include "core/async/hand_over.h"
#include "core/base/cancel_token.h"
#include "core/base/result.h"

#include <QFuture>
#include <QPromise>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace keyloupe {

class JobRunner
{
public:
    /// `threads` 0 means one a core.
    explicit JobRunner(int threads = 0);
    ~JobRunner(); ///< waits for running jobs; cancel them first

    JobRunner(const JobRunner &) = delete;
    JobRunner &operator=(const JobRunner &) = delete;

    /// Fn: Result<T>() . The future always gets exactly one result.
    template <typename Fn>
    auto run(Fn fn) -> QFuture<std::invoke_result_t<Fn>>
    {
        using R = std::invoke_result_t<Fn>;
        auto promise = std::make_shared<QPromise<R>>();
        QFuture<R> future = promise->future();
        promise->start();
        start([promise, fn = std::move(fn)]() mutable {
            afterHandOver();
            R result = fn();
            beforeHandOver();
            promise->addResult(std::move(result));
            promise->finish();
        });
        return future;
    }

private:
    void start(std::function<void()> work);

    QThreadPool m_pool;
};

} // namespace keyloupe
