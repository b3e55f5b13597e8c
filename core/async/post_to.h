// SPDX-License-Identifier: GPL-3.0-or-later
//
// postTo(object, fn): runs fn later on the object's thread, unless the object dies first. Any thread may call.
#pragma once

#include "core/async/hand_over.h"

#include <QObject>

#include <utility>

namespace keyloupe {

template <typename Fn>
void postTo(QObject *object, Fn fn)
{
    beforeHandOver();
    QMetaObject::invokeMethod(
            object,
            [fn = std::move(fn)]() mutable {
                afterHandOver();
                fn();
                beforeHandOver(); // what it captured is deleted by Qt, perhaps elsewhere
            },
            Qt::QueuedConnection);
}

} // namespace keyloupe
