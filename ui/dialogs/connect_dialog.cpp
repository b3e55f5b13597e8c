// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/connect_dialog.h"

#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

QLabel *caption(const QString &text)
{
    auto *label = new QLabel(text);
    label->setProperty("role", QStringLiteral("caption"));
    label->setWordWrap(true);
    return label;
}

} // namespace

ConnectDialog::ConnectDialog(QWidget *parent)
    : QDialog(parent), m_url(new QLineEdit), m_urlProblem(caption({})), m_host(new QLineEdit), m_port(new QSpinBox), m_user(new QLineEdit),
      m_password(new QLineEdit), m_db(new QSpinBox), m_tls(new QCheckBox(tr("Use TLS"))), m_verify(new QCheckBox(tr("Verify the certificate"))),
      m_caFile(new QLineEdit), m_connect(new QPushButton(tr("Connect")))
{
    setWindowTitle(tr("Connect to a server"));
    setMinimumWidth(480);

    m_url->setPlaceholderText(QStringLiteral("redis://user:password@host:6379/0"));
    m_url->setAccessibleName(tr("URL"));
    m_urlProblem->setProperty("tone", QStringLiteral("danger"));
    m_port->setRange(1, 65535);
    m_port->setGroupSeparatorShown(false);
    m_db->setRange(0, 65535);
    m_user->setPlaceholderText(tr("default"));
    m_password->setEchoMode(QLineEdit::Password);
    m_caFile->setPlaceholderText(tr("the system's certificate authorities"));
    m_verify->setChecked(true);

    auto *place = new QHBoxLayout;
    place->setSpacing(space::kS);
    place->addWidget(m_host, 1);
    place->addWidget(m_port);
    auto *security = new QHBoxLayout;
    security->setSpacing(space::kL);
    security->addWidget(m_tls);
    security->addWidget(m_verify);
    security->addStretch();

    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::kL);
    form->setVerticalSpacing(space::kM);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("URL"), m_url);
    form->addRow(QString(), m_urlProblem);
    form->addRow(tr("Host and port"), place);
    form->addRow(tr("User"), m_user);
    form->addRow(tr("Password"), m_password);
    form->addRow(tr("Database"), m_db);
    form->addRow(QString(), security);
    form->addRow(tr("CA file"), m_caFile);
    form->addRow(QString(), caption(tr("The password is kept in memory for this connection only.")));

    m_connect->setProperty("variant", QStringLiteral("primary"));
    m_connect->setDefault(true);
    auto *cancel = new QPushButton(tr("Cancel"));
    cancel->setAutoDefault(false);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::kS);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_connect);
    connect(m_connect, &QPushButton::clicked, this, &ConnectDialog::finish);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kXl, space::kXl, space::kXl, space::kL);
    layout->setSpacing(space::kL);
    layout->addLayout(form);
    layout->addStretch();
    layout->addLayout(buttons);

    connect(m_url, &QLineEdit::textEdited, this, &ConnectDialog::takeUrl);
    for (QLineEdit *field : {m_host, m_user, m_password})
        connect(field, &QLineEdit::textEdited, this, &ConnectDialog::showUrl);
    for (QSpinBox *field : {m_port, m_db})
        connect(field, &QSpinBox::valueChanged, this, &ConnectDialog::showUrl);
    connect(m_tls, &QCheckBox::toggled, this, &ConnectDialog::showUrl);
    setEndpoint(Endpoint{});
}

void ConnectDialog::setEndpoint(const Endpoint &endpoint)
{
    m_updating = true;
    m_unixPath = endpoint.kind == Endpoint::Kind::Unix ? endpoint.path : QString();
    m_host->setText(m_unixPath.isEmpty() ? endpoint.host : m_unixPath);
    m_port->setValue(endpoint.port);
    m_user->setText(QString::fromUtf8(endpoint.user));
    m_password->setText(QString::fromUtf8(endpoint.password));
    m_db->setValue(endpoint.db);
    m_tls->setChecked(endpoint.tls.enabled);
    m_verify->setChecked(endpoint.tls.verify);
    m_caFile->setText(endpoint.tls.caFile);
    m_updating = false;
    showUrl();
}

// A pasted URL fills the fields; while it makes no sense yet, they stay.
void ConnectDialog::takeUrl(const QString &text)
{
    Result<Endpoint> parsed = parseEndpoint(text);
    showUrlProblem(parsed.ok() || text.trimmed().isEmpty() ? QString() : parsed.error().message);
    if (!parsed.ok())
        return;
    const QString typed = m_url->text();
    setEndpoint(*parsed);
    m_url->setText(typed);
}

void ConnectDialog::showUrlProblem(const QString &text)
{
    m_urlProblem->setText(text);
    m_urlProblem->setVisible(!text.isEmpty());
}

// The URL of the fields, without the password, which stays in its own field.
void ConnectDialog::showUrl()
{
    const bool isTcp = m_unixPath.isEmpty();
    m_port->setEnabled(isTcp);
    m_tls->setEnabled(isTcp);
    m_verify->setEnabled(m_tls->isChecked());
    m_caFile->setEnabled(m_tls->isChecked());
    if (m_updating)
        return;
    showUrlProblem({});
    m_url->setText(endpoint().publicUrl());
    m_connect->setEnabled(!m_host->text().trimmed().isEmpty());
}

Endpoint ConnectDialog::endpoint() const
{
    Endpoint endpoint;
    if (!m_unixPath.isEmpty()) {
        endpoint.kind = Endpoint::Kind::Unix;
        endpoint.path = m_host->text().trimmed();
    }
    endpoint.host = m_host->text().trimmed();
    endpoint.port = quint16(m_port->value());
    endpoint.user = m_user->text().toUtf8();
    endpoint.password = m_password->text().toUtf8();
    endpoint.db = m_db->value();
    endpoint.tls.enabled = m_tls->isChecked() && m_tls->isEnabled();
    endpoint.tls.verify = m_verify->isChecked();
    endpoint.tls.caFile = m_caFile->text().trimmed();
    return endpoint;
}

void ConnectDialog::finish()
{
    const Endpoint wanted = endpoint();
    m_password->clear();
    accept();
    Q_EMIT connectRequested(wanted);
}

} // namespace keyloupe
