// SPDX-License-Identifier: GPL-3.0-or-later
//
// PanelFixture: a session over a FakeSource for one panel test, and made-up INFO answers. With KEYLOUPE_GRAB=<folder> in the
// environment each `grab` also writes a PNG in both themes, to look at.
#pragma once

#include "core/async/job_runner.h"
#include "core/monitor/sampler.h"
#include "tests/support/fake_source.h"
#include "ui/models/source_session.h"
#include "ui/panels/panel.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QWidget>

#include <cmath>
#include <memory>

namespace keyloupe::test {

struct PanelFixture
{
    explicit PanelFixture(bool file = false)
    {
        auto owned = std::make_unique<FakeSource>();
        source = owned.get();
        if (file)
            actions = source->makeFile();
        session = std::make_unique<SourceSession>(std::move(owned), jobs);
    }

    /// The panel of that id, 1440x900 less the docks.
    QWidget *show(const QString &id, QSize size = {1140, 780})
    {
        for (const auto &factory : makeAllPanels()) {
            if (factory->id() == id)
                panel.reset(factory->create(*session, nullptr));
        }
        if (panel) {
            panel->resize(size);
            panel->show();
        }
        return panel.get();
    }

    static bool supports(const SourceSession &one, const QString &id, QString *whyNot)
    {
        for (const auto &factory : makeAllPanels()) {
            if (factory->id() == id)
                return factory->supports(one, whyNot);
        }
        return false;
    }

    void grab(const QString &name)
    {
        const QString folder = qEnvironmentVariable("KEYLOUPE_GRAB");
        if (folder.isEmpty())
            return;
        for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
            applyTheme(*qApp, mode);
            QTest::qWait(400);
            panel->grab().save(QStringLiteral("%1/%2-%3.png").arg(folder, name, mode == ThemeMode::Dark ? QStringLiteral("dark") : QStringLiteral("light")));
        }
        applyTheme(*qApp, ThemeMode::Light);
    }

    JobRunner jobs{1};
    FakeSource *source = nullptr;
    FakeFileActions *actions = nullptr;
    std::unique_ptr<SourceSession> session;
    std::unique_ptr<QWidget> panel;
};

/// INFO of an invented server after `second` seconds of smooth traffic.
inline QByteArray madeUpInfo(int second, const QByteArray &runId = "aaaa", std::int64_t restartedAt = 0)
{
    const double up = double(second - restartedAt);
    const auto total = [up](double rate, double swing, double period) {
        return QByteArray::number(qint64(rate * up - swing * period * std::cos(up / period) + swing * period));
    };
    const double wave = std::sin(second / 17.0);
    QByteArray text;
    text += "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nos:Linux 6.1.0 x86_64\r\nrun_id:" + runId
            + "\r\ntcp_port:6379\r\nuptime_in_seconds:" + QByteArray::number(qint64(up)) + "\r\n\r\n";
    text += "# Clients\r\nconnected_clients:" + QByteArray::number(42 + int(6 * wave)) + "\r\nblocked_clients:" + QByteArray::number(second % 40 < 6 ? 3 : 0)
            + "\r\nmaxclients:10000\r\n\r\n";
    text += "# Memory\r\nused_memory:" + QByteArray::number(qint64(41e6 + up * 30e3 + 1.5e6 * wave)) + "\r\nused_memory_rss:"
            + QByteArray::number(qint64(55e6 + up * 20e3)) + "\r\nused_memory_peak:" + QByteArray::number(qint64(47e6 + up * 30e3))
            + "\r\nmaxmemory:67108864\r\nmaxmemory_policy:allkeys-lru\r\nmem_fragmentation_ratio:1.31\r\n\r\n";
    text += "# Persistence\r\nloading:0\r\nrdb_changes_since_last_save:1234\r\nrdb_bgsave_in_progress:0\r\nrdb_last_save_time:1795225000\r\n"
            "rdb_last_bgsave_status:ok\r\naof_enabled:0\r\n\r\n";
    text += "# Stats\r\ntotal_connections_received:120\r\ntotal_commands_processed:" + total(4200, 900, 9) + "\r\ntotal_net_input_bytes:"
            + total(310e3, 60e3, 9) + "\r\ntotal_net_output_bytes:" + total(1.9e6, 500e3, 9) + "\r\nrejected_connections:0\r\nexpired_keys:"
            + total(12, 7, 13) + "\r\nevicted_keys:" + total(4, 4, 21) + "\r\nkeyspace_hits:" + total(2600, 700, 9) + "\r\nkeyspace_misses:"
            + total(240, 120, 5) + "\r\npubsub_channels:3\r\npubsub_patterns:1\r\ntotal_error_replies:" + total(0.5, 0.4, 5) + "\r\n\r\n";
    text += "# Replication\r\nrole:master\r\nconnected_slaves:1\r\nslave0:ip=10.0.0.7,port=6379,state=online,offset=812345,lag=0\r\n"
            "master_repl_offset:812400\r\nrepl_backlog_active:1\r\nrepl_backlog_size:1048576\r\n\r\n";
    text += "# CPU\r\nused_cpu_sys:12.5\r\nused_cpu_user:30.1\r\n\r\n";
    text += "# Keyspace\r\ndb0:keys=120411,expires=88210,avg_ttl=1800500\r\ndb1:keys=512,expires=0,avg_ttl=0\r\ndb7:keys=3,expires=3,avg_ttl=86400000\r\n";
    return text;
}

} // namespace keyloupe::test
