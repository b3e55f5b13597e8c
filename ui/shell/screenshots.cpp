// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/screenshots.h"

#include "core/base/log.h"
#include "ui/dialogs/connect_dialog.h"
#include "ui/models/source_session.h"
#include "ui/shell/main_window.h"

#include <QDir>
#include <QPixmap>
#include <QTimer>

namespace keyloupe {
namespace {

constexpr int kSettleMs = 600;       // for a page to fetch what it shows
constexpr int kCollectMs = 30'000;   // of samples for the charts

} // namespace

Screenshots::Screenshots(MainWindow *window, QString folder, QString file, QString live, QObject *parent)
    : QObject(parent), m_window(window), m_folder(std::move(folder)), m_file(std::move(file)), m_live(std::move(live))
{
}

void Screenshots::after(int ms, std::function<void()> step)
{
    m_steps.push_back([this, ms, step = std::move(step)] {
        QTimer::singleShot(ms, this, [this, step] {
            step();
            next();
        });
    });
}

void Screenshots::start()
{
    if (!QDir().mkpath(m_folder)) {
        qCWarning(lcUi, "the folder %s cannot be made", qPrintable(m_folder));
        Q_EMIT finished(false);
        return;
    }
    after(kSettleMs, [this] { grab(m_window, QStringLiteral("start")); });
    after(0, [this] {
        ConnectDialog dialog;
        dialog.resize(dialog.sizeHint());
        grab(&dialog, QStringLiteral("connect"));
    });
    after(0, [this] { m_fileSession = m_window->openLocation(m_file); });
    for (const QString &id : m_window->panelIds()) {
        after(kSettleMs, [this, id] {
            m_window->setCurrentSession(m_fileSession);
            m_window->showPanel(id);
        });
        after(kSettleMs, [this, id] { grab(m_window, QStringLiteral("file-") + id); });
    }
    // One key of each type, as a click in the tree shows it.
    struct Shown
    {
        const char *type;
        const char *key;
    };
    for (const Shown &shown : {Shown{"string", "product:sku-0180"}, Shown{"hash", "user:1414"}, Shown{"list", "user:1128:recently-viewed"},
                               Shown{"set", "user:1350:roles"}, Shown{"zset", "leaderboard:bestsellers:all"}, Shown{"stream", "events:orders"}}) {
        after(0, [this, shown] {
            m_window->setCurrentSession(m_fileSession);
            Q_EMIT m_fileSession->openKeyRequested({0, shown.key}, false);
        });
        after(kSettleMs, [this, shown] { grab(m_window, QStringLiteral("key-") + QLatin1String(shown.type)); });
    }
    after(0, [this] { m_liveSession = m_window->openLocation(m_live); });
    for (const QString &id : m_window->panelIds()) {
        after(kSettleMs, [this, id] {
            m_window->setCurrentSession(m_liveSession);
            m_window->showPanel(id);
        });
    }
    after(kCollectMs, [] { });
    for (const QString &id : m_window->panelIds()) {
        after(0, [this, id] { m_window->showPanel(id); });
        after(2 * kSettleMs, [this, id] { grab(m_window, QStringLiteral("live-") + id); });
    }
    next();
}

void Screenshots::next()
{
    if (m_step < m_steps.size())
        m_steps[m_step++]();
    else
        Q_EMIT finished(m_allWritten);
}

void Screenshots::grab(QWidget *widget, const QString &name)
{
    const QString path = QStringLiteral("%1/%2.png").arg(m_folder, name);
    if (!widget->grab().save(path)) {
        qCWarning(lcUi, "%s cannot be written", qPrintable(path));
        m_allWritten = false;
    }
}

} // namespace keyloupe
