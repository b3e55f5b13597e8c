// SPDX-License-Identifier: GPL-3.0-or-later
//
// StartPage: what the window shows while nothing is open: three ways to begin, and what was open before. GUI thread.
#pragma once

#include <QWidget>

class QVBoxLayout;

namespace keyloupe {

class RecentList;

class StartPage : public QWidget
{
    Q_OBJECT

public:
    /// `recent` must outlive the page.
    explicit StartPage(RecentList &recent, QWidget *parent = nullptr);

Q_SIGNALS:
    void openRequested();
    void connectRequested();
    void demoRequested();
    void recentRequested(const QString &location);

private:
    void showRecent();

    RecentList &m_recent;
    QWidget *m_recentCard;
    QVBoxLayout *m_rows;
};

} // namespace keyloupe
