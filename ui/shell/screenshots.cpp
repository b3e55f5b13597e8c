// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/screenshots.h"

#include "core/base/log.h"
#include "core/rdb/rdb_writer.h"
#include "core/values/key_header.h"
#include "ui/dialogs/conflict_dialog.h"
#include "ui/dialogs/connect_dialog.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/key_dialogs.h"
#include "ui/dialogs/save_as_dialog.h"
#include "ui/editors/value_editor.h"
#include "ui/models/source_session.h"
#include "ui/shell/main_window.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QPixmap>
#include <QStatusBar>
#include <QTimer>
#include <QToolButton>

namespace keyloupe {
namespace {

constexpr int kSettleMs = 600;       // for a page to fetch what it shows
constexpr int kMessagesMs = 2500;    // of messages for pub/sub
constexpr int kNoticeMs = 3000;      // for a change of a file to be seen
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
    after(0, [this] { m_fileSession = m_window->openLocation(m_file, MainWindow::Remember::No); });
    for (const QString &id : m_window->panelIds()) {
        after(kSettleMs, [this, id] {
            m_window->setCurrentSession(m_fileSession);
            m_shown = m_window->showPanel(id);
        });
        after(kSettleMs, [this, id] {
            if (m_shown) // a file has no charts and no messages
                grab(m_window, QStringLiteral("file-") + id);
            m_window->statusBar()->clearMessage();
        });
    }
    // One key of each type and each view of a value, as a click in the tree shows it.
    struct Shown
    {
        const char *name;
        const char *key;
        const char *view; // empty: the one that opens by itself
    };
    for (const Shown &shown : {Shown{"string", "product:sku-0180", ""}, Shown{"hex", "binary:all-bytes", ""}, Shown{"hash", "user:1414", "text"},
                               Shown{"list", "user:1128:recently-viewed", ""}, Shown{"set", "user:1350:roles", ""},
                               Shown{"zset", "leaderboard:bestsellers:all", ""}, Shown{"geo", "geo:stores", ""}, Shown{"stream", "events:orders", ""},
                               Shown{"hyperloglog", "visitors:2026-11-20", "hyperloglog"}, Shown{"bitmap", "active-users:2026-11-20", "bitmap"}}) {
        after(0, [this, shown] {
            m_window->setCurrentSession(m_fileSession);
            Q_EMIT m_fileSession->openKeyRequested({0, shown.key}, false);
        });
        after(kSettleMs, [this, shown] {
            if (auto *editor = m_window->findChild<ValueEditor *>(); editor && *shown.view != '\0')
                editor->setViewName(QLatin1String(shown.view));
            if (auto *places = m_window->findChild<QToolButton *>(QStringLiteral("places")); places && qstrcmp(shown.name, "geo") == 0)
                places->setChecked(true);
        });
        after(kSettleMs / 3, [this, shown] { grab(m_window, QStringLiteral("key-") + QLatin1String(shown.name)); });
    }
    addDialogs();
    addFilePages();
    after(0, [this] { m_liveSession = m_window->openLocation(m_live, MainWindow::Remember::No); });
    for (const QString &id : m_window->panelIds()) {
        after(kSettleMs, [this, id] {
            m_window->setCurrentSession(m_liveSession);
            m_window->showPanel(id);
        });
    }
    after(kCollectMs, [this] {
        m_window->showPanel(QStringLiteral("pubsub"));
        if (auto *box = m_window->findChild<QLineEdit *>(QStringLiteral("subscribeTo"))) {
            box->setText(QStringLiteral("*"));
            Q_EMIT box->returnPressed();
        }
    });
    after(kMessagesMs, [] { });
    for (const QString &id : m_window->panelIds()) {
        after(0, [this, id] { m_window->showPanel(id); });
        after(2 * kSettleMs, [this, id] { grab(m_window, QStringLiteral("live-") + id); });
    }
    next();
}

void Screenshots::addDialogs()
{
    const auto shot = [this](const char *name, std::function<QDialog *()> open) {
        auto dialog = std::make_shared<QPointer<QDialog>>();
        after(0, [open = std::move(open), dialog] { *dialog = open(); });
        after(kSettleMs / 3, [this, name, dialog] {
            grab(*dialog, QStringLiteral("dialog-") + QLatin1String(name));
            (*dialog)->reject();
        });
    };
    const auto header = [](ValueKind kind, std::int64_t length) {
        KeyHeader made;
        made.kind = kind;
        made.typeName = typeNameOf(kind);
        made.length = length;
        made.memoryBytes = 223;
        return made;
    };
    const KeyRef user{0, "user:1414"};
    shot("new-key", [this] { return askNewKey(*m_fileSession, 0, "user:", m_window); });
    shot("ttl", [this, user, header] { return askExpiry(*m_fileSession, user, header(ValueKind::Hash, 9), m_window); });
    shot("rename", [this, user, header] { return askRename(*m_fileSession, user, header(ValueKind::Hash, 9), m_window); });
    shot("delete", [this, user, header] { return askDelete(*m_fileSession, user, header(ValueKind::Hash, 9), m_window); });
    shot("add-field", [this, user, header] { return askNewElement(*m_fileSession, user, header(ValueKind::Hash, 9), m_window); });
    shot("add-entry", [this, header] { return askNewElement(*m_fileSession, {0, "events:orders"}, header(ValueKind::Stream, 9), m_window); });
    // Bare names, so that no folder of this machine is in the pictures.
    const auto named = [](QDialog *dialog, const char *name) {
        dialog->findChild<QLineEdit *>(QStringLiteral("path"))->setText(QLatin1String(name));
        dialog->open();
        return dialog;
    };
    shot("save-as", [this, named] {
        auto *dialog = new SaveAsDialog(*m_fileSession, m_file, m_window);
        dialog->setTarget(SaveTarget::Redis6);
        return named(dialog, "shop-for-redis6.rdb");
    });
    shot("export", [this, named] {
        auto *dialog = new ExportDialog(*m_fileSession, QFileInfo(m_file).path(), m_window);
        dialog->setFormat(ExportFormat::Resp);
        return named(dialog, "shop.resp");
    });
    shot("conflict", [this] {
        EditConflict conflict;
        conflict.opened = QByteArray("{\"plan\": \"free\"}");
        conflict.now = QByteArray("{\"plan\": \"business\"}");
        conflict.yours = QByteArray("{\"plan\": \"plus\"}");
        auto *dialog = new ConflictDialog(conflict, m_window);
        dialog->open();
        return dialog;
    });
}

// A copy of the demo with its end cut off, and a value that only a module understands.
void Screenshots::addFilePages()
{
    after(0, [this] {
        const QString path = QFileInfo(m_file).dir().filePath(QStringLiteral("damaged.rdb"));
        QFile::copy(m_file, path);
        QFile file(path);
        if (file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner) && file.resize(file.size() * 3 / 5))
            m_damagedSession = m_window->openLocation(path, MainWindow::Remember::No);
    });
    after(2 * kSettleMs, [this] { grab(m_window, QStringLiteral("damage")); });
    after(0, [this] {
        const QByteArray json("{\"dark-mode\":true,\"beta\":[\"search\",\"carts\"],\"limit\":250}");
        ModuleValue value{"ReJSON-RL", 3, {}};
        value.payload = QByteArray::fromHex("8145e25238df912c03") + "\x05\x38" + json + QByteArray(1, '\0');
        Result<QByteArray> payload = encodeDumpPayload(value, RdbFamily::Redis, 10);
        if (m_damagedSession && payload.ok())
            m_damagedSession->source().execute(Command{"RESTORE", "settings:feature-flags", "0", *payload});
    });
    after(kSettleMs, [this] {
        if (m_damagedSession)
            Q_EMIT m_damagedSession->openKeyRequested({0, "settings:feature-flags"}, false);
    });
    after(kSettleMs, [this] { grab(m_window, QStringLiteral("key-module")); });
    // Somebody else puts a newer file in its place.
    after(0, [this] {
        if (m_damagedSession) {
            const QString path = m_damagedSession->source().info().location;
            QFile::remove(path);
            QFile::copy(m_file, path);
        }
    });
    after(kNoticeMs, [this] { grab(m_window, QStringLiteral("changed")); });
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
