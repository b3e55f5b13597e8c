// SPDX-License-Identifier: GPL-3.0-or-later
//
// postTo(object, fn): runs fn later on the object's thread, unless the object dies first. Any thread may call.
#pragma once

#include "core/async/hand_over.h"

#include <QObject>

#include <utility>

namespace keyloupe {

/// A function that is built on one thread and run on another: each move of it is told to ThreadSanitizer, and so is its run.
template <typename Fn>
class HandedOver
{
public:
    explicit HandedOver(Fn fn) : m_fn(std::move(fn)) { }
    HandedOver(const HandedOver &) = delete;
    HandedOver(HandedOver &&other) noexcept : m_fn(std::move(other.m_fn)) { beforeHandOver(); }
    ~HandedOver() = default;

    void operator()()
    {
        afterHandOver();
        m_fn();
        beforeHandOver(); // what it captured may be deleted elsewhere
    }

private:
    Fn m_fn;
};

template <typename Fn>
void postTo(QObject *object, Fn fn)
{
    QMetaObject::invokeMethod(object, HandedOver<Fn>(std::move(fn)), Qt::QueuedConnection);
}

} // namespace keyloupe
