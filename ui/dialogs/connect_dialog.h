// SPDX-License-Identifier: GPL-3.0-or-later
//
// ConnectDialog: where a server is and how to get in, from fields or a pasted URL. Modal to its window, never blocking:
// show it with open() and wait for connectRequested. Keeps no password after it is closed.
#pragma once

#include "core/net/endpoint.h"

#include <QDialog>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace keyloupe {

class ConnectDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ConnectDialog(QWidget *parent = nullptr);

    void setEndpoint(const Endpoint &endpoint);

Q_SIGNALS:
    void connectRequested(const keyloupe::Endpoint &endpoint);

private:
    void takeUrl(const QString &text);
    void showUrl();
    void showUrlProblem(const QString &text);
    Endpoint endpoint() const;
    void finish();

    QLineEdit *m_url;
    QLabel *m_urlProblem;
    QLineEdit *m_host;
    QSpinBox *m_port;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QSpinBox *m_db;
    QCheckBox *m_tls;
    QCheckBox *m_verify;
    QLineEdit *m_caFile;
    QPushButton *m_connect;
    QString m_unixPath; // of a unix:// URL; empty for TCP
    bool m_updating = false;
};

} // namespace keyloupe
