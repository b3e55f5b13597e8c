// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/task_dialog.h"

#include "ui/format/error_text.h"
#include "ui/format/human.h"

#include <QLabel>
#include <QProgressBar>

#include <algorithm>

namespace keyloupe {

TaskDialog::TaskDialog(const QString &title, const QString &action, QWidget *parent) : FormDialog(title, action, parent), m_bar(new QProgressBar)
{
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(6);
    m_bar->setAccessibleName(tr("Progress"));
    // Keeps its place, so that the dialog does not jump when it starts.
    QSizePolicy policy = m_bar->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_bar->setSizePolicy(policy);
    m_bar->hide();
    insertAboveButtons(m_bar);
}

TaskDialog::~TaskDialog()
{
    if (m_cancel)
        m_cancel->cancel();
}

CancelToken TaskDialog::begin()
{
    m_cancel.emplace();
    m_since.start();
    m_noteBefore = note()->text();
    showProblem({});
    setBusy(true);
    m_bar->setRange(0, 0);
    m_bar->show();
    return *m_cancel;
}

void TaskDialog::setProgress(double fraction, const QString &what)
{
    constexpr std::int64_t kSayTimeAfterMs = 2000;
    if (!m_cancel || m_cancel->isCancelled())
        return;
    m_bar->setRange(0, fraction < 0 ? 0 : 1000);
    m_bar->setValue(int(std::max(0.0, fraction) * 1000));
    QString text = what.isEmpty() && fraction >= 0 ? progressText(fraction) : what;
    if (m_since.elapsed() > kSayTimeAfterMs && fraction > 0.02 && fraction < 1)
        text += QStringLiteral(" · ") + tr("%1 left").arg(humanDuration(std::max<std::int64_t>(1000, std::int64_t(double(m_since.elapsed()) * (1 - fraction) / fraction))));
    note()->setText(text);
}

void TaskDialog::pauseForDecision()
{
    m_cancel.reset();
    m_bar->hide();
    note()->setText(m_noteBefore);
    setBusy(false);
}

void TaskDialog::end(const std::optional<Error> &error)
{
    pauseForDecision();
    if (error && error->code != Errc::Cancelled)
        return showProblem(errorLine(*error));
    if (error)
        FormDialog::reject();
    else
        accept();
}

void TaskDialog::abandon()
{
    if (m_cancel)
        m_cancel->cancel();
    m_cancel.reset();
    hide();
    deleteLater();
}

void TaskDialog::reject()
{
    if (!m_cancel)
        return FormDialog::reject();
    m_cancel->cancel();
    note()->setText(tr("Stopping…"));
}

} // namespace keyloupe
