// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/task_strip.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

namespace keyloupe {

TaskStrip::TaskStrip(QWidget *parent) : QWidget(parent), m_text(new QLabel), m_bar(new QProgressBar)
{
    constexpr int kBarWidth = 120;
    m_text->setTextFormat(Qt::PlainText);
    m_bar->setTextVisible(false);
    m_bar->setFixedSize(kBarWidth, 6);
    m_bar->setAccessibleName(tr("Progress"));
    auto *stop = new QToolButton;
    stop->setIcon(themedIcon(QStringLiteral("close")));
    stop->setToolTip(tr("Stop (Esc)"));
    stop->setAccessibleName(tr("Stop"));
    connect(stop, &QToolButton::clicked, this, &TaskStrip::cancel);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, space::kS, 0);
    line->setSpacing(space::kS);
    line->addWidget(m_text);
    line->addWidget(m_bar);
    line->addWidget(stop);
    hide();
}

CancelToken TaskStrip::begin(const QString &text)
{
    m_cancel.emplace();
    m_text->setText(text);
    m_bar->setRange(0, 0);
    show();
    Q_EMIT runningChanged(true);
    return *m_cancel;
}

void TaskStrip::setProgress(double fraction)
{
    if (!m_cancel || fraction < 0)
        return;
    m_bar->setRange(0, 1000);
    m_bar->setValue(int(fraction * 1000));
}

void TaskStrip::cancel()
{
    if (!m_cancel)
        return;
    m_cancel->cancel();
    m_text->setText(tr("Stopping…"));
}

void TaskStrip::end()
{
    m_cancel.reset();
    hide();
    Q_EMIT runningChanged(false);
}

} // namespace keyloupe
