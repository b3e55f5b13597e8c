// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyHeaderBar: the line above a value: type, name, TTL counting down, what is known of the key, and the buttons of what can
// be done with it. Shows an OpenKey; asks by signals. GUI thread.
#pragma once

#include "ui/models/open_key.h"

#include <QFrame>
#include <QTimer>

class QLabel;
class QPushButton;
class QToolButton;

namespace keyloupe {

class ElidedLabel;
class TypeBadge;

class KeyHeaderBar : public QFrame
{
    Q_OBJECT

public:
    KeyHeaderBar(SourceSession &session, OpenKey &key, QWidget *parent = nullptr);

Q_SIGNALS:
    void refreshRequested();
    void expiryRequested();
    void renameRequested();
    void deleteRequested();

private:
    void showKey();
    void showExpiry();
    void buildCopyMenu();

    SourceSession &m_session;
    OpenKey &m_key;
    TypeBadge *m_badge;
    ElidedLabel *m_name;
    QPushButton *m_expiry;
    QLabel *m_facts;
    QToolButton *m_rename;
    QToolButton *m_copy;
    QToolButton *m_delete;
    QToolButton *m_refresh;
    QTimer m_clock;
};

} // namespace keyloupe
