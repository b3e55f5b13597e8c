// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/follow_tail.h"

#include <QAbstractItemModel>
#include <QAbstractItemView>
#include <QScrollBar>

#include <memory>

namespace keyloupe {

void followTail(QAbstractItemView *view)
{
    // Asked before the rows go in: afterwards the bar is never at its end.
    auto atEnd = std::make_shared<bool>(true);
    QObject::connect(view->model(), &QAbstractItemModel::rowsAboutToBeInserted, view, [view, atEnd] {
        const QScrollBar *bar = view->verticalScrollBar();
        *atEnd = bar->value() >= bar->maximum() - 1;
    });
    QObject::connect(view->model(), &QAbstractItemModel::rowsInserted, view, [view, atEnd] {
        if (*atEnd)
            QMetaObject::invokeMethod(view, &QAbstractItemView::scrollToBottom, Qt::QueuedConnection);
    });
}

} // namespace keyloupe
