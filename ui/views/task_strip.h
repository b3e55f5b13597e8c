// SPDX-License-Identifier: GPL-3.0-or-later
//
// TaskStrip: one running task in the status bar: what it is, how far it is, and a button that stops it. Hidden while there
// is none. GUI thread; owns nothing of the task but its cancel token.
#pragma once

#include "core/base/cancel_token.h"

#include <QWidget>

#include <optional>

class QLabel;
class QProgressBar;

namespace keyloupe {

class TaskStrip : public QWidget
{
    Q_OBJECT

public:
    explicit TaskStrip(QWidget *parent = nullptr);

    bool isRunning() const { return m_cancel.has_value(); }
    /// The task that begins now looks at the token; it must call end() whatever happens.
    CancelToken begin(const QString &text);
    void setProgress(double fraction); ///< 0…1; before the first call the bar only moves
    void cancel();
    void end();

Q_SIGNALS:
    void runningChanged(bool running);

private:
    QLabel *m_text;
    QProgressBar *m_bar;
    std::optional<CancelToken> m_cancel; // while it runs
};

} // namespace keyloupe
