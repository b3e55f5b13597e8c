// SPDX-License-Identifier: GPL-3.0-or-later
//
// StartPage: what the window shows while nothing is open: three ways to begin. GUI thread.
#pragma once

#include <QWidget>

namespace keyloupe {

class StartPage : public QWidget
{
    Q_OBJECT

public:
    explicit StartPage(QWidget *parent = nullptr);

Q_SIGNALS:
    void openRequested();
    void connectRequested();
    void demoRequested();
};

} // namespace keyloupe
